//! What is still to come of a run's commands, and which of it changes hyper-parameters.

use super::{Controls, due, told::Place};
use crate::run::{
    coming::{self, Coming},
    command::{Command, When},
};
use crate::worker::earlier::is_lasting;

impl Controls {
    /// What is accepted and still to come, and values on their way.
    pub fn coming(&self) -> Vec<Coming> {
        let ramps = self.ramps.iter().map(|r| Coming {
            command: r.id.clone(),
            what: "ramp".into(),
            when: When::Step(r.begin.saturating_add(r.steps)),
            changes: vec![(r.key.clone(), r.to)],
            since: Some((r.begin, r.from)),
        });
        let scheduled = self.pending.iter().map(Coming::scheduled);
        ramps.chain(scheduled).take(coming::MOST).collect()
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
