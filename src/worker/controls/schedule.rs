//! Which commands of a run are scheduled, and which of them change hyper-parameters.

use super::{Controls, due, outcomes::Place};
use crate::run::{
    command::{Command, When},
    schedule::{self, ScheduledCommand},
};
use crate::worker::prior_record::is_lasting;

impl Controls {
    /// What is accepted and still to come, and values on their way.
    pub fn scheduled(&self) -> Vec<ScheduledCommand> {
        let ramps = self.ramps.iter().map(|r| ScheduledCommand {
            command: r.id.clone(),
            what: "ramp".into(),
            when: When::Step(r.begin.saturating_add(r.steps)),
            changes: vec![(r.key.clone(), r.to)],
            since: Some((r.begin, r.from)),
        });
        let scheduled = self.pending.iter().map(ScheduledCommand::of);
        ramps.chain(scheduled).take(schedule::MOST).collect()
    }

    /// Whether a command changes hyper-parameters as soon as it is taken.
    pub fn changes_now(&self, command: &Command, at: Place) -> bool {
        !self.is_pending(&command.id) && due(command.when, at) && is_lasting(&command.order)
    }

    /// Whether a command that waited changes hyper-parameters before the next step.
    pub fn change_is_due(&self, at: Place) -> bool {
        self.pending.iter().any(|c| due(c.when, at) && is_lasting(&c.order))
    }
}
