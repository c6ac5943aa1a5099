//! One image: clean, the perturbation, attacked, and the network's logits before and after.

use super::picture::Picture;
use super::shown::Shown;
use crate::{
    run::attack_job::Example,
    tui::{
        model::{AttackRow, CellRow, Sample},
        screens::painter::{Painter, word},
        state::{
            app::attack_subjects::wanted_sample,
            attack_view::{AttackView, chosen_cell},
        },
        theme::Ink,
    },
    units::significant,
};
use ratatui::layout::Rect;

/// Rows that the answers should have at least.
const ANSWERS: u16 = 6;
/// Width of a logit's bar.
const BAR: u16 = 14;

/// Draws the view.
pub fn draw(painter: &mut Painter, area: Rect, attack: &AttackRow, view: &AttackView) {
    let Some((at, cell)) = chosen_cell(attack, view) else {
        return painter.hint(area, "No attacked image yet: clean images are measured first.");
    };
    let many = attack.cells.iter().filter(|c| c.moves()).count();
    let image = view.image.min(cell.done.saturating_sub(1));
    let mode = if cell.backward.is_empty() {
        String::new()
    } else {
        format!(" {}", cell.backward)
    };
    let words = [
        word(
            format!("{}{mode} at {}", cell.attack, cell.eps),
            painter.ink(Ink::Strong),
        ),
        word(
            format!(
                "   cell {} of {many} [ ]   image {} of {} ←→",
                at + 1,
                image + 1,
                cell.done
            ),
            painter.ink(Ink::Muted),
        ),
    ];
    painter.words(area, 0, &words);
    let below = Rect {
        y: area.y + 1.min(area.height),
        height: area.height.saturating_sub(1),
        ..area
    };
    let app = painter.app;
    let seen = app
        .sample
        .as_ref()
        .filter(|s| wanted_sample(app).is_some_and(|key| key == s.key));
    match seen.map(|s| &s.found) {
        Some(Ok(Some(sample))) => draw_sample(painter, below, (attack, cell), sample, view.top),
        Some(Err(why)) => {
            let style = painter.ink(Ink::Bad);
            painter.paragraph(below, why, style);
        }
        _ if !attack.keeps => painter.hint(
            below,
            "This job keeps no images. To see them here, press a and set keep to yes, or add --keep on the command line.",
        ),
        Some(Ok(None)) => painter.hint(below, "This image was not kept, or its batch is still being attacked."),
        None => painter.hint(below, "reading…"),
    }
}

/// The pictures, and below them the answers from class number `top` on; where there is room for one of them only, the
/// answers are the next page.
fn draw_sample(painter: &mut Painter, area: Rect, (attack, cell): (&AttackRow, &CellRow), sample: &Sample, top: usize) {
    let (text, ink) = verdict(painter, sample);
    painter.put(area.x, area.y, area.width, &text, painter.ink(ink));
    let below = Rect {
        y: area.y + 1.min(area.height),
        height: area.height.saturating_sub(1),
        ..area
    };
    let pages = below.height < ANSWERS + 3;
    if pages && top > 0 {
        return draw_answers(painter, below, &sample.example, top.saturating_sub(2));
    }
    let used = draw_pictures(painter, below, attack, cell, &sample.example);
    let rest = Rect {
        y: below.y + used,
        height: below.height.saturating_sub(used),
        ..below
    };
    match (pages, sample.example.clean_logits.len()) {
        (false, _) => draw_answers(painter, rest, &sample.example, top),
        (true, 0) => {}
        (true, classes) => {
            let text = format!("pagedown: the logits of {classes} classes");
            let y = rest.y.min(area.bottom().saturating_sub(1));
            painter.put(area.x, y, area.width, &text, painter.ink(Ink::Muted));
        }
    }
}

/// Whether the network was fooled, in words, and by which classes.
fn verdict(painter: &Painter, sample: &Sample) -> (String, Ink) {
    let example = &sample.example;
    let (before, after) = (largest(&example.clean_logits), largest(&example.adversarial_logits));
    let true_class = example.label.map(usize::from);
    // The record counts; where it is silent, the kept logits say.
    let right = |recorded: Option<bool>, predicted: Option<usize>| recorded.or_else(|| Some(predicted? == true_class?));
    let label = true_class.map_or_else(|| "true class not kept".to_string(), |l| format!("true class {l}"));
    let path = match (before, after) {
        (Some(b), Some(a)) => format!("; predicted {b} clean, {a} attacked"),
        _ => String::new(),
    };
    let verdicts = painter.glyphs().verdicts;
    match (right(sample.right_before, before), right(sample.right_after, after)) {
        (Some(false), _) => (
            format!("! misclassified when clean, not attacked: {label}{path}"),
            Ink::Warn,
        ),
        (_, Some(true)) => (format!("{} not fooled: {label}{path}", verdicts.0), Ink::Good),
        (_, Some(false)) => (format!("{} fooled: {label}{path}", verdicts.2), Ink::Bad),
        _ => (format!("{label}{path}"), Ink::Text),
    }
}

