//! What commands do to a run, without any file or clock: commands in, changes, answers and flags out.

use crate::run::command::{Command, Order, Verdict, When};
use crate::run::event::EventKind;
use crate::spec::{Experiment, Tunable, tunable};
use serde::{Deserialize, Serialize};

mod outcomes;
mod schedule;

pub use outcomes::{Change, Place, Reply, RollbackCommand, WorkerCommands};

/// Changes that can still be undone.
const UNDO_DEPTH: usize = 256;

/// A value on its way from one number to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Ramp {
    id: String,
    key: String,
    from: f64,
    to: f64,
    begin: u64,
    steps: u64,
}

/// A run's live hyper-parameters and the commands that are still to come into force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Controls {
    /// The specification as tweaked so far: what the next step applies.
    pub experiment: Experiment,
    /// Whether the worker waits.
    #[serde(skip)]
    pub paused: bool,
    #[serde(skip)]
    worker_commands: WorkerCommands,
    #[serde(skip)]
    rollback: Option<RollbackCommand>,
    pending: Vec<Command>,
    ramps: Vec<Ramp>,
    /// Command id and its changes, oldest first.
    undoable: Vec<(String, Vec<Change>)>,
    /// The step at which the latest commands came, and their ids: a checkpoint of this very step contains them.
    #[serde(default)]
    heard: (u64, Vec<String>),
}

/// What [`Controls`] found when it took a command or moved on: in this order into the journal and the answers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Effects {
    /// For `events.jsonl`.
    pub events: Vec<EventKind>,
    /// For `control/done`.
    pub replies: Vec<Reply>,
}

impl Controls {
    /// Controls that nobody has touched.
    pub fn new(experiment: Experiment) -> Self {
        Controls {
            experiment,
            paused: false,
            worker_commands: WorkerCommands::default(),
            rollback: None,
            pending: Vec::new(),
            ramps: Vec::new(),
            undoable: Vec::new(),
            heard: (0, Vec::new()),
        }
    }

    /// These controls in another run, whose specification is `experiment`: ramps under way continue but for what it changes;
    /// commands still to come and changes that could be undone are the old run's.
    pub fn forked(self, experiment: Experiment) -> Self {
        let kept = |key: &str| tunable(key).is_ok_and(|t| t.get(&experiment) == t.get(&self.experiment));
        let ramps = self.ramps.iter().filter(|r| kept(&r.key)).cloned().collect();
        Controls {
            ramps,
            ..Controls::new(experiment)
        }
    }

    /// Rolls back to these, saved earlier by this run. A pause stays. Returns the ids of accepted commands that those do
    /// not know and that are therefore forgotten.
    pub fn roll_back_to(&mut self, saved: Controls) -> Vec<String> {
        let now = Controls {
            paused: self.paused,
            worker_commands: std::mem::take(&mut self.worker_commands),
            ..saved
        };
        let before = std::mem::replace(self, now);
        let known = |id: &str| self.pending.iter().any(|p| p.id == id);
        let forgotten = before.pending.into_iter().filter(|c| !known(&c.id));
        forgotten.map(|c| c.id).collect()
    }

    /// Whether a command is accepted and still to take effect.
    pub fn is_pending(&self, id: &str) -> bool {
        self.pending.iter().any(|p| p.id == id)
    }

    /// Whether a command was received at the step at which the latest ones were: it is in force, or pending, already.
    pub fn has_received(&self, id: &str) -> bool {
        self.heard.1.iter().any(|h| h == id)
    }

    /// Takes the rollback command, which must be accepted or refused before the next command is taken.
    pub fn take_rollback(&mut self) -> Option<RollbackCommand> {
        self.rollback.take()
    }

    /// Takes what the worker is asked to do besides training.
    pub fn take_worker_commands(&mut self) -> WorkerCommands {
        std::mem::take(&mut self.worker_commands)
    }

    /// Asks for a graceful stop, as a signal does.
    pub fn stop(&mut self, by: &str) {
        self.worker_commands.stop.get_or_insert((by.to_string(), None));
    }

