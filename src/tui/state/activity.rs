//! The rows of the activity screen: commands of this session and of the record, with their outcome. Pure.

use super::{
    app::{App, Layer},
    screen_log::ScreenAction,
};
use crate::tui::model::{
    activity::Entry,
    commands::{CommandState, PendingCommand},
};
use std::collections::HashSet;

/// What is shown as one line.
pub enum Row<'a> {
    /// A command of this session that the record does not know yet.
    Pending(&'a PendingCommand),
    /// What the run recorded.
    Recorded(&'a Entry),
    /// What this screen did by itself.
    Done(&'a ScreenAction),
}

impl<'a> Row<'a> {
    /// The command, if it is one.
    pub fn command(&self) -> Option<&'a PendingCommand> {
        match self {
            Row::Pending(pending) => Some(pending),
            Row::Recorded(entry) => entry.command(),
            Row::Done(_) => None,
        }
    }
}

/// What is listed, newest first: commands that the worker has not taken, then what the run recorded and this screen
/// did.
pub fn rows(app: &App) -> Vec<Row<'_>> {
    let Some(detail) = app.detail() else { return Vec::new() };
    let recorded = &detail.activity.entries;
    let known: HashSet<&str> = recorded.iter().filter_map(|e| e.command()?.id.as_deref()).collect();
    let is_known = |w: &PendingCommand| w.id.as_deref().is_some_and(|id| known.contains(id));
    let requested = app.commands.of(&detail.dir).filter(|w| !is_known(w)).map(Row::Pending);
    let mut done = app.screen_log.of(&detail.dir).rev().peekable();
    let mut rows: Vec<Row> = requested.collect();
    for entry in recorded.iter().rev() {
        while let Some(doing) = done.next_if(|d| d.time.is_empty() || d.time > entry.time) {
            rows.push(Row::Done(doing));
        }
        rows.push(Row::Recorded(entry));
    }
    rows.extend(done.map(Row::Done));
    rows
}

/// The id of the selected command, if its changes can be undone; else why not.
pub fn undoable(app: &App) -> Result<String, &'static str> {
    let Some(Layer::Activity { row }) = app.screen() else {
        return Err("select a change in the activity: H");
    };
    match rows(app).into_iter().rev().nth(*row).map(|row| row.command()) {
        None => Err("no commands yet"),
        Some(None) => Err("only a change of a value can be undone"),
        Some(Some(pending)) => match (&pending.state, &pending.id) {
            (CommandState::Applied { changes, .. }, Some(id)) if !changes.is_empty() => Ok(id.clone()),
            (CommandState::Accepted, Some(id)) if is_coming(app, id) => Ok(id.clone()),
            _ => Err("only an applied or scheduled change can be undone"),
        },
    }
}

/// Whether the worker says that this command is still to take effect.
pub fn is_coming(app: &App, id: &str) -> bool {
    let live = app.run().is_some_and(|r| r.state.is_live());
    live && app
        .detail()
        .is_some_and(|d| d.history.scheduled().iter().any(|c| c.command == id))
}
