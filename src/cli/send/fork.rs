//! `send RUN fork`: another run from one of the run's checkpoints. No worker is asked: this program plans it, creates it
//! and starts its worker, and the run itself is left alone.

use crate::{
    cli::{
        failure::{Code, require_engine, usage},
        job::Job,
        output::Output,
    },
    run::{fork, launcher},
};
use anyhow::Result;
use serde_json::json;

/// Starts it, detached.
///
/// # Errors
/// An attack, a checkpoint that is not there or damaged, changes that do not fit, a folder that cannot be written.
pub fn start(job: &Job, checkpoint: &str, changes: &[String], out: Output) -> Result<Code> {
    let Job::Run(run) = job else {
        return Err(usage("an attack has no checkpoints to fork from"));
    };
    require_engine("send RUN fork")?;
    let fork = fork::plan(run, checkpoint, changes, std::env::args().collect()).map_err(|e| usage(e.to_string()))?;
    let new = fork.create()?;
    launcher::start_worker(&new, &[])?;
    let (step, path) = (fork.step, new.path());
    out.say(format!("forked from step {step}: {}", path.display()));
    out.answer(&json!({
        "id": null, "result": "applied", "step": step, "old": null, "new": null, "why": "", "run": path,
    }));
    Ok(Code::Done)
}
