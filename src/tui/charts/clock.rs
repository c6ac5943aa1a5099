//! Converts a run's own clock to date and time. Every event records both, so the moments in between are known too, even
//! where a run paused for a day between two workers. Pure.

use crate::run::{clock, event::EventKind, history::History};

/// Where each worker's clock stands against the calendar.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    /// The run's clock at the beginning of a worker, ascending, and what is to be added to it.
    offsets: Vec<(f64, f64)>,
}

impl Calendar {
    /// Reads the marks that a worker leaves when it begins; `created` is when the run was made, for one that left none.
    pub fn of(history: &History, created: Option<&str>) -> Calendar {
        let begins = history.marks().iter().filter(|m| {
            matches!(
                m.kind,
                EventKind::Started { .. } | EventKind::Resumed { .. } | EventKind::RolledBack { .. }
            )
        });
        let mut offsets: Vec<(f64, f64)> = Vec::new();
        for mark in begins {
            let Some(time) = since_epoch(&mark.time).filter(|_| mark.wall.is_finite()) else {
                continue;
            };
            // A clock that goes backwards would make the curve overlap itself.
            let ahead = offsets
                .last()
                .is_none_or(|(wall, offset)| mark.wall >= *wall && time - mark.wall >= *offset);
            if ahead {
                offsets.push((mark.wall, time - mark.wall));
            }
        }
        if offsets.is_empty() {
            offsets.extend(created.and_then(since_epoch).map(|time| (0.0, time)));
        }
        Calendar { offsets }
    }

    /// Seconds since 1970 at this many seconds of the run's clock; none for a run of which nothing is known yet.
    pub fn at(&self, wall: f64) -> Option<f64> {
        let after = self.offsets.partition_point(|(from, _)| *from <= wall);
        let (_, offset) = self.offsets.get(after.saturating_sub(1))?;
        Some(wall + offset)
    }
}

fn since_epoch(text: &str) -> Option<f64> {
    clock::parse(text).map(|t| t.as_millisecond() as f64 / 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::event::{Event, EventKind};

    fn started(history: &mut History, wall: f64, time: &str) {
        history.apply_event(&Event {
            time: time.into(),
            step: 0,
            wall,
            what: EventKind::Started {
                incarnation: 1,
                device: String::new(),
                total_steps: 10,
                steps_per_epoch: 10,
                data: None,
                images: None,
                provenance: None,
            },
        });
    }

    #[test]
    fn the_night_between_two_workers_is_on_the_calendar_and_not_on_the_runs_clock() {
        let mut history = History::default();
        started(&mut history, 0.0, "1970-01-01T10:00:00Z");
        started(&mut history, 60.0, "1970-01-02T10:00:00Z");
        let calendar = Calendar::of(&history, None);
        assert_eq!(calendar.at(59.0), Some(36_059.0));
        assert_eq!(calendar.at(61.0), Some(36_001.0 + 86_400.0));
    }

    #[test]
    fn a_run_without_events_begins_when_it_was_made() {
        let calendar = Calendar::of(&History::default(), Some("1970-01-01T00:01:00Z"));
        assert_eq!(calendar.at(5.0), Some(65.0));
        assert_eq!(Calendar::of(&History::default(), Some("soon")).at(5.0), None);
    }
}
