//! Reading a run as it grows: files in, [`History`] and state out. Polls when asked to; watches nothing by itself.

use super::{
    clock::{Timestamp, now, seconds_between},
    dir::{Header, RunDir},
    ending::Ending,
    error::RunError,
    event::Event,
    history::History,
    journal::{Budget, LineReader, Tail},
    launcher::{Alive, Launch, Worker},
    manifest::Manifest,
    metric::Lines,
    process::{self, Identity},
    state::derive_state,
    status::{Exit, RunState, Status},
};
use std::path::Path;

/// A reader of one run. Holds no file open between polls.
#[derive(Debug)]
pub struct RunReader {
    dir: RunDir,
    header: Header,
    manifest: Result<Manifest, String>,
    metrics: LineReader,
    events: Tail<Event>,
    history: History,
    status: Option<Status>,
    ending: Ending,
    launch: Option<Launch>,
    /// When we saw the status change, by our own clock: another machine's may be wrong.
    renewed: Option<Timestamp>,
    more: bool,
    fresh_events: Vec<Event>,
}

impl RunReader {
    /// Opens a run to look at it; nothing is read of its journals yet. A run of a newer schema opens too, but
    /// [`RunReader::is_read_only`].
    ///
    /// # Errors
    /// When there is no run, or its `run.toml` is not TOML.
    pub fn open(path: &Path) -> Result<RunReader, RunError> {
        let dir = RunDir::open_to_view(path)?;
        let header = dir.header()?;
        let manifest = dir.read_manifest().map_err(|e| e.to_string());
        Ok(RunReader {
            metrics: LineReader::new(&dir.metrics()),
            events: Tail::new(&dir.events()),
            history: manifest.as_ref().map_or_else(|_| History::default(), History::of),
            header,
            manifest,
            status: None,
            ending: Ending::default(),
            launch: None,
            renewed: None,
            more: false,
            fresh_events: Vec::new(),
            dir,
        })
    }

    /// Reads what was added, within the budget; returns whether anything changed.
    pub fn poll(&mut self, budget: Budget) -> bool {
        self.fresh_events.clear();
        let mut changed = self.poll_small_files();
        let events = self.events.poll(budget);
        let mut lines = Lines::default();
        let metrics = self.metrics.poll(budget, &mut lines);
        if events.reset || metrics.reset {
            return self.start_again(budget);
        }
        changed |= !events.lines.is_empty() || !lines.is_empty();
        // Events first: going back is cheap where nothing lies beyond it yet.
        events.lines.iter().for_each(|e| self.history.apply_event(e));
        self.history.apply_lines(&lines);
        if changed && let Some(status) = &self.status {
            self.history.apply_status(status);
        }
        self.more = events.more || metrics.more;
        self.fresh_events = events.lines;
        changed
    }

    /// A replaced journal has another history: both journals are read again from the start, once.
    fn start_again(&mut self, budget: Budget) -> bool {
        self.metrics.rewind();
        self.events.rewind();
        self.history = self.manifest.as_ref().map_or_else(|_| History::default(), History::of);
        let mut lines = Lines::default();
        let (events, metrics) = (self.events.poll(budget), self.metrics.poll(budget, &mut lines));
        events.lines.iter().for_each(|e| self.history.apply_event(e));
        self.history.apply_lines(&lines);
        if let Some(status) = &self.status {
            self.history.apply_status(status);
        }
        self.more = events.more || metrics.more;
        self.fresh_events = events.lines;
        true
    }

    /// `status.json`, the exit record and `control/launch.json`; one that cannot be read for the moment keeps its old value.
    fn poll_small_files(&mut self) -> bool {
        let mut changed = false;
        if let Ok(status) = self.dir.read_status()
            && status != self.status
        {
            self.renewed = self.status.is_some().then(now);
            self.status = status;
            changed = true;
        }
        let launch = Launch::read(self.dir.path());
        changed |= launch != self.launch;
        self.launch = launch;
        let root = || self.header.checkpoints.clone();
        let ending = Ending::read(&self.dir, self.status.as_ref(), self.launch.as_ref(), root);
        if ending.problem.is_none() || self.ending.exit.is_none() {
            changed |= ending != self.ending;
            self.ending = ending;
        }
        changed
    }

    /// Another worker was started: an exit record that was read is an earlier worker's.
    pub fn expect_another_end(&mut self) {
        self.ending = Ending::default();
    }

