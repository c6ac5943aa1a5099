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
                let mut random = stream(seed, Purpose::Orthogonal, step, i as u64);
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
    use crate::snn::backend::{Device, download};
    use crate::spec::NetworkSpec;

    /// Weights, their gradient-free update by RAT, in f64: (1+β)W − β·W·Wᵀ·W of the rows taken, row by row.
    fn expected(w: &[f32], columns: usize, taken: &[usize]) -> Vec<f64> {
        let w: Vec<f64> = w.iter().map(|v| f64::from(*v)).collect();
        let row = |i: usize| &w[i * columns..][..columns];
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let beta = 5e-4;
        let mut out = w.clone();
        for i in taken {
            for c in 0..columns {
                let cubic: f64 = taken.iter().map(|j| dot(row(*i), row(*j)) * w[j * columns + c]).sum();
                out[i * columns + c] = (1.0 + beta) * w[i * columns + c] - beta * cubic;
            }
        }
        out
    }

    #[test]
    fn weights_move_as_rat_says_and_nothing_else_does() {
        let spec: NetworkSpec = serde_json::from_value(serde_json::json!({
            "family": "vgg", "blocks": [[5, 7]], "hidden": [210, 6], "classes": 3, "image": [2, 4, 4],
            "mean": [0.5, 0.5], "std": [0.25, 0.25], "steps": 2,
        }))
        .unwrap();
        let mut network = Network::new(&spec, &Device::find("cpu").unwrap(), 3).unwrap();
        // Large enough that the cubic term is as large as the weights themselves.
        for p in &mut network.parameters {
            p.value = p.value.clone() * 20.0;
        }
        let before: Vec<Vec<f32>> = network.parameters.iter().map(|p| download(&p.value)).collect();
        regularise(&mut network, 4, 9);
        let mut moved_matrices = 0;
        for (p, before) in network.parameters.iter().zip(&before) {
            let (after, rows) = (download(&p.value), p.shape[0]);
            if !p.kind.is_weight() {
                assert_eq!(&after, before, "{}", p.name);
                continue;
            }
            moved_matrices += 1;
            let columns = p.len() / rows;
            let changed = |i: &usize| after[i * columns..][..columns] != before[i * columns..][..columns];
            let taken: Vec<usize> = (0..rows).filter(changed).collect();
            match rows {
                210 => assert!((30..=100).contains(&taken.len()), "a share of 0.3: {}", taken.len()),
                _ => assert_eq!(taken.len(), rows, "{}", p.name),
            }
            let want = expected(before, columns, &taken);
            let largest = want.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
            for (got, want) in after.iter().zip(&want) {
                assert!(
                    (f64::from(*got) - want).abs() < 1e-5 * largest,
                    "{}: {got} {want}",
                    p.name
                );
            }
        }
        assert_eq!(moved_matrices, 5);
    }

    #[test]
    fn other_steps_take_other_rows_and_the_same_step_the_same() {
        let spec: NetworkSpec = serde_json::from_value(serde_json::json!({
            "family": "vgg", "blocks": [[3]], "hidden": [220], "classes": 3, "image": [1, 4, 4],
            "mean": [0.5], "std": [0.25], "steps": 1,
        }))
        .unwrap();
        let after = |seed, step| {
            let mut network = Network::new(&spec, &Device::find("cpu").unwrap(), 3).unwrap();
            regularise(&mut network, seed, step);
            network
                .parameters
                .iter()
                .map(|p| download(&p.value))
                .collect::<Vec<_>>()
        };
        assert_eq!(after(1, 5), after(1, 5));
        assert_ne!(after(1, 5), after(1, 6));
        assert_ne!(after(1, 5), after(2, 5));
    }

    #[test]
    fn the_simplex_projection_keeps_points_on_it_and_moves_others_there() {
        assert_eq!(onto_simplex(&[0.5, 0.5]), [0.5, 0.5]);
        assert_eq!(onto_simplex(&[0.7, 0.7]), [0.5, 0.5]);
        assert_eq!(onto_simplex(&[2.0, -1.0]), [1.0, 0.0]);
    }
}
