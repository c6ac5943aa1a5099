//! Adversarial training: the batch as `[adversary]` makes it against the network as it is.

use crate::attack::{self, Terms};
use crate::input::Batch;
use crate::snn::Network;
use crate::spec::{BackwardMode, Experiment};

/// Adversarial values of a batch, `[N, C, H, W]`; each step draws anew.
pub fn adversarial(network: &Network, images: &Batch, spec: &Experiment, step: u64) -> Vec<f32> {
    let terms = Terms {
        kind: spec.adversary.attack,
        eps: spec.adversary.eps,
        alpha: Some(spec.adversary.alpha).filter(|a| a.value() > 0.0),
        mode: BackwardMode::Bptt(spec.train.surrogate),
        seed: spec.train.seed.wrapping_add(step - 1),
        ..Terms::default()
    };
    attack::perturb(network, images, &terms)
}
