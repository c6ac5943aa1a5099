//! RAT's weight regularisation after each step: W ← (1+β)W − β·W·Wᵀ·W on convolutions (outputs × rest) and linear
//! layers, and the projection of residual coefficients onto the simplex (method: section 3).

use crate::random::{Purpose, stream};
use crate::snn::{Network, Parameter, ParameterKind, backend::Array};
use burn::tensor::{Int, Tensor};

/// β of the reference.
const BETA: f32 = 5e-4;
/// Linear layers with at least this many rows are regularised on a random share of them.
const MANY_ROWS: usize = 200;
/// That share.
const SHARE: f32 = 0.3;

/// Regularises every weight once; `step` decides which rows of large layers are taken.
pub fn regularise(network: &mut Network, seed: u64, step: u64) {
    let device = network.device.clone();
    for (i, p) in network.parameters.iter_mut().enumerate() {
        match p.kind {
            ParameterKind::Convolution => p.value = moved(p, p.value.clone(), p.shape[0]),
            ParameterKind::Linear if p.shape[0] >= MANY_ROWS => {
                let mut random = stream(seed, Purpose::Adversary, step, 1 + i as u64);
                let rows: Vec<i64> = (0..p.shape[0] as i64).filter(|_| random.uniform() < SHARE).collect();
                if !rows.is_empty() {
                    p.value = some_rows(p, &rows);
                }
            }
            ParameterKind::Linear => p.value = moved(p, p.value.clone(), p.shape[0]),
            ParameterKind::Combination => {
                let projected = onto_simplex(&crate::snn::backend::download(&p.value));
                p.value = device.upload(projected);
            }
            _ => {}
        }
    }
}

/// (1+β)W − β·W·Wᵀ·W of `values` seen as `[rows, rest]`.
fn moved(p: &Parameter, values: Array, rows: usize) -> Array {
    let rest = p.len() / p.shape[0];
    let w: Tensor<2> = values.reshape([rows, rest]);
    let cubic = w.clone().matmul(w.clone().transpose()).matmul(w.clone());
    (w * (1.0 + BETA) - cubic * BETA).reshape([rows * rest])
}

fn some_rows(p: &Parameter, rows: &[i64]) -> Array {
    let shape = [p.shape[0], p.len() / p.shape[0]];
    let w: Tensor<2> = p.value.clone().reshape(shape);
    let index = Tensor::<1, Int>::from_data(burn::tensor::TensorData::new(rows.to_vec(), [rows.len()]), &w.device());
    let chosen = w.clone().select(0, index.clone());
    let after = moved(p, chosen.clone().reshape([rows.len() * shape[1]]), rows.len()).reshape([rows.len(), shape[1]]);
    w.select_assign(0, index, after - chosen, burn::tensor::IndexingUpdateOp::Add)
        .reshape([p.len()])
}

/// The nearest point with non-negative coordinates that sum to 1 (two coordinates).
fn onto_simplex(c: &[f32]) -> Vec<f32> {
    let first = ((1.0 + c[0] - c[1]) / 2.0).clamp(0.0, 1.0);
    vec![first, 1.0 - first]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_simplex_projection_keeps_points_on_it_and_moves_others_there() {
        assert_eq!(onto_simplex(&[0.5, 0.5]), [0.5, 0.5]);
        assert_eq!(onto_simplex(&[0.7, 0.7]), [0.5, 0.5]);
        assert_eq!(onto_simplex(&[2.0, -1.0]), [1.0, 0.0]);
    }
}
