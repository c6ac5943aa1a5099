//! Turns an attack job's record into its row on the screen.

use crate::{
    run::{
        attack::Split,
        attack_job::{
            AttackReader, AttackTable, Cell, Cells, Measured, Summary, Tally, by_class, masking, read_example,
            sanity_panel,
        },
        clock,
        provenance::{Provenance, Subjects},
        text::{clean, clean_lines},
    },
    spec::{AttackKind, BackwardMode},
    tui::model::{AttackRow, CellRow, GroupRow, Sample, SampleKey},
    units::Epsilon,
};
use std::path::Path;

/// The image asked for, with what the record says of it; `None` where it was not kept.
///
/// # Errors
/// Why it cannot be read, in words.
pub fn find(reader: &AttackReader, key: &SampleKey) -> Result<Option<Sample>, String> {
    let cells = reader.cells();
    let cell = cells.all().get(key.cell);
    let tried = |at: usize| cell.is_some_and(|c| c.image(at).is_some());
    let found = read_example(&reader.dir().examples(), key.cell, key.image, tried);
    let Some(example) = found.map_err(|e| clean_lines(&e.to_string()))? else {
        return Ok(None);
    };
    let clean = cell.and_then(|cell| cells.clean(cell.key.checkpoint));
    let right = |cell: Option<&Cell>| cell.and_then(|c| c.image(key.image));
    Ok(Some(Sample {
        example,
        right_before: right(clean),
        right_after: right(cell),
    }))
}

/// The job as the screen shows it.
pub fn row(dir: &Path, reader: &AttackReader, measured: &[Measured]) -> AttackRow {
    let (manifest, cells, status) = (reader.manifest(), reader.cells(), reader.status());
    let name = |p: &Path| clean(&p.file_name().unwrap_or_default().to_string_lossy()).into_owned();
    let numbered = cells.all().iter().enumerate();
    let rows: Vec<CellRow> = numbered
        .map(|(number, cell)| cell_row(number, cell, cells))
        .filter(|c| c.n > 0)
        .collect();
    let working = cells
        .all()
        .iter()
        .rev()
        .filter(|c| !cells.is_finished(c))
        .map(Cell::done);
    let partial = working.into_iter().find(|n| *n > 0).unwrap_or(0);
    AttackRow {
        dir: dir.to_path_buf(),
        id: name(dir),
        state: reader.state(clock::now()),
        why: reader.exit().map(|e| clean(&e.why).into_owned()).unwrap_or_default(),
        cells_done: (cells.finished(), cells.all().len()),
        images_done: partial,
        samples: (0..manifest.checkpoints.len())
            .map(|c| cells.images(c))
            .max()
            .unwrap_or(0),
        current: status.map(|s| clean(&s.current).into_owned()).unwrap_or_default(),
        eta: cells.seconds_left(),
        checkpoints: manifest.checkpoints.iter().map(|p| name(p)).collect(),
        origins: manifest
            .checkpoints
            .iter()
            .map(|p| p.parent().map(name).unwrap_or_default())
            .collect(),
        norm: manifest.norm,
        eps: manifest.eps.clone(),
        keeps: manifest.keep,
        cells: rows,
        worst: worst(reader),
        groups: groups(reader, measured),
        checks: sanity_panel(manifest, cells, measured),
        unlooked: masking(manifest).filter(|m| !m.looked_for).map(|m| m.why),
        vulnerability: measured
            .iter()
            .filter_map(|m| Some((m.checkpoint, m.vulnerability.clone()?)))
            .collect(),
        table: AttackTable::of(reader),
        provenance: provenance(dir, reader),
    }
}

fn provenance(dir: &Path, reader: &AttackReader) -> Vec<Provenance> {
    let (subjects, manifest) = (Subjects::of_job(dir), reader.manifest());
    let of = |number| subjects.provenance(number, manifest.split == Split::Test);
    (0..manifest.checkpoints.len()).map(of).collect()
}

fn cell_row(number: usize, cell: &Cell, cells: &Cells) -> CellRow {
    let key = &cell.key;
    let clean = cells.clean(key.checkpoint);
    let is_fooled = |at: &usize| cell.image(*at) == Some(false) && clean.and_then(|c| c.image(*at)) == Some(true);
    let mode = key.attack.uses_gradient().then_some(key.backward);
    let attack = match cells.adds_to_others(cell) {
        true => format!("+ {}", key.attack),
        false => key.attack.to_string(),
    };
    // Of a worst-case job only the worst case so far is an accuracy of the network.
    let tally = cells.accuracy_so_far(cell);
    CellRow {
        number: Some(number),
        done: cell.done(),
        open: !cells.is_finished(cell),
        fooled: (0..cell.done()).filter(is_fooled).collect(),
        ..counted(key.checkpoint, attack, mode, key.eps, &tally)
    }
}

/// The worst over all attacks, per checkpoint and radius.
fn worst(reader: &AttackReader) -> Vec<CellRow> {
    let summaries = reader.cells().summaries().into_iter();
    let overall = summaries.filter(|s| s.attack.is_none() && s.tally.n > 0);
    overall
        .map(|s| CellRow {
            open: s.open,
            ..counted(s.checkpoint, "worst".into(), None, s.eps, &s.tally)
        })
        .collect()
}

fn counted(checkpoint: usize, attack: String, mode: Option<BackwardMode>, eps: Epsilon, tally: &Tally) -> CellRow {
    CellRow {
        number: None,
        checkpoint,
        attack,
        backward: mode.map(|m| m.to_string()).unwrap_or_default(),
        eps,
        accuracy: tally.accuracy(),
        interval: tally.interval(),
        n: tally.n,
        seconds: tally.seconds,
        done: tally.n,
        open: false,
        fooled: Vec::new(),
    }
}

/// Every cell and worst case by true class, of checkpoints whose labels are recorded.
fn groups(reader: &AttackReader, measured: &[Measured]) -> Vec<GroupRow> {
    let labelled = |checkpoint: usize| {
        measured
            .iter()
            .find(|m| m.checkpoint == checkpoint && !m.labels.is_empty())
    };
    let group = |s: Summary| {
        let labels = &labelled(s.checkpoint)?.labels;
        let members = reader.cells().members(&s);
        if members.len() == 1 && s.backward.is_none() && s.attack.is_some_and(AttackKind::uses_gradient) {
            // The worst of one mode is that mode.
            return None;
        }
        let classes = by_class(&members, reader.cells().clean(s.checkpoint), labels);
        let backward = match (s.backward, s.attack) {
            (Some(mode), _) => mode.to_string(),
            (None, Some(attack)) if !attack.uses_gradient() => String::new(),
            (None, _) => "worst".into(),
        };
        Some(GroupRow {
            checkpoint: s.checkpoint,
            attack: match (s.attack, s.of_survivors) {
                (None, _) => "worst".into(),
                (Some(attack), true) => format!("{attack} on survivors of earlier cells,"),
                (Some(attack), false) => attack.to_string(),
            },
            backward,
            eps: s.eps,
            classes,
        })
    };
    reader.cells().summaries().into_iter().filter_map(group).collect()
}
