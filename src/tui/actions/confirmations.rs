//! Questions before something that cannot be undone. Each names the run, the step and the consequence; also what a
//! confirmed question leads to.

use super::{attacks, resume, sending::send_to};
use crate::{
    run::{
        command::{Order, When},
        schedule::when_text,
    },
    tui::{
        model::commands::change,
        state::{
            app::{App, Confirm, Confirmed, Effect, Layer},
            last_change,
        },
    },
};

pub fn ask_to_stop(app: &mut App, when: When) {
    let Some(run) = app.run() else { return };
    let question = match when {
        When::Now => format!("Stop {} at step {}?", run.id, run.step),
        later => format!("Stop {} {}? It is at step {}.", run.id, when_text(later), run.step),
    };
    let confirm = Confirm {
        question,
        consequence: "The worker saves a checkpoint and ends. The run can be resumed from there: p, or \
                      spikedeck train --resume."
            .into(),
        deed: Confirmed::Send {
            job: run.dir.clone(),
            order: Order::Stop,
            when,
        },
    };
    app.layers.push(Layer::Confirm(confirm));
}

pub fn ask_to_remove(app: &mut App) {
    let Some(run) = app.run() else { return };
    let confirm = Confirm {
        question: format!(
            "Remove {} ({}, step {})?",
            run.id,
            crate::tui::theme::glyphs::UNICODE.state(run.state).1,
            run.step
        ),
        consequence: format!(
            "Its folder and checkpoints move to .trash next to them; it is no longer listed. \
             spikedeck remove --undo {0} restores it; spikedeck remove --purge {0} deletes it permanently.",
            run.id
        ),
        deed: Confirmed::Remove(run.dir.clone()),
    };
    app.layers.push(Layer::Confirm(confirm));
}

pub fn ask_to_kill(app: &mut App) {
    let (Some(run), Some(detail)) = (app.run(), app.detail()) else {
        return;
    };
    let worker = run.worker.clone();
    if !run.reachable {
        let why = format!("its worker is {worker} on {}: kill it there", run.host);
        return app.say(why);
    }
    let newest = detail.checkpoints.iter().find(|c| c.problem.is_empty()).map(|c| c.step);
    let lost = match newest {
        None => "There is no valid checkpoint yet: all progress is lost.".to_string(),
        Some(step) => format!(
            "The newest valid checkpoint is at step {step}: the {} steps after it are lost.",
            run.step.saturating_sub(step)
        ),
    };
    let confirm = Confirm {
        question: format!(
            "Kill the worker of {} now, at step {}: {worker} on {}?",
            run.id, run.step, run.host
        ),
        consequence: format!(
            "Nothing is saved (SIGKILL). {lost} s saves and stops; use this only if the worker does not respond."
        ),
        deed: Confirmed::Kill(run.dir.clone(), worker),
    };
    app.layers.push(Layer::Confirm(confirm));
}

/// Asks before a change is undone whose value something newer has changed since; says whether it asked.
pub fn ask_to_override(app: &mut App, id: &str) -> bool {
    let (Some(run), Some(detail)) = (app.run(), app.detail()) else {
        return false;
    };
    let changes = detail.activity.changes(id);
    let newer = |(key, old, _): &(String, f64, f64)| {
        let last = last_change::of(app, key).filter(|l| l.command != id)?;
        let back = change(key, app.current(key), *old);
        Some(format!(
            "{} is in effect since step {} ({}); this changes it back: {back}.",
            change(key, Some(last.old), last.new),
            last.step,
            last.kind.word()
        ))
    };
    let overridden: Vec<String> = changes.iter().filter_map(newer).collect();
    if overridden.is_empty() {
        return false;
    }
    let what: Vec<String> = changes
        .iter()
        .map(|(k, old, new)| change(k, Some(*old), *new))
        .collect();
    let confirm = Confirm {
        question: format!("Undo {} of {}, overriding later changes?", what.join(", "), run.id),
        consequence: overridden.join(" "),
        deed: Confirmed::Send {
            job: run.dir.clone(),
            order: Order::Undo { id: Some(id.into()) },
            when: When::Now,
        },
    };
    app.layers.push(Layer::Confirm(confirm));
    true
}

pub fn confirm(app: &mut App) -> Vec<Effect> {
    match app.layers.pop() {
        Some(Layer::Confirm(Confirm { deed, .. })) => match deed {
            Confirmed::Send { job, order, when } => send_to(app, &job, order, when),
            Confirmed::Remove(run) => vec![Effect::Remove(run)],
            Confirmed::Prune(run, keep) => vec![Effect::Prune(run, keep)],
            Confirmed::Kill(run, worker) => vec![Effect::Kill(run, worker)],
            Confirmed::Attack(arguments) => attacks::launch(app, arguments),
            Confirmed::Resume(arguments) => resume::launch(app, arguments),
        },
        _ => Vec::new(),
    }
}
