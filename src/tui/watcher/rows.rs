//! One row per run, from its small files alone.

use crate::{
    run::{RunDir, SCHEMA, clock, dir::Header, status::RunState, text::clean, watch::state_of},
    tui::model::RunRow,
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// A run that has ended is looked at only every so many times.
const SELDOM: u64 = 8;

/// Rows by directory, as last seen.
#[derive(Default)]
pub struct Rows {
    rows: BTreeMap<PathBuf, (Header, RunRow)>,
    looks: u64,
}

impl Rows {
    /// Looks at each of the runs found; returns whether anything changed.
    pub fn look(&mut self, found: &[PathBuf]) -> bool {
        self.looks += 1;
        let before = self.rows.len();
        self.rows.retain(|dir, _| found.contains(dir));
        let mut changed = self.rows.len() != before;
        for dir in found {
            let known = self.rows.get(dir);
            let resting = known.is_some_and(|(_, r)| !r.state.is_live() && r.state != RunState::Lost);
            if resting && !self.looks.is_multiple_of(SELDOM) {
                continue;
            }
            let header = match known {
                Some((header, _)) => header.clone(),
                None => header(dir),
            };
            let row = row(dir, &header);
            if known.is_none_or(|(_, old)| *old != row) {
                changed = true;
                self.rows.insert(dir.clone(), (header, row));
            }
        }
        changed
    }

    /// Sorted by id, which begins with the time of the start.
    pub fn newest_first(&self) -> Vec<RunRow> {
        let mut rows: Vec<RunRow> = self.rows.values().map(|(_, row)| row.clone()).collect();
        rows.sort_by(|a, b| b.id.cmp(&a.id).then_with(|| a.dir.cmp(&b.dir)));
        rows
    }
}

fn header(dir: &Path) -> Header {
    RunDir::at(dir).header().unwrap_or_else(|e| Header {
        schema: u64::from(SCHEMA),
        id: String::new(),
        name: format!("(unreadable: {e})"),
        created: String::new(),
    })
}

fn row(dir: &Path, header: &Header) -> RunRow {
    let run = RunDir::at(dir);
    let (status, exit) = (run.read_status().ok().flatten(), run.read_exit().ok().flatten());
    let state = state_of(&run, clock::now());
    let newer = header.schema > u64::from(SCHEMA);
    let why = match newer {
        true => format!("schema {} is newer than this program", header.schema),
        false => exit.as_ref().map(|e| e.why.clone()).unwrap_or_default(),
    };
    let step = status
        .as_ref()
        .map_or(0, |s| s.step)
        .max(exit.as_ref().map_or(0, |e| e.step));
    let named = status.as_ref();
    RunRow {
        dir: dir.to_path_buf(),
        id: clean(&run.id()).into_owned(),
        name: clean(if header.name.is_empty() {
            &header.id
        } else {
            &header.name
        })
        .into_owned(),
        state,
        why: clean(&why).into_owned(),
        step,
        total: named.map_or(0, |s| s.total_steps),
        epoch: named.map_or(0.0, |s| s.epoch),
        epochs: named.map_or(0, |s| s.epochs),
        rate: named.map_or(0.0, |s| s.rate),
        eta: named.map_or(0.0, |s| s.eta),
        device: named.map(|s| clean(&s.device).into_owned()).unwrap_or_default(),
        host: named.map(|s| clean(&s.host).into_owned()).unwrap_or_default(),
        newer,
    }
}