/// The three pictures side by side with their headings; returns the rows used.
fn draw_pictures(painter: &mut Painter, area: Rect, attack: &AttackRow, cell: &CellRow, example: &Example) -> u16 {
    let shown = Shown::of(example, attack.norm, cell.eps);
    let room = area.height.saturating_sub(ANSWERS + 2).max(area.height / 2);
    let wide = (area.width.saturating_sub(4) / 3).min(2 * room.max(1) * 2);
    let parts = [
        (format!("clean{}", shown.over), &shown.clean),
        (format!("change, ±{}", shown.unit), &shown.change),
        (format!("attacked{}", shown.over), &shown.attacked),
    ];
    let mut used = 0;
    let mut x = area.x;
    for (title, values) in parts {
        let place = Rect {
            x,
            y: area.y + 1.min(area.height),
            width: wide,
            height: room,
        };
        let drawn = Picture::of(example.image, values).draw(painter, place);
        let column = drawn.width.max(15).min(wide);
        painter.put(x, area.y, column, &title, painter.ink(Ink::Muted));
        used = used.max(drawn.height + 2);
        x += column + 2;
    }
    used.min(area.height)
}

/// The network's answers as bars: the true class, those predicted, then the largest, as many as fit.
fn draw_answers(painter: &mut Painter, area: Rect, example: &Example, top: usize) {
    let (before, after) = (&example.clean_logits, &example.adversarial_logits);
    if area.height < 2 {
        return;
    }
    if before.is_empty() || before.len() != after.len() {
        let text = "An earlier version recorded this job, without logits.";
        painter.put(area.x, area.y, area.width, text, painter.ink(Ink::Muted));
        return;
    }
    let finite = || before.iter().chain(after).copied().filter(|v| v.is_finite());
    let (low, high) = (finite().fold(0.0f32, f32::min), finite().fold(0.0f32, f32::max));
    painter.put(
        area.x,
        area.y,
        area.width,
        "class      logit, clean",
        painter.ink(Ink::Muted),
    );
    painter.put(
        area.x + 38,
        area.y,
        area.width.saturating_sub(38),
        "attacked",
        painter.ink(Ink::Muted),
    );
    let true_class = example.label.map(usize::from);
    let chosen = order(before, after, true_class);
    let rows = usize::from(area.height - 1);
    let top = top.min(chosen.len().saturating_sub(rows));
    let below = chosen.len().saturating_sub(top + rows);
    painter.more(area.right(), area.y, top, below);
    for (row, class) in (1..area.height).zip(chosen.into_iter().skip(top)) {
        let y = area.y + row;
        let (ink, aside) = if Some(class) == true_class {
            (Ink::Strong, " true")
        } else {
            (Ink::Text, "")
        };
        painter.put(area.x, y, 10, &format!("{class:>4}{aside}"), painter.ink(ink));
        for (x, logits) in [(area.x + 11, before), (area.x + 38, after)] {
            let predicted = largest(logits) == Some(class);
            let share = f64::from((logits[class] - low) / (high - low).max(f32::MIN_POSITIVE));
            painter.progress(
                x,
                y,
                BAR,
                share,
                painter.ink(if predicted { Ink::Accent } else { Ink::Muted }),
            );
            let pointer = if predicted { painter.glyphs().pointer } else { " " };
            let value = format!("{pointer}{}", significant(f64::from(logits[class])));
            let ink = if predicted { Ink::Strong } else { Ink::Text };
            let room = area.right().saturating_sub(x + BAR + 1).min(10);
            painter.put(x + BAR + 1, y, room, &value, painter.ink(ink));
        }
    }
}

fn order(before: &[f32], after: &[f32], true_class: Option<usize>) -> Vec<usize> {
    let mut rest: Vec<usize> = (0..before.len()).collect();
    rest.sort_by(|a, b| before[*b].max(after[*b]).total_cmp(&before[*a].max(after[*a])));
    let first = [
        true_class.filter(|t| *t < before.len()),
        largest(after),
        largest(before),
    ];
    let mut chosen: Vec<usize> = Vec::new();
    for class in first.into_iter().flatten().chain(rest) {
        if !chosen.contains(&class) {
            chosen.push(class);
        }
    }
    chosen
}

/// The class of the largest logit, the first of equals, as the networks count; none where a logit is no number.
fn largest(logits: &[f32]) -> Option<usize> {
    if logits.iter().any(|z| z.is_nan()) {
        return None;
    }
    let better = |best: usize, i: usize| if logits[i] > logits[best] { i } else { best };
    (0..logits.len()).reduce(better)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_true_class_comes_first_then_the_predicted_ones_then_the_largest() {
        assert_eq!(
            order(&[0.0, 5.0, 1.0, 2.0], &[9.0, 0.0, 1.0, 8.0], Some(2)),
            [2, 0, 1, 3]
        );
        assert_eq!(order(&[0.0, 1.0], &[0.0, 1.0], Some(77)), [1, 0]);
    }

    #[test]
    fn of_equal_logits_the_first_is_predicted() {
        assert_eq!(largest(&[1.0, 3.0, 3.0]), Some(1));
        assert_eq!(largest(&[]), None);
        assert_eq!(largest(&[f32::NAN, 1.0]), None, "NaN is not class 0");
    }
}
