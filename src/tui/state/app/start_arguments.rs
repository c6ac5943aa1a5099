//! The command-line arguments of the run that would be started now, and whether its data set is present. Starts
//! nothing.

use super::{App, Layer};
use crate::tui::{model::SpecRow, state::start_form::arguments};

/// The command that brings the data of what would be started now, where they are not there. A data set that is named in
/// the form is not looked for.
pub fn missing_data(app: &App) -> Option<&str> {
    let spec = match app.screen()? {
        Layer::StartForm(form) => {
            let is_other = |c: &String| c.starts_with("data.name=");
            let of = |s: &&SpecRow| s.path == form.path && !form.changes().iter().any(is_other);
            app.specs.as_ref()?.iter().find(of)?
        }
        _ => app.chosen_spec()?,
    };
    spec.missing.as_deref()
}

/// What would be started now, from the form or the list.
pub fn chosen_arguments(app: &App) -> Option<Vec<String>> {
    match app.screen() {
        Some(Layer::StartForm(form)) => Some(form.arguments(&app.extra)),
        Some(Layer::Start { .. }) => Some(arguments(&app.chosen_spec()?.path, &[], &app.extra)),
        _ => None,
    }
}
