//! Stages and sends new values of hyper-parameters. Bounds come from the one table of tunables; the worker checks them
//! again. Pure.

use crate::tui::state::{
    app::{App, Effect, Layer},
    field::{Field, Kind},
};
use crate::{
    run::command::{Order, When},
    spec::Tunable,
    tui::terminal::key::Key,
};
use crossterm::event::KeyCode;

/// A step by key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nudge {
    /// ÷2.
    Halve,
    /// ×2.
    Double,
    /// The next lower of 1, 2, 5 × 10ⁿ.
    GridDown,
    /// The next higher.
    GridUp,
}

/// Stages a nudged value.
pub fn nudge(app: &mut App, nudge: Nudge) {
    let tunable = app.selected_tunable();
    let Some(from) = app
        .tune
        .staged
        .get(tunable.key)
        .copied()
        .or_else(|| app.current(tunable.key))
    else {
        app.warn(format!(
            "{} is not known yet: wait for the worker's first report",
            tunable.key
        ));
        return;
    };
    stage(app, tunable, nudged(tunable, from, nudge));
}

pub fn nudged(tunable: &Tunable, from: f64, nudge: Nudge) -> f64 {
    // From nothing there is no doubling: begin with something small.
    let least = if tunable.whole { 1.0 } else { 1e-4 };
    let to = match nudge {
        Nudge::Halve => from / 2.0,
        Nudge::Double if from == 0.0 => least,
        Nudge::Double => from * 2.0,
        Nudge::GridDown => grid(from, false, least),
        Nudge::GridUp => grid(from, true, least),
    };
    let to = if tunable.whole { to.round() } else { tidy(to) };
    to.clamp(tunable.low, tunable.high)
}

/// The neighbour of `from` among 1, 2, 5 × 10ⁿ; below `least` comes 0.
pub fn grid(from: f64, up: bool, least: f64) -> f64 {
    if from <= 0.0 {
        return if up { least } else { 0.0 };
    }
    let exponent = from.log10().floor() as i32;
    let rungs = (exponent - 1..=exponent + 1)
        .flat_map(|e| [1, 2, 5].map(|m| format!("{m}e{e}").parse::<f64>().unwrap_or(from)));
    let near = from * 1e-9;
    if up {
        rungs.filter(|r| *r > from + near).fold(f64::INFINITY, f64::min)
    } else {
        let below = rungs.filter(|r| *r < from - near).fold(0.0, f64::max);
        if below < least * 0.999 { 0.0 } else { below }
    }
}

/// Without the binary noise in the last digits.
pub fn tidy(value: f64) -> f64 {
    format!("{value:.12e}").parse().unwrap_or(value)
}

pub fn stage(app: &mut App, tunable: &'static Tunable, value: f64) {
    if app.current(tunable.key) == Some(value) {
        app.tune.staged.remove(tunable.key);
    } else {
        app.tune.staged.insert(tunable.key, value);
    }
}

/// Begins to type a value in the place of the one staged or in force; a digit is its first character.
pub fn begin_entry(app: &mut App, key: Key) {
    let tunable = app.selected_tunable();
    let staged = app.tune.staged.get(tunable.key).copied();
    let now = staged.or_else(|| app.current(tunable.key));
    let mut field = Field::new(now.map_or_else(String::new, |v| exactly(tunable, v)), Kind::Word);
    if key.typed().is_some_and(|c| c.is_ascii_digit()) {
        field.edit(key);
    }
    app.tune.entry = Some((field, String::new()));
}

/// A value as it is typed: as it is shown, where that is all of it.
pub fn exactly(tunable: &Tunable, value: f64) -> String {
    let shown = tunable.show(value);
    match tunable.parse(&shown) == Ok(value) {
        true => shown,
        false => value.to_string(),
    }
}

/// A key while a value is typed.
pub fn type_value(app: &mut App, key: Key) {
    let tunable = app.selected_tunable();
    let Some((field, problem)) = &mut app.tune.entry else {
        return;
    };
    match key.code {
        KeyCode::Esc => app.tune.entry = None,
        KeyCode::Enter => match tunable.parse(field.text()) {
            Ok(value) => {
                app.tune.entry = None;
                stage(app, tunable, value);
            }
            Err(why) => {
                problem.clone_from(&why);
                // A small screen has no room for the details.
                app.warn(why);
            }
        },
        _ => {
            field.edit(key);
            problem.clear();
        }
    }
}

/// Forgets what is staged in the selected row.
pub fn unstage(app: &mut App) {
    app.tune.staged.remove(app.selected_tunable().key);
}

/// Sends everything staged as one command.
pub fn apply(app: &mut App) -> Vec<Effect> {
    let changes: Vec<(String, f64)> = std::mem::take(&mut app.tune.staged)
        .into_iter()
        .map(|(k, v)| (k.to_string(), v))
        .collect();
    debug_assert!(!matches!(app.layers.last(), Some(Layer::Confirm(_))));
    match changes.is_empty() {
        true => Vec::new(),
        false => super::sending::send(app, Order::Set { changes }, When::Now),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::TUNABLES;

    #[test]
    fn the_grid_is_one_two_five() {
        let climb: Vec<f64> = std::iter::successors(Some(0.001), |v| Some(grid(*v, true, 1e-4)))
            .take(5)
            .collect();
        assert_eq!(climb, [0.001, 0.002, 0.005, 0.01, 0.02]);
        let fall: Vec<f64> = std::iter::successors(Some(0.0007), |v| Some(grid(*v, false, 1e-4)))
            .take(5)
            .collect();
        assert_eq!(fall, [0.0007, 0.0005, 0.0002, 0.0001, 0.0]);
        assert_eq!(grid(0.0, true, 1e-4), 1e-4);
    }

    #[test]
    fn nudges_stay_within_bounds_and_tidy() {
        for tunable in TUNABLES {
            for from in [tunable.low, tunable.high, 0.1f64.clamp(tunable.low, tunable.high)] {
                for nudge in [Nudge::Halve, Nudge::Double, Nudge::GridDown, Nudge::GridUp] {
                    let to = nudged(tunable, if tunable.whole { from.round() } else { from }, nudge);
                    assert_eq!(tunable.check(to), Ok(()), "{} from {from} by {nudge:?}", tunable.key);
                }
            }
        }
    }
}
