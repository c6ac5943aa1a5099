//! An attack's result as a table to be copied or exported: which rows there are, what each counts, and what must be
//! said beside them. How it is written stands in [`super::table_text`] and [`super::table_latex`].

use super::{AttackReader, CellKey, Cells, Summary, Tally};
use crate::{
    run::{
        RunDir,
        attack::{AttackManifest, CellEnd, Norm, Split, Twin},
        text::clean,
    },
    spec::{AttackKind, AttackLoss},
    units::Epsilon,
};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The whole table. Texts in it may come from files: they are made harmless where they are written.
#[derive(Debug, Clone, PartialEq)]
pub struct AttackTable {
    /// The job's directory.
    pub attack: PathBuf,
    /// Of each attacked checkpoint what it is called.
    pub checkpoints: Vec<Attacked>,
    /// The norm of the radii.
    pub norm: Norm,
    /// Which images were attacked.
    pub split: Split,
    /// Under which conditions beyond the grid, in words: `target next`, `T = 8`.
    pub conditions: Vec<String>,
    /// Cells finished, and cells in all.
    pub finished: (usize, usize),
    /// Per checkpoint: the worst case first, then clean accuracy, then attack by attack.
    pub rows: Vec<TableRow>,
}

/// An attacked checkpoint's names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attacked {
    /// The experiment's name.
    pub name: String,
    /// The run's id, or the folder that the checkpoint lies in.
    pub run: String,
    /// The checkpoint's folder: `step-000001560`.
    pub checkpoint: String,
}

/// What a row counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Counts {
    /// Images that survive every attack at the radius.
    Worst,
    /// Images that survive one attack in every backward mode.
    WorstOverModes,
    /// Images that survive one cell.
    Cell,
    /// Images that survive the cell and all before it, in a job whose cells attack only what the earlier ones left.
    WorstSoFar,
}

/// One row: an accuracy of the network, and of how many images it is.
#[derive(Debug, Clone, PartialEq)]
pub struct TableRow {
    /// Index into [`AttackTable::checkpoints`].
    pub checkpoint: usize,
    /// What is counted.
    pub counts: Counts,
    /// The attack; `worst` for the worst case over all.
    pub attack: String,
    /// The backward mode; `worst` for the worst case over several, empty for an attack without a gradient.
    pub backward: String,
    /// The radius; zero for clean accuracy.
    pub eps: Epsilon,
    /// Images counted and left right.
    pub tally: Tally,
    /// Why it ended before its last image, if it did.
    pub ended: Option<CellEnd>,
    /// Whether images are still to be attacked.
    pub open: bool,
}

impl AttackTable {
    /// The table of what was read so far; looks into the run that the job lies in for its name.
    pub fn of(reader: &AttackReader) -> AttackTable {
        let (manifest, cells) = (reader.manifest(), reader.cells());
        let owner = reader.dir().path().parent().and_then(Path::parent);
        let owner = owner.filter(|p| RunDir::is_run(p));
        let owner = owner.and_then(|p| RunDir::at(p).header().ok()).map(|h| (h.id, h.name));
        AttackTable {
            attack: reader.dir().path().to_path_buf(),
            checkpoints: manifest
                .checkpoints
                .iter()
                .map(|path| Attacked::of(path, owner.as_ref()))
                .collect(),
            norm: manifest.norm,
            split: manifest.split,
            conditions: conditions(manifest),
            finished: (cells.finished(), cells.all().len()),
            rows: rows(manifest, cells),
        }
    }

    /// What a row's checkpoint is called: by its step where all are of one run.
    pub fn checkpoint(&self, row: &TableRow) -> String {
        let Some(it) = self.checkpoints.get(row.checkpoint) else {
            return String::new();
        };
        let mut others = self.checkpoints.iter().filter(|o| o.run != it.run).peekable();
        match (others.peek().is_some(), others.any(|o| o.name == it.name)) {
            (false, _) => it.checkpoint.clone(),
            (true, false) => format!("{} {}", it.name, it.checkpoint),
            (true, true) => format!("{} {}", it.run, it.checkpoint),
        }
    }

    /// What else must be said of a row: that it ended early, or has not ended.
    pub fn note(row: &TableRow) -> &'static str {
        match (row.ended, row.open) {
            (Some(CellEnd::Precision), _) => "ended early: precise enough",
            (Some(CellEnd::Kept), _) => "ended early: no more images were kept",
            (None, true) => "not finished",
            (None, false) => "",
        }
    }
}

impl TableRow {
    /// The attack as the screen names it: `+ pgd:10` is the worst case up to it.
    pub fn label(&self) -> String {
        match self.counts {
            Counts::WorstSoFar => format!("+ {}", self.attack),
            _ => self.attack.clone(),
        }
    }
}

