//! The estimated time of a run, measured on this machine by `train --dry-run` on request: the question, the elapsed
//! time, and the answer. Pure; `effects` measures.

use crate::units::seconds;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// An estimate that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// The arguments it is of.
    pub of: Vec<String>,
    /// Seconds for which it is being measured, as far as is known.
    pub seconds: f64,
    /// The answer; none while it is measured.
    pub answer: Option<Result<String, String>>,
    /// By which it is cancelled.
    pub cancel: Cancel,
}

/// Signals the measuring thread to stop.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks to stop.
    pub fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether cancelling was requested.
    pub fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl PartialEq for Cancel {
    /// Of the same measurement.
    fn eq(&self, other: &Cancel) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// The answer of `train --dry-run --json` in words.
///
/// # Errors
/// Why there is no estimate.
pub fn in_words(answer: &serde_json::Value) -> Result<String, String> {
    let number = |name: &str| answer.get(name).and_then(serde_json::Value::as_f64);
    let of = |name: &str| answer.get("estimate")?.get(name)?.as_f64();
    let (Some(steps), Some(total)) = (number("steps"), number("seconds")) else {
        let why = answer.get("why").and_then(serde_json::Value::as_str);
        return Err(why.unwrap_or("no time reported").to_string());
    };
    let mut words = format!("about {} for {steps} steps", seconds(total));
    if let (Some(step), Some(rate)) = (of("step_seconds"), of("images_per_second")) {
        words.push_str(&format!(", {:.3} s each, {rate:.0} images/s", step));
    }
    if let Some(bytes) = number("memory_bytes") {
        words.push_str(&format!("; {:.0} MiB of memory", bytes / f64::from(1 << 20)));
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::App;
    use crate::tui::state::app::start_arguments::chosen_arguments;
    use crate::tui::state::layer::Layer;
    use crate::tui::state::message::Effect;
    use crate::tui::{
        state::app::Message,
        tests::fixture::{self, press},
        update::update,
    };

    /// The fixture with its sound specification's form open.
    fn app() -> App {
        let mut app = fixture::app(120, 40, false);
        press(&mut app, "n down e");
        app
    }

    fn asked(app: &mut App) -> (Vec<String>, Cancel) {
        match &press(app, "ctrl-t")[..] {
            [Effect::Estimate(of, cancel)] => (of.clone(), cancel.clone()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_time_is_measured_when_asked_and_its_progress_is_said() {
        let mut app = app();
        let (of, _) = asked(&mut app);
        assert_eq!(Some(of.clone()), chosen_arguments(&app));
        assert!(press(&mut app, "ctrl-t").is_empty(), "one at a time");
        update(&mut app, Message::Estimating(of.clone(), 1.5));
        assert_eq!(app.estimate.as_ref().map(|e| e.seconds), Some(1.5));
        update(&mut app, Message::Estimated(of.clone(), Ok("about 3 s".into())));
        update(&mut app, Message::Estimated(vec!["other".into()], Err("late".into())));
        update(&mut app, Message::Estimating(of, 9.0));
        let estimate = app.estimate.unwrap();
        assert_eq!((estimate.answer, estimate.seconds), (Some(Ok("about 3 s".into())), 1.5));
    }

    #[test]
    fn esc_cancels_what_is_measured_and_only_then_leaves_the_form() {
        let mut app = app();
        let (of, cancel) = asked(&mut app);
        assert_eq!(press(&mut app, "esc"), [Effect::CancelEstimate(cancel.clone())]);
        assert!(matches!(app.layers.last(), Some(Layer::StartForm(_))) && !cancel.is_asked());
        update(&mut app, Message::Estimated(of, Ok("late".into())));
        let said = app.estimate.clone().and_then(|e| e.answer).unwrap();
        assert!(said.unwrap_err().contains("cancelled"));
        press(&mut app, "esc");
        assert!(!matches!(app.layers.last(), Some(Layer::StartForm(_))));
    }

    #[test]
    fn other_values_are_measured_in_the_place_of_those_before() {
        let mut app = app();
        let (_, first) = asked(&mut app);
        press(&mut app, "9");
        match &press(&mut app, "ctrl-t")[..] {
            [Effect::CancelEstimate(cancel), Effect::Estimate(_, second)] => {
                assert!(*cancel == first && *second != first);
            }
            other => panic!("{other:?}"),
        }
        let sent = press(&mut app, "enter");
        assert!(
            matches!(sent[..], [Effect::CancelEstimate(_), Effect::Launch(..)]),
            "{sent:?}"
        );
    }

    #[test]
    fn an_estimate_is_put_into_words_or_its_reason_is() {
        let answer = serde_json::json!({
            "steps": 4200, "seconds": 90.0, "memory_bytes": 104857600u64,
            "estimate": { "step_seconds": 0.0214, "images_per_second": 747.6 },
        });
        let words = in_words(&answer).unwrap();
        assert!(
            words.contains("4200 steps, 0.021 s each, 748 images/s; 100 MiB"),
            "{words}"
        );
        let none = serde_json::json!({ "estimate": null, "why": "the data are not there" });
        assert_eq!(in_words(&none), Err("the data are not there".into()));
    }
}
