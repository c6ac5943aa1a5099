//! The list of runs: two rows per run in a column, or one row per run across the full width.

use super::{
    fitting::cut,
    painter::{Painter, Word, word},
};
use crate::run::clock;
use crate::{
    run::status::RunState,
    tui::{
        charts,
        model::{RunRow, disambiguation::Apart, table::columns::started},
        state::{app::Pane, hit_areas::Target, reason},
        theme::Ink,
    },
    units,
};
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

/// Columns for a name in the short list at least.
const NAME: usize = 22;
/// Columns beside it: sign and state, bar, numbers.
const BESIDE: usize = 63;

/// Rows that the tall list needs, heading included, at most `most`.
pub fn rows_tall(painter: &Painter, most: u16) -> u16 {
    let many = painter.app.shown_runs().len().max(2);
    u16::try_from(many * 2 + 2).unwrap_or(most).min(most)
}

/// Rows that the short list needs, heading included, at most `most`.
pub fn rows_short(painter: &Painter, most: u16) -> u16 {
    let many = painter.app.shown_runs().len().max(1);
    u16::try_from(many + 1).unwrap_or(most).clamp(2, most)
}

/// Two rows per run.
pub fn draw_tall(painter: &mut Painter, area: Rect) {
    let body = heading(painter, area);
    if empty(painter, body) {
        return;
    }
    let apart = Apart::of(painter.app.runs.iter());
    count(painter, body, usize::from(body.height) / 2);
    for (row, run) in window(painter, usize::from(body.height) / 2) {
        let area = Rect {
            y: body.y + 2 * row,
            height: 2,
            ..body
        };
        if is_selected(painter, &run) {
            let ground = painter.theme().selected_ground();
            painter.ground(area, ground);
        }
        draw_two(painter, area, &run, apart.mark(&run));
    }
}

/// One row per run.
pub fn draw_short(painter: &mut Painter, area: Rect) {
    let body = heading(painter, area);
    if empty(painter, body) {
        return;
    }
    let apart = Apart::of(painter.app.runs.iter());
    count(painter, body, usize::from(body.height));
    let seen = window(painter, usize::from(body.height));
    let named = |run: &RunRow| run.name.width() + apart.mark(run).map_or(0, |m| m.width() + 1);
    let longest = seen.iter().map(|(_, run)| named(run)).max().unwrap_or(0);
    // Names have what bar, numbers and tags leave.
    let wide = longest.clamp(NAME, NAME.max(usize::from(body.width).saturating_sub(BESIDE)));
    for (row, run) in seen {
        let area = Rect {
            y: body.y + row,
            height: 1,
            ..body
        };
        if is_selected(painter, &run) {
            let ground = painter.theme().selected_ground();
            painter.ground(area, ground);
        }
        draw_one(painter, area, &run, apart.mark(&run), wide);
    }
}

fn heading(painter: &mut Painter, area: Rect) -> Rect {
    let (shown, all) = (painter.app.shown_runs().len(), painter.app.runs.len());
    let filter = painter.app.filter.clone();
    let filtered = painter.app.filtering || !filter.text().is_empty();
    let aside = match filtered {
        true => format!("{shown} of {all}  /"),
        false if all > 0 && painter.app.left_out > 0 => format!("{all} (+{} not listed)", painter.app.left_out),
        false if all > 0 && painter.app.runs.iter().any(|r| !r.state.is_live()) && area.width > 30 => {
            format!("{all}, times in {}", clock::zone_name())
        }
        false if all > 0 => format!("{all}"),
        false => String::new(),
    };
    let focused = painter.app.layers.is_empty() && painter.app.pane == Pane::Runs;
    let body = painter.heading(area, "Runs", &aside, focused);
    if filtered {
        let after = area.x + 8 + painter.glyphs().spell(&aside).chars().count() as u16;
        painter.search_line(area, after, 24, (&filter, painter.app.filtering));
    }
    body
}