    /// Takes one command.
    pub fn receive(&mut self, command: Command, at: Place) -> Effects {
        if self.is_pending(&command.id) {
            // Accepted by an earlier incarnation, restored with the checkpoint, and found in the inbox once more.
            return Effects::default();
        }
        if self.heard.0 != at.step {
            self.heard = (at.step, Vec::new());
        }
        self.heard.1.push(command.id.clone());
        let mut effects = Effects {
            events: vec![EventKind::Received {
                command: command.clone(),
            }],
            ..Effects::default()
        };
        if due(command.when, at) {
            self.apply(command, at, &mut effects);
        } else {
            effects
                .replies
                .push(reply(&command.id, Verdict::Accepted, Vec::new(), String::new()));
            self.pending.push(command);
        }
        effects
    }

    /// Brings into force what is due before the next step: pending commands and ramps.
    pub fn advance(&mut self, at: Place) -> Effects {
        let mut effects = Effects::default();
        let (now, later) = std::mem::take(&mut self.pending)
            .into_iter()
            .partition(|c| due(c.when, at));
        self.pending = later;
        for command in now {
            match self.rollback {
                None => self.apply(command, at, &mut effects),
                // What was to come after it has to wait for it.
                Some(_) => self.pending.push(command),
            }
        }
        self.ramp(at, &mut effects);
        effects
    }

    fn apply(&mut self, command: Command, at: Place, effects: &mut Effects) {
        let id = command.id;
        match command.order {
            Order::Set { changes } => self.set(&id, &changes, effects),
            Order::Ramp { key, from, to, steps } => self.begin_ramp(&id, &key, (from, to), steps, at, effects),
            Order::Undo { id: which } => self.undo(&id, which.as_deref(), effects),
            Order::Pause => {
                if !std::mem::replace(&mut self.paused, true) {
                    effects.events.push(EventKind::Paused);
                }
                effects
                    .replies
                    .push(reply(&id, Verdict::Applied, Vec::new(), String::new()));
            }
            Order::Resume => {
                if std::mem::replace(&mut self.paused, false) {
                    effects.events.push(EventKind::Continued);
                }
                effects
                    .replies
                    .push(reply(&id, Verdict::Applied, Vec::new(), String::new()));
            }
            Order::Checkpoint => self.worker_commands.checkpoint.push(id),
            Order::Evaluate => self.worker_commands.evaluate.push(id),
            Order::Stop => self.worker_commands.stop = Some((command.author, Some(id))),
            Order::Rollback { checkpoint } => {
                self.rollback = Some(RollbackCommand {
                    id,
                    author: command.author,
                    checkpoint,
                });
            }
            Order::Annotate { text } => {
                effects.events.push(EventKind::Annotated {
                    text: super::prior_record::short(&text),
                });
                effects
                    .replies
                    .push(reply(&id, Verdict::Applied, Vec::new(), String::new()));
            }
        }
    }

