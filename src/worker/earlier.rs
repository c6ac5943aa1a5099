//! What earlier incarnations of a run left in its record, for the next one to go on from.

use crate::run::{
    RunDir,
    command::{Command, Order},
    event::{Event, Happening},
    journal::{last_lines, read_all},
    metric::Metric,
};
use std::collections::BTreeSet;

/// What earlier incarnations left in the record.
pub struct Earlier {
    /// The latest incarnation; 0 for none.
    pub incarnation: u32,
    /// Seconds on the run's own clock when it ended.
    pub wall: f64,
    /// How often they have gone back because the numbers diverged.
    pub rollbacks: u32,
    /// Commands received, with the step at which they were.
    pub received: Vec<(u64, Command)>,
    /// Commands to go back that were granted.
    pub granted: BTreeSet<String>,
}

impl Earlier {
    /// Reads the record; what cannot be read is as if it were not there.
    pub fn read(run: &RunDir) -> Earlier {
        let mut incarnation = run.read_status().ok().flatten().map_or(0, |s| s.incarnation);
        let mut wall: f64 = 0.0;
        let mut rollbacks = 0;
        let mut received: Vec<(u64, Command)> = Vec::new();
        let mut granted = BTreeSet::new();
        for event in read_all::<Event>(&run.events()) {
            wall = wall.max(event.wall);
            match event.what {
                Happening::Started { incarnation: i, .. } => incarnation = incarnation.max(i),
                Happening::RolledBack {
                    times,
                    command: Some(id),
                    ..
                } => {
                    granted.insert(id);
                    // Asked for: what was changed after the checkpoint is taken back with the rest.
                    rollbacks = times;
                    received.retain(|(step, _)| *step < event.step);
                }
                Happening::RolledBack { times, .. } => rollbacks = rollbacks.max(times),
                Happening::Received { command } => {
                    received.retain(|(_, c)| c.id != command.id);
                    received.push((event.step, command));
                }
                _ => {}
            }
        }
        let lines = last_lines::<Metric>(&run.metrics(), 1 << 16);
        let wall = lines.iter().map(|m| m.wall).fold(wall, f64::max);
        Earlier {
            incarnation,
            wall,
            rollbacks,
            received,
            granted,
        }
    }

    /// The commands that a run which goes back to `step` obeys again, each at the step at which it arrived.
    pub fn again(&self, step: u64) -> Vec<(u64, Command)> {
        let lasting = |c: &Command| matches!(c.order, Order::Set { .. } | Order::Ramp { .. } | Order::Undo { .. });
        let later = self.received.iter().filter(|(s, c)| *s >= step && lasting(c));
        later.cloned().collect()
    }
}
