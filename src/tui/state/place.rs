//! The place that has the keyboard focus: a pane or a layer.

use super::{
    app::{App, Pane},
    layer::Layer,
};
use crate::tui::keys::Place;

/// The place that has the focus.
pub fn place(app: &App) -> Place {
    place_at(app, app.layers.last())
}

/// The focus without the topmost layer: the place that the help and the command line refer to.
pub fn place_under(app: &App) -> Place {
    place_at(app, app.layers.iter().rev().nth(1))
}

fn place_at(app: &App, top: Option<&Layer>) -> Place {
    match top {
        None => match app.pane {
            Pane::Runs => Place::Runs,
            Pane::Charts => Place::Charts,
            Pane::Controls => Place::Controls,
        },
        Some(Layer::Expanded) => Place::Expanded,
        Some(Layer::Checkpoints { .. }) => Place::Checkpoints,
        Some(Layer::Tensors { .. }) => Place::Tensors,
        Some(Layer::Attacks(_)) => Place::Attacks,
        Some(Layer::AttackForm(_)) => Place::AttackForm,
        Some(Layer::Start { .. }) => Place::Start,
        Some(Layer::StartForm(_)) => Place::StartForm,
        Some(Layer::Logs(_)) => Place::Logs,
        Some(Layer::Activity { .. }) => Place::Activity,
        Some(Layer::Table) => Place::Table,
        Some(Layer::Diff { .. }) => Place::Diff,
        Some(Layer::Columns(_)) => Place::Columns,
        Some(Layer::Labels(_)) => Place::Labels,
        Some(Layer::Help { .. }) => Place::Help,
        Some(Layer::Confirm(_)) => Place::Confirm,
        Some(Layer::Command(_)) => Place::CommandLine,
    }
}
