//! The two summary lines of the selected run: which run it is, its progress, and its main settings.

use super::painter::{Painter, Word, word};
use crate::{
    run::{clock, health::Kind, manifest::Manifest, status::RunState, text::clean},
    tui::{
        model::{Imported, RunRow, disambiguation::Apart},
        state::reason,
        theme::Ink,
    },
    units::{seconds, significant},
};
use ratatui::layout::Rect;

/// The most hyper-parameters of an imported run that are shown.
const CONFIGURED: usize = 8;

/// Draws the lines; returns the area below.
pub fn draw(painter: &mut Painter, area: Rect) -> Rect {
    let Some(run) = painter.app.run().cloned() else {
        return area;
    };
    let mut first = identity(painter, &run);
    first.extend(progress(painter, &run));
    painter.words(area, 0, &first);
    let ink = if matches!(run.state, RunState::Failed | RunState::Lost) || worst(&run).is_some() {
        Ink::Bad
    } else {
        Ink::Muted
    };
    painter.words(area, 1, &[word(second_line(painter, &run), painter.ink(ink))]);
    let used = 2.min(area.height);
    Rect {
        y: area.y + used,
        height: area.height - used,
        ..area
    }
}

/// Its name and state, what is wrong with it, and what of its record could not be read.
fn identity(painter: &Painter, run: &RunRow) -> Vec<Word<'static>> {
    let (sign, state) = painter.glyphs().state(run.state);
    let name = Apart::of(painter.app.runs.iter()).name(run);
    let mut words = vec![
        word(format!("{name} "), painter.ink(Ink::Strong)),
        word(format!(" {sign} {state}"), painter.theme().state(run.state)),
    ];
    for problem in run.health.iter() {
        let (sign, label) = (problem.kind.sign(), problem.kind.label());
        let text = format!("  {sign} {label} since step {}", problem.since_step);
        words.push(word(text, painter.ink(Ink::Bad)));
    }
    let (skipped, dropped) = painter
        .app
        .detail()
        .map_or((0, 0), |d| (d.skipped_lines, d.history.left_out()));
    if skipped > 0 {
        words.push(word(format!("  {skipped} bad lines skipped"), painter.ink(Ink::Warn)));
    }
    if dropped > 0 {
        words.push(word(format!("  {dropped} values dropped"), painter.ink(Ink::Warn)));
    }
    words
}

/// `· step 1240/2000 · epoch 3.1/5 · 812 images/s · ETA 3 m 41 s`.
fn progress(painter: &Painter, run: &RunRow) -> Vec<Word<'static>> {
    let dot = format!(" {} ", painter.glyphs().dot);
    let (muted, text, faint) = (painter.ink(Ink::Muted), painter.ink(Ink::Text), painter.ink(Ink::Faint));
    let mut words = Vec::new();
    let mut fact = |label: &'static str, value: String, unit: &'static str| {
        words.push(word(dot.clone(), faint));
        words.push(word(label, muted));
        words.push(word(value, text));
        words.push(word(unit, muted));
    };
    if run.total > 0 {
        fact("step ", format!("{}/{}", run.step, run.total), "");
    }
    if run.total == 0 && run.step > 0 {
        fact("step ", run.step.to_string(), "");
    }
    if run.total > 0 && run.epochs > 0 {
        fact("epoch ", format!("{:.1}/{}", run.epoch, run.epochs), "");
    }
    if run.state == RunState::Running && run.rate > 0.0 {
        fact("", significant(run.rate.round()), " images/s");
        fact("ETA ", seconds(run.eta), "");
    }
    if run.state == RunState::Queued {
        fact("", "waiting for the worker's first report".into(), "");
    }
    words
}

