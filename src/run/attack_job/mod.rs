//! Attack directories: creating one, reading one as it grows, and folding its lines into cells.
//!
//! A job over checkpoints × attacks × backward modes × radii is a list of cells ([`plan`]); its worker goes through
//! that list and appends one line per batch; [`Cells`] is the pure fold of those lines, and so also what a restarted
//! worker asks for what is done.

mod cells;
mod classes;
mod dir;
mod examples;
mod measured;
mod reader;
mod result;
mod sanity;
mod spans;
mod summary;
mod table;
mod table_latex;
mod table_text;

pub use cells::{Cell, Cells};
pub use classes::{ClassTally, by_class};
pub use dir::AttackDir;
pub use examples::{Example, list_examples, read_example};
pub use measured::{
    FloatSteps, GradientNorms, Leads, Measured, MeasuredMode, VulnerabilityAt, VulnerabilityRecord, WhiteBox,
};
pub use reader::AttackReader;
pub use result::{result_json, summary_json};
pub use sanity::{Check, Masking, Verdict, asks, masking, panel as sanity_panel};
pub use spans::Span;
use summary::left;
pub use summary::{Summary, Tally};
pub use table::{AttackTable, Attacked, Counts, TableRow};

use super::attack::AttackManifest;
use crate::{
    spec::{AttackKind, BackwardMode},
    units::Epsilon,
};

/// One cell of the grid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CellKey {
    /// Index into [`AttackManifest::checkpoints`].
    pub checkpoint: usize,
    /// The attack.
    pub attack: AttackKind,
    /// The attacker's backward mode; the first of the list for attacks that use no gradient.
    pub backward: BackwardMode,
    /// The radius; zero for `none`.
    pub eps: Epsilon,
}

/// Every cell of a job, in the order it is worked through: for each checkpoint the clean accuracy first, asked for or
/// not, since all others need it; then radius by radius, so that the curve grows from left to right. An attack that
/// uses no gradient has one cell per radius, whatever the backward modes. In a worst-case job cheap attacks come first,
/// so that dear ones meet few images, and Square last, which shows what the gradients missed. The order is part of the
/// job's format: a cell's place names its kept images.
pub fn plan(manifest: &AttackManifest) -> Vec<CellKey> {
    let mut cells: Vec<CellKey> = Vec::new();
    let Some(first) = manifest.backward.first().copied() else {
        return cells;
    };
    let mut attacks: Vec<AttackKind> = manifest.attacks.clone();
    attacks.retain(|a| *a != AttackKind::None);
    if manifest.worst_case {
        attacks.sort_by_key(|attack| {
            let (forward, backward) = attack.passes();
            let is_square = matches!(attack, AttackKind::Square { .. });
            (is_square, forward.saturating_add(backward))
        });
    }
    for checkpoint in 0..manifest.checkpoints.len() {
        cells.push(CellKey {
            checkpoint,
            attack: AttackKind::None,
            backward: first,
            eps: Epsilon::ZERO,
        });
        for &eps in &manifest.eps {
            for &attack in &attacks {
                let modes = if attack.uses_gradient() {
                    manifest.backward.as_slice()
                } else {
                    &[first]
                };
                for &backward in modes {
                    let key = CellKey {
                        checkpoint,
                        attack,
                        backward,
                        eps,
                    };
                    if !cells.contains(&key) {
                        cells.push(key);
                    }
                }
            }
        }
    }
    cells
}

/// What a job will cost at most, in passes of one image through the network: (forward, backward).
pub fn passes(manifest: &AttackManifest) -> (u64, u64) {
    let images = manifest.samples as u64;
    plan(manifest).iter().fold((0, 0), |(f, b), cell| {
        let (forward, backward) = match manifest.replay {
            Some(_) => AttackKind::None.passes(),
            None => cell.attack.passes(),
        };
        (
            f.saturating_add(forward.saturating_mul(images)),
            b.saturating_add(backward.saturating_mul(images)),
        )
    })
}

#[cfg(test)]
pub(crate) mod tests;
