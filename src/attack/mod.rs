//! Adversarial attacks on [0, 1] pixels (method: section 5). The harness here, not an attack, keeps to the budget:
//! every image that comes back has been clipped to the ε-ball and to [0, 1].
//!
//! Randomness belongs to the image (seed, image, restart), so results do not depend on how images fall into batches.

mod budget;
mod loss;
mod pgd;

use crate::snn::{How, Network};
use crate::spec::{AttackKind, BackwardMode};
use crate::units::Epsilon;

pub use loss::{Loss, gradient as loss_gradient};
pub use pgd::descend;

/// What an attack may use.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// The attack.
    pub kind: AttackKind,
    /// ℓ∞ radius.
    pub eps: Epsilon,
    /// Step size; `None` is (2.55/8)·ε.
    pub alpha: Option<Epsilon>,
    /// The attacker's backward mode.
    pub mode: BackwardMode,
    /// The loss ascended.
    pub loss: Loss,
    /// From which all randomness is drawn.
    pub seed: u64,
}

/// Some images, each with its place in the data set, from which its randomness is drawn.
#[derive(Debug, Clone, Default)]
pub struct Images {
    /// `[n, C, H, W]` in [0, 1].
    pub pixels: Vec<f32>,
    /// True classes.
    pub labels: Vec<u8>,
    /// Place of each in its order.
    pub places: Vec<u64>,
}

impl Images {
    /// How many.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Values per image.
    pub fn size(&self) -> usize {
        self.pixels.len() / self.len().max(1)
    }

    /// Those whose index is in `keep`.
    pub fn select(&self, keep: &[usize]) -> Images {
        let size = self.size();
        Images {
            pixels: keep
                .iter()
                .flat_map(|i| self.pixels[i * size..][..size].iter().copied())
                .collect(),
            labels: keep.iter().map(|i| self.labels[*i]).collect(),
            places: keep.iter().map(|i| self.places[*i]).collect(),
        }
    }
}

/// Which images the network classifies rightly, by its own forward pass.
pub fn classified_rightly(network: &Network, pixels: &[f32], labels: &[u8]) -> Vec<bool> {
    if labels.is_empty() {
        return Vec::new();
    }
    let logits = network.forward(pixels, labels.len(), &How::EVALUATE).logits;
    let k = logits.len() / labels.len();
    logits
        .chunks_exact(k)
        .zip(labels)
        .map(|(z, y)| loss::is_right(z, usize::from(*y)))
        .collect()
}

/// Attacks every image once, without looking whether it was right before: what adversarial training trains on.
pub fn perturb(network: &Network, images: &Images, terms: &Terms) -> Vec<f32> {
    match terms.kind {
        AttackKind::None => images.pixels.clone(),
        AttackKind::Noise => pgd::random_start(images, terms, 0),
        AttackKind::Fgsm => pgd::fgsm(network, images, terms),
        AttackKind::Bim { steps } => pgd::descend(network, images, images.pixels.clone(), steps, terms),
        AttackKind::Pgd { steps, .. } => {
            pgd::descend(network, images, pgd::random_start(images, terms, 0), steps, terms)
        }
    }
}

/// Which of the images, all of them right when clean, are still right under attack. Restarts meet survivors only.
pub fn survivors(network: &Network, images: &Images, terms: &Terms) -> Vec<bool> {
    let restarts = match terms.kind {
        AttackKind::Pgd { restarts, .. } => restarts,
        _ => 1,
    };
    let mut alive = vec![true; images.len()];
    for restart in 0..restarts {
        let still: Vec<usize> = (0..images.len()).filter(|i| alive[*i]).collect();
        if still.is_empty() {
            break;
        }
        let part = images.select(&still);
        let adversarial = match terms.kind {
            AttackKind::Pgd { steps, .. } => {
                pgd::descend(network, &part, pgd::random_start(&part, terms, restart), steps, terms)
            }
            _ => perturb(network, &part, terms),
        };
        for (i, right) in still
            .iter()
            .zip(classified_rightly(network, &adversarial, &part.labels))
        {
            alive[*i] = right;
        }
    }
    alive
}