impl Attacked {
    /// By the checkpoint's path; `owner` is id and name of the run that the job lies in.
    fn of(path: &Path, owner: Option<&(String, String)>) -> Attacked {
        let last = |p: &Path| clean(&p.file_name().unwrap_or_default().to_string_lossy()).into_owned();
        let (checkpoint, run) = (last(path), path.parent().map(last).unwrap_or_default());
        let name = match owner {
            Some((id, name)) if *id == run && !name.is_empty() => clean(name).into_owned(),
            _ => name_in(&run).map_or_else(|| run.clone(), String::from),
        };
        Attacked { name, run, checkpoint }
    }
}

/// `20261123-094512-glyphs-sr-7f3a` → `glyphs-sr`.
fn name_in(id: &str) -> Option<&str> {
    let is_digits = |text: &str, n: usize| text.len() == n && text.bytes().all(|b| b.is_ascii_digit());
    let (day, rest) = id.split_once('-')?;
    let (time, rest) = rest.split_once('-')?;
    let (name, _) = rest.rsplit_once('-')?;
    (is_digits(day, 8) && is_digits(time, 6) && !name.is_empty()).then_some(name)
}

/// What makes the numbers mean something else than the attacks' names say.
fn conditions(manifest: &AttackManifest) -> Vec<String> {
    let folder = |path: &Path| clean(&path.file_name().unwrap_or_default().to_string_lossy()).into_owned();
    let loss = match manifest.loss {
        AttackLoss::Ce => None,
        AttackLoss::Margin => Some("loss margin".to_string()),
        AttackLoss::Dlr => Some("loss dlr".to_string()),
    };
    let all = [
        manifest
            .worst_case
            .then(|| "each attack only on what the earlier ones left".to_string()),
        loss,
        manifest.target.map(|aim| format!("target {aim}")),
        manifest.alpha.map(|step| format!("step size {step}")),
        manifest
            .transfer_from
            .as_ref()
            .map(|from| format!("gradients of {}", folder(from))),
        manifest
            .twin
            .map(|Twin::Ann| "gradients of the twin without a time axis".to_string()),
        manifest.steps.map(|steps| format!("T = {steps}")),
        (manifest.eot > 1).then(|| format!("{} draws per gradient", manifest.eot)),
        manifest
            .replay
            .as_ref()
            .map(|r| format!("images of attack {}, made on {}", clean(&r.id), folder(&r.made_on))),
    ];
    all.into_iter().flatten().collect()
}

fn rows(manifest: &AttackManifest, cells: &Cells) -> Vec<TableRow> {
    let mut rows: Vec<TableRow> = cells
        .summaries()
        .iter()
        .filter_map(|s| row(manifest, cells, s))
        .collect();
    let mut attacks: Vec<String> = Vec::new();
    for row in &rows {
        if !attacks.contains(&row.attack) {
            attacks.push(row.attack.clone());
        }
    }
    let mode = |row: &TableRow| {
        let is_it = |m: &crate::spec::BackwardMode| m.to_string() == row.backward;
        manifest.backward.iter().position(is_it)
    };
    let rank = |row: &TableRow| match row.counts {
        Counts::Worst => 0,
        _ if row.attack == "none" => 1,
        _ => 2 + attacks.iter().position(|a| *a == row.attack).unwrap_or(0),
    };
    let over_one = |row: &TableRow| row.counts != Counts::WorstOverModes;
    rows.sort_by(|a, b| {
        let by = |r: &TableRow| (r.checkpoint, rank(r), over_one(r), mode(r));
        by(a).cmp(&by(b)).then(a.eps.value().total_cmp(&b.eps.value()))
    });
    rows
}

/// A summary as a row, unless it only repeats another or counts nothing.
fn row(manifest: &AttackManifest, cells: &Cells, summary: &Summary) -> Option<TableRow> {
    let mut tally = summary.tally;
    let (counts, attack, backward) = match (summary.attack, summary.backward) {
        (None, _) => (Counts::Worst, "worst".to_string(), "worst".to_string()),
        (Some(attack), None) if attack.uses_gradient() => {
            if manifest.backward.len() < 2 {
                return None;
            }
            (Counts::WorstOverModes, attack.to_string(), "worst".into())
        }
        (Some(attack), mode) => {
            let mut counts = Counts::Cell;
            if let Some(cell) = cells.get(&key(manifest, summary, attack)?) {
                tally = cells.accuracy_so_far(cell);
                if cells.adds_to_others(cell) {
                    counts = Counts::WorstSoFar;
                }
            }
            (
                counts,
                attack.to_string(),
                mode.map(|m| m.to_string()).unwrap_or_default(),
            )
        }
    };
    (tally.n > 0).then_some(TableRow {
        checkpoint: summary.checkpoint,
        counts,
        attack,
        backward,
        eps: summary.eps,
        tally,
        ended: summary.ended,
        open: summary.open,
    })
}

fn key(manifest: &AttackManifest, summary: &Summary, attack: AttackKind) -> Option<CellKey> {
    Some(CellKey {
        checkpoint: summary.checkpoint,
        attack,
        backward: summary.backward.or(manifest.backward.first().copied())?,
        eps: summary.eps,
    })
}

#[cfg(test)]
mod tests;
