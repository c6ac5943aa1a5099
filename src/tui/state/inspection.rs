//! The content of a checkpoint, or the difference between two: requested from `effects`, shown when the answer arrives.
//! A checkpoint that was read is known to be valid or damaged from then on. Pure.

use crate::{
    run::checkpoint::{TensorApart, TensorNumbers},
    tui::model::CheckpointRow,
};
use std::path::{Path, PathBuf};

/// Checkpoints whose integrity is remembered; with more, all are forgotten and read again when looked at.
pub const REMEMBERED: usize = 4096;

/// What is asked about checkpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// What is in one.
    Inside {
        /// Its folder.
        checkpoint: PathBuf,
        /// The optimiser's tensors instead of the network's.
        optimizer: bool,
    },
    /// The difference of the second from the first.
    Apart {
        /// The one that changes are measured against.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// Its tensors.
    Inside(Vec<TensorNumbers>),
    /// Their tensors.
    Apart(Vec<TensorApart>),
}

/// A question, and its answer once there is one.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspection {
    /// What was asked.
    pub asked: Asked,
    /// What was found, or why it could not be read; none while it is read.
    pub answer: Option<Result<Found, String>>,
}

/// The row of the selected checkpoint, newest first; the next older one where it is gone, the newest where none is
/// chosen.
pub fn chosen_row(list: &[CheckpointRow], chosen: Option<&Path>) -> usize {
    let at_or_before = |dir: &Path| list.iter().position(|c| c.dir.as_path() <= dir);
    chosen.map_or(0, |dir| at_or_before(dir).unwrap_or(list.len().saturating_sub(1)))
}

/// The difference between two tensors of the same name.
pub fn distance_in_words(tensor: &TensorApart) -> String {
    use crate::{run::checkpoint::Distance, units::significant};
    match &tensor.distance {
        Distance::Apart {
            relative,
            max,
            not_finite: 0,
        } => format!("{} relative, {} at most", significant(*relative), significant(*max)),
        Distance::Apart { not_finite, .. } => format!("{not_finite} pairs with NaN or infinity"),
        Distance::Reshaped => "the shapes differ".into(),
        Distance::OnlyFirst => "only in the first".into(),
        Distance::OnlySecond => "only in the second".into(),
    }
}

#[cfg(test)]
mod tests;