/// Says what to do where there is nothing to show.
fn empty(painter: &mut Painter, body: Rect) -> bool {
    if !painter.app.shown_runs().is_empty() {
        return false;
    }
    let wrong = painter.app.filter_problem();
    let none = match &wrong {
        Some(why) => format!("No run matches: {why}. Esc clears the filter."),
        None => "No run matches. Esc clears the filter.".into(),
    };
    let text = match (painter.app.runs.is_empty(), painter.app.shown_runs().is_empty()) {
        (true, _) if !painter.app.looked => "Looking for runs…",
        (true, _) if painter.app.read_only => "No runs here yet. New ones appear automatically.",
        (true, _) => "No runs yet. Press n to start one, or run `spikedeck demo`.",
        (false, true) => &none,
        (false, false) => return false,
    };
    let style = painter.ink(Ink::Muted);
    let inside = Rect {
        x: body.x + 2,
        width: body.width.saturating_sub(3),
        ..body
    };
    painter.paragraph(inside, text, style);
    true
}

/// The first run that is seen of `rows`, so that the selected one is among them.
fn first(painter: &Painter, shown: &[&RunRow], rows: usize) -> usize {
    let at = shown.iter().position(|r| is_selected(painter, r)).unwrap_or(0);
    (at + 1).saturating_sub(rows)
}

/// Says how many runs there are beyond those that are seen.
fn count(painter: &mut Painter, body: Rect, rows: usize) {
    let shown = painter.app.shown_runs();
    let (first, all) = (first(painter, &shown, rows), shown.len());
    painter.more_of(body, first, rows, all);
}

/// The runs that are seen, the selected one among them, with their rows.
fn window(painter: &Painter, rows: usize) -> Vec<(u16, RunRow)> {
    let shown = painter.app.shown_runs();
    let first = first(painter, &shown, rows);
    let visible = shown.into_iter().skip(first).take(rows).cloned();
    visible.enumerate().map(|(row, run)| (row as u16, run)).collect()
}

fn is_selected(painter: &Painter, run: &RunRow) -> bool {
    painter.app.selected.as_ref() == Some(&run.dir)
}

fn draw_two(painter: &mut Painter, area: Rect, run: &RunRow, mark: Option<String>) {
    let style = painter.theme().state(run.state);
    let [pointer, overlay, state] = signs(painter, run);
    let words = [
        pointer,
        overlay,
        state,
        word(run.name.as_str(), painter.ink(Ink::Strong)),
        word(
            mark.map(|m| format!(" {m}")).unwrap_or_default(),
            painter.ink(Ink::Muted),
        ),
        word(tags(run), painter.ink(Ink::Accent)),
    ];
    painter.words(area, 0, &words);
    painter.hit_areas.add(area, Target::Run(run.dir.clone()));
    let second = Rect {
        x: area.x + 4,
        y: area.y + 1,
        width: area.width.saturating_sub(4),
        height: 1,
    };
    if let Some(why) = reason::instead(painter.app, run) {
        painter.put(second.x, second.y, second.width, &why, painter.ink(Ink::Muted));
        return;
    }
    let mut x = second.x;
    if run.total > 0 {
        painter.progress(x, second.y, 8.min(second.width), share(run), style);
        x += 9;
    }
    if !run.health.is_empty() {
        let room = second.right().saturating_sub(x);
        x = painter.put(
            x,
            second.y,
            room,
            &format!("{}  ", run.health_words()),
            painter.ink(Ink::Bad),
        );
    }
    x = painter.put(
        x,
        second.y,
        second.right().saturating_sub(x),
        &facts(run),
        painter.ink(Ink::Text),
    );
    let started = started(run);
    let room = second.right().saturating_sub(x + 1);
    if room >= started.len() as u16 {
        painter.put_right(second.right(), second.y, room, &started, painter.ink(Ink::Muted));
    }
}

