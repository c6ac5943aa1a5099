//! A recording in a few numbers, gathered while its events pass by.

use serde::Serialize;

use super::Event;

/// An event as scripts read it: `[t, x, y, p]`, p being 1 for on.
pub type Row = (u64, u16, u16, u8);

/// How many of the first events are kept.
const FIRST: usize = 3;

/// Counts, ranges, and the events at both ends. Ranges are `None` where there is no event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// All polarity events.
    pub events: u64,
    /// Those of them that are on.
    pub on_events: u64,
    /// Time of the first event in the file's order, in microseconds.
    pub t_first: Option<u64>,
    /// Time of the last event in the file's order.
    pub t_last: Option<u64>,
    /// Earliest time.
    pub t_min: Option<u64>,
    /// Latest time.
    pub t_max: Option<u64>,
    /// Leftmost column.
    pub x_min: Option<u16>,
    /// Rightmost column.
    pub x_max: Option<u16>,
    /// Topmost row.
    pub y_min: Option<u16>,
    /// Bottommost row.
    pub y_max: Option<u16>,
    /// How many events are earlier than the one before them in the file.
    pub time_goes_back: u64,
    /// The first events, three at most.
    pub first: Vec<Row>,
    /// The last event.
    pub last: Option<Row>,
}

impl Summary {
    /// Take one more event into account.
    pub fn add(&mut self, event: Event) {
        let Event { t, x, y, on } = event;
        let row = (t, x, y, u8::from(on));
        self.events += 1;
        self.on_events += u64::from(on);
        self.time_goes_back += u64::from(self.t_last.is_some_and(|last| t < last));
        self.t_first.get_or_insert(t);
        self.t_min = Some(self.t_min.map_or(t, |least| least.min(t)));
        self.t_max = Some(self.t_max.map_or(t, |most| most.max(t)));
        self.t_last = Some(t);
        self.x_min = Some(self.x_min.map_or(x, |least| least.min(x)));
        self.x_max = Some(self.x_max.map_or(x, |most| most.max(x)));
        self.y_min = Some(self.y_min.map_or(y, |least| least.min(y)));
        self.y_max = Some(self.y_max.map_or(y, |most| most.max(y)));
        if self.first.len() < FIRST {
            self.first.push(row);
        }
        self.last = Some(row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_is_summed_up_as_the_scripts_expect() {
        let mut summary = Summary::default();
        for (t, x, on) in [(5, 3, true), (9, 1, false), (7, 9, true), (8, 4, true)] {
            summary.add(Event { t, x, y: 2, on });
        }
        let json = serde_json::to_value(&summary).unwrap();
        let expected = serde_json::json!({
            "events": 4, "on_events": 3, "t_first": 5, "t_last": 8, "t_min": 5, "t_max": 9, "x_min": 1, "x_max": 9, "y_min": 2, "y_max": 2,
            "time_goes_back": 1, "first": [[5, 3, 2, 1], [9, 1, 2, 0], [7, 9, 2, 1]], "last": [8, 4, 2, 1],
        });
        assert_eq!(json, expected);
    }
}
