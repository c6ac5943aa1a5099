//! Accuracy by true class: clean, and under one cell of the attack or the worst of several.

use super::draw_columns;
use crate::{
    run::attack_job::ClassTally,
    tui::{
        model::{AttackRow, GroupRow},
        screens::painter::{Painter, word},
        state::attack_view::AttackView,
        theme::Ink,
    },
};
use ratatui::layout::Rect;

/// Columns before the bar.
const WIDTHS: [u16; 5] = [6, 8, 9, 9, 9];
const HEADINGS: [&str; 5] = ["class", "images", "clean", "robust", "change"];

/// Draws the view.
pub fn draw(painter: &mut Painter, area: Rect, attack: &AttackRow, view: &AttackView) {
    let Some(last) = attack.groups.len().checked_sub(1) else {
        let text = match attack.cells.is_empty() || attack.state.is_live() {
            true => "No classes yet: true classes are recorded after the clean images.",
            false => "An earlier version recorded this job, without true classes. Press a to attack again.",
        };
        return painter.hint(area, text);
    };
    let at = view.group.unwrap_or(last).min(last);
    let group = &attack.groups[at];
    let place = format!("{} of {}, [ ]: choose", at + 1, last + 1);
    let words = [
        word(title(attack, group), painter.ink(Ink::Strong)),
        word(format!("   {place}"), painter.ink(Ink::Muted)),
    ];
    painter.words(area, 0, &words);
    draw_columns(painter, area, 1, &WIDTHS, &HEADINGS, Ink::Muted);
    let rows = usize::from(area.height.saturating_sub(3));
    let top = view.top.min(group.classes.len().saturating_sub(rows));
    // In the heading of the columns, or where there is only the title in that.
    let below = group.classes.len().saturating_sub(top + rows);
    painter.more(area.right(), area.y + 1.min(area.height.saturating_sub(1)), top, below);
    for (row, (class, counted)) in (2..).zip(group.classes.iter().enumerate().skip(top).take(rows)) {
        draw_class(painter, area, row, &class.to_string(), *counted);
    }
    let sum = |of: fn(&ClassTally) -> usize| group.classes.iter().map(of).sum();
    let all = ClassTally {
        n: sum(|t| t.n),
        clean: sum(|t| t.clean),
        robust: sum(|t| t.robust),
    };
    let foot = (group.classes.len().min(rows) as u16).saturating_add(2);
    draw_class(painter, area, foot, "all", all);
}

/// `pgd:10 bptt:triangle:1 at 8/255 on step-000001200`.
fn title(attack: &AttackRow, group: &GroupRow) -> String {
    let what = match (group.attack.as_str(), group.backward.as_str()) {
        ("none", _) => return format!("clean{}", on(attack, group)),
        ("worst", _) => "worst over all attacks".to_string(),
        (attack, "") => attack.to_string(),
        (attack, "worst") => format!("{attack}, worst over backward modes"),
        (attack, mode) => format!("{attack} {mode}"),
    };
    format!("{what} at {}{}", group.eps, on(attack, group))
}

fn on(attack: &AttackRow, group: &GroupRow) -> String {
    match (attack.checkpoints.len(), attack.checkpoints.get(group.checkpoint)) {
        (2.., Some(name)) => format!(" on {name}"),
        _ => String::new(),
    }
}

/// One class: counts, shares, and a bar of what is left.
fn draw_class(painter: &mut Painter, area: Rect, row: u16, name: &str, tally: ClassTally) {
    if row >= area.height {
        return;
    }
    let share = |right: usize| (tally.n > 0).then(|| right as f64 / tally.n as f64);
    let (clean, robust) = (share(tally.clean), share(tally.robust));
    let none = painter.glyphs().none;
    let percent = |s: Option<f64>| s.map_or_else(|| none.to_string(), |s| format!("{:.1} %", 100.0 * s));
    let change = match (clean, robust) {
        (Some(clean), Some(robust)) => format!("{:+.1}", 100.0 * (robust - clean)),
        _ => none.to_string(),
    };
    let cells = [
        name.to_string(),
        tally.n.to_string(),
        percent(clean),
        percent(robust),
        change,
    ];
    let ink = if name == "all" { Ink::Strong } else { Ink::Text };
    draw_columns(painter, area, row, &WIDTHS, &cells, ink);
    let bar = area.x + WIDTHS.iter().sum::<u16>() + 2;
    let room = area.right().saturating_sub(bar).min(40);
    if let (Some(share), 8..) = (robust, room) {
        painter.progress(bar, area.y + row, room, share, painter.ink(Ink::Accent));
    }
}
