//! The input gradient and the neurons' activity on a fixed batch (method: section 4): what the sparsity charts draw.

use super::vulnerability;
use crate::input::Batch;
use crate::measure::{self, GradientSize, above};
use crate::snn::{How, Network};
use crate::spec::{BackwardMode, Surrogate};
use std::collections::BTreeMap;

/// |∂f| above this counts as non-zero.
const THRESHOLD: f64 = 1e-6;
/// … and above this share of the sample's largest, for the relative count.
const RELATIVE: f64 = 0.01;

/// Measures, in evaluation mode with f = softmax confidence, and returns metrics by name
/// (what each means is listed where the run record is defined).
///
/// `also` says on how many of the images the vulnerability is measured too.
pub fn measure(
    network: &Network,
    batch: &Batch,
    surrogate: Surrogate,
    also: Option<&(usize, vulnerability::Terms)>,
) -> BTreeMap<String, f64> {
    let how = How {
        observe: true,
        ..How::attack(BackwardMode::Bptt(surrogate))
    };
    let (n, labels) = (batch.len(), &batch.labels);
    let pass = network.forward(&batch.values, n, &how);
    let (_, slopes) = measure::confidence_slopes(&pass.logits, labels);
    let gradient = network.input_gradient(&pass, &slopes);
    let mut found = summary(&gradient, n);
    if let Some((n, terms)) = also {
        found.extend(first_order(&gradient[..n * batch.size()], *n));
        found.extend(vulnerability::measure(network, &batch.first(*n), terms));
    }
    for (i, layer) in network.activity(&pass).into_iter().enumerate() {
        found.insert(format!("layer.{i}.firing_rate"), layer.firing_rate);
        found.insert(format!("layer.{i}.support"), layer.support);
        found.insert(format!("layer.{i}.silent"), layer.silent);
    }
    let work = network.work(&pass);
    found.insert("probe.samples".into(), n as f64);
    found.insert("energy.synops".into(), work.synaptic_operations * 1e-6);
    found.insert("energy.microjoule".into(), work.microjoule());
    found
}

/// ‖∂L/∂w‖₂ of a training step by layer: the weights, biases and batch-norm parameters that feed spiking layer N, and
/// under the number of spiking layers those of the output layer.
pub fn weight_gradients(network: &Network, squares: &[f64]) -> BTreeMap<String, f64> {
    let mut sums: BTreeMap<usize, f64> = BTreeMap::new();
    for (stage, square) in network.stages().into_iter().zip(squares) {
        *sums.entry(stage).or_default() += square;
    }
    let named = |(stage, sum): (usize, f64)| (format!("layer.{stage}.weight_gradient"), sum.sqrt());
    sums.into_iter().map(named).collect()
}

/// The first-order ratio and its bound of the first `n` images, beside what [`super::vulnerability`] measures on them.
fn first_order(gradient: &[f32], n: usize) -> [(String, f64); 2] {
    let all = summary(gradient, n);
    [
        ("vulnerability.first_order".to_string(), all["gradient.ratio"]),
        ("vulnerability.bound".to_string(), all["gradient.ratio_bound"]),
    ]
}

/// Norms and counts of `[n, …]` gradients.
fn summary(gradient: &[f32], n: usize) -> BTreeMap<String, f64> {
    let size = (gradient.len() / n.max(1)).max(1);
    let (mut l1, mut l2, mut l0, mut relative, mut zero, mut ratio, mut bound) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    for g in gradient.chunks_exact(size) {
        let of_image = GradientSize::of(g);
        l1 += of_image.l1;
        l2 += of_image.l2();
        l0 += above(g, THRESHOLD) as f64 / size as f64;
        if of_image.is_alive() {
            relative += above(g, RELATIVE * of_image.largest) as f64 / size as f64;
            ratio += of_image.ratio();
            bound += of_image.bound();
        } else {
            zero += 1.0;
        }
    }
    let all = n.max(1) as f64;
    let alive = all - zero;
    let over = |total: f64, count: f64| if count > 0.0 { total / count } else { f64::NAN };
    [
        ("gradient.l1", l1 / all),
        ("gradient.l2", l2 / all),
        ("gradient.l0", l0 / all),
        ("gradient.l0_relative", over(relative, alive)),
        ("gradient.zero_share", zero / all),
        ("gradient.ratio", over(ratio, alive)),
        ("gradient.ratio_bound", over(bound, alive)),
    ]
    .into_iter()
    .map(|(k, v)| (k.to_string(), v))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_reaches_its_bound_on_a_flat_gradient_and_zero_samples_are_counted() {
        let found = summary(&[0.5, -0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], 2);
        assert_eq!(found["gradient.ratio"], 6.0);
        assert_eq!(found["gradient.ratio_bound"], 6.0);
        assert_eq!(found["gradient.zero_share"], 0.5);
        assert_eq!(found["gradient.l1"], 0.5);
        assert_eq!(found["gradient.l0"], 0.25);
    }

    #[test]
    fn without_any_gradient_the_ratio_is_not_a_number() {
        let found = summary(&[0.0; 6], 2);
        assert!(found["gradient.ratio"].is_nan());
        assert_eq!(found["gradient.zero_share"], 1.0);
    }
}
