//! Asks how long a run would take, and stores the answer. Pure; `effects` measures.

use crate::tui::state::{
    app::{App, Effect, Layer, start_arguments::chosen_arguments},
    estimate::{Cancel, Estimate},
};

/// Has the time measured that what is chosen would take; what is measured of other values is cancelled.
pub fn begin(app: &mut App) -> Vec<Effect> {
    let Some(of) = chosen_arguments(app) else {
        return Vec::new();
    };
    let mut effects = cancel(app);
    let cancel = Cancel::default();
    app.estimate = Some(Estimate {
        of: of.clone(),
        seconds: 0.0,
        answer: None,
        cancel: cancel.clone(),
    });
    effects.push(Effect::Estimate(of, cancel));
    effects
}

/// Stops what is measured, if anything is.
pub fn cancel(app: &mut App) -> Vec<Effect> {
    match app.estimate.as_mut().filter(|e| e.answer.is_none()) {
        Some(estimate) => {
            estimate.answer = Some(Err("cancelled; ctrl-t measures again".into()));
            vec![Effect::CancelEstimate(estimate.cancel.clone())]
        }
        None => Vec::new(),
    }
}

/// It is still measured.
pub fn still_measuring(app: &mut App, of: &[String], seconds: f64) {
    if let Some(estimate) = app.estimate.as_mut().filter(|e| e.of == of && e.answer.is_none()) {
        estimate.seconds = seconds;
        say(app, format!("measuring… {seconds:.0} s; Esc cancels"));
    }
}

/// The result; an answer to an outdated question is dropped.
pub fn answered(app: &mut App, of: &[String], answer: Result<String, String>) {
    if let Some(estimate) = app.estimate.as_mut().filter(|e| e.of == of && e.answer.is_none()) {
        let words = answer.clone().unwrap_or_else(|why| format!("not measured: {why}"));
        estimate.answer = Some(answer);
        say(app, words);
    }
}

/// On a small screen the list of specifications has no room for what is measured: the message line says it too.
pub fn say(app: &mut App, words: String) {
    if matches!(app.layers.last(), Some(Layer::Start { .. })) {
        app.say(words);
    }
}
