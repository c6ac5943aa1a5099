//! The training worker: a loop of steps, and between two steps everything else.

use super::controls::Controls;
use super::earlier::Earlier;
use super::material::Material;
use super::recorder::{Progress, Recorder};
use super::signals::Signals;
use crate::run::{
    command::Command, control::Inbox, dir::RunDir, event::Happening, lock::RunLock, manifest::Manifest, status::Outcome,
};
use crate::train::Trainer;
use anyhow::{Context, Result, anyhow};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Trains the run in this directory until it is finished, stopped or has failed, and says so in its record.
///
/// # Errors
/// When the run cannot be opened or another worker holds it. What goes wrong later is in the record too.
pub fn train(directory: &Path) -> Result<Outcome> {
    let run = RunDir::open(directory)?;
    let _lock = RunLock::take(run.path())?;
    let manifest = run.read_manifest()?;
    let signals = Signals::install().context("signal handlers")?;
    let earlier = Earlier::read(&run);
    let mut recorder = Recorder::open(run.clone(), earlier.incarnation + 1, earlier.wall)?;
    let mut step = 0;
    let attempt = catch_unwind(AssertUnwindSafe(|| {
        let mut session = Session::begin(&run, manifest, signals, &earlier, &mut recorder)?;
        let outcome = session.run(&mut recorder);
        step = session.at.step;
        outcome
    }));
    let result = match attempt {
        Ok(result) => result,
        Err(panic) => Err(anyhow!(
            "the worker panicked: {}; please report it with stderr.log",
            panic_text(&panic)
        )),
    };
    match result {
        Ok((outcome, why)) => {
            recorder.exit(step, outcome, &why)?;
            Ok(outcome)
        }
        Err(error) => {
            let why = super::sentence(&error);
            eprintln!("error: {why}");
            // The disk may be what is wrong: say it in as many places as still work.
            let event = recorder.event(step, Happening::Failed { why: why.clone() });
            let exit = recorder.exit(step, Outcome::Failed, &why);
            event.and(exit).context(why)?;
            Ok(Outcome::Failed)
        }
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("no message").to_string()
}

/// One incarnation of a training run.
pub(super) struct Session {
    pub(super) run: RunDir,
    pub(super) manifest: Manifest,
    pub(super) inbox: Inbox,
    pub(super) signals: Signals,
    pub(super) controls: Controls,
    pub(super) trainer: Trainer,
    pub(super) material: Material,
    pub(super) probe: (Vec<f32>, Vec<u8>),
    pub(super) at: Progress,
    pub(super) best: Option<f64>,
    pub(super) best_checkpoint: Option<PathBuf>,
    pub(super) latest: BTreeMap<String, f64>,
    /// Commands of a superseded past, to be obeyed again at their step.
    pub(super) again: Vec<(u64, Command)>,
    pub(super) last_saved: Option<u64>,
    pub(super) last_poll: Instant,
}

impl Session {
    fn run(&mut self, recorder: &mut Recorder) -> Result<(Outcome, String)> {
        while self.at.step < self.at.total {
            if let Some(by) = self.between_steps(recorder)? {
                self.save(recorder, false)?;
                recorder.event(self.at.step, Happening::Stopped { by: by.clone() })?;
                return Ok((Outcome::Stopped, by));
            }
            self.step(recorder)?;
            let epoch_ends = self.at.step.is_multiple_of(self.at.per_epoch);
            let mut is_best = false;
            if epoch_ends {
                is_best = self.validate(recorder)?;
            }
            let every = self.controls.experiment.checkpoint.every;
            let due = if every == 0 {
                epoch_ends
            } else {
                self.at.step.is_multiple_of(every)
            };
            if due || is_best || self.at.step == self.at.total {
                self.save(recorder, is_best)?;
            }
        }
        self.finish(recorder)?;
        Ok((Outcome::Finished, String::new()))
    }
}
