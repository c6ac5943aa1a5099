//! Sends commands to workers: notes them as pending and returns the effect. Pure.

use crate::{
    run::command::{Order, When},
    tui::state::app::{App, Effect},
};
use std::path::Path;

/// Sends a command to the selected run.
pub fn send(app: &mut App, order: Order, when: When) -> Vec<Effect> {
    match app.selected.clone() {
        Some(run) => send_to(app, &run, order, when),
        None => Vec::new(),
    }
}

pub fn send_to(app: &mut App, job: &Path, order: Order, when: When) -> Vec<Effect> {
    let before = match &order {
        Order::Set { changes } => changes
            .iter()
            .filter_map(|(k, _)| Some((k.clone(), app.current(k)?)))
            .collect(),
        _ => Vec::new(),
    };
    let ticket = app.commands.make(job, order.clone(), when, before);
    vec![Effect::Send {
        ticket,
        job: job.to_path_buf(),
        order,
        when,
    }]
}
