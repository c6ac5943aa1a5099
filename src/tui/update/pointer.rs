//! What a click, a drag or the wheel does at its position. Each of these also has a key.

use crate::tui::actions;
use crate::tui::{
    charts,
    state::{
        app::{App, Drag, Effect, Layer, Pane},
        hit_areas::Target,
    },
    terminal::{
        key::Key,
        mouse::{Button, Mouse, MouseKind},
    },
    update,
};
use crossterm::event::KeyCode;

/// One click of the wheel.
const CLOSER: f64 = 0.8;
/// A drag shorter than this share of the width is a click.
const SHORTEST_DRAG: f64 = 0.02;

/// Takes in what the mouse did.
pub fn press(app: &mut App, mouse: Mouse) -> Vec<Effect> {
    let target = app.hit_areas.at(mouse.column, mouse.row).cloned();
    // A question is answered by its keys, which can be clicked, and by nothing that lies under it.
    let asks = matches!(app.layers.last(), Some(Layer::Confirm(_)));
    if asks && !matches!(target, Some(Target::Key(_))) {
        return Vec::new();
    }
    match mouse.kind {
        MouseKind::Down(Button::Left) => {
            app.notice = None;
            app.prefix.clear();
            return down(app, target, mouse);
        }
        MouseKind::Down(Button::Right) if is_chart(&target) => app.charts.window = None,
        MouseKind::Drag(Button::Left) => drag(app, mouse),
        MouseKind::Up(Button::Left) => let_go(app),
        MouseKind::ScrollUp | MouseKind::ScrollDown => return wheel(app, target, mouse),
        MouseKind::ScrollLeft if is_chart(&target) => app.charts.pan(charts::all_x(app), -0.1),
        MouseKind::ScrollRight if is_chart(&target) => app.charts.pan(charts::all_x(app), 0.1),
        _ => {}
    }
    Vec::new()
}

fn is_chart(target: &Option<Target>) -> bool {
    matches!(target, Some(Target::Chart { .. }))
}

fn down(app: &mut App, target: Option<Target>, mouse: Mouse) -> Vec<Effect> {
    let at_root = app.layers.is_empty();
    match target {
        // What the bar names is meant as it says, also while letters are typed.
        Some(Target::Key(key)) if key.typed().is_some() => return update::command(app, key),
        Some(Target::Key(key)) => return update::press(app, key),
        Some(Target::Run(dir)) if matches!(app.layers.last(), Some(Layer::Table)) => {
            actions::selection::select(app, dir)
        }
        Some(Target::Run(dir)) if at_root => {
            app.pane = Pane::Runs;
            actions::selection::select(app, dir);
        }
        Some(Target::Tunable(row)) if at_root && app.tune.entry.is_none() => {
            app.pane = Pane::Controls;
            app.tune.row = row;
        }
        Some(Target::Checkpoint(at)) => {
            let dir = app.detail().and_then(|d| d.checkpoints.get(at)).map(|c| c.dir.clone());
            if let Some(Layer::Checkpoints { chosen }) = app.layers.last_mut() {
                *chosen = dir;
            }
        }
        Some(ref chart @ Target::Chart { index, .. }) => {
            if at_root {
                app.pane = Pane::Charts;
                app.charts.focus = index;
            }
            app.charts.cursor = chart.x_at(mouse.column);
            app.drag = app.charts.cursor.map(|x| Drag {
                chart: index,
                from: x,
                to: x,
            });
        }
        _ => {}
    }
    Vec::new()
}

fn drag(app: &mut App, mouse: Mouse) {
    if let Some(drag) = &mut app.drag
        && let Some(x) = app.hit_areas.chart(drag.chart).and_then(|c| c.x_at(mouse.column))
    {
        drag.to = x;
        app.charts.cursor = Some(x);
    }
}

/// What was drawn out becomes the window.
fn let_go(app: &mut App) {
    let Some(drag) = app.drag.take() else { return };
    let (from, to) = drag.between();
    let (low, high) = charts::x_range(app);
    if to - from > (high - low) * SHORTEST_DRAG {
        app.charts.cursor = None;
        app.charts.show(charts::all_x(app), (from, to));
    }
}

