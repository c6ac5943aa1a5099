//! Which epoch was the best so far by its accuracy on the validation split, and when to stop waiting for a better one.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Accuracies nearer than this are equal: one that was read back from JSON may differ in its last bit, and two that
/// differ do so by at least one image.
const EQUAL: f64 = 1e-12;

/// The best so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Selection {
    /// Best validation accuracy at the end of an epoch so far.
    pub best: Option<f64>,
    /// The checkpoint that has it.
    pub best_checkpoint: Option<PathBuf>,
    /// Epochs since then.
    #[serde(default)]
    pub stale: u64,
}

impl Selection {
    /// Takes the validation accuracy of an epoch; says whether it is the best so far. The first of equals is kept.
    pub fn take(&mut self, accuracy: f64) -> bool {
        let is_best = self.best.is_none_or(|b| accuracy > b + EQUAL);
        if is_best {
            (self.best, self.stale) = (Some(accuracy), 0);
        } else {
            self.stale += 1;
        }
        is_best
    }

    /// Why the run ends early, if it does: `patience` epochs without a better accuracy, where that is not 0.
    pub fn exhausted(&self, patience: u64) -> Option<String> {
        let best = self.best.filter(|_| patience > 0 && self.stale >= patience)?;
        Some(format!(
            "ended early: val.accuracy has not risen above {best:.4} for {} epochs (train.patience = {patience})",
            self.stale
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The epoch, from 1, after which a run with these accuracies ends.
    fn ends_after(accuracies: &[f64], patience: u64) -> Option<usize> {
        let mut selection = Selection::default();
        let mut over = |a: &f64| {
            selection.take(*a);
            selection.exhausted(patience).is_some()
        };
        accuracies.iter().position(&mut over).map(|i| i + 1)
    }

    #[test]
    fn a_run_ends_after_as_many_epochs_without_a_better_one_as_its_patience() {
        assert_eq!(
            ends_after(&[0.5, 0.6, 0.6, 0.55, 0.7], 2),
            Some(4),
            "an equal is not better"
        );
        assert_eq!(
            ends_after(&[0.5, 0.4, 0.6, 0.5, 0.7], 2),
            None,
            "a better one begins the count again"
        );
        assert_eq!(ends_after(&[0.5, 0.4, 0.3, 0.2], 0), None, "0 is never");
    }

    #[test]
    fn the_reason_names_the_metric_its_best_value_and_the_key() {
        let mut selection = Selection::default();
        selection.take(0.5);
        selection.take(0.25);
        let why = selection.exhausted(1).unwrap();
        assert!(
            why.contains("val.accuracy") && why.contains("0.5000") && why.contains("train.patience = 1"),
            "{why}"
        );
    }

    #[test]
    fn a_selection_of_an_older_checkpoint_is_read_as_fresh() {
        let read: Selection = serde_json::from_str(r#"{"best":0.5,"best_checkpoint":null}"#).unwrap();
        assert_eq!((read.best, read.stale), (Some(0.5), 0));
    }
}
