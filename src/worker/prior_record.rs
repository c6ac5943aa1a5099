//! What earlier incarnations of a run left in its record, for the next one to resume from.

use crate::run::{
    RunDir,
    command::{Command, Order},
    event::{Event, EventKind},
    journal::{last_lines, read_all},
    metric::Metric,
    provenance::Provenance,
};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// What earlier incarnations left in the record.
#[derive(Default)]
pub struct PriorRecord {
    /// The latest incarnation; 0 for none.
    pub incarnation: u32,
    /// Seconds on the run's own clock when it ended.
    pub wall: f64,
    /// How often they were rolled back because the numbers diverged.
    pub rollbacks: u32,
    /// Where the data sets are, if a worker was told another place than the run was created with.
    pub data: Option<PathBuf>,
    /// What was computed from and by until then: the images of all incarnations, the rest of the last one.
    pub provenance: Provenance,
    /// Commands received, in order.
    pub received: Vec<Received>,
    /// Rollback commands that were accepted.
    pub accepted_rollbacks: BTreeSet<String>,
}

/// A command that an earlier incarnation recorded, with what the record says became of it.
#[derive(Debug, Clone)]
pub struct Received {
    /// The step at which it arrived.
    pub step: u64,
    /// The command.
    pub command: Command,
    /// What it changed: key, old and new value.
    pub changes: Vec<(String, f64, f64)>,
    /// Why it was refused, if it was.
    pub rejected: Option<String>,
    /// Whether its remark was recorded.
    pub annotated: bool,
}

impl PriorRecord {
    /// Reads the record; what cannot be read is as if it were not there.
    pub fn read(run: &RunDir) -> PriorRecord {
        let mut prior = PriorRecord {
            incarnation: run.read_status().ok().flatten().map_or(0, |s| s.incarnation),
            ..PriorRecord::default()
        };
        read_all::<Event>(&run.events())
            .into_iter()
            .for_each(|event| prior.add(event));
        let lines = last_lines::<Metric>(&run.metrics(), 1 << 16);
        prior.wall = lines.iter().map(|m| m.wall).fold(prior.wall, f64::max);
        prior
    }

    fn add(&mut self, event: Event) {
        self.wall = self.wall.max(event.wall);
        match event.what {
            EventKind::Started {
                incarnation,
                data,
                images,
                device,
                provenance,
                ..
            } => {
                self.incarnation = self.incarnation.max(incarnation);
                self.data = data.or(self.data.take());
                let before = self.provenance.data.take();
                self.provenance = Provenance::of_started(provenance.as_ref(), images.as_ref(), &device);
                self.provenance.data = self.provenance.data.take().or(before);
            }
            EventKind::RolledBack {
                times,
                command: Some(id),
                ..
            } => {
                self.accepted_rollbacks.insert(id);
                // Asked for: what was changed after the checkpoint is undone with the rest.
                self.rollbacks = times;
                self.received.retain(|r| r.step < event.step);
            }
            EventKind::RolledBack { times, .. } => self.rollbacks = self.rollbacks.max(times),
            EventKind::Received { command } => {
                self.received.retain(|r| r.command.id != command.id);
                self.received.push(Received {
                    step: event.step,
                    command,
                    changes: Vec::new(),
                    rejected: None,
                    annotated: false,
                });
            }
            EventKind::Applied { command, key, old, new } => {
                if let Some(r) = self.command(&command) {
                    r.changes.push((key, old, new));
                }
            }
            EventKind::Rejected { command, why } => {
                if let Some(r) = self.command(&command) {
                    r.rejected = Some(why);
                }
            }
            EventKind::Annotated { text: recorded } => {
                let same =
                    |r: &&mut Received| matches!(&r.command.order, Order::Annotate { text } if short(text) == recorded);
                if let Some(r) = self.received.iter_mut().rfind(same) {
                    r.annotated = true;
                }
            }
            _ => {}
        }
    }

    fn command(&mut self, id: &str) -> Option<&mut Received> {
        self.received.iter_mut().find(|r| r.command.id == id)
    }

    /// The commands that a run rolled back to `step` applies again, each at the step at which it arrived.
    pub fn to_replay(&self, step: u64) -> Vec<(u64, Command)> {
        let later = self
            .received
            .iter()
            .filter(|r| r.step >= step && is_lasting(&r.command.order));
        later.map(|r| (r.step, r.command.clone())).collect()
    }
}

/// Whether an order changes hyper-parameters, and with them every later step.
pub fn is_lasting(order: &Order) -> bool {
    matches!(order, Order::Set { .. } | Order::Ramp { .. } | Order::Undo { .. })
}

/// A remark as it is recorded: at most 2,000 characters.
pub fn short(remark: &str) -> String {
    remark.chars().take(2000).collect()
}
