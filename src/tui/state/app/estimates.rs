//! Whether the time of a run is being measured. Measures nothing.

use super::{App, Layer, start_arguments::chosen_arguments};

/// Whether something is measured, and a screen is open that says so.
pub fn is_on_screen(app: &App) -> bool {
    let measuring = app.estimate.as_ref().is_some_and(|e| e.answer.is_none());
    measuring && matches!(app.layers.last(), Some(Layer::Start { .. } | Layer::StartForm(_)))
}

/// Whether the very thing that is chosen is being measured.
pub fn is_measured_now(app: &App) -> bool {
    let measured = app.estimate.as_ref().filter(|e| e.answer.is_none());
    measured.is_some_and(|e| Some(&e.of) == chosen_arguments(app).as_ref())
}
