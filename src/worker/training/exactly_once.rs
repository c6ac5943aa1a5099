//! Every command is applied exactly once, whenever an earlier worker was killed: between its record and its effect, its
//! effect and its answer, its answer and its removal from the inbox.
//!
//! The record decides. A command that is not in it never took effect. One that changes hyper-parameters takes effect again at
//! its own step, and at no other, when the run resumes from before it
//! ([`crate::worker::prior_record::PriorRecord::to_replay`]). What is in force already is only answered.

use super::Session;
use crate::run::{
    clock,
    command::{Answer, Command, Order, Verdict, When},
    schedule::{self, ScheduledCommand},
};
use crate::spec::tunable;
use crate::worker::prior_record::{PriorRecord, Received, is_lasting};
use std::collections::BTreeMap;

/// Commands that an earlier worker recorded, by id, and whether the state resumed from contains them.
pub type Recorded = BTreeMap<String, (Received, bool)>;

/// What to do with a command found in the inbox.
#[derive(Debug, PartialEq)]
pub enum Admission {
    /// Obey it now.
    New,
    /// It takes effect later, by itself, and is answered then.
    Waits,
    /// It took effect before; this is its answer.
    Answered(Answer),
}

impl Session {
    /// Remembers what the record says of commands, for a run that stands where its checkpoint was saved.
    pub(super) fn restore_commands(&mut self, earlier: &PriorRecord) {
        let step = self.at.step;
        let recorded = earlier.received.iter().map(|r| {
            let id = r.command.id.clone();
            let in_force = r.step < step || self.controls.has_received(&id);
            (id, (r.clone(), in_force))
        });
        self.recorded = recorded.collect();
        self.replay = earlier.to_replay(step);
        self.replay
            .retain(|(_, command)| !self.controls.has_received(&command.id));
    }

    /// What is to come: what the controls know of, and commands of an earlier worker that take effect again.
    pub(super) fn scheduled(&self) -> Vec<ScheduledCommand> {
        let again = self.replay.iter().map(|(step, command)| {
            ScheduledCommand::of(&Command {
                when: When::Step(*step),
                ..command.clone()
            })
        });
        self.controls
            .scheduled()
            .into_iter()
            .chain(again)
            .take(schedule::MOST)
            .collect()
    }

    /// A newer command wins: what an earlier worker applied later on, and what this command sets again, does not take
    /// effect again. Returns the ids of what is dropped.
    pub(super) fn supersede(&mut self, command: &Command) -> Vec<String> {
        let (dropped, kept) = std::mem::take(&mut self.replay)
            .into_iter()
            .partition(|(_, old)| is_superseded(&old.order, command));
        self.replay = kept;
        let dropped: Vec<(u64, Command)> = dropped;
        dropped.into_iter().map(|(_, c)| c.id).collect()
    }

    /// What to do with a command in the inbox.
    pub(super) fn admit(&self, command: &Command) -> Admission {
        let id = &command.id;
        if self.replay.iter().any(|(_, c)| c.id == *id) || self.controls.is_pending(id) {
            return Admission::Waits;
        }
        match self.recorded.get(id) {
            None => Admission::New,
            Some((received, in_force)) => admission(received, *in_force, self.at.step),
        }
    }
}

/// Whether a new command leaves nothing for an older order to do: it names it, or changes the same values. An order to take
/// back the latest change meant the change of its own time.
fn is_superseded(old: &Order, new: &Command) -> bool {
    let keys = |order: &Order| -> Vec<String> {
        let full = |key: &String| tunable(key).map_or_else(|_| key.clone(), |t| t.key.to_string());
        match order {
            Order::Set { changes } => changes.iter().map(|(key, _)| full(key)).collect(),
            Order::Ramp { key, .. } => vec![full(key)],
            _ => Vec::new(),
        }
    };
    let (ours, theirs) = (keys(&new.order), keys(old));
    match old {
        _ if ours.is_empty() => false,
        Order::Undo { .. } => true,
        _ => theirs.iter().any(|key| ours.contains(key)),
    }
}