fn draw_one(painter: &mut Painter, area: Rect, run: &RunRow, mark: Option<String>, wide: usize) {
    let style = painter.theme().state(run.state);
    // The distinguishing mark is not truncated; the name is.
    let mark = mark.map(|m| format!(" {m}")).unwrap_or_default();
    let mark = cut(&mark, 15, painter.glyphs()).into_owned();
    let name = painter.glyphs().spell(&run.name).into_owned();
    let name = cut(&name, wide.saturating_sub(mark.width()), painter.glyphs()).into_owned();
    let rest = wide + 1 - (name.width() + mark.width()).min(wide);
    let [pointer, overlay, state] = signs(painter, run);
    let words = [
        pointer,
        overlay,
        state,
        word(name, painter.ink(Ink::Strong)),
        word(format!("{mark}{:rest$}", ""), painter.ink(Ink::Muted)),
    ];
    let x = painter.words(area, 0, &words);
    painter.hit_areas.add(area, Target::Run(run.dir.clone()));
    let rest = Rect {
        x,
        width: area.right().saturating_sub(x),
        ..area
    };
    if let Some(why) = reason::instead(painter.app, run) {
        painter.put(rest.x, rest.y, rest.width, &why, painter.ink(Ink::Muted));
        return;
    }
    if run.total > 0 {
        painter.progress(rest.x, rest.y, 12.min(rest.width), share(run), style);
    }
    draw_numbers(painter, rest, run);
}

/// At the right of a run's one row its rate and progress; before them, beside the bar, what is wrong with it and its
/// tags, as far as there is room.
fn draw_numbers(painter: &mut Painter, rest: Rect, run: &RunRow) {
    let mut facts = facts(run);
    if run.state == RunState::Running && run.rate > 0.0 {
        facts = format!("{} img/s  {facts}", units::significant(run.rate.round()));
    }
    let right = rest.width.saturating_sub(13);
    painter.put_right(rest.right(), rest.y, right, &facts, painter.ink(Ink::Text));
    let room = right.saturating_sub(painter.glyphs().spell(&facts).width() as u16 + 1);
    let tags = match run.health.is_empty() {
        true => tags(run).trim_start().to_string(),
        false => tags(run),
    };
    let words = [
        word(health(run).trim_start().to_string(), painter.ink(Ink::Bad)),
        word(tags, painter.ink(Ink::Accent)),
    ];
    let room = Rect {
        x: rest.x + 13,
        width: room,
        ..rest
    };
    painter.words(room, 0, &words);
}

/// What a run's row starts with: whether it is selected, whether it is on the charts, and its state.
fn signs(painter: &Painter, run: &RunRow) -> [Word<'static>; 3] {
    let (sign, state) = painter.glyphs().state(run.state);
    let pointer = if is_selected(painter, run) {
        painter.glyphs().pointer
    } else {
        " "
    };
    [
        word(pointer, painter.ink(Ink::Accent)),
        overlaid(painter, run),
        word(format!("{sign} {state:<7} "), painter.theme().state(run.state)),
    ]
}

/// What is wrong with it: `  ! at chance`, before its tags; the sign says it where there are no colours.
fn health(run: &RunRow) -> String {
    match run.health.is_empty() {
        true => String::new(),
        false => format!("  {}", run.health_words()),
    }
}

/// Its tags, `  #baseline #paper`, after its name.
fn tags(run: &RunRow) -> String {
    let tags: Vec<String> = run.labels.tags.iter().map(|t| format!("#{t}")).collect();
    match tags.is_empty() {
        true => String::new(),
        false => format!("  {}", tags.join(" ")),
    }
}

/// The sign and colour of a run that is kept on the charts.
fn overlaid(painter: &Painter, run: &RunRow) -> Word<'static> {
    if !painter.app.overlay.contains(&run.dir) {
        return word(" ", painter.ink(Ink::Text));
    }
    let hue = painter.app.hues.of(&run.dir);
    word(
        painter.glyphs().curves[charts::sign(hue) % 8],
        painter.theme().series(hue),
    )
}

fn share(run: &RunRow) -> f64 {
    run.step as f64 / run.total.max(1) as f64
}

/// `1234/5000  3 m 05 s`.
fn facts(run: &RunRow) -> String {
    match (run.total, run.state.is_live()) {
        (0, true) => "starting…".into(),
        (0, false) if run.step > 0 => format!("step {}", run.step),
        (0, false) => "no steps".into(),
        (total, true) if run.state == RunState::Running && run.eta > 0.0 => {
            format!("{}/{total}  {}", run.step, units::seconds(run.eta))
        }
        (total, _) => format!("{}/{total}", run.step),
    }
}
