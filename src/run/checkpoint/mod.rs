//! Checkpoints on disk, as far as they can be known without a tensor: `<checkpoints>/<run id>/step-000001234/` with
//! `checkpoint.json` ([`CheckpointMeta`]) and the files it lists, each with its size and SHA-256.

mod draft;
mod folder;
mod header;
mod inside;
mod list;
mod meta;
mod open;
mod owner;
mod pin;
mod rollback;
mod stats;

pub use draft::{Draft, begin, sweep};
pub use folder::{Latest, Pruning, best_of, going, latest_valid, prune};
pub use header::{Header, TensorInfo, read_header};
pub use inside::{TensorApart, TensorNumbers, apart, open_whole, tensors};
pub use list::list;
pub use meta::{CheckpointMeta, FileRecord};
pub use open::{Checkpoint, open};
pub use owner::{claim, other_owner};
pub use pin::{is_pinned, pin};
pub use rollback::{find, set_all_aside, set_aside_newer};
pub use stats::{Distance, Numbers, Stats};

use std::path::{Path, PathBuf};

use super::names::CHECKPOINT as META;
pub use super::names::{MODEL, OPTIMIZER};

/// `<run's checkpoints>/step-000001234`.
pub fn step_folder(checkpoints: &Path, step: u64) -> PathBuf {
    checkpoints.join(format!("step-{step:09}"))
}

/// The step that a checkpoint folder's name says.
pub fn step_of(folder: &Path) -> Option<u64> {
    let digits = folder.file_name()?.to_str()?.strip_prefix("step-")?;
    match digits.len() >= 9 && digits.bytes().all(|b| b.is_ascii_digit()) {
        true => digits.parse().ok(),
        false => None,
    }
}

/// Whether a name stands for a file in the checkpoint's own folder and nowhere else.
fn is_plain_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 100
        && !name.starts_with('.')
        && name != META
        && name != pin::PIN
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

fn hex(digest: &[u8]) -> String {
    digest.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests;
