//! One frame without a terminal: run directories in, keys pressed, cells out. Uses the same state, update and drawing
//! code as the screen; sends and starts nothing.

use crate::tui::{
    effects,
    model::news::News,
    screens,
    settings::options::TuiOptions,
    state::app::{App, Effect, Message},
    terminal::key::Key,
    theme::Depth,
    update::update,
    watcher,
};
use anyhow::{Result, anyhow};
use ratatui::{Terminal, backend::TestBackend, buffer::Buffer};

/// Every screen by name: the keys that lead to it, and what it shows.
pub const SCREENS: &[(&str, &str, &str)] = &[
    ("runs", "", "the list of runs, with charts and controls as room allows"),
    ("charts", "tab", "the selected run's charts"),
    ("chart", "tab e", "one chart full screen"),
    ("tune", "t", "the live hyper-parameters"),
    ("checkpoints", "C", "the run's checkpoints"),
    ("checkpoint", "C enter", "what is in a checkpoint, tensor by tensor"),
    ("checkpoint-diff", "C d", "the difference between two checkpoints"),
    ("attack", "r", "robust accuracy against ε"),
    ("attack-sanity", "r 2", "sanity checks of an attack's result"),
    (
        "attack-theory",
        "r 3",
        "adversarial against random perturbations, and the bound",
    ),
    ("attack-classes", "r 4", "accuracy by true class"),
    ("attack-samples", "r 5", "one image, clean and attacked"),
    ("attack-form", "a", "the form that sets up an attack"),
    ("start", "n", "specifications to start a run from"),
    ("start-form", "n down e", "the form that sets up a new run"),
    ("logs", "l", "what the worker printed"),
    ("table", "R", "all runs in a table"),
    ("columns", "R c", "which columns the table of runs has"),
    ("groups", "R p enter", "runs grouped by a key of their specification"),
    ("differences", "d", "how configurations differ"),
    ("tags", "#", "a run's tags and note"),
    ("activity", "H", "every command and its outcome"),
    ("stop", "s", "the confirmation before a run is stopped"),
    ("help", "?", "every key"),
];

/// The keys that lead to a screen.
///
/// # Errors
/// When there is no such screen; the message lists the names.
pub fn keys_of(screen: &str) -> Result<&'static str> {
    let found = SCREENS
        .iter()
        .find(|(name, ..)| *name == screen)
        .map(|(_, keys, _)| *keys);
    let names = || SCREENS.iter().map(|(name, ..)| *name).collect::<Vec<_>>().join(", ");
    found.ok_or_else(|| anyhow!("there is no screen {screen:?}: choose one of {}", names()))
}

/// Draws one frame after the keys.
///
/// # Errors
/// When there is no such theme.
pub fn frame(options: &TuiOptions, size: (u16, u16), keys: &[Key]) -> Result<(App, Buffer)> {
    let mut frames = frames(options, size, &[keys.to_vec()])?;
    let buffer = frames.1.pop().unwrap_or_default();
    Ok((frames.0, buffer))
}

/// Draws a frame after each of several parts of keys.
///
/// # Errors
/// When there is no such theme.
pub fn frames(options: &TuiOptions, size: (u16, u16), parts: &[Vec<Key>]) -> Result<(App, Vec<Buffer>)> {
    let mut app = options.app(Depth::True, size)?;
    let mut look = watcher::Look::new(options.roots.clone());
    look.once(&mut Screen(&mut app));
    let mut drawn = Vec::new();
    for keys in parts {
        for key in keys {
            for effect in update(&mut app, Message::Key(*key)) {
                match effect {
                    Effect::FindSpecs => {
                        let missing = |name: &str| (options.missing_data.0)(name, &options.extra);
                        let specs = watcher::find_specs(&options.roots, missing);
                        update(&mut app, Message::Specs(specs));
                    }
                    Effect::Inspect(asked) => drop(update(&mut app, effects::inspect(asked))),
                    _ => {}
                }
            }
            look.once(&mut Screen(&mut app));
        }
        drawn.push(draw(&app));
    }
    Ok((app, drawn))
}

/// A state that takes in what is found in run directories.
struct Screen<'a>(&'a mut App);

impl watcher::Listener for Screen<'_> {
    fn interest(&self) -> watcher::Interest {
        effects::interest::wanted(self.0)
    }

    fn hear(&mut self, news: News) {
        update(self.0, news.into());
    }
}

/// Draws a state.
pub fn draw(app: &App) -> Buffer {
    let Ok(mut terminal) = Terminal::new(TestBackend::new(app.size.0, app.size.1));
    let Ok(_) = terminal.draw(|frame| {
        screens::draw(app, frame.buffer_mut());
    });
    terminal.backend().buffer().clone()
}

/// What is on the screen in the theme's own colours, however few the terminal shows; without any where none are wanted
/// (`NO_COLOR`).
pub fn in_full_colour(app: &mut App) -> Buffer {
    let shown = app.theme.clone();
    if shown.depth() != Depth::Mono {
        app.theme = shown.at(Depth::True);
    }
    let drawn = draw(app);
    app.theme = shown;
    drawn
}
