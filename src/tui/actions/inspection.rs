//! Questions that keys ask about checkpoints, and how the answers are stored. Pure; `effects` reads the files.

use super::Act;
use crate::tui::state::{
    app::{
        App, Effect, Layer,
        checkpoints::{named, pair},
    },
    inspection::{Asked, Found, Inspection, REMEMBERED},
};
use std::path::Path;

/// What these keys do.
pub fn act(app: &mut App, act: Act) -> Vec<Effect> {
    match act {
        Act::Inspect => match app.checkpoint().map(|c| c.dir.clone()) {
            Some(checkpoint) => ask(
                app,
                Asked::Inside {
                    checkpoint,
                    optimizer: false,
                },
            ),
            None => Vec::new(),
        },
        Act::Optimizer => match app.layers.pop() {
            Some(Layer::Tensors {
                asked: Asked::Inside { checkpoint, optimizer },
                ..
            }) => ask(
                app,
                Asked::Inside {
                    checkpoint,
                    optimizer: !optimizer,
                },
            ),
            other => {
                app.layers.extend(other);
                Vec::new()
            }
        },
        Act::Apart => match pair(app) {
            Some((first, second)) => ask(app, Asked::Apart { first, second }),
            None => Vec::new(),
        },
        Act::MarkCheckpoint => {
            let chosen = app.checkpoint().map(|c| c.dir.clone());
            let again = app.marked_checkpoint == chosen;
            app.marked_checkpoint = chosen.filter(|_| !again);
            Vec::new()
        }
        _ => pin(app),
    }
}

pub fn ask(app: &mut App, asked: Asked) -> Vec<Effect> {
    app.inspection = Some(Inspection {
        asked: asked.clone(),
        answer: None,
    });
    app.layers.push(Layer::Tensors {
        asked: asked.clone(),
        row: 0,
    });
    vec![Effect::Inspect(asked)]
}

pub fn pin(app: &mut App) -> Vec<Effect> {
    let chosen = app.checkpoint().map(|c| (c.dir.clone(), !c.pinned));
    chosen
        .map(|(dir, pinned)| Effect::Pin(dir, pinned))
        .into_iter()
        .collect()
}

/// A checkpoint was pinned or unpinned, or could not be.
pub fn pinned(app: &mut App, folder: &Path, result: Result<bool, String>) {
    let which = named(app, folder);
    match result {
        Ok(true) => app.say(format!("{which} is pinned: pruning keeps it")),
        Ok(false) => app.say(format!("{which} is no longer pinned")),
        Err(why) => app.warn(why),
    }
}

/// An answer came.
pub fn answered(app: &mut App, asked: Asked, answer: Result<Found, String>) {
    if app.integrity.len() > REMEMBERED {
        app.integrity.clear();
    }
    match (&asked, &answer) {
        (Asked::Inside { checkpoint, .. }, Err(why)) => {
            drop(app.integrity.insert(checkpoint.clone(), Err(why.clone())))
        }
        (Asked::Inside { checkpoint, .. }, Ok(_)) => drop(app.integrity.insert(checkpoint.clone(), Ok(()))),
        (Asked::Apart { first, second }, Ok(_)) => {
            app.integrity.insert(first.clone(), Ok(()));
            app.integrity.insert(second.clone(), Ok(()));
        }
        // Which of the two it is, its words say.
        (Asked::Apart { .. }, Err(_)) => {}
    }
    if let Some(now) = &mut app.inspection
        && now.asked == asked
    {
        now.answer = Some(answer);
    }
}
