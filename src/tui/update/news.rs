//! Folds results into the state: runs found, lines read, commands answered, processes started.

use super::alerts;
use crate::tui::actions::selection::{keep_selection, select};
use crate::{
    run::{LeftOut, history::History, text::clean},
    tui::{
        actions::{attacks, chart_view},
        model::{AttackRow, Detail, OverlaidRun, RunRow, Seen},
        state::{
            app::{App, Effect, Launch, Layer, Notice},
            attack_view::AttackView,
        },
    },
};
use std::path::PathBuf;

/// The list of runs.
pub fn runs(app: &mut App, runs: Vec<RunRow>) -> Vec<Effect> {
    let effects = alerts::endings(app, &runs);
    app.runs = runs;
    app.passing = None;
    app.looked = true;
    for run in app.runs.iter().filter(|r| !r.state.is_live()) {
        app.commands.ended(&run.dir);
    }
    tell_answer(app);
    if let Some(dir) = app.awaited.clone()
        && app.runs.iter().any(|r| r.dir == dir)
    {
        app.awaited = None;
        select(app, dir);
    }
    chart_view::keep_overlay(app);
    keep_selection(app);
    effects
}

/// Folders that the list left out.
pub fn left_out(app: &mut App, left_out: &[LeftOut]) -> Vec<Effect> {
    app.left_out = left_out.iter().map(|l| l.folders).sum();
    if let Some(first) = left_out.first() {
        app.warn(first.to_string());
    }
    Vec::new()
}

/// A run was moved into the trash, or could not be.
pub fn removed(app: &mut App, result: Result<PathBuf, String>) -> Vec<Effect> {
    match result {
        Ok(trash) => app.say(format!(
            "in the trash: {}; `spikedeck remove --undo {}` restores it",
            clean(&trash.display().to_string()),
            clean(&trash.file_name().unwrap_or_default().to_string_lossy())
        )),
        Err(why) => app.warn(why),
    }
    Vec::new()
}

/// Changes of the selected run or of an overlaid one; late ones of other runs are dropped.
pub fn seen(app: &mut App, mut seen: Seen) -> Vec<Effect> {
    let effects = alerts::warnings(app, &seen);
    settle_commands(app, &seen);
    tell_answer(app);
    let Some(detail) = app.detail.as_mut().filter(|d| d.dir == seen.dir) else {
        tell_other(app, &seen);
        return Vec::new();
    };
    app.others.remove(&seen.dir);
    fold(detail, &mut seen);
    if let Some(sample) = seen.sample {
        app.sample = Some(sample);
    }
    if let Some(attacks) = seen.attacks {
        renew_attacks(app, attacks);
    }
    effects
}

/// Says of pending commands what the record says became of them.
fn settle_commands(app: &mut App, seen: &Seen) {
    for answer in &seen.answers {
        app.commands.answered(answer);
    }
    for event in &seen.events {
        app.commands.happened(event);
    }
    for job in seen.attacks.iter().flatten().filter(|a| !a.state.is_live()) {
        app.commands.ended(&job.dir);
    }
}

/// Folds changes of the selected run into what is known of it, all but its attacks.
fn fold(detail: &mut Detail, seen: &mut Seen) {
    detail.activity.tell(seen);
    let mut story = OverlaidRun {
        manifest: detail.manifest.take(),
        history: std::mem::take(&mut detail.history),
        reading: None,
    };
    tell(&mut story, seen);
    detail.manifest = story.manifest;
    detail.history = story.history;
    detail.reading = story.reading;
    detail.skipped_lines = seen.skipped_lines;
    if let Some(checkpoints) = seen.checkpoints.take() {
        detail.checkpoints = checkpoints;
    }
    if let Some(logs) = seen.logs.take() {
        detail.logs = logs;
    }
}

