//! Which layers belong together, decided from their roles alone: those that one kernel computes, those that are computed
//! again together on the way back where memory is short (`train.checkpointing`), and those of which one keeps the other's
//! input. What they compute is their own.
//!
//! Segments are cut by layer and not by time: a batch norm in training mode averages over all time steps, so a step alone
//! cannot be computed again. What remains in memory between two walks are the spikes (or pooled spikes) that enter each
//! segment; currents, normalised currents and membranes live while one segment is at work.

use super::{ChannelNorm, FusedNeurons, Layer, Role, ScaledWeights};
use crate::snn::how::How;
use crate::snn::signal::Shape;
use crate::spec::BackwardMode;

/// Layers that are computed at once.
pub enum Group<'a> {
    /// A layer alone.
    One(&'a dyn Layer),
    /// Weights with the norm behind them, which goes by its running statistics: its scale is multiplied into the weights,
    /// which are few beside the signals.
    ScaledWeights(&'a dyn ScaledWeights, &'a dyn ChannelNorm),
    /// Neurons and a pool of that side behind them, 1 for none.
    Neurons(&'a dyn FusedNeurons, usize),
    /// The same with the norm before them, which goes by the batch's statistics.
    NormedNeurons(&'a dyn ChannelNorm, &'a dyn FusedNeurons, usize),
}

/// What a pass allows.
#[derive(Clone, Copy)]
pub struct Terms {
    /// Norms go by the batch's statistics.
    training: bool,
    /// Nobody looks at membranes, or at spikes in front of a pool: then neither is stored.
    forgets_membranes: bool,
}

impl Terms {
    /// Those of a pass through a network that may be an ANN twin, whose neurons have no membranes.
    pub fn of(how: &How, is_twin: bool) -> Terms {
        let plain = matches!(how.mode, BackwardMode::Bptt(_)) || !how.record;
        Terms {
            training: how.training,
            forgets_membranes: plain && !how.observe && !is_twin,
        }
    }
}

/// The first layer, or the first layers where one kernel does several, and how many they are; `None` where there are none.
pub fn first<'a>(layers: &'a [Box<dyn Layer>], input: Shape, terms: Terms) -> Option<(Group<'a>, usize)> {
    let role = |at: usize| layers.get(at).map(|l| l.role());
    // k of a pool that leaves no remainder.
    let pool = |at: usize| match role(at) {
        Some(Role::Shrinks(Some(k))) if input.height.is_multiple_of(k) && input.width.is_multiple_of(k) => Some(k),
        _ => None,
    };
    let with_pool = |at: usize| (pool(at).unwrap_or(1), at + usize::from(pool(at).is_some()));
    Some(match (role(0)?, role(1)) {
        (Role::Weighted(Some(weights)), Some(Role::Normalises(Some(norm)))) if !terms.training => {
            (Group::ScaledWeights(weights, norm), 2)
        }
        (Role::Normalises(Some(norm)), Some(Role::Spikes(Some(neurons))))
            if terms.training && terms.forgets_membranes =>
        {
            let (k, n) = with_pool(2);
            (Group::NormedNeurons(norm, neurons, k), n)
        }
        (Role::Spikes(Some(neurons)), _) if terms.forgets_membranes => {
            let (k, n) = with_pool(1);
            (Group::Neurons(neurons, k), n)
        }
        _ => (Group::One(layers[0].as_ref()), 1),
    })
}

/// Whether what one layer keeps of its input serves the layer behind it as well: neurons compute their currents again from
/// the input of a norm.
pub fn serves_next(role: Role<'_>, next: Role<'_>) -> bool {
    matches!((role, next), (Role::Normalises(_), Role::Spikes(_)))
}

/// Consecutive layers.
#[derive(Clone, Copy)]
pub struct Segment<'a> {
    /// The layers.
    pub layers: &'a [Box<dyn Layer>],
    /// Whether it is remembered as it is, because computing it again would save nothing.
    pub is_plain: bool,
}

/// Cuts layers behind each spiking layer, or the pools and the flattening that follow it. A composite layer is a segment of
/// its own; what comes behind the last spiking layer is plain.
pub fn segments(layers: &[Box<dyn Layer>]) -> impl Iterator<Item = Segment<'_>> {
    let mut rest = layers;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let roles = || rest.iter().map(|l| l.role());
        let ends = |role| matches!(role, Role::Spikes(_) | Role::Composite);
        let follows = |role: &Role<'_>| matches!(role, Role::Shrinks(_) | Role::Reshapes);
        let (is_plain, n) = match roles().position(ends) {
            // Layers before a block are remembered: the block computes from its own input.
            Some(at) if at > 0 && matches!(rest[at].role(), Role::Composite) => (true, at),
            Some(at) => (false, at + 1 + roles().skip(at + 1).take_while(follows).count()),
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
                let next = pair[1].layers[0].role();
                assert!(!matches!(next, Role::Shrinks(_) | Role::Reshapes | Role::Spikes(_)));
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
