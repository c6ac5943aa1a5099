//! Which layers are computed again together on the way back, where memory is short (`train.checkpointing`).
//!
//! Segments are cut by layer and not by time: a batch norm in training mode averages over all time steps, so a step alone
//! cannot be computed again. What remains in memory between two walks are the spikes (or pooled spikes) that enter each
//! segment; currents, normalised currents and membranes live while one segment is at work.

use super::layer::Layer;

/// Consecutive layers.
#[derive(Clone, Copy)]
pub(super) struct Segment<'a> {
    pub layers: &'a [Layer],
    /// Whether it is remembered as it is, because computing it again would save nothing.
    pub is_plain: bool,
}

/// Cuts layers behind each spiking layer, or the pools and the flattening that follow it. A residual block is a segment
/// of its own; what comes behind the last spiking layer is plain.
pub(super) fn segments(layers: &[Layer]) -> impl Iterator<Item = Segment<'_>> {
    let mut rest = layers;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let spikes = |l: &Layer| matches!(l, Layer::Lif | Layer::Block(_));
        let shrinks = |l: &&Layer| matches!(l, Layer::Pool(_) | Layer::Flatten);
        let (is_plain, n) = match rest.iter().position(spikes) {
            // Layers before a block are remembered: the block computes from its own input.
            Some(at) if at > 0 && matches!(rest[at], Layer::Block(_)) => (true, at),
            Some(at) => (false, at + 1 + rest[at + 1..].iter().take_while(shrinks).count()),
            None => (true, rest.len()),
        };
        let (layers, after) = rest.split_at(n);
        rest = after;
        Some(Segment { layers, is_plain })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snn::{How, Network, backend::Device, backend::download};
    use crate::spec::{NetworkSpec, Surrogate};

    fn network(of: serde_json::Value) -> Network {
        let mut spec = serde_json::json!({
            "classes": 3, "image": [2, 32, 32], "mean": [0.5, 0.5], "std": [0.5, 0.5], "steps": 5, "leak": 0.9,
        });
        spec.as_object_mut().unwrap().extend(of.as_object().unwrap().clone());
        let spec: NetworkSpec = serde_json::from_value(spec).unwrap();
        Network::new(&spec, &Device::find("cpu").unwrap(), 3).unwrap()
    }

    fn kinds() -> [Network; 2] {
        [
            network(serde_json::json!({"family": "vgg", "blocks": [[8, "pool"], [12, 8, "pool"]], "hidden": [9]})),
            network(serde_json::json!({"family": "wide_resnet", "depth": 10, "width": 1})),
        ]
    }

    #[test]
    fn segments_are_all_layers_in_order_and_end_where_signals_are_small() {
        for network in kinds() {
            let cut: Vec<Segment> = segments(&network.layers).collect();
            assert_eq!(cut.iter().map(|s| s.layers.len()).sum::<usize>(), network.layers.len());
            assert!(cut.len() > 3 && cut.last().unwrap().is_plain);
            for pair in cut.windows(2) {
                let next = &pair[1].layers[0];
                assert!(!matches!(next, Layer::Pool(_) | Layer::Flatten | Layer::Lif));
            }
        }
    }

    #[test]
    fn what_is_computed_again_is_the_same_to_the_bit() {
        for mut network in kinds() {
            let mut random = crate::random::stream(1, crate::random::Purpose::Probe, 0, 0);
            let x: Vec<f32> = (0..3 * 2 * 1024).map(|_| random.uniform()).collect();
            let slope = [0.3, -0.2, 0.1, 0.5, -0.5, 0.2, 0.1, 0.1, -0.7];
            let remembering = How::train(Surrogate::REFERENCE);
            let found = [false, true].map(|recompute| {
                let pass = network.forward(
                    &x,
                    3,
                    &How {
                        recompute,
                        ..remembering
                    },
                );
                let statistics: Vec<Vec<f32>> = pass.statistics.iter().map(|s| download(&s.variance)).collect();
                let gx = network.input_gradient(&pass, &slope);
                let logits = pass.logits.clone();
                let weights = network.weight_gradients(pass, &slope, None);
                let weights: Vec<Vec<f32>> = weights.iter().flatten().map(download).collect();
                (logits, weights, statistics, gx)
            });
            assert!(found[0].3.iter().any(|g| *g != 0.0) && found[0].1.len() == network.parameters.len());
            assert_eq!(found[0], found[1]);
            let mut pass = network.forward(
                &x,
                3,
                &How {
                    recompute: true,
                    ..remembering
                },
            );
            network.absorb(&pass.take_statistics());
            assert_eq!(network.buffers[0].batches, 1);
        }
    }
}