    /// The run's state now.
    pub fn state(&self, now: Timestamp) -> RunState {
        run_state(
            self.ending.exit.as_ref(),
            self.status.as_ref(),
            self.launch.as_ref(),
            self.renewed,
            now,
        )
    }

    /// What has happened.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Time of the worker's last status.
    pub fn status(&self) -> Option<&Status> {
        self.status.as_ref()
    }

    /// The worker's exit record.
    pub fn exit(&self) -> Option<&Exit> {
        self.ending.exit.as_ref()
    }

    /// Why it is in the state that it is in, in a sentence; nothing where it is as it should be.
    pub fn reason(&self, now: Timestamp) -> Option<String> {
        self.ending.reason(&self.dir, self.state(now))
    }

    /// The run's manifest, or why it cannot be used.
    pub fn manifest(&self) -> Result<&Manifest, &str> {
        self.manifest.as_ref().map_err(String::as_str)
    }

    /// The run's id, name and creation.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The run's directory.
    pub fn dir(&self) -> &RunDir {
        &self.dir
    }

    /// Whether the run may be looked at only, because a newer program wrote it.
    pub fn is_read_only(&self) -> bool {
        self.header.schema > u64::from(super::SCHEMA)
    }

    /// Whether the last poll ran out of budget: poll again soon.
    pub fn has_more(&self) -> bool {
        self.more
    }

    /// The events that the last poll added.
    pub fn fresh_events(&self) -> &[Event] {
        &self.fresh_events
    }

    /// Lines of either journal that were not what they should be.
    pub fn skipped(&self) -> u64 {
        self.metrics.skipped() + self.events.skipped()
    }
}

/// A run's state from its small files alone, without its journals.
pub fn state_of(dir: &RunDir, now: Timestamp) -> RunState {
    let status = dir.read_status().ok().flatten();
    let launch = Launch::read(dir.path());
    let ending = Ending::read(dir, status.as_ref(), launch.as_ref(), || dir.header().ok()?.checkpoints);
    state_by(ending.exit.as_ref(), status.as_ref(), launch.as_ref(), now)
}

/// [`state_of`] where the exit record, `status.json` and `control/launch.json` have been read already.
pub fn state_by(exit: Option<&Exit>, status: Option<&Status>, launch: Option<&Launch>, now: Timestamp) -> RunState {
    run_state(exit, status, launch, None, now)
}

fn run_state(
    exit: Option<&Exit>,
    status: Option<&Status>,
    launch: Option<&Launch>,
    renewed: Option<Timestamp>,
    now: Timestamp,
) -> RunState {
    let heard = exit.map(|e| e.time.as_str()).or(status.map(|s| s.time.as_str()));
    if let Some(state) = launch.filter(|_| exit.is_none()).and_then(|l| l.state(heard)) {
        return state;
    }
    let reported = |s: &Status| Worker::that_reported(launch, &s.time, Identity::from(s));
    let alive = status.map_or(Alive::Unknown, |s| reported(s).alive());
    let now = status.map_or(now, |s| by_the_workers_clock(s, now));
    let state = derive_state(exit, status, now, alive);
    // A status that we saw renewed in time is fresh, whatever the other machine's clock says.
    match (state, status, renewed) {
        (RunState::Stalled, Some(s), Some(seen)) if seconds_between(seen, now) <= s.next_report_s => {
            super::clock::parse(&s.time).map_or(state, |then| derive_state(exit, status, then, alive))
        }
        _ => state,
    }
}

