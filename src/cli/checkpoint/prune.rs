//! `spikedeck checkpoint prune`: first what would go, then, where asked for, that and nothing else. A worker prunes by
//! itself (`checkpoint.keep`), so this is for runs that have none: the run's lock is held meanwhile, and the record says
//! what went.

use crate::{
    cli::{
        failure::{Code, usage},
        output::Output,
        resolve,
    },
    run::{
        RunDir, RunError,
        checkpoint::{self, Pruning},
        clock,
        event::{Event, EventKind},
        journal::{Appender, read_all},
        lock::RunLock,
    },
};
use anyhow::Result;
use serde_json::json;
use std::path::Path;

/// Removes them, or says which would be removed.
///
/// # Errors
/// When there is no run, a worker has it, or a folder cannot be removed.
pub fn prune(run: &Path, keep: usize, yes: bool, out: Output) -> Result<Code> {
    let run = RunDir::open(&resolve::run(run)?)?;
    let root = run.read_manifest()?.checkpoints;
    // Held until the end: no worker begins meanwhile.
    let _lock = RunLock::take(run.path()).map_err(|e| match e {
        RunError::Locked { .. } => usage(format!(
            "{e}: a run that is running keeps checkpoint.keep by itself; stop it first"
        )),
        other => other.into(),
    })?;
    if let Some(other) = checkpoint::other_owner(&root, &run) {
        return Err(usage(format!(
            "{}: these checkpoints belong to {other}, of which this run is a copy; prune that one",
            root.display()
        )));
    }
    let all = checkpoint::list(&root);
    let best = checkpoint::best_of(&all).cloned();
    let pruning = Pruning {
        keep,
        best: best.as_deref(),
    };
    let going = checkpoint::going(&root, pruning);
    let bytes: u64 = going
        .iter()
        .filter_map(|p| checkpoint::open(p).ok())
        .map(|c| c.bytes())
        .sum();
    for folder in &going {
        out.say(format!(
            "{} {}",
            if yes { "removed" } else { "would remove" },
            folder.display()
        ));
    }
    if yes && !going.is_empty() {
        let gone = checkpoint::prune(&root, pruning)?;
        record(&run, &gone)?;
    }
    let (gone, stay) = (going.len(), all.len() - going.len());
    let hint = if yes || gone == 0 {
        ""
    } else {
        "; nothing was removed yet: --yes does it"
    };
    out.say(format!(
        "{gone} of {} checkpoints, {:.1} MB; {stay} stay{hint}",
        all.len(),
        bytes as f64 / 1e6
    ));
    out.answer(&json!({ "removed": if yes { gone } else { 0 }, "checkpoints": going, "bytes": bytes, "stay": stay, "preview": !yes }));
    Ok(Code::Done)
}

/// The same event as a worker writes, at the step and the time on the run's clock of the latest one.
fn record(run: &RunDir, gone: &[std::path::PathBuf]) -> Result<()> {
    let events: Vec<Event> = read_all(&run.events());
    let (step, wall) = events.last().map_or((0, 0.0), |e| (e.step, e.wall));
    let mut journal = Appender::open(&run.events())?;
    journal.append(&Event {
        time: clock::now_text(),
        step,
        wall,
        what: EventKind::Pruned {
            checkpoints: gone.iter().map(|p| p.display().to_string()).collect(),
        },
    })?;
    Ok(journal.sync()?)
}