fn wheel(app: &mut App, target: Option<Target>, mouse: Mouse) -> Vec<Effect> {
    let up = mouse.kind == MouseKind::ScrollUp;
    if let Some(chart @ Target::Chart { .. }) = target {
        let all = charts::all_x(app);
        match (mouse.shift, up) {
            (true, _) => app.charts.pan(all, if up { -0.1 } else { 0.1 }),
            (false, true) => app.charts.zoom(all, CLOSER, chart.x_at(mouse.column)),
            (false, false) => app.charts.zoom(all, 1.0 / CLOSER, chart.x_at(mouse.column)),
        }
        return Vec::new();
    }
    if app.is_typing() {
        return Vec::new();
    }
    match target {
        Some(Target::Run(_)) if app.layers.is_empty() => app.pane = Pane::Runs,
        Some(Target::Tunable(_)) if app.layers.is_empty() => app.pane = Pane::Controls,
        _ => {}
    }
    let code = if up { KeyCode::Up } else { KeyCode::Down };
    update::press(
        app,
        Key {
            code,
            ctrl: false,
            alt: false,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::{screens, tests::fixture};
    use ratatui::{buffer::Buffer, layout::Rect};

    fn drawn() -> App {
        let mut app = fixture::app(160, 45, false);
        let mut buffer = Buffer::empty(Rect::new(0, 0, 160, 45));
        app.hit_areas = screens::draw(&app, &mut buffer);
        app
    }

    fn mouse(kind: MouseKind, (column, row): (u16, u16)) -> Mouse {
        Mouse {
            kind,
            column,
            row,
            shift: false,
        }
    }

    /// Left end, right end and row of the second chart's plot.
    fn plot(app: &App) -> Rect {
        match app.hit_areas.chart(1) {
            Some(Target::Chart { plot, .. }) => *plot,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_drawn_out_on_a_chart_is_shown_in_all_and_the_right_button_takes_it_back() {
        let mut app = drawn();
        let plot = plot(&app);
        let (from, to) = (plot.x + plot.width / 4, plot.x + plot.width / 2);
        press(&mut app, mouse(MouseKind::Down(Button::Left), (from, plot.y + 1)));
        assert_eq!((app.pane, app.charts.focus), (Pane::Charts, 1));
        press(&mut app, mouse(MouseKind::Drag(Button::Left), (to, plot.y + 1)));
        assert!(app.drag.is_some());
        press(&mut app, mouse(MouseKind::Up(Button::Left), (to, plot.y + 1)));
        let (low, high) = charts::x_range(&app);
        let whole = charts::all_x(&app).1;
        assert!(
            (low / whole - 0.25).abs() < 0.06 && (high / whole - 0.5).abs() < 0.06,
            "{low} {high}"
        );
        press(&mut app, mouse(MouseKind::Down(Button::Right), (to, plot.y + 1)));
        assert_eq!(app.charts.window, None);
    }

    #[test]
    fn a_click_sets_the_cursor_and_the_wheel_zooms_where_it_points() {
        let mut app = drawn();
        let plot = plot(&app);
        let at = (plot.x + plot.width / 2, plot.y);
        press(&mut app, mouse(MouseKind::Down(Button::Left), at));
        press(&mut app, mouse(MouseKind::Up(Button::Left), at));
        let cursor = app.charts.cursor.unwrap();
        press(&mut app, mouse(MouseKind::ScrollUp, at));
        let (from, to) = charts::x_range(&app);
        assert!(from < cursor && cursor < to && to - from < charts::all_x(&app).1);
    }

    #[test]
    fn a_run_is_selected_by_a_click_and_a_click_beside_a_question_answers_nothing() {
        let mut app = drawn();
        let dir = app.runs[1].dir.clone();
        let row = (0..45)
            .find(|row| app.hit_areas.at(3, *row) == Some(&Target::Run(dir.clone())))
            .unwrap();
        press(&mut app, mouse(MouseKind::Down(Button::Left), (3, row)));
        assert_eq!(app.selected, Some(dir.clone()));
        fixture::press(&mut app, "k s");
        let before = app.clone();
        press(&mut app, mouse(MouseKind::Down(Button::Left), (3, row)));
        assert_eq!((app.layers, app.selected), (before.layers, before.selected));
    }

    #[test]
    fn under_a_question_or_a_remark_nothing_is_hit_by_any_button() {
        let mut app = drawn();
        let at = (plot(&app).x + 5, plot(&app).y + 1);
        press(&mut app, mouse(MouseKind::ScrollUp, at));
        let zoomed = app.charts.window;
        fixture::press(&mut app, "s");
        for kind in [
            MouseKind::ScrollUp,
            MouseKind::Down(Button::Right),
            MouseKind::ScrollLeft,
        ] {
            press(&mut app, mouse(kind, at));
        }
        assert!(zoomed.is_some() && app.charts.window == zoomed);
        fixture::press(&mut app, "esc");
        app.warn("something");
        let mut buffer = Buffer::empty(Rect::new(0, 0, 160, 45));
        app.hit_areas = screens::draw(&app, &mut buffer);
        assert_eq!(app.hit_areas.at(3, 43), Some(&Target::Cover));
    }

    #[test]
    fn a_key_in_the_bar_is_meant_as_it_says_also_while_letters_are_typed() {
        let mut app = drawn();
        fixture::press(&mut app, "/");
        let mut buffer = Buffer::empty(Rect::new(0, 0, 160, 45));
        app.hit_areas = screens::draw(&app, &mut buffer);
        let help = Target::Key(Key::char('?'));
        let column = (0..160).find(|c| app.hit_areas.at(*c, 44) == Some(&help)).unwrap();
        press(&mut app, mouse(MouseKind::Down(Button::Left), (column, 44)));
        assert!(matches!(app.layers.last(), Some(Layer::Help { .. })) && app.filter.text().is_empty());
    }
}