/// `now`, as the worker's clock has it, where the worker's machine is this one: by the seconds since boot, whatever was
/// done to the clock in between.
fn by_the_workers_clock(status: &Status, now: Timestamp) -> Timestamp {
    let same_machine = status.uptime > 0.0 && process::is_this_boot(&status.host, &status.boot);
    let age = process::uptime().filter(|_| same_machine).map(|up| up - status.uptime);
    let then = super::clock::parse(&status.time);
    match (then, age.filter(|age| *age >= 0.0)) {
        (Some(then), Some(age)) => jiff::SignedDuration::try_from_secs_f64(age)
            .ok()
            .and_then(|age| then.checked_add(age).ok())
            .unwrap_or(now),
        _ => now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{clock, event::EventKind, files::publish_json, journal::Appender, status::Outcome, testing};

    fn run(folder: &Path) -> RunDir {
        RunDir::create(folder, &testing::manifest("20261123-094512-here-0abc")).unwrap()
    }

    #[test]
    fn a_run_is_read_as_it_grows() {
        let folder = tempfile::tempdir().unwrap();
        let run = run(folder.path());
        let mut reader = RunReader::open(run.path()).unwrap();
        assert!(!reader.poll(Budget::ALL));
        assert_eq!(reader.state(now()), RunState::Queued);
        let mut metrics = Appender::open(&run.metrics()).unwrap();
        let mut events = Appender::open(&run.events()).unwrap();
        metrics.append(&testing::metric(1, "train.ce", 2.0)).unwrap();
        publish_json(&run.status(), &testing::status(&clock::now_text(), 1)).unwrap();
        assert!(reader.poll(Budget::ALL));
        assert_eq!(reader.state(now()), RunState::Running);
        assert_eq!(reader.history().latest()["train.ce"], 2.0);
        assert_eq!(reader.history().tunables()["objective.lambda"], 0.002);
        let event = Event {
            time: clock::now_text(),
            step: 1,
            wall: 1.0,
            what: EventKind::Paused,
        };
        events.append(&event).unwrap();
        assert!(reader.poll(Budget::ALL));
        assert_eq!(reader.fresh_events(), [event]);
        assert!(!reader.poll(Budget::ALL));
        let exit = Exit {
            outcome: Outcome::Stopped,
            time: clock::now_text(),
            step: 1,
            incarnation: 1,
            why: "told".into(),
        };
        publish_json(&run.exit(), &exit).unwrap();
        assert!(reader.poll(Budget::ALL));
        assert_eq!(reader.state(now()), RunState::Stopped);
        assert_eq!(state_of(&run, now()), RunState::Stopped);
    }

    #[test]
    fn on_one_machine_the_clock_does_not_decide_whether_a_worker_is_silent() {
        let folder = tempfile::tempdir().unwrap();
        let run = run(folder.path());
        let later = clock::parse("2036-11-23T10:00:00Z").unwrap();
        let mut status = testing::status(&clock::now_text(), 1);
        publish_json(&run.status(), &status).unwrap();
        assert_eq!(
            state_of(&run, later),
            RunState::Stalled,
            "nothing but the clock is known"
        );
        status.uptime = process::uptime().unwrap();
        publish_json(&run.status(), &status).unwrap();
        assert_eq!(state_of(&run, later), RunState::Running);
        status.uptime -= 60.0;
        publish_json(&run.status(), &status).unwrap();
        assert_eq!(
            state_of(&run, now()),
            RunState::Stalled,
            "silent for a minute by any clock"
        );
    }

    #[test]
    fn a_status_that_was_seen_to_change_is_alive_whatever_the_clocks_say() {
        let folder = tempfile::tempdir().unwrap();
        let run = run(folder.path());
        let mut reader = RunReader::open(run.path()).unwrap();
        for (time, state) in [
            ("2020-01-01T00:00:00Z", RunState::Stalled),
            ("2020-01-01T00:00:01Z", RunState::Running),
        ] {
            publish_json(&run.status(), &testing::status(time, 1)).unwrap();
            reader.poll(Budget::ALL);
            assert_eq!(reader.state(now()), state, "{time}");
        }
    }

    #[test]
    fn a_replaced_journal_begins_a_new_history() {
        let folder = tempfile::tempdir().unwrap();
        let run = run(folder.path());
        let mut reader = RunReader::open(run.path()).unwrap();
        Appender::open(&run.metrics())
            .unwrap()
            .append(&testing::metric(9, "train.ce", 2.0))
            .unwrap();
        reader.poll(Budget::ALL);
        std::fs::remove_file(run.metrics()).unwrap();
        Appender::open(&run.metrics())
            .unwrap()
            .append(&testing::metric(3, "val.ce", 5.0))
            .unwrap();
        assert!(reader.poll(Budget::ALL));
        assert_eq!(reader.history().names().collect::<Vec<_>>(), ["val.ce"]);
    }

    #[test]
    fn a_run_of_a_newer_schema_is_shown_read_only() {
        let folder = tempfile::tempdir().unwrap();
        let run = run(folder.path());
        std::fs::write(run.manifest(), "schema = 2\nname = \"later\"").unwrap();
        let mut reader = RunReader::open(run.path()).unwrap();
        Appender::open(&run.metrics())
            .unwrap()
            .append(&testing::metric(9, "train.ce", 2.0))
            .unwrap();
        assert!(reader.poll(Budget::ALL) && reader.is_read_only());
        assert!(reader.manifest().unwrap_err().contains("newer"));
        assert_eq!(reader.header().name, "later");
        assert_eq!(reader.history().latest()["train.ce"], 2.0);
    }
}
