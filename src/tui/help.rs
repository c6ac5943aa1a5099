//! What the help finds, in the order in which it is shown, and what becomes of the one that is chosen there.

use super::{
    actions::{self, Act, Action, PLACES, Place},
    app::{App, Effect, Layer},
    input::Key,
    update,
};
use crossterm::event::KeyCode;

/// What of the table fits what is searched: what is valid in a place, and what is not.
pub fn search(app: &App, wanted: &str, here: Place) -> (Vec<&'static Action>, Vec<&'static Action>) {
    let wanted = wanted.to_lowercase();
    actions::all()
        .filter(|a| fits(app, a, &wanted))
        .partition(|a| a.places.contains(&here))
}

/// How many rows of the table fit what is searched.
pub fn found(app: &App, wanted: &str) -> usize {
    let wanted = wanted.to_lowercase();
    actions::all().filter(|a| fits(app, a, &wanted)).count()
}

/// What a place is called.
pub fn place_name(place: Place) -> &'static str {
    PLACES.iter().find(|(p, _)| *p == place).map_or("", |(_, name)| name)
}

fn fits(app: &App, action: &Action, wanted: &str) -> bool {
    wanted.is_empty()
        || action.help.to_lowercase().contains(wanted)
        || action.title.to_lowercase().contains(wanted)
        || app.keys.of(action).any(|key| key == wanted)
        || action.act.name().contains(wanted)
        || action.places.iter().any(|p| place_name(*p).contains(wanted))
}

/// Leaves the help and does what is chosen there, if it can be done where one came from.
pub fn do_chosen(app: &mut App) -> Vec<Effect> {
    let Some(Layer::Help { query, row, .. }) = app.layers.pop() else {
        return Vec::new();
    };
    let (valid, others) = search(app, query.text(), actions::place(app));
    match valid.into_iter().chain(others).nth(row) {
        Some(action) => attempt(app, action),
        None => Vec::new(),
    }
}

/// Does an action that was named rather than pressed, or says why not.
pub fn attempt(app: &mut App, action: &'static Action) -> Vec<Effect> {
    let here = actions::place(app);
    let name = action.act.name();
    // One act may have a row for each of several places.
    let Some(action) = Action::of(action.act, here) else {
        let places = action.places.iter().map(|p| place_name(*p));
        let places = places.collect::<Vec<_>>().join(", ");
        app.warn(format!("{name}: not in {}, but in {places}", place_name(here)));
        return Vec::new();
    };
    update::attempt(app, action, &name, pressed(action))
}

/// The key that an action is told it was done by.
fn pressed(action: &Action) -> Key {
    let first = action.keys.first().and_then(|k| Key::parse(k).ok());
    // `=` begins an exact value without typing a digit.
    match (action.act, first) {
        (Act::Exact, _) => Key::char('='),
        (_, Some(key)) => key,
        (_, None) => Key {
            code: KeyCode::Null,
            ctrl: false,
            alt: false,
        },
    }
}
