//! What is known about the selected run: its row, its detail, and the current values.

use super::App;
use crate::{
    spec::{ScheduleKind, TUNABLES, Tunable},
    tui::model::{Detail, RunRow},
};

/// The key of the learning rate, and the metric of what the schedule makes of it.
pub const RATE: &str = "train.lr";

impl App {
    /// The tunable of the selected row.
    pub fn selected_tunable(&self) -> &'static Tunable {
        &TUNABLES[self.tune.row.min(TUNABLES.len() - 1)]
    }

    /// The selected run's row.
    pub fn run(&self) -> Option<&RunRow> {
        let dir = self.selected.as_ref()?;
        self.runs.iter().find(|r| r.dir == *dir)
    }

    /// The selected run's detail, if it has been read.
    pub fn detail(&self) -> Option<&Detail> {
        self.detail.as_ref().filter(|d| Some(&d.dir) == self.selected.as_ref())
    }

    /// A tunable's value as the worker last said it, else what the run was started with.
    pub fn current(&self, key: &str) -> Option<f64> {
        self.detail()?.history.tunables().get(key).copied()
    }

    /// The learning rate as the schedule has it now and the schedule's name, where that is not the rate at its start.
    pub fn scheduled_rate(&self) -> Option<(f64, &'static str)> {
        let detail = self.detail()?;
        let name = match detail.manifest.as_ref()?.spec.train.schedule {
            ScheduleKind::Constant => return None,
            ScheduleKind::Cosine => "cosine",
            ScheduleKind::Step => "step",
        };
        let (now, start) = (detail.history.series(RATE)?.last()?.value, self.current(RATE)?);
        ((now - start).abs() > start.abs() * 1e-3).then_some((now, name))
    }
}
