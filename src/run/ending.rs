//! How a run ended, and why: its exit record in `exit.json`; where the folder's disk was full, the same beside the
//! checkpoints (`last-words.json`); and for a worker that left none, the last line that it printed.

use super::{
    RunDir,
    files::{open_regular, read_json},
    launcher::{Alive, Launch, Worker},
    names::LAST_WORDS,
    process::Identity,
    status::{Exit, RunState, Status},
    text::clean,
};
use std::{
    io::{Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

/// Bytes of the end of `stderr.log` in which its last line is looked for.
const LOG_END: u64 = 16 << 10;
/// The longest reason taken from a log, in characters.
const LONGEST: usize = 400;

/// What is known of a run's end.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ending {
    /// The exit record, wherever it was.
    pub exit: Option<Exit>,
    /// Why `exit.json` cannot be read, where it is there.
    pub problem: Option<String>,
}

impl Ending {
    /// Reads it. `launch` says whom to ask about the worker; `checkpoints` says where the run's checkpoints lie, and is asked only where no exit record is in the run's
    /// own folder and its worker is not known to live.
    pub fn read(
        dir: &RunDir,
        status: Option<&Status>,
        launch: Option<&Launch>,
        checkpoints: impl FnOnce() -> Option<PathBuf>,
    ) -> Ending {
        let (exit, problem) = match dir.read_exit() {
            Ok(exit) => (exit, None),
            Err(e) => (None, Some(clean(&e.to_string()).into_owned())),
        };
        let reported = |s: &Status| Worker::that_reported(launch, &s.time, Identity::from(s));
        if exit.is_some() || status.is_some_and(|s| reported(s).alive() == Alive::Yes) {
            return Ending { exit, problem };
        }
        let beside = checkpoints().and_then(|root| read_json::<Exit>(&root.join(LAST_WORDS)).ok().flatten());
        let incarnation = status.map_or(1, |s| s.incarnation);
        Ending {
            exit: beside.filter(|e| e.incarnation == incarnation),
            problem,
        }
    }

    /// Why a run is in this state, in a sentence; nothing where it is as it should be.
    pub fn reason(&self, dir: &RunDir, state: RunState) -> Option<String> {
        let said = self.exit.as_ref().map(|e| clean(&e.why).into_owned());
        if let Some(why) = said.filter(|why| !why.is_empty()) {
            return Some(why);
        }
        if let Some(problem) = &self.problem {
            return Some(problem.clone());
        }
        match (state, last_line(&dir.stderr_log())) {
            (RunState::Lost, None) => Some("worker exited without reporting a result".into()),
            (RunState::Lost, last) => last,
            _ => None,
        }
    }
}

/// The last line of a log that says anything, cleaned.
fn last_line(log: &Path) -> Option<String> {
    let mut file = open_regular(log).ok()?;
    let size = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(size.saturating_sub(LOG_END))).ok()?;
    let mut end = Vec::new();
    file.take(LOG_END).read_to_end(&mut end).ok()?;
    let text = String::from_utf8_lossy(&end);
    // Where backtraces are asked for, the words come before the last one.
    let text = text.rfind("\nstack backtrace:").map_or(&*text, |at| &text[..at]);
    let line = text.lines().rev().find(|l| !l.trim().is_empty())?;
    Some(clean(line.trim()).chars().take(LONGEST).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{clock, files::publish_json, status::Outcome, testing};

    fn exit(incarnation: u32, why: &str) -> Exit {
        Exit {
            outcome: Outcome::Failed,
            time: clock::now_text(),
            step: 7,
            incarnation,
            why: why.into(),
        }
    }

    /// A run whose worker, of the second incarnation, is gone.
    fn run() -> (tempfile::TempDir, RunDir, Status) {
        let folder = tempfile::tempdir().unwrap();
        let run = RunDir::create(folder.path(), &testing::manifest("20261123-094512-here-0abc")).unwrap();
        let mut status = testing::status("2026-11-23T09:00:00.000Z", 7);
        (status.incarnation, status.process_start) = (2, status.process_start + 1);
        (folder, run, status)
    }

    #[test]
    fn the_exit_record_is_read_beside_the_checkpoints_where_the_folder_has_none_of_this_incarnation() {
        let (folder, run, status) = run();
        let root = folder.path().join("checkpoints");
        std::fs::create_dir(&root).unwrap();
        let read = |status: Option<&Status>| Ending::read(&run, status, None, || Some(root.clone()));
        publish_json(&root.join(LAST_WORDS), &exit(1, "an earlier one")).unwrap();
        assert_eq!(read(Some(&status)), Ending::default());
        publish_json(&root.join(LAST_WORDS), &exit(2, "disk\nfull")).unwrap();
        let found = read(Some(&status));
        assert_eq!(found.reason(&run, RunState::Failed).unwrap(), "disk␊full");
        let alive = testing::status(&clock::now_text(), 7);
        assert_eq!(read(Some(&alive)).exit, None, "its worker lives");
        publish_json(&run.exit(), &exit(2, "own")).unwrap();
        assert_eq!(read(Some(&status)).exit.unwrap().why, "own");
    }

    #[test]
    fn a_lost_run_says_what_was_printed_last_and_a_bad_exit_record_what_is_wrong_with_it() {
        let (_folder, run, status) = run();
        let reason = || {
            Ending::read(&run, Some(&status), None, || None)
                .reason(&run, RunState::Lost)
                .unwrap()
        };
        assert!(reason().contains("without reporting a result"));
        std::fs::write(
            run.stderr_log(),
            "a note\n\x1b[31mmemory allocation failed\n\nstack backtrace:\n  0: x\n",
        )
        .unwrap();
        assert_eq!(reason(), "␛[31mmemory allocation failed");
        std::fs::write(run.exit(), " ".repeat(5 << 20)).unwrap();
        assert!(
            reason().contains("exit.json") && reason().contains("more than"),
            "{}",
            reason()
        );
        std::fs::write(run.exit(), "{\"outcome\": 3").unwrap();
        assert!(reason().contains("exit.json: not readable"), "{}", reason());
    }
}
