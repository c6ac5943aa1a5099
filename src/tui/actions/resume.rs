//! Resumes a run that has ended: whether it can be resumed, the question, and the command line. Pure; the worker finds
//! the checkpoint, as for `train --resume` in a shell.

use crate::{
    run::{status::RunState, text::clean},
    tui::state::{
        app::{App, Confirm, Confirmed, Effect, Launch, Layer},
        attack_form::command_line,
    },
};
use std::path::Path;

/// Whether the selected run, which has ended, can be resumed.
///
/// # Errors
/// Why it cannot.
pub fn possible(app: &App) -> Result<(), &'static str> {
    let run = app.run().ok_or("no run is selected")?;
    if run.imported.is_some() {
        return Err("recorded by another program: it cannot be resumed");
    }
    match run.state {
        RunState::Stopped | RunState::Lost | RunState::Failed => {}
        RunState::Finished => {
            return Err("this run is done; to continue from it, fork a checkpoint (C, then o)");
        }
        _ => return Err("this run is not running"),
    }
    if !run.reachable {
        return Err("this run was trained on another machine: resume it there");
    }
    match app.detail().is_some_and(|d| d.manifest.is_some()) {
        true => Ok(()),
        false => Err("its record is still being read"),
    }
}

/// Asks before a run is resumed, saying from where.
pub fn ask(app: &mut App) {
    let (Some(run), Some(detail)) = (app.run(), app.detail()) else {
        return;
    };
    let newest = detail.checkpoints.iter().find(|c| c.problem.is_empty()).map(|c| c.step);
    let (question, again) = match newest {
        Some(step) => (
            format!("Resume {} from its checkpoint of step {step}?", run.id),
            match run.step.saturating_sub(step) {
                0 => String::new(),
                steps => format!("It was at step {}: {steps} steps are trained again. ", run.step),
            },
        ),
        None => (
            format!("Restart {} from the beginning?", run.id),
            format!("It was at step {} and has no valid checkpoint.  ", run.step),
        ),
    };
    let arguments = arguments(&run.dir);
    let confirm = Confirm {
        question,
        consequence: format!("{again}Command: {}", clean(&command_line(&arguments))),
        deed: Confirmed::Resume(arguments),
    };
    app.layers.push(Layer::Confirm(confirm));
}

/// Starts it.
pub fn launch(app: &mut App, arguments: Vec<String>) -> Vec<Effect> {
    app.say("resuming the run…");
    vec![Effect::Launch(Launch::Run, arguments)]
}

fn arguments(run: &Path) -> Vec<String> {
    let run = run.display().to_string();
    ["train", "--resume", &run, "--detach"].map(String::from).to_vec()
}

#[cfg(test)]
mod tests;
