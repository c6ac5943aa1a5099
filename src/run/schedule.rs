//! What a worker has accepted and will do later: commands that wait for their step or epoch, and ramps under way. Written to
//! `status.json`, so that viewers show it as the worker reports it.

use super::command::{Command, Order, When};
use crate::spec::tunable;
use serde::{Deserialize, Serialize};

/// The most that a status tells.
pub const MOST: usize = 64;

/// One thing to come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScheduledCommand {
    /// The id of the command that asked for it.
    pub command: String,
    /// The order's name: `set`, `ramp`, `stop`, …
    pub what: String,
    /// When it takes effect; of a value on its way, the step at which it arrives.
    pub when: When,
    /// The tunables that it changes, by dotted key, and to what.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<(String, f64)>,
    /// Of a value on its way: the step at which it set out, and from which value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<(u64, f64)>,
}

impl ScheduledCommand {
    /// A command that waits.
    pub fn of(command: &Command) -> ScheduledCommand {
        let named = |key: &String| tunable(key).map_or_else(|_| key.clone(), |t| t.key.to_string());
        let changes = match &command.order {
            Order::Set { changes } => changes.iter().map(|(key, value)| (named(key), *value)).collect(),
            Order::Ramp { key, from, .. } => vec![(named(key), *from)],
            _ => Vec::new(),
        };
        ScheduledCommand {
            command: command.id.clone(),
            what: command.order.name().into(),
            when: command.when,
            changes,
            since: None,
        }
    }

    /// The share of its way that a value has gone at a step, 0 to 1; none for what has not started.
    pub fn share(&self, step: u64) -> Option<f64> {
        let (begin, _) = self.since?;
        let When::Step(end) = self.when else { return None };
        let all = end.saturating_sub(begin).max(1);
        Some((step.saturating_sub(begin) as f64 / all as f64).min(1.0))
    }
}

/// `at step 1600`, `at epoch 4`.
pub fn when_text(when: When) -> String {
    match when {
        When::Now => "now".into(),
        When::Step(step) => format!("at step {step}"),
        When::Epoch(epoch) => format!("at epoch {epoch}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_on_its_way_says_how_far_it_is() {
        let ramp = ScheduledCommand {
            command: "01".into(),
            what: "ramp".into(),
            when: When::Step(200),
            changes: vec![("objective.lambda".into(), 0.01)],
            since: Some((100, 0.0)),
        };
        assert_eq!(
            [90, 100, 150, 300].map(|s| ramp.share(s)),
            [0.0, 0.0, 0.5, 1.0].map(Some)
        );
        let odd = ScheduledCommand {
            when: When::Step(0),
            ..ramp.clone()
        };
        assert_eq!(odd.share(300), Some(1.0));
        let text = serde_json::to_string(&ramp).unwrap();
        assert_eq!(serde_json::from_str::<ScheduledCommand>(&text).unwrap(), ramp);
    }
}
