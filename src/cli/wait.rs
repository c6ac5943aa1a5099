//! `spikedeck wait`: until a run has got somewhere, for scripts.

use super::{
    failure::{Code, usage},
    job::Job,
    output::Output,
};
use crate::run::{
    Budget, RunReader,
    attack_job::AttackReader,
    clock::now,
    digest::{self, Depth},
    health::Problem,
    status::RunState,
};
use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};
use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

/// Wait until a run is finished or has reached a step or an epoch
#[derive(Debug, Args)]
pub struct WaitArgs {
    /// The run or attack: its path, name, short id or id
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// finished, step:N or epoch:N
    #[arg(long = "for", value_name = "WHAT", default_value = "finished", value_parser = goal)]
    goal: Goal,
    /// Seconds to wait at most [default: for ever]
    #[arg(long, value_name = "S")]
    timeout: Option<f64>,
}

/// What is waited for.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Goal {
    Finished,
    Step(u64),
    Epoch(u64),
}

fn goal(text: &str) -> Result<Goal, String> {
    let wrong = || format!("{text:?}: write finished, step:N or epoch:N");
    match text.split_once(':') {
        None if text == "finished" => Ok(Goal::Finished),
        Some(("step", n)) => n.parse().map(Goal::Step).map_err(|_| wrong()),
        Some(("epoch", n)) => n.parse().map(Goal::Epoch).map_err(|_| wrong()),
        _ => Err(wrong()),
    }
}

/// What is known of a job at one look.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Seen {
    state: RunState,
    step: u64,
    epoch: f64,
}

/// Whether the goal is reached (`Done`), cannot be any more (`Failed`), or may yet be.
fn judge(goal: Goal, seen: Seen) -> Option<Code> {
    let reached = match goal {
        Goal::Finished => seen.state == RunState::Finished,
        Goal::Step(n) => seen.step >= n,
        // Epochs are fractions of steps: half a step's rounding is no missing epoch.
        Goal::Epoch(n) => seen.epoch + 1e-9 >= n as f64,
    };
    match reached {
        true => Some(Code::Done),
        false if seen.state.is_live() => None,
        false => Some(Code::Failed),
    }
}

/// Does it.
///
/// # Errors
/// Wrong usage, or a run that cannot be read.
pub fn run(args: WaitArgs, out: Output) -> Result<Code> {
    let seconds = |s: f64| Duration::try_from_secs_f64(s).map_err(|_| usage("--timeout: write seconds, such as 60"));
    let timeout = args.timeout.map(seconds).transpose()?;
    let mut watch = Watch::open(&Job::open(&args.run)?, args.goal)?;
    let started = Instant::now();
    loop {
        let seen = watch.look();
        let over = timeout
            .is_some_and(|t| started.elapsed() >= t)
            .then_some(Code::TimedOut);
        if let Some(code) = judge(args.goal, seen).or(over) {
            let Seen { state, step, epoch } = seen;
            let (health, reason) = watch.judged();
            let words: String = health
                .iter()
                .map(|p| format!(", {} {}", p.kind.sign(), p.kind.label()))
                .collect();
            let why = reason.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
            out.say(format!("{} at step {step}{words}{why}", state.label()));
            let path: Value = json!(watch.path());
            let reached = code == Code::Done;
            out.answer(&json!({
                "run": path, "state": state, "step": step, "epoch": epoch, "reached": reached, "health": health,
                "reason": reason,
            }));
            return Ok(code);
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

enum Watch {
    Run(Box<RunReader>),
    Attack(Box<AttackReader>),
}

impl Watch {
    fn open(job: &Job, goal: Goal) -> Result<Watch> {
        Ok(match job {
            Job::Run(run) => Watch::Run(Box::new(RunReader::open(run.path())?)),
            Job::Attack(_) if goal != Goal::Finished => {
                return Err(usage("an attack can only be waited for --for finished"));
            }
            Job::Attack(attack) => Watch::Attack(Box::new(AttackReader::open(attack.path())?)),
        })
    }

    fn look(&mut self) -> Seen {
        match self {
            Watch::Run(reader) => {
                // The state first: what was recorded before an end is then surely read.
                let ended = !reader.state(now()).is_live();
                reader.poll(Budget {
                    bytes: 64 << 20,
                    time: Duration::from_secs(2),
                });
                let state = reader.state(now());
                // An end seen only now is looked at once more, so that its last step is known.
                if !ended && !state.is_live() {
                    reader.poll(Budget::ALL);
                }
                let progress = reader.history().progress();
                Seen {
                    state,
                    step: progress.step,
                    epoch: progress.epoch,
                }
            }
            Watch::Attack(reader) => {
                reader.poll(Budget::ALL);
                Seen {
                    state: reader.state(now()),
                    step: 0,
                    epoch: 0.0,
                }
            }
        }
    }

    /// What is wrong with a run, and why it is in its state; of an attack neither is said here.
    fn judged(&self) -> (Vec<Problem>, Option<String>) {
        match self {
            Watch::Run(reader) => {
                let digest = digest::read(reader.dir(), reader.manifest().ok(), reader.status(), Depth::Newest);
                (digest.health, reader.reason(now()))
            }
            Watch::Attack(_) => (Vec::new(), None),
        }
    }

    fn path(&self) -> PathBuf {
        match self {
            Watch::Run(reader) => reader.dir().path().to_path_buf(),
            Watch::Attack(reader) => reader.dir().path().to_path_buf(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(state: RunState, step: u64) -> Seen {
        Seen {
            state,
            step,
            epoch: step as f64 / 10.0,
        }
    }

    #[test]
    fn a_goal_is_reached_missed_or_still_ahead() {
        use RunState::*;
        for (goal, seen, code) in [
            (Goal::Finished, seen(Running, 5), None),
            (Goal::Finished, seen(Queued, 0), None),
            (Goal::Finished, seen(Stalled, 0), None),
            (Goal::Finished, seen(Finished, 5), Some(Code::Done)),
            (Goal::Finished, seen(Stopped, 5), Some(Code::Failed)),
            (Goal::Finished, seen(Lost, 5), Some(Code::Failed)),
            (Goal::Step(5), seen(Paused, 5), Some(Code::Done)),
            (Goal::Step(6), seen(Running, 5), None),
            (Goal::Step(6), seen(Finished, 5), Some(Code::Failed)),
            (Goal::Step(6), seen(Failed, 7), Some(Code::Done)),
            (Goal::Epoch(1), seen(Running, 10), Some(Code::Done)),
            (Goal::Epoch(2), seen(Running, 10), None),
        ] {
            assert_eq!(judge(goal, seen), code, "{goal:?} {seen:?}");
        }
    }

    #[test]
    fn goals_are_parsed() {
        assert_eq!(goal("finished"), Ok(Goal::Finished));
        assert_eq!(goal("step:12"), Ok(Goal::Step(12)));
        assert_eq!(goal("epoch:1"), Ok(Goal::Epoch(1)));
        assert!(goal("step").is_err() && goal("step:-1").is_err() && goal("").is_err());
    }
}
