//! Changes and commands that the worker accepted and will apply later, as text: running ramps and scheduled commands.

use crate::{
    run::{
        command::When,
        schedule::{ScheduledCommand, when_text},
        text::clean,
    },
    spec::Tunable,
    tui::{screens::painter::Painter, theme::Ink},
};

/// What is scheduled of the selected run, while its worker lives.
fn all<'a>(painter: &Painter<'a>) -> &'a [ScheduledCommand] {
    let app = painter.app;
    let live = app.run().is_some_and(|r| r.state.is_live());
    let detail = app.detail().filter(|_| live);
    detail.map(|d| d.history.scheduled()).unwrap_or_default()
}

/// Whether a command is among it.
pub fn has(painter: &Painter, command: Option<&str>) -> bool {
    all(painter).iter().any(|c| Some(c.command.as_str()) == command)
}

/// What is scheduled of one tunable: `0.002 → 0.01 by step 2000, 43 %`, `→ 0.01 at epoch 5`.
pub fn of(painter: &Painter, tunable: &Tunable) -> Vec<(String, Ink)> {
    let arrow = painter.glyphs().arrow;
    let open = painter.glyphs().verdicts.1;
    let step = painter.app.run().map_or(0, |r| r.step);
    let in_words = |c: &ScheduledCommand| {
        let (_, to) = c.changes.iter().find(|(key, _)| key == tunable.key)?;
        let to = tunable.show(*to);
        Some(match (c.since, c.share(step), c.when) {
            (Some((_, from)), Some(share), When::Step(end)) => format!(
                "{open} {} {arrow} {to} by step {end}, {:.0} %",
                tunable.show(from),
                share * 100.0
            ),
            _ => format!("{open} {arrow} {to} {}", when_text(c.when)),
        })
    };
    all(painter)
        .iter()
        .filter_map(in_words)
        .map(|text| (text, Ink::Pending))
        .collect()
}

/// What is scheduled besides changes: `stop at epoch 40`.
pub fn others(painter: &Painter) -> Vec<String> {
    let open = painter.glyphs().verdicts.1;
    let is_other = |c: &&ScheduledCommand| c.changes.is_empty();
    let words = |c: &ScheduledCommand| format!("{open} {} {}", clean(&c.what), when_text(c.when));
    all(painter).iter().filter(is_other).map(words).collect()
}