/// Replaces the attack jobs of the selected run, and keeps what is shown of them.
fn renew_attacks(app: &mut App, attacks: Vec<AttackRow>) {
    let Some(detail) = &mut app.detail else { return };
    let before = std::mem::replace(&mut detail.attacks, attacks);
    let attacks = &detail.attacks;
    let appeared = attacks.len().saturating_sub(before.len());
    let views = app.layers.iter_mut().filter_map(|l| match l {
        Layer::Attacks(view) => Some(view),
        _ => None,
    });
    views.for_each(|view| keep_job(view, &before, attacks));
    if let Some(marked) = &mut app.marked
        && let Some(now) = attacks.iter().find(|a| a.dir == marked.dir)
    {
        **marked = now.clone();
    }
    let is_awaited = |a: &AttackRow| app.awaited_attack.as_ref() == Some(&a.id);
    if let Some(at) = attacks.iter().position(is_awaited) {
        app.awaited_attack = None;
        let shown = app.layers.iter_mut().find_map(|l| match l {
            Layer::Attacks(view) => Some(view),
            _ => None,
        });
        if let Some(view) = shown {
            attacks::choose_job(view, at);
        }
    }
    if app.follow_demo && appeared > 0 && !app.layers.iter().any(|l| matches!(l, Layer::Attacks(_))) {
        app.layers.push(Layer::Attacks(AttackView::default()));
    }
}

/// The shown job stays selected when jobs are added or removed; where it was removed itself, the nearest one is.
fn keep_job(view: &mut AttackView, before: &[AttackRow], now: &[AttackRow]) {
    let Some(looked_at) = before.get(view.job) else {
        return;
    };
    match now.iter().position(|a| a.dir == looked_at.dir) {
        Some(place) => view.job = place,
        None => {
            let nearest = view.job.min(now.len().saturating_sub(1));
            attacks::choose_job(view, nearest);
        }
    }
}

/// Changes of an overlaid run.
fn tell_other(app: &mut App, seen: &Seen) {
    if !app.overlay.contains(&seen.dir) {
        return;
    }
    if !app.others.contains_key(&seen.dir) {
        // Runs that are no longer overlaid are dropped.
        app.others.retain(|dir, _| app.overlay.contains(dir));
    }
    tell(app.others.entry(seen.dir.clone()).or_default(), seen);
}

/// Folds new lines of a run's journals into its history.
fn tell(story: &mut OverlaidRun, seen: &Seen) {
    if seen.reset {
        story.history = story
            .manifest
            .as_ref()
            .map_or_else(History::default, |m| History::of(m));
    }
    if let Some(manifest) = &seen.manifest {
        story.history = History::of(manifest);
        story.manifest = Some(manifest.clone());
    }
    seen.events.iter().for_each(|e| story.history.apply_event(e));
    story.history.apply_lines(&seen.metrics);
    if let Some(status) = &seen.status {
        story.history.apply_status(status);
    }
    story.reading = seen.reading;
}

/// A command reached its inbox, or did not.
pub fn sent(app: &mut App, ticket: u64, result: Result<String, String>) -> Vec<Effect> {
    let failed = result.as_ref().err().cloned();
    let words = app.commands.sent(ticket, result).map(|w| w.words()).unwrap_or_default();
    match failed {
        Some(why) => app.warn(format!("{words}: not sent: {why}")),
        None => {
            app.notice = Some(Notice {
                text: format!("sent: {words}; waiting for the worker's answer"),
                bad: false,
                about: Some(ticket),
            });
        }
    }
    Vec::new()
}

/// Replaces the message that an answer is pending with the answer.
fn tell_answer(app: &mut App) {
    let Some(about) = app.notice.as_ref().and_then(|n| n.about) else {
        return;
    };
    let pending = app.commands.all().find(|w| w.ticket == about);
    if let Some((pending, state)) = pending.and_then(|w| Some((w, w.outcome()?))) {
        app.notice = Some(Notice {
            text: format!("{}: {state}", pending.words()),
            bad: pending.state.is_bad(),
            about: Some(about),
        });
    }
}

/// A process was started, or was not.
pub fn started(app: &mut App, what: Launch, arguments: &[String], result: Result<PathBuf, String>) -> Vec<Effect> {
    match (what, result) {
        (_, Err(why)) => app.warn(why),
        (Launch::Run, Ok(dir)) => {
            app.say(match arguments {
                [verb, flag, ..] if verb == "train" && flag == "--resume" => "the run was resumed",
                _ => "the run has started",
            });
            match app.runs.iter().any(|r| r.dir == dir) {
                true => select(app, dir),
                false => app.awaited = Some(dir),
            }
        }
        (Launch::Attack, Ok(dir)) => {
            app.say("the attack has started");
            app.awaited_attack = dir.file_name().map(|id| id.to_string_lossy().into_owned());
            if !app.layers.iter().any(|l| matches!(l, Layer::Attacks(_))) {
                app.layers.push(Layer::Attacks(AttackView::default()));
            }
        }
    }
    Vec::new()
}