/// For a command that was recorded and is not still to come.
fn admission(received: &Received, in_force: bool, step: u64) -> Admission {
    let command = &received.command;
    let done = match command.order {
        _ if is_lasting(&command.order) => in_force,
        Order::Annotate { .. } => received.annotated,
        // They meant the worker that ended; whoever resumed the run meant it to continue.
        Order::Pause | Order::Resume | Order::Stop => in_force || command.when == When::Now,
        // Harmless to repeat, and somebody waits for what comes of it; a rollback knows by itself whether it was accepted.
        _ => false,
    };
    if !done {
        return Admission::New;
    }
    let (result, why) = match &received.rejected {
        Some(why) => (Verdict::Rejected, why.clone()),
        None => (
            Verdict::Applied,
            format!(
                "at step {}, by a worker that ended before it could answer",
                received.step
            ),
        ),
    };
    Admission::Answered(Answer {
        id: command.id.clone(),
        result,
        step: received.step.min(step.max(received.step)),
        time: clock::now_text(),
        changes: received.changes.clone(),
        why,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(order: Order, when: When) -> Received {
        let command = Command {
            id: "01M8QB00000000000000000001".into(),
            author: "me@here".into(),
            time: String::new(),
            expires: None,
            when,
            order,
        };
        Received {
            step: 30,
            command,
            changes: vec![("objective.lambda".into(), 0.0, 0.1)],
            rejected: None,
            annotated: false,
        }
    }

    #[test]
    fn a_new_word_about_a_value_stands_against_an_older_one() {
        let set = |key: &str| Order::Set {
            changes: vec![(key.into(), 0.5)],
        };
        let new = received(set("lambda"), When::Now).command;
        assert!(is_superseded(&set("objective.lambda"), &new));
        assert!(is_superseded(&Order::Undo { id: None }, &new));
        assert!(!is_superseded(&set("train.lr"), &new));
        let pause = received(Order::Pause, When::Now).command;
        assert!(!is_superseded(&set("objective.lambda"), &pause) && !is_superseded(&Order::Undo { id: None }, &pause));
    }

    #[test]
    fn what_is_in_force_is_answered_and_not_obeyed() {
        let set = received(Order::Undo { id: None }, When::Now);
        let Admission::Answered(answer) = admission(&set, true, 40) else {
            panic!("applied again")
        };
        assert_eq!(
            (answer.result, answer.step, answer.changes.len()),
            (Verdict::Applied, 30, 1)
        );
        let refused = Received {
            rejected: Some("no".into()),
            ..set
        };
        let Admission::Answered(answer) = admission(&refused, true, 40) else {
            panic!("applied again")
        };
        assert_eq!((answer.result, answer.why.as_str()), (Verdict::Rejected, "no"));
    }

    #[test]
    fn a_stop_does_not_end_the_worker_after_the_one_that_it_was_meant_for() {
        for order in [Order::Stop, Order::Pause, Order::Resume] {
            let now = received(order.clone(), When::Now);
            assert!(
                matches!(admission(&now, false, 20), Admission::Answered(_)),
                "{order:?}"
            );
            let later = received(order, When::Step(50));
            assert_eq!(admission(&later, false, 20), Admission::New, "still to come");
            assert!(matches!(admission(&later, true, 60), Admission::Answered(_)));
        }
    }

    #[test]
    fn somebody_waits_for_a_checkpoint_and_a_remark_is_recorded_once() {
        for order in [
            Order::Checkpoint,
            Order::Evaluate,
            Order::Rollback { checkpoint: "7".into() },
        ] {
            assert_eq!(admission(&received(order, When::Now), true, 40), Admission::New);
        }
        let mut remark = received(Order::Annotate { text: "x".into() }, When::Now);
        assert_eq!(admission(&remark, false, 40), Admission::New);
        remark.annotated = true;
        assert!(matches!(admission(&remark, false, 40), Admission::Answered(_)));
    }
}
