//! Runs and attacks as arguments: both take commands and can be waited for.

use super::resolve;
use crate::run::{
    RunDir,
    attack_job::AttackDir,
    job_worker::worker_of,
    launcher::{Alive, Worker},
};
use anyhow::Result;
use std::path::Path;

/// What a RUN argument may name.
#[derive(Debug, Clone)]
pub enum Job {
    /// A training run.
    Run(RunDir),
    /// An attack.
    Attack(AttackDir),
}

impl Job {
    /// Opens the run or attack that is meant (`resolve::job`), to write to it.
    ///
    /// # Errors
    /// When there is neither (wrong usage), or it is of a newer schema.
    pub fn open(word: &Path) -> Result<Job> {
        let path = resolve::job(word)?;
        match AttackDir::is_attack(&path) {
            true => Ok(Job::Attack(AttackDir::open(&path)?)),
            false => Ok(Job::Run(RunDir::open(&path)?)),
        }
    }

    /// Its directory.
    pub fn path(&self) -> &Path {
        match self {
            Job::Run(run) => run.path(),
            Job::Attack(attack) => attack.path(),
        }
    }

    /// Its worker, as far as is known.
    pub fn worker(&self) -> Option<Worker> {
        worker_of(self.path())
    }
}

/// Whether the job's worker certainly does not live any more.
pub fn is_dead(job: &Path) -> bool {
    worker_of(job).is_some_and(|who| who.alive() == Alive::No)
}

/// The last lines that a worker printed before it died without reporting a result.
pub fn log_tail(stderr_log: &Path) -> String {
    let text = crate::run::files::read_inside(stderr_log, 16 << 20).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    // Where backtraces are asked for, the words come before the last one.
    let text = text.rfind("\nstack backtrace:").map_or(&*text, |at| &text[..at]);
    let lines: Vec<&str> = text.lines().rev().filter(|l| !l.trim().is_empty()).take(5).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}

/// Why a worker ended without an exit record, judged by what it wrote to stderr last.
pub fn guess(words: &str) -> &'static str {
    if words.contains("memory allocation of") {
        "the worker ran out of memory: start again with a smaller train.batch (--set train.batch=N), if need be from \
         the last checkpoint's weights (--resume-weights)"
    } else if words.is_empty() {
        "worker exited without reporting a result: something killed it; the system does so too when its memory is full, and a \
         smaller train.batch needs less"
    } else {
        "worker exited without reporting a result"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ended_a_worker_is_guessed_from_its_last_lines() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("stderr.log");
        let memory = "a note\nmemory allocation of 4194304000 bytes failed\nstack backtrace:\n   0: std::alloc::rust_oom\n   1: main\nnote: more\n";
        std::fs::write(&log, memory).unwrap();
        let words = log_tail(&log);
        assert_eq!(words, "a note\nmemory allocation of 4194304000 bytes failed");
        assert!(guess(&words).contains("ran out of memory") && guess(&words).contains("train.batch"));
        assert!(guess("").contains("killed"), "the kernel leaves no word");
        assert!(!guess("thread main panicked").contains("memory"));
    }
}
