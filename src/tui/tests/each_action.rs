//! Every action of every place, pressed: something is seen, asked of the world, or said.

use super::fixture::{self, press};
use crate::tui::{
    actions::{Act, PLACES, Place, all, place},
    documents::snapshot::draw,
    state::app::{App, Effect},
};

/// The keys that lead to each place.
const WAYS: [(Place, &str); 19] = [
    (Place::Runs, ""),
    (Place::Charts, "tab"),
    (Place::Controls, "t"),
    (Place::Expanded, "tab e"),
    (Place::Checkpoints, "C"),
    (Place::Tensors, "C enter"),
    (Place::Attacks, "r"),
    (Place::AttackForm, "a"),
    (Place::Start, "n"),
    (Place::StartForm, "n down e"),
    (Place::Logs, "l"),
    (Place::Activity, "H"),
    (Place::Table, "R"),
    (Place::Diff, "d"),
    (Place::Columns, "R c"),
    (Place::Labels, "#"),
    (Place::Help, "?"),
    (Place::Confirm, "s"),
    (Place::CommandLine, ":"),
];

/// What is pressed before, where an action has nothing to do at first: there is nothing above the first row, nothing is
/// typed, nothing is zoomed.
const FIRST: [&str; 7] = ["", "down down right", "left left", "+ + {", "x", "up", "2"];

/// Where nothing is meant to happen: one is there already, or nothing lies above; and the fixture has one attack job,
/// so that there is none to go to.
const IDLE: [(Place, &[Act]); 4] = [
    (Place::Runs, &[Act::GoRuns, Act::Back]),
    (Place::Charts, &[Act::GoCharts]),
    (Place::Controls, &[Act::GoControls]),
    (
        Place::Attacks,
        &[Act::Up, Act::Down, Act::Top, Act::Bottom, Act::PageUp, Act::PageDown],
    ),
];

fn at(keys: &str) -> App {
    let mut app = fixture::app(120, 40, false);
    app.can_train = true;
    press(&mut app, keys);
    fixture::answer(&mut app);
    app
}

/// Whether these keys do anything after those.
fn does(way: &str, first: &str, keys: &str, here: Place) -> bool {
    let mut app = at(way);
    press(&mut app, first);
    app.notice = None;
    if place(&app) != here {
        return false;
    }
    let before = draw(&app);
    let effects: Vec<Effect> = press(&mut app, keys);
    !effects.is_empty() || draw(&app) != before
}

#[test]
fn every_place_is_reached_and_every_key_in_it_does_something_or_says_why_not() {
    let mut idle = Vec::new();
    for (here, name) in PLACES {
        let (_, way) = WAYS.iter().find(|(p, _)| *p == here).unwrap();
        assert_eq!(place(&at(way)), here, "{way} leads to {name}");
        let meant = |act: Act| IDLE.iter().any(|(p, acts)| *p == here && acts.contains(&act));
        for action in all().filter(|a| a.places.contains(&here) && !meant(a.act)) {
            for keys in action.keys {
                if !FIRST.iter().any(|first| does(way, first, keys, here)) {
                    idle.push(format!("{name}: {keys} ({})", action.act.name()));
                }
            }
        }
    }
    assert!(idle.is_empty(), "nothing happens on\n{}", idle.join("\n"));
}
