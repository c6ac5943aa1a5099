//! Which state a run is in, from what is on the disk and what its launcher says: never from a file's age alone.

use super::{
    clock::{self, Timestamp, seconds_between},
    launcher::Alive,
    status::{Exit, Outcome, Phase, RunState, Status},
};

/// Seconds after which a worker that is gone without an exit record leaves none: its status is renewed twice a second,
/// and the exit record follows the last status at once.
pub const GRACE: f64 = 2.0;

/// In this order: the exit record of the status's incarnation or a later one; a worker that is known to be gone; a status
/// within the worker's own deadline; a worker that still lives, or of which that cannot be said from here.
pub fn derive_state(exit: Option<&Exit>, status: Option<&Status>, now: Timestamp, alive: Alive) -> RunState {
    let exit_record = exit.filter(|e| status.is_none_or(|s| e.incarnation >= s.incarnation));
    if let Some(exit) = exit_record {
        return ended(exit.outcome);
    }
    let Some(status) = status else { return RunState::Queued };
    match (is_fresh(&status.time, status.next_report_s, now), alive) {
        (_, Alive::No) if !is_fresh(&status.time, GRACE, now) => RunState::Lost,
        (true, _) if status.phase == Phase::Paused => RunState::Paused,
        (true, _) => RunState::Running,
        (false, _) => RunState::Stalled,
    }
}

/// The state that an exit record leaves behind.
pub fn ended(outcome: Outcome) -> RunState {
    match outcome {
        Outcome::Finished => RunState::Finished,
        Outcome::Stopped => RunState::Stopped,
        Outcome::Failed => RunState::Failed,
        Outcome::NoEnd => RunState::NoEnd,
    }
}

/// Whether something written at `time` keeps its promise to be renewed within `within` seconds. A time in the future
/// (another machine's clock) is fresh; one that cannot be read is not.
pub fn is_fresh(time: &str, within: f64, now: Timestamp) -> bool {
    clock::parse(time).is_some_and(|time| seconds_between(time, now) <= within)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::testing;

    const WRITTEN: &str = "2026-11-23T10:00:00.000Z";
    const IN_TIME: &str = "2026-11-23T10:00:04Z";
    const LATE: &str = "2026-11-23T10:00:06Z";

    fn exit(outcome: Outcome, incarnation: u32) -> Exit {
        Exit {
            outcome,
            time: WRITTEN.into(),
            step: 1,
            incarnation,
            why: String::new(),
        }
    }

    fn state(exit: Option<&Exit>, status: Option<&Status>, now: &str, alive: Alive) -> RunState {
        derive_state(exit, status, clock::parse(now).unwrap(), alive)
    }

    #[test]
    fn the_exit_record_counts_unless_it_is_an_earlier_incarnations() {
        let mut status = testing::status(WRITTEN, 3);
        for (outcome, word) in [
            (Outcome::Finished, "finished"),
            (Outcome::Stopped, "stopped"),
            (Outcome::Failed, "failed"),
        ] {
            assert_eq!(
                state(Some(&exit(outcome, 1)), Some(&status), IN_TIME, Alive::Yes).word(),
                word
            );
            assert_eq!(state(Some(&exit(outcome, 1)), None, LATE, Alive::No).word(), word);
        }
        status.incarnation = 2;
        assert_eq!(
            state(Some(&exit(Outcome::Failed, 1)), Some(&status), IN_TIME, Alive::Yes),
            RunState::Running
        );
    }

    #[test]
    fn a_worker_within_its_deadline_is_what_it_says() {
        let mut status = testing::status(WRITTEN, 3);
        assert_eq!(state(None, Some(&status), IN_TIME, Alive::Unknown), RunState::Running);
        status.phase = Phase::Evaluating;
        assert_eq!(state(None, Some(&status), IN_TIME, Alive::Unknown), RunState::Running);
        status.phase = Phase::Paused;
        assert_eq!(state(None, Some(&status), IN_TIME, Alive::Yes), RunState::Paused);
    }

    #[test]
    fn a_silent_worker_is_stalled_while_it_may_live_and_lost_when_it_cannot() {
        let status = testing::status(WRITTEN, 3);
        assert_eq!(state(None, Some(&status), LATE, Alive::Yes), RunState::Stalled);
        assert_eq!(
            state(None, Some(&status), "2027-11-23T10:00:00Z", Alive::Unknown),
            RunState::Stalled
        );
        assert_eq!(state(None, Some(&status), LATE, Alive::No), RunState::Lost);
        assert_eq!(state(None, Some(&status), IN_TIME, Alive::No), RunState::Lost);
        assert_eq!(
            state(None, Some(&status), "2026-11-23T10:00:01Z", Alive::No),
            RunState::Running
        );
    }

    #[test]
    fn a_run_whose_worker_has_not_reported_is_queued() {
        assert_eq!(state(None, None, LATE, Alive::Unknown), RunState::Queued);
    }

    #[test]
    fn an_unreadable_time_is_never_fresh() {
        let status = testing::status("soon", 3);
        assert_eq!(state(None, Some(&status), IN_TIME, Alive::Yes), RunState::Stalled);
    }
}
