//! An attack job: what state it is in, whether its numbers are believable, and its views: curves, sanity checks,
//! theory, classes, samples.

mod classes;
mod curves;
mod histogram;
mod picture;
mod samples;
mod sanity;
mod theory;

use super::pen::{Pen, Word, word};
use crate::{
    run::attack_job::Verdict,
    tui::{
        model::AttackRow,
        state::attack_view::{AttackView, Panel},
        theme::Ink,
    },
    units::seconds,
};
use ratatui::layout::Rect;

/// Draws the screen.
pub fn draw(pen: &mut Pen, area: Rect, view: &AttackView) {
    let below = super::summary::draw(pen, area);
    let jobs = pen.app.detail().map_or(&[][..], |d| &d.attacks);
    let Some(attack) = jobs.get(view.job.min(jobs.len().saturating_sub(1))) else {
        return empty(pen, below);
    };
    let body = pen.heading(below, "Attack", "", true);
    draw_views(pen, below, view, jobs.len());
    let used = draw_state(pen, body, attack);
    let rest = Rect {
        y: body.y + used.min(body.height),
        height: body.height.saturating_sub(used),
        ..body
    };
    match view.panel {
        Panel::Curves => curves::draw(pen, rest, attack, view),
        Panel::Sanity => sanity::draw(pen, rest, attack, view.top),
        Panel::Theory => theory::draw(pen, rest, attack, view.top),
        Panel::Classes => classes::draw(pen, rest, attack, view),
        Panel::Samples => samples::draw(pen, rest, attack, view),
    }
}

/// The views by number, the open one between brackets, and which job of how many this is.
fn draw_views(pen: &mut Pen, area: Rect, view: &AttackView, jobs: usize) {
    let (muted, strong) = (pen.ink(Ink::Muted), pen.ink(Ink::Strong));
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
    pen.words(place, 0, &words);
}

fn empty(pen: &mut Pen, area: Rect) {
    let body = pen.heading(area, "Attack", "", true);
    let text = match pen.app.checkpoint() {
        Some(_) => "No attack on this run yet. Press a to choose one, or A for a quick probe of the newest checkpoint.",
        None => "No attack on this run yet, and no checkpoint to attack: press c on the first screen to save one.",
    };
    pen.hint(body, text);
}

/// State, progress and what is worked on; how the checks came out; what is attacked.
fn draw_state(pen: &mut Pen, area: Rect, attack: &AttackRow) -> u16 {
    let (sign, state) = pen.glyphs().state(attack.state);
    let style = pen.theme().state(attack.state);
    let muted = pen.ink(Ink::Muted);
    let (done, all) = attack.cells_done;
    let x = pen.words(area, 0, &[word(format!("{sign} {state}  "), style)]);
    let within = attack.images_done as f64 / attack.samples.max(1) as f64;
    let share = (done as f64 + within.min(1.0)) / all.max(1) as f64;
    pen.progress(x, area.y, 20, if done >= all { 1.0 } else { share }, style);
    let mut words = vec![
        word(format!("  cell {done}/{all}"), pen.ink(Ink::Text)),
        word(format!("  {} images each", attack.samples), muted),
    ];
    if attack.state.is_live() {
        if attack.eta > 0.0 {
            words.push(word(format!("  ETA {}", seconds(attack.eta)), pen.ink(Ink::Text)));
        }
        words.push(word(format!("  now: {}", attack.current), muted));
    } else if !attack.why.is_empty() {
        words.push(word(format!("  {}", attack.why), pen.ink(Ink::Warn)));
    }
    let rest = Rect {
        x: x + 20,
        width: area.right().saturating_sub(x + 20),
        ..area
    };
    pen.words(rest, 0, &words);
    let mut words = counts(pen, attack);
    let stays = pen.app.marked.as_deref().is_some_and(|m| m.dir == attack.dir);
    let aside = if stays { "; stays beside the next job" } else { "" };
    words.push(word(format!("  on {}{aside}", attack.checkpoints.join(", ")), muted));
    pen.words(area, 1, &words);
    if let Some(beside) = pen.app.marked.as_deref().filter(|m| m.dir != attack.dir) {
        draw_beside(pen, area, attack, beside);
        return 3;
    }
    if area.height > 20 { 3 } else { 2 }
}

/// How many checks passed, warned, failed and were skipped.
fn counts(pen: &Pen, attack: &AttackRow) -> Vec<Word<'static>> {
    let muted = pen.ink(Ink::Muted);
    let mut words = vec![word("sanity ", muted)];
    for verdict in [Verdict::Pass, Verdict::Warn, Verdict::Fail, Verdict::Skipped] {
        let many = attack.checks.iter().filter(|c| c.state == verdict).count();
        let (sign, _, ink) = sanity::told(pen, verdict);
        let ink = if many == 0 { Ink::Muted } else { ink };
        words.push(word(format!(" {sign} {many} "), pen.ink(ink)));
    }
    if attack
        .checks
        .iter()
        .any(|c| matches!(c.state, Verdict::Warn | Verdict::Fail))
    {
        words.push(word("(2 says why)", muted));
    }
    words
}

/// The job whose curves lie beside: no number without its checks either.
fn draw_beside(pen: &mut Pen, area: Rect, attack: &AttackRow, beside: &AttackRow) {
    let mut words = vec![word("beside  ", pen.ink(Ink::Accent))];
    words.extend(
        counts(pen, beside)
            .into_iter()
            .skip(1)
            .filter(|w| w.0 != "(2 says why)"),
    );
    let on = format!("  on {} {}", beside.origins.join(", "), beside.checkpoints.join(", "));
    words.push(word(on, pen.ink(Ink::Muted)));
    if beside.norm != attack.norm {
        words.push(word("  its radii are in another norm", pen.ink(Ink::Warn)));
    }
    pen.words(area, 2, &words);
}

/// A table's heading and rows, each cell right-aligned in its column.
fn draw_columns<S: AsRef<str>>(pen: &mut Pen, area: Rect, row: u16, widths: &[u16], cells: &[S], ink: Ink) {
    if row >= area.height {
        return;
    }
    let mut end = area.x;
    for (width, text) in widths.iter().zip(cells) {
        end += width;
        if end > area.right() {
            return;
        }
        pen.put_right(end, area.y + row, *width, text.as_ref(), pen.ink(ink));
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
