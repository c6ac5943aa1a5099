//! The attack screen: the state of a job, a summary of its sanity checks, and its views: curves, sanity checks, theory,
//! classes, samples.

mod classes;
mod curves;
mod histogram;
mod picture;
mod samples;
mod sanity;
mod shown;
mod theory;

use super::painter::{Painter, Word, word};
use crate::{
    run::{
        attack_job::Verdict,
        provenance::{Use, compare},
        text::clean,
    },
    tui::{
        model::AttackRow,
        state::attack_view::{AttackView, Panel},
        theme::Ink,
    },
    units::seconds,
};
use ratatui::layout::Rect;

/// Draws the screen.
pub fn draw(painter: &mut Painter, area: Rect, view: &AttackView) {
    let below = super::summary::draw(painter, area);
    let jobs = painter.app.detail().map_or(&[][..], |d| &d.attacks);
    let Some(attack) = jobs.get(view.job.min(jobs.len().saturating_sub(1))) else {
        return empty(painter, below);
    };
    let body = painter.heading(below, "Attack", "", true);
    draw_views(painter, below, view, jobs.len());
    let used = draw_state(painter, body, attack);
    let rest = Rect {
        y: body.y + used.min(body.height),
        height: body.height.saturating_sub(used),
        ..body
    };
    match view.panel {
        Panel::Curves => curves::draw(painter, rest, attack, view),
        Panel::Sanity => sanity::draw(painter, rest, attack, view.top),
        Panel::Theory => theory::draw(painter, rest, attack, view.top),
        Panel::Classes => classes::draw(painter, rest, attack, view),
        Panel::Samples => samples::draw(painter, rest, attack, view),
    }
}

/// The views by number, the open one between brackets, and which job of how many this is.
fn draw_views(painter: &mut Painter, area: Rect, view: &AttackView, jobs: usize) {
    let (muted, strong) = (painter.ink(Ink::Muted), painter.ink(Ink::Strong));
    let mut words: Vec<Word> = Vec::new();
    for (number, panel) in (1..).zip(Panel::ALL) {
        words.push(match panel == view.panel {
            true => word(format!("[{number} {}]", panel.title()), strong),
            false => word(format!(" {number} {} ", panel.title()), muted),
        });
    }
    let order = if area.width >= 90 { ", newest first" } else { "" };
    words.push(word(format!("  job {} of {jobs}{order} ", view.job + 1), muted));
    let place = Rect {
        x: area.x + 9,
        width: area.width.saturating_sub(9),
        ..area
    };
    painter.words(place, 0, &words);
}

fn empty(painter: &mut Painter, area: Rect) {
    let body = painter.heading(area, "Attack", "", true);
    let text = match painter.app.checkpoint() {
        Some(_) => "No attack on this run yet. Press a to choose one, or A for a quick probe of the newest checkpoint.",
        None => "No attack on this run yet, and no checkpoint to attack: press c on the first screen to save one.",
    };
    painter.hint(body, text);
}

