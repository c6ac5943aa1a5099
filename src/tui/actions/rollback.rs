//! Actions on a checkpoint: rolling the run back to it, and forking a new run from it. Also opens the typed commands
//! that begin with a key: remark and ramp. Pure.

use super::Act;
use crate::{
    run::{
        command::{Order, When},
        fork::check,
        text::clean,
    },
    spec::TUNABLES,
    tui::{
        model::CheckpointRow,
        state::{
            app::{App, Confirm, Confirmed, Effect, Launch, Layer},
            command_line::CommandLine,
        },
        terminal::key::Line,
    },
    units::significant,
};

/// Opens a question, or the command line with the command already in it.
pub fn begin(app: &mut App, act: Act) {
    match act {
        Act::RollBack => ask_to_roll_back(app),
        Act::ForkHere => {
            if let Some(step) = app.checkpoint().map(|c| c.step) {
                type_on(app, format!("fork {step} "));
            }
        }
        Act::RampHere => {
            if let Some(tunable) = TUNABLES.get(app.tune.row) {
                let now = app.current(tunable.key).map(significant).unwrap_or_default();
                type_on(app, format!("ramp {}={now}..", tunable.key));
            }
        }
        _ => type_on(app, "remark ".into()),
    }
}

fn type_on(app: &mut App, text: String) {
    let line = Line::new(text);
    app.layers.push(Layer::Command(CommandLine { line, row: 0 }));
}

fn ask_to_roll_back(app: &mut App) {
    let (Some(run), Some(checkpoint)) = (app.run(), app.checkpoint()) else {
        return;
    };
    let newer = app
        .detail()
        .map_or(0, |d| d.checkpoints.iter().filter(|c| c.step > checkpoint.step).count());
    // The list of runs may lag behind the run's own record.
    let reached = app.detail().map_or(0, |d| d.history.progress().step).max(run.step);
    let lost = reached.saturating_sub(checkpoint.step);
    let confirm = Confirm {
        question: format!(
            "Roll back to step {} of {}, from step {reached}?",
            checkpoint.step, run.id
        ),
        consequence: format!(
            "{lost} steps are discarded and later changes reverted. \
             {newer} newer checkpoints are set aside; nothing is deleted. A fork (o) leaves this run unchanged."
        ),
        deed: Confirmed::Send {
            job: run.dir.clone(),
            order: Order::Rollback {
                checkpoint: name(checkpoint),
            },
            when: When::Now,
        },
    };
    app.layers.push(Layer::Confirm(confirm));
}

fn name(checkpoint: &CheckpointRow) -> String {
    let name = checkpoint.dir.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// Steps of checkpoints that begin so, newest first, with how good they were.
pub fn steps(app: &App, prefix: &str) -> Vec<(String, String)> {
    let choice = |c: &CheckpointRow| {
        let accuracy = c.metrics.get("val.accuracy");
        let accuracy = accuracy.map_or_else(String::new, |a| format!("val.accuracy {:.1} %", a * 100.0));
        (c.step.to_string(), accuracy)
    };
    let sound = |c: &&CheckpointRow| c.problem.is_empty() && c.step.to_string().starts_with(prefix);
    let all = app.detail().map(|d| d.checkpoints.iter().filter(sound).map(choice));
    all.into_iter().flatten().collect()
}

/// Starts another run: `120 lambda=0.005 epochs=40`. What the changes must be is checked where it is planned.
///
/// # Errors
/// When the words are not of this form.
pub fn fork(app: &mut App, words: &str) -> Result<Vec<Effect>, String> {
    let mut words = words.split_whitespace();
    let step = words.next().filter(|w| w.parse::<u64>().is_ok());
    let step = step.ok_or("fork: give a checkpoint's step and the changes, such as fork 120 lambda=0.005")?;
    let known = app
        .detail()
        .and_then(|d| d.checkpoints.iter().find(|c| c.step.to_string() == step));
    let Some(epoch) = known.map(|c| c.epoch) else {
        return Err(format!("fork: no checkpoint at step {step}; C lists them"));
    };
    let changes: Vec<&str> = words.collect();
    if let Some(wrong) = changes.iter().find(|c| !c.contains('=') || c.starts_with('-')) {
        return Err(format!("fork: {wrong}: write KEY=VALUE, such as lambda=0.005"));
    }
    // Checked by the same code as in the started process, while the input can still be corrected.
    if let Some(manifest) = app.detail().and_then(|d| d.manifest.as_ref()) {
        let changes: Vec<String> = changes.iter().map(|c| c.to_string()).collect();
        check(&manifest.spec, epoch, &changes).map_err(|why| in_one_line(&why))?;
    }
    let Some(run) = app.run() else {
        return Err("fork: no run is selected".into());
    };
    let run = run.dir.display().to_string();
    let fixed = ["send", run.as_str(), "fork", step];
    let arguments = fixed.iter().chain(&changes).map(|a| a.to_string()).collect();
    app.say("starting the fork…");
    Ok(vec![Effect::Launch(Launch::Run, arguments)])
}

fn in_one_line(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|l| !l.is_empty());
    clean(&lines.collect::<Vec<_>>().join("; ")).into_owned()
}

#[cfg(test)]
mod tests;