    /// All changes or none.
    fn set(&mut self, id: &str, wished: &[(String, f64)], effects: &mut Effects) {
        let checked: Result<Vec<(&'static Tunable, f64)>, String> = wished
            .iter()
            .map(|(key, value)| {
                let t = tunable(key)?;
                t.check(*value)?;
                self.sensible(t, *value)?;
                Ok((t, *value))
            })
            .collect();
        match checked {
            Err(why) => reject(id, why, effects),
            Ok(list) if list.is_empty() => reject(id, "nothing to set: write for example lambda=0.005".into(), effects),
            Ok(list) => {
                let changes: Vec<Change> = list.into_iter().map(|(t, value)| self.write(t, value)).collect();
                self.remember(id, &changes);
                applied(id, changes, effects);
            }
        }
    }

    /// What is within bounds but would silently do nothing is refused.
    fn sensible(&self, t: &Tunable, value: f64) -> Result<(), String> {
        let range = self.experiment.network.input().range;
        if t.key == "adversary.eps" && value > 0.0 && !range.is_radius(value) {
            return Err(format!(
                "adversary.eps = {value}: the samples are counts of events, which change by whole ones; set it to 1"
            ));
        }
        self.experiment.train.recipe.check_effect(t.key, value)
    }

    fn write(&mut self, t: &'static Tunable, value: f64) -> Change {
        let old = t.get(&self.experiment);
        self.ramps.retain(|r| r.key != t.key);
        t.set(&mut self.experiment, value);
        Change {
            key: t.key.to_string(),
            old,
            new: value,
        }
    }

    fn remember(&mut self, id: &str, changes: &[Change]) {
        self.undoable.push((id.to_string(), changes.to_vec()));
        if self.undoable.len() > UNDO_DEPTH {
            self.undoable.remove(0);
        }
    }

    fn undo(&mut self, id: &str, which: Option<&str>, effects: &mut Effects) {
        if let Some(at) = self.pending.iter().position(|p| Some(p.id.as_str()) == which) {
            let taken_back = self.pending.remove(at);
            let why = "taken back before it took effect".to_string();
            reject(&taken_back.id, why, effects);
            let why = format!("{} will not take effect", taken_back.order.name());
            effects.replies.push(reply(id, Verdict::Applied, Vec::new(), why));
            return;
        }
        let position = match which {
            None => self.undoable.len().checked_sub(1),
            Some(which) => self.undoable.iter().position(|(i, _)| i == which),
        };
        let Some(position) = position else {
            let what = which.map_or("no change".to_string(), |w| format!("no change by command {w}"));
            return reject(id, format!("{what} can be taken back"), effects);
        };
        let (_, changes) = self.undoable.remove(position);
        let back = changes
            .iter()
            .rev()
            .filter_map(|c| Some(self.write(tunable(&c.key).ok()?, c.old)))
            .collect();
        applied(id, back, effects);
    }

    fn begin_ramp(
        &mut self,
        id: &str,
        key: &str,
        (from, to): (f64, f64),
        steps: u64,
        at: Place,
        effects: &mut Effects,
    ) {
        let checked = tunable(key).and_then(|t| {
            t.check(from)?;
            t.check(to)?;
            self.sensible(t, to)?;
            match (1..=1_000_000_000).contains(&steps) && !t.whole {
                true => Ok(t),
                false => Err(format!(
                    "{}: a ramp takes 1 or more steps and a parameter that is not counted",
                    t.key
                )),
            }
        });
        match checked {
            Err(why) => reject(id, why, effects),
            Ok(t) => {
                let change = self.write(t, from);
                self.remember(id, std::slice::from_ref(&change));
                applied(id, vec![change], effects);
                let (id, key) = (id.to_string(), t.key.to_string());
                self.ramps.push(Ramp {
                    id,
                    key,
                    from,
                    to,
                    begin: at.step,
                    steps,
                });
            }
        }
    }

    fn ramp(&mut self, at: Place, effects: &mut Effects) {
        for ramp in std::mem::take(&mut self.ramps) {
            let Ok(t) = tunable(&ramp.key) else { continue };
            let done = at.step.saturating_sub(ramp.begin);
            if done == 0 {
                self.ramps.push(ramp);
                continue;
            }
            let share = (done as f64 / ramp.steps as f64).min(1.0);
            let old = t.get(&self.experiment);
            let value = ramp.from + (ramp.to - ramp.from) * share;
            t.set(&mut self.experiment, value);
            if done >= ramp.steps {
                effects.events.push(EventKind::Applied {
                    command: ramp.id,
                    key: ramp.key,
                    old,
                    new: ramp.to,
                });
            } else {
                self.ramps.push(ramp);
            }
        }
    }
}

fn due(when: When, at: Place) -> bool {
    match when {
        When::Now => true,
        When::Step(step) => at.step >= step,
        When::Epoch(epoch) => at.epoch >= epoch,
    }
}

fn reply(id: &str, verdict: Verdict, changes: Vec<Change>, why: String) -> Reply {
    Reply {
        id: id.to_string(),
        verdict,
        changes,
        why,
    }
}

fn reject(id: &str, why: String, effects: &mut Effects) {
    effects.events.push(EventKind::Rejected {
        command: id.to_string(),
        why: why.clone(),
    });
    effects.replies.push(reply(id, Verdict::Rejected, Vec::new(), why));
}

fn applied(id: &str, changes: Vec<Change>, effects: &mut Effects) {
    for c in &changes {
        let command = id.to_string();
        effects.events.push(EventKind::Applied {
            command,
            key: c.key.clone(),
            old: c.old,
            new: c.new,
        });
    }
    effects
        .replies
        .push(reply(id, Verdict::Applied, changes, String::new()));
}

#[cfg(test)]
mod tests;
