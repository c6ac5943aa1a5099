//! Accuracy and cross-entropy in evaluation mode.

use super::{objective, terms};
use crate::input::Batch;
use crate::random::counted_draw;
use crate::snn::{How, Network};

/// What an evaluation found.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Evaluation {
    /// Share classified rightly.
    pub accuracy: f64,
    /// Mean cross-entropy.
    pub ce: f64,
    /// Images.
    pub images: usize,
}

/// Evaluates batches; between batches `stop` may end it early, and `None` comes back.
pub fn evaluate(
    network: &Network,
    batches: impl Iterator<Item = Batch>,
    mut stop: impl FnMut() -> bool,
) -> Option<Evaluation> {
    let (mut right, mut ce, mut images) = (0, 0.0, 0);
    for batch in batches {
        if stop() {
            return None;
        }
        // As an attack with seed 0 counts them: by their places in the split, not in a batch.
        let places: Vec<u64> = (images as u64..).take(batch.len()).collect();
        let how = How {
            draw: counted_draw(0, 0),
            ..How::EVALUATE
        };
        let pass = network.forward_of(&batch.values, &places, &how);
        right += objective::correct(&pass.logits, &batch.labels);
        ce += terms::cross_entropy(&pass.logits, &batch.labels, 0.0).0 * batch.len() as f64;
        images += batch.len();
    }
    let n = images.max(1) as f64;
    Some(Evaluation {
        accuracy: right as f64 / n,
        ce: ce / n,
        images,
    })
}
