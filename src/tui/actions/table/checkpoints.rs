//! What is done with checkpoints.

use super::{Act, Action};
use crate::tui::actions::{
    Place,
    checks::{can_apart, can_fork, can_pin, can_prune, can_roll_back, has_checkpoint, has_optimizer},
};
use Place::{Checkpoints, Tensors};

/// On the list of checkpoints and in one of them.
pub static CHECKPOINTS: &[Action] = &[
    action!(
        Inspect,
        ["enter"],
        "inspect",
        &[Checkpoints],
        has_checkpoint,
        "compare its files with their checksums and show every tensor: norm, greatest value, share of zeros"
    ),
    action!(
        Apart,
        ["d"],
        "compare",
        &[Checkpoints],
        can_apart,
        "how far it is from the marked checkpoint, or else from the next older one, tensor by tensor"
    ),
    action!(
        MarkCheckpoint,
        ["space"],
        "",
        &[Checkpoints],
        has_checkpoint,
        "mark it, so that others are compared with it, also those of other runs"
    ),
    action!(
        Optimizer,
        ["O"],
        "optimiser",
        &[Tensors],
        has_optimizer,
        "the optimiser's tensors, or the network's again"
    ),
    action!(
        RollBack,
        ["b"],
        "roll back",
        &[Checkpoints],
        can_roll_back,
        "the run goes back to this checkpoint, after a question; later ones are set aside, not deleted"
    ),
    action!(
        ForkHere,
        ["o"],
        "fork",
        &[Checkpoints],
        can_fork,
        "another run that goes on from this checkpoint; type what it changes, such as lambda=0.005"
    ),
    action!(
        Pin,
        ["P"],
        "pin",
        &[Checkpoints, Tensors],
        can_pin,
        "keep it when older ones are removed, or no longer"
    ),
    action!(
        Prune,
        ["X"],
        "prune",
        &[Checkpoints],
        can_prune,
        "remove older checkpoints: type how many of the newest stay, see which would go, then say yes"
    ),
];