/// Why it is in its state, where that needs a reason; else its main settings.
fn second_line(painter: &Painter, run: &RunRow) -> String {
    let reason = reason::of(painter.app, run).map(|why| match run.state {
        RunState::Lost => format!("{why}; p resumes the run"),
        _ => why,
    });
    // A problem is more important than how a run was stopped.
    let reason = match run.state {
        RunState::Stopped => worst(run).or(reason),
        _ => reason.or_else(|| worst(run)),
    };
    let settings = painter
        .app
        .detail()
        .and_then(|d| d.manifest.as_deref())
        .map(|m| about(painter, m));
    match (reason, settings, &run.imported) {
        // Who stopped it is short enough to show the settings too.
        (Some(by), Some(settings), _) if run.state == RunState::Stopped && worst(run).is_none() => {
            format!("stopped by {by} {} {settings}", painter.glyphs().dot)
        }
        (Some(reason), ..) => reason,
        (None, Some(settings), _) => match origin(painter, run) {
            Some(origin) => format!("{origin} {} {settings}", painter.glyphs().dot),
            None => settings,
        },
        (None, None, Some(imported)) => about_imported(painter, run, imported),
        (None, None, None) => clean(&run.id).into_owned(),
    }
}

/// Its worst problem, in a sentence.
fn worst(run: &RunRow) -> Option<String> {
    let spoils = run.health.iter().find(|p| p.kind != Kind::Plateau)?;
    Some(spoils.why.clone())
}

/// `no end recorded, last written 3 h ago · lr 0.1 · bsize 32 · imported from /runs/7`.
fn about_imported(painter: &Painter, run: &RunRow, imported: &Imported) -> String {
    let mut parts = Vec::new();
    if run.state == RunState::NoEnd {
        let ago = clock::parse(&imported.last_written).map(|last| clock::seconds_between(last, clock::now()));
        parts.push(match ago.filter(|ago| *ago >= 0.0) {
            Some(ago) => format!("no end recorded, last written {} ago", seconds(ago)),
            None => "no end recorded".into(),
        });
    }
    let configured = imported.record.configuration.iter().take(CONFIGURED);
    parts.extend(configured.map(|(key, value)| match value {
        serde_json::Value::String(text) => clean(&format!("{key} {text}")).into_owned(),
        value => clean(&format!("{key} {value}")).into_owned(),
    }));
    parts.push(format!("imported from {}", imported.from));
    parts.join(&format!(" {} ", painter.glyphs().dot))
}

/// From what it was forked: `forked from demo 7f3a at step 400`.
fn origin(painter: &Painter, run: &RunRow) -> Option<String> {
    let parent = run.parent.as_ref().filter(|p| p.fork)?;
    let mother = painter.app.runs.iter().find(|r| r.id == parent.run);
    let name = match mother {
        Some(mother) => Apart::of(painter.app.runs.iter()).name(mother),
        None => parent.run.clone(),
    };
    Some(format!("forked from {name} at step {}", parent.step))
}

/// `sr on glyphs · vgg 16-P-32-P T4 · λ 0.002 · lr 0.1 · batch 32 · seed 0 · cpu`.
fn about(painter: &Painter, manifest: &Manifest) -> String {
    let spec = &manifest.spec;
    let recipe = spec.train.recipe.facts();
    let now = |key: &str, start: f64| significant(painter.app.current(key).unwrap_or(start));
    // What the accuracies on this screen are shares of.
    let images = painter.app.detail().and_then(|d| d.history.images());
    let n = images.map_or_else(String::new, |i| format!(" (n {} val, {} test)", i.validation, i.test));
    let mut parts = vec![
        format!("{} on {}{n}", recipe.label, clean(&spec.data.name)),
        spec.network.label(),
    ];
    for term in recipe.terms {
        if let Some(weight) = term.facts().weight {
            let value = now(weight.key, spec.objective.weight(*term));
            parts.push(format!("{} {value}", weight.symbol));
        }
    }
    let rate = format!("lr {}", now("train.lr", spec.train.lr));
    parts.push(match painter.app.scheduled_rate() {
        Some((now, _)) => format!("{rate} (now {})", significant(now)),
        None => rate,
    });
    parts.push(format!("batch {}", spec.train.batch));
    parts.push(format!("seed {}", spec.train.seed));
    parts.push(clean(&spec.train.device).into_owned());
    parts.join(&format!(" {} ", painter.glyphs().dot))
}
