//! The ANN twin of a spiking network: the same weights without a time axis, each neuron replaced by its rate curve
//! clamp(I/θ, 0, 1) in T levels. Its gradient passes straight through the levels. An attacker may follow it.

use super::backend::Array;

/// The rate at a constant current: k of T spikes where it is at least k/T of the threshold.
pub(super) fn rate(current: Array, threshold: f32, levels: usize) -> Array {
    let levels = levels as f32;
    (current * (levels / threshold)).clamp(0.0, levels).floor() / levels
}

/// The gradient of the current from that of the rate.
pub(super) fn rate_backward(current: Array, gradient: Array, threshold: f32) -> Array {
    let inside = current.clone().greater_equal_elem(0.0).float() * current.lower_equal_elem(threshold).float();
    gradient * inside / threshold
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, stream};
    use crate::snn::{
        How, Network,
        backend::{Device, download},
    };
    use crate::spec::NetworkSpec;

    #[test]
    fn the_rate_curve_has_the_levels_of_the_time_steps() {
        let device = Device::find("cpu").unwrap();
        let current = device.upload(vec![-1.0, 0.0, 0.49, 0.5, 1.1, 1.5, 2.0, 9.0]);
        let rates = download(&rate(current.clone(), 2.0, 4));
        assert_eq!(rates, [0.0, 0.0, 0.0, 0.25, 0.5, 0.75, 1.0, 1.0]);
        let slopes = download(&rate_backward(current, device.upload(vec![3.0; 8]), 2.0));
        assert_eq!(slopes, [0.0, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 0.0]);
    }

    /// A convolution and its batch norm are one convolution in evaluation mode: value and gradients must not show it.
    #[test]
    fn in_evaluation_mode_the_gradient_of_a_convolutions_weights_is_its_derivative_too() {
        let spec: NetworkSpec = serde_json::from_value(serde_json::json!({
            "family": "vgg", "blocks": [[4], [4, "pool"]], "hidden": [], "classes": 3, "image": [1, 4, 4],
            "mean": [0.5], "std": [0.5], "steps": 4,
        }))
        .unwrap();
        let device = Device::find("cpu").unwrap();
        let mut twin = Network::new(&spec, &device, 3).unwrap().into_twin();
        twin.levels = Some(1 << 20);
        for (i, buffer) in twin.buffers.iter_mut().enumerate() {
            buffer.mean = device.upload(vec![0.1, -0.2, 0.05, 0.3 + i as f32 * 0.1]);
            buffer.variance = device.upload(vec![0.5, 2.0, 0.8, 1.5]);
        }
        let mut random = stream(1, Purpose::Probe, 0, 0);
        let x: Vec<f32> = (0..32).map(|_| random.uniform()).collect();
        let slope = [1.0, -1.0, 0.5, 0.2, 0.7, -0.4];
        let pass = twin.forward(&x, 2, &How::attack(How::EVALUATE.mode));
        let found = twin.weight_gradients(pass, &slope, None);
        let value = |twin: &Network| -> f64 {
            let z = twin.forward(&x, 2, &How::EVALUATE).logits;
            z.iter().zip(slope).map(|(z, s)| f64::from(z * s)).sum()
        };
        let (mut close, mut all) = (0, 0);
        for (p, gradient) in found.iter().enumerate() {
            let Some(gradient) = gradient else { continue };
            // Batch norms by running statistics are not trained.
            let weights = download(&twin.parameters[p].value.clone());
            for (i, g) in download(gradient).into_iter().enumerate().step_by(3) {
                let mut at = |d: f32| {
                    let mut moved = weights.clone();
                    moved[i] += d;
                    twin.parameters[p].value = device.upload(moved);
                    value(&twin)
                };
                let numeric = (at(2e-3) - at(-2e-3)) / 4e-3;
                twin.parameters[p].value = device.upload(weights.clone());
                all += 1;
                close += usize::from((f64::from(g) - numeric).abs() < 0.03 * numeric.abs().max(0.2));
            }
        }
        // A weight whose change carries a neuron over a kink of its curve has no derivative there.
        assert!(all > 40 && close * 10 >= all * 9, "{close} of {all}");
    }

    #[test]
    fn with_many_levels_the_twins_gradient_is_its_derivative() {
        for encoding in ["direct", "poisson"] {
            let spec: NetworkSpec = serde_json::from_value(serde_json::json!({
                "family": "vgg", "blocks": [[4], [4, "pool"]], "hidden": [], "classes": 3, "image": [1, 4, 4],
                "mean": [0.5], "std": [0.5], "steps": 256, "encoding": encoding,
            }))
            .unwrap();
            let mut twin = Network::new(&spec, &Device::find("cpu").unwrap(), 3)
                .unwrap()
                .into_twin();
            twin.levels = Some(1 << 20);
            let mut random = stream(1, Purpose::Probe, 0, 0);
            let x: Vec<f32> = (0..16).map(|_| random.uniform()).collect();
            let pass = twin.forward(&x, 1, &How::attack(How::EVALUATE.mode));
            let g = twin.input_gradient(&pass, &[1.0, -1.0, 0.5]);
            let value = |x: &[f32]| {
                let z = twin.forward(x, 1, &How::EVALUATE).logits;
                f64::from(z[0]) - f64::from(z[1]) + 0.5 * f64::from(z[2])
            };
            let close = (0..16).filter(|i| {
                let at = |d: f32| {
                    let mut x = x.clone();
                    x[*i] += d;
                    value(&x)
                };
                let numeric = (at(1e-3) - at(-1e-3)) / 2e-3;
                (f64::from(g[*i]) - numeric).abs() < 0.02 * numeric.abs().max(0.1)
            });
            // A pixel whose change crosses a kink of the curve has no derivative there.
            assert!(close.count() >= 13, "{encoding}: {g:?}");
        }
    }
}
