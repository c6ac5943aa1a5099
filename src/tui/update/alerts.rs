//! Alerts for a user who is not watching: a run that ended, failed or was lost, and a worker's warnings.

use crate::{
    run::{event::EventKind, status::RunState},
    tui::{
        model::{RunRow, Seen},
        settings::config::Alerts,
        state::app::{App, Effect},
    },
};

/// Runs that were alive when last looked at and are no longer.
pub fn endings(app: &App, now: &[RunRow]) -> Vec<Effect> {
    if app.alerts == Alerts::None {
        return Vec::new();
    }
    let ended = |was: &RunRow| {
        let is = now.iter().find(|r| r.dir == was.dir && !r.state.is_live())?;
        let why = if is.why.is_empty() {
            String::new()
        } else {
            format!(": {}", is.why)
        };
        let state = match is.state {
            RunState::Finished => "finished",
            RunState::Stopped => "was stopped",
            RunState::Lost => "was lost",
            _ => "failed",
        };
        Some(Effect::Alert(format!("{} {state} at step {}{why}", is.name, is.step)))
    };
    app.runs
        .iter()
        .filter(|r| r.state.is_live())
        .filter_map(ended)
        .collect()
}

/// What the selected run's worker warns of now; what it warned of before it was looked at is no news.
pub fn warnings(app: &App, seen: &Seen) -> Vec<Effect> {
    let Some(detail) = app.detail.as_ref().filter(|d| d.dir == seen.dir) else {
        return Vec::new();
    };
    let is_past = seen.reset || seen.manifest.is_some() || detail.manifest.is_none() || detail.reading.is_some();
    if app.alerts == Alerts::None || is_past {
        return Vec::new();
    }
    let warning = |happening: &EventKind| match happening {
        EventKind::Alert { kind, why } => Some(Effect::Alert(format!("{kind}: {why}"))),
        _ => None,
    };
    seen.events.iter().filter_map(|e| warning(&e.what)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::effects::alert::bytes;
    use crate::tui::terminal::clipboard::Between;
    use crate::{
        run::event::Event,
        tui::{state::app::Message, tests::fixture, update::update},
    };

    #[test]
    fn a_run_that_ends_while_it_is_watched_is_alerted_once() {
        let mut app = fixture::app(120, 40, false);
        let mut runs = app.runs.clone();
        let at = runs.iter().position(|r| r.state == RunState::Running).unwrap();
        (runs[at].state, runs[at].why) = (RunState::Failed, "disk full".into());
        assert_eq!(
            update(&mut app.clone(), Message::Runs(runs.clone())),
            [],
            "not unless it is asked for"
        );
        app.alerts = Alerts::Osc9;
        let effects = update(&mut app, Message::Runs(runs.clone()));
        let [Effect::Alert(said)] = &effects[..] else {
            panic!("{effects:?}")
        };
        assert!(
            said.starts_with(&runs[at].name) && said.ends_with(": disk full"),
            "{said}"
        );
        assert_eq!(update(&mut app, Message::Runs(runs)), []);
        let mut fresh = fixture::empty(120, 40, false);
        fresh.alerts = Alerts::WakeSender;
        assert_eq!(
            update(&mut fresh, Message::Runs(app.runs)),
            [],
            "what ended before is no news"
        );
    }

    #[test]
    fn a_warning_of_the_worker_is_alerted_and_cannot_control_the_terminal() {
        let mut app = fixture::app(120, 40, false);
        app.alerts = Alerts::Osc9;
        let alert = EventKind::Alert {
            kind: "plateau".into(),
            why: "\u{7}\u{1b}]52;c;AAAA\u{7}".into(),
        };
        let event = Event {
            what: alert,
            ..fixture::seen().events[0].clone()
        };
        let seen = Seen {
            dir: app.selected.clone().unwrap(),
            events: vec![event],
            ..Seen::default()
        };
        let effects = update(&mut app, Message::Seen(Box::new(seen)));
        let [Effect::Alert(said)] = &effects[..] else {
            panic!("{effects:?}")
        };
        let sequence = bytes(Alerts::Osc9, said, Between::Nothing);
        assert_eq!(sequence.iter().filter(|b| **b == 0x1b).count(), 1);
        assert_eq!(sequence.iter().filter(|b| **b == 7).count(), 1);
        assert_eq!(bytes(Alerts::WakeSender, said, Between::Tmux), [7]);
        assert!(bytes(Alerts::None, said, Between::Nothing).is_empty());
    }
}
