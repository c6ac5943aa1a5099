//! Rows of checkpoints.

use super::{Act, Action, Check};
use crate::tui::keys::Place;
use Place::{Checkpoints, Tensors};

/// On the list of checkpoints and in one of them.
pub static CHECKPOINTS: &[Action] = &[
    action!(
        Inspect,
        ["enter"],
        "inspect",
        &[Checkpoints],
        Check::HasCheckpoint,
        "verify its checksums and list every tensor: norm, maximum, share of zeros"
    ),
    action!(
        Apart,
        ["d"],
        "compare",
        &[Checkpoints],
        Check::CanApart,
        "compare it with the marked checkpoint, or else the next older one, tensor by tensor"
    ),
    action!(
        MarkCheckpoint,
        ["space"],
        "",
        &[Checkpoints],
        Check::HasCheckpoint,
        "mark it to compare others with it, also those of other runs"
    ),
    action!(
        Optimizer,
        ["O"],
        "optimiser",
        &[Tensors],
        Check::HasOptimizer,
        "switch between the network's and the optimiser's tensors"
    ),
    action!(
        RollBack,
        ["b"],
        "roll back",
        &[Checkpoints],
        Check::CanRollBack,
        "roll the run back to this checkpoint, after confirmation; later ones are set aside, not deleted"
    ),
    action!(
        ForkHere,
        ["o"],
        "fork",
        &[Checkpoints],
        Check::CanFork,
        "start a new run from this checkpoint; type its changes, such as lambda=0.005"
    ),
    action!(
        Pin,
        ["P"],
        "pin",
        &[Checkpoints, Tensors],
        Check::CanPin,
        "pin it, so that pruning keeps it; again unpins it"
    ),
    action!(
        Prune,
        ["X"],
        "prune",
        &[Checkpoints],
        Check::CanPrune,
        "remove older checkpoints: type how many of the newest to keep, then confirm"
    ),
];
