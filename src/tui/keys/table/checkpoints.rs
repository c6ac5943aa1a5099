//! What is done with checkpoints.

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
        "compare its files with their checksums and show every tensor: norm, greatest value, share of zeros"
    ),
    action!(
        Apart,
        ["d"],
        "compare",
        &[Checkpoints],
        Check::CanApart,
        "how far it is from the marked checkpoint, or else from the next older one, tensor by tensor"
    ),
    action!(
        MarkCheckpoint,
        ["space"],
        "",
        &[Checkpoints],
        Check::HasCheckpoint,
        "mark it, so that others are compared with it, also those of other runs"
    ),
    action!(
        Optimizer,
        ["O"],
        "optimiser",
        &[Tensors],
        Check::HasOptimizer,
        "the optimiser's tensors, or the network's again"
    ),
    action!(
        RollBack,
        ["b"],
        "roll back",
        &[Checkpoints],
        Check::CanRollBack,
        "the run goes back to this checkpoint, after a question; later ones are set aside, not deleted"
    ),
    action!(
        ForkHere,
        ["o"],
        "fork",
        &[Checkpoints],
        Check::CanFork,
        "another run that goes on from this checkpoint; type what it changes, such as lambda=0.005"
    ),
    action!(
        Pin,
        ["P"],
        "pin",
        &[Checkpoints, Tensors],
        Check::CanPin,
        "keep it when older ones are removed, or no longer"
    ),
    action!(
        Prune,
        ["X"],
        "prune",
        &[Checkpoints],
        Check::CanPrune,
        "remove older checkpoints: type how many of the newest stay, see which would go, then say yes"
    ),
];
