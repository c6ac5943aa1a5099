//! Why a run is not running as it should: the result its worker reported, what is wrong with its folder, or the last
//! line that a lost worker wrote to standard error. Pure.

use super::{
    app::App,
    screen_log::{ScreenAction, What},
};
use crate::{
    run::status::RunState,
    tui::model::{LogLine, RunRow},
};

/// How a run of which nothing can be read is named, up to the reason.
const UNREADABLE: &str = "(unreadable: ";

/// The reason in one line; none where nothing is wrong, or none is known.
pub fn of(app: &App, run: &RunRow) -> Option<String> {
    if run.newer {
        return Some("written by a newer spikedeck: shown read-only".into());
    }
    if let Some(why) = run.name.strip_prefix(UNREADABLE) {
        return Some(format!("cannot be read: {}", why.trim_end_matches(')')));
    }
    let why = Some(run.why.clone()).filter(|w| !w.is_empty());
    match run.state {
        RunState::Lost => Some(lost(app, run, why)),
        RunState::Failed | RunState::Stopped => why,
        state if state.is_live() => why,
        _ => None,
    }
}

/// What stands in place of a run's numbers in the list: of one that was stopped the numbers say more.
pub fn instead(app: &App, run: &RunRow) -> Option<String> {
    match run.state {
        state if (state == RunState::Stopped || state.is_live()) && !run.newer && !run.name.starts_with(UNREADABLE) => {
            None
        }
        _ => of(app, run),
    }
}

fn lost(app: &App, run: &RunRow, why: Option<String>) -> String {
    let is_selected = app.selected.as_ref() == Some(&run.dir);
    if is_selected && let Some(worker) = killed(app) {
        return format!("killed by K from this screen ({worker})");
    }
    // Only of the selected run is the output known.
    let last = is_selected.then(|| last_line(app)).flatten();
    match why.or(last) {
        Some(why) => format!("worker exited: {why}"),
        None => "worker exited without reporting a result".into(),
    }
}

/// The last line on standard error that is not blank.
fn last_line(app: &App) -> Option<String> {
    let logs = &app.detail()?.logs;
    let last: Option<&LogLine> = logs.iter().rev().find(|l| l.error && !l.text.trim().is_empty());
    last.map(|l| l.text.trim().to_string())
}

/// Whether this screen killed the worker that a lost run had last.
pub fn killed(app: &App) -> Option<&str> {
    let run = app.run().filter(|r| r.state == RunState::Lost)?;
    let did =
        |d: &&ScreenAction| matches!(&d.what, What::Kill(w) if *w == run.worker) && matches!(d.outcome, Some(Ok(_)));
    app.screen_log.of(&run.dir).find(did).map(|_| run.worker.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::{documents::snapshot::draw, picture::text, tests::fixture};

    /// The screen, once the selected run is so.
    fn drawn(size: (u16, u16), state: RunState, why: &str, error: Option<&str>) -> String {
        let mut app = fixture::app(size.0, size.1, false);
        let dir = app.selected.clone().unwrap();
        let run = app.runs.iter_mut().find(|r| r.dir == dir).unwrap();
        (run.state, run.why) = (state, why.into());
        let logs = &mut app.detail.as_mut().unwrap().logs;
        logs.retain(|l| !l.error);
        logs.extend(error.map(|text| LogLine {
            error: true,
            at: 0,
            text: text.into(),
        }));
        text(&draw(&app))
    }

    #[test]
    fn a_run_that_ended_badly_says_why_in_the_list_and_in_the_heading() {
        for size in [(80, 24), (120, 40), (160, 45)] {
            let failed = drawn(size, RunState::Failed, "disk is full", None);
            assert_eq!(failed.matches("disk is full").count(), 2, "{failed}");
            let stopped = drawn(size, RunState::Stopped, "asked by lise", None);
            assert!(stopped.contains("asked by lise"), "{stopped}");
            let lost = drawn(size, RunState::Lost, "", Some("Killed: out of memory"));
            assert!(lost.contains("worker exited: Killed: out of memory"), "{lost}");
            let silent = drawn(size, RunState::Lost, "", None);
            assert!(silent.contains("exited without reporting a result"), "{silent}");
        }
    }

    #[test]
    fn a_run_that_cannot_be_read_says_why() {
        let mut app = fixture::app(120, 40, false);
        let dir = app.selected.clone().unwrap();
        let run = app.runs.iter_mut().find(|r| r.dir == dir).unwrap();
        run.name = "(unreadable: run.toml: line 3: no such key)".into();
        assert!(text(&draw(&app)).contains("cannot be read: run.toml: line 3"));
    }
}