/// State, progress and what is worked on; how the checks came out; what is attacked.
fn draw_state(painter: &mut Painter, area: Rect, attack: &AttackRow) -> u16 {
    let (sign, state) = painter.glyphs().state(attack.state);
    let style = painter.theme().state(attack.state);
    let muted = painter.ink(Ink::Muted);
    let (done, all) = attack.cells_done;
    let x = painter.words(area, 0, &[word(format!("{sign} {state}  "), style)]);
    let within = attack.images_done as f64 / attack.samples.max(1) as f64;
    let share = (done as f64 + within.min(1.0)) / all.max(1) as f64;
    painter.progress(x, area.y, 20, if done >= all { 1.0 } else { share }, style);
    let mut words = vec![
        word(format!("  cell {done}/{all}"), painter.ink(Ink::Text)),
        word(format!("  {} images each", attack.samples), muted),
    ];
    if attack.state.is_live() {
        if attack.eta > 0.0 {
            words.push(word(format!("  ETA {}", seconds(attack.eta)), painter.ink(Ink::Text)));
        }
        words.push(word(format!("  now: {}", attack.current), muted));
    } else if !attack.why.is_empty() {
        words.push(word(format!("  {}", attack.why), painter.ink(Ink::Warn)));
    }
    let rest = Rect {
        x: x + 20,
        width: area.right().saturating_sub(x + 20),
        ..area
    };
    painter.words(rest, 0, &words);
    let mut words = counts(painter, attack);
    let stays = painter.app.marked.as_deref().is_some_and(|m| m.dir == attack.dir);
    let aside = if stays { "; overlaid on the next job" } else { "" };
    words.push(word(format!("  on {}{aside}", attack.checkpoints.join(", ")), muted));
    painter.words(area, 1, &words);
    if let Some(beside) = painter.app.marked.as_deref().filter(|m| m.dir != attack.dir) {
        draw_beside(painter, area, attack, beside);
        return 3;
    }
    if area.height > 20 { 3 } else { 2 }
}

/// How many checks passed, warned, failed and were skipped.
fn counts(painter: &Painter, attack: &AttackRow) -> Vec<Word<'static>> {
    let muted = painter.ink(Ink::Muted);
    let mut words = vec![word("sanity ", muted)];
    for verdict in [Verdict::Pass, Verdict::Warn, Verdict::Fail, Verdict::Skipped] {
        let many = attack.checks.iter().filter(|c| c.state == verdict).count();
        let (sign, _, ink) = sanity::verdict_style(painter, verdict);
        let ink = if many == 0 { Ink::Muted } else { ink };
        words.push(word(format!(" {sign} {many} "), painter.ink(ink)));
    }
    if attack
        .checks
        .iter()
        .any(|c| matches!(c.state, Verdict::Warn | Verdict::Fail))
    {
        words.push(word("(2: details)", muted));
    }
    words
}

/// The overlaid job, with a summary of its checks.
fn draw_beside(painter: &mut Painter, area: Rect, attack: &AttackRow, beside: &AttackRow) {
    let mut words = vec![word("overlaid  ", painter.ink(Ink::Accent))];
    words.extend(
        counts(painter, beside)
            .into_iter()
            .skip(1)
            .filter(|w| w.0 != "(2: details)"),
    );
    let on = format!("  on {} {}", beside.origins.join(", "), beside.checkpoints.join(", "));
    words.push(word(on, painter.ink(Ink::Muted)));
    if beside.norm != attack.norm {
        words.push(word("  its radii are in another norm", painter.ink(Ink::Warn)));
    }
    if let (Some(here), Some(there)) = (attack.provenance.first(), beside.provenance.first()) {
        let differences = compare(here, there, Use::SideBySide).into_iter();
        words.extend(differences.map(|d| word(format!("  {}", clean(&d.what)), painter.ink(Ink::Warn))));
    }
    painter.words(area, 2, &words);
}

/// A table's heading and rows, each cell right-aligned in its column.
fn draw_columns<S: AsRef<str>>(painter: &mut Painter, area: Rect, row: u16, widths: &[u16], cells: &[S], ink: Ink) {
    if row >= area.height {
        return;
    }
    let mut end = area.x;
    for (width, text) in widths.iter().zip(cells) {
        end += width;
        if end > area.right() {
            return;
        }
        painter.put_right(end, area.y + row, *width, text.as_ref(), painter.ink(ink));
    }
}

/// A plot above, and below it so many rows of a table, half of the area at the most.
fn above_and_below(area: Rect, rows: u16) -> (Rect, Rect) {
    let low = rows.min(area.height / 2);
    let above = Rect {
        height: area.height - low,
        ..area
    };
    let below = Rect {
        y: area.bottom() - low,
        height: low,
        ..area
    };
    (above, below)
}
