//! Round times and dates in the display time zone, for an axis in seconds since the epoch.

use super::{axis::Axis, tick::Tick};
use crate::run::clock::zone;
use jiff::{Timestamp, tz::TimeZone};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Seconds between labels that divide a day.
const STEPS: [i64; 18] = [
    1,
    2,
    5,
    10,
    15,
    30,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
];

/// Beyond this the calendar ends (the year 9999).
const LAST: f64 = 2.5e11;

/// A span in which a day and a month name one day.
const YEAR: f64 = 300.0 * DAY as f64;

/// At most `most` round times, ascending; none where they would be less than a second apart or off the calendar.
pub fn ticks(axis: &Axis, most: usize) -> Vec<Tick> {
    ticks_in(axis, most, &zone())
}

fn ticks_in(axis: &Axis, most: usize, zone: &TimeZone) -> Vec<Tick> {
    let (low, high) = (axis.low(), axis.high());
    // The calendar begins as far before the epoch, in part.
    if low < -LAST || high > LAST {
        return Vec::new();
    }
    let many_days = (0..7).flat_map(|e| [2, 5, 10].map(|n| n * 10i64.pow(e) * DAY));
    let Some(ahead) = ahead(low, zone) else {
        return Vec::new();
    };
    for step in STEPS.into_iter().chain(many_days) {
        // Round is what a clock in the zone shows. Where it is put on or back in between, one step may be left out.
        let (first, last) = (
            ((low + ahead) / step as f64).ceil(),
            ((high + ahead) / step as f64).floor(),
        );
        if last - first < most as f64 {
            let times = (first as i64..=last as i64).map(|n| n * step);
            let tick = |civil: i64| {
                let time = instant(civil, zone)?;
                Some(Tick {
                    value: time as f64,
                    label: label(time, step, high - low, zone)?,
                })
            };
            let mut ticks: Vec<Tick> = times.filter_map(tick).collect();
            ticks.retain(|t| axis.share(t.value).is_some());
            ticks.dedup_by(|a, b| a.value <= b.value);
            return ticks;
        }
    }
    Vec::new()
}

/// Seconds that a clock in the zone is ahead of UTC then.
fn ahead(time: f64, zone: &TimeZone) -> Option<f64> {
    let then = Timestamp::from_second(time as i64).ok()?;
    Some(f64::from(zone.to_offset(then).seconds()))
}

/// Seconds since the epoch when a clock in the zone shows what one in UTC shows so many seconds after the epoch.
fn instant(civil: i64, zone: &TimeZone) -> Option<i64> {
    let shown = Timestamp::from_second(civil).ok()?.to_zoned(TimeZone::UTC).datetime();
    Some(shown.to_zoned(zone.clone()).ok()?.timestamp().as_second())
}

/// The time of day to the minute or second as the steps ask; midnight is written as its date.
fn label(time: i64, step: i64, span: f64, zone: &TimeZone) -> Option<String> {
    let zoned = Timestamp::from_second(time).ok()?.to_zoned(zone.clone());
    let is_midnight = zoned.hour() == 0 && zoned.minute() == 0 && zoned.second() == 0;
    let format = match (is_midnight, step) {
        (true, _) if span > YEAR => "%Y-%m-%d",
        (true, _) => "%-d %b",
        (_, ..MINUTE) => "%H:%M:%S",
        _ => "%H:%M",
    };
    Some(zoned.strftime(format).to_string())
}

/// A moment to the second, with its day: `24 Nov 14:05:30`.
pub fn moment(x: f64) -> String {
    let zoned = Timestamp::from_second(x as i64).map(|t| t.to_zoned(zone()));
    zoned.map_or_else(|_| String::new(), |z| z.strftime("%-d %b %H:%M:%S").to_string())
}

/// The time a label says, of those in the day or year that `near` lies in.
#[cfg(test)]
pub fn read(label: &str, near: f64) -> Option<f64> {
    use jiff::civil::{Date, DateTime, Time};
    let there = Timestamp::from_second(near as i64).ok()?.to_zoned(TimeZone::UTC);
    let time = Time::strptime("%H:%M:%S", label).or_else(|_| Time::strptime("%H:%M", label));
    let civil: DateTime = match time {
        Ok(time) => there.date().to_datetime(time),
        Err(_) => {
            let dated = format!("{label} {}", there.year());
            let date = Date::strptime("%Y-%m-%d", label).or_else(|_| Date::strptime("%d %b %Y", &dated));
            date.ok()?.to_datetime(Time::midnight())
        }
    };
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::plot::axis::Scale;
    use proptest::prelude::*;

    /// 24 November 2026, 14:00 UTC.
    const AFTERNOON: f64 = 1_795_528_800.0;

    fn labels(from: f64, span: f64, most: usize) -> Vec<String> {
        let axis = Axis::new(Scale::Clock, from, from + span);
        ticks(&axis, most).into_iter().map(|t| t.label).collect()
    }

    #[test]
    fn times_are_as_a_clock_shows_them() {
        assert_eq!(
            labels(AFTERNOON, 1200.0, 5),
            ["14:00", "14:05", "14:10", "14:15", "14:20"]
        );
        assert_eq!(labels(AFTERNOON + 290.0, 60.0, 3), ["14:05:00", "14:05:30"]);
        assert_eq!(labels(AFTERNOON, 86_400.0, 5), ["18:00", "25 Nov", "06:00", "12:00"]);
        let year = labels(AFTERNOON, 3.2e7, 4);
        assert!(year.iter().all(|l| l.len() == 10 && l.starts_with("202")), "{year:?}");
    }

    #[test]
    fn in_another_zone_round_is_what_its_clock_shows() {
        let zone = TimeZone::posix("<+0545>-5:45").unwrap();
        let axis = Axis::new(Scale::Clock, AFTERNOON, AFTERNOON + 86_400.0);
        let ticks = ticks_in(&axis, 5, &zone);
        let labels: Vec<&str> = ticks.iter().map(|t| t.label.as_str()).collect();
        assert_eq!(labels, ["25 Nov", "06:00", "12:00", "18:00"]);
        assert_eq!(ticks[0].value, AFTERNOON + 4.25 * 3600.0);
        // The night in which an hour is shown twice: labels never stand in the wrong order.
        let europe = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        let night = 1_792_882_800.0;
        let axis = Axis::new(Scale::Clock, night, night + 8.0 * 3600.0);
        let ticks = ticks_in(&axis, 12, &europe);
        assert!(ticks.len() > 5 && ticks.windows(2).all(|t| t[0].value < t[1].value));
    }

    proptest! {
        #[test]
        fn every_label_says_its_time_and_stands_in_its_cell(
            from in -1e9..1e10f64, span in prop_oneof![0.1..100.0f64, 1.0..1e5f64, 1.0..1e9f64], most in 1usize..15,
            cells in 1usize..300,
        ) {
            let axis = Axis::new(Scale::Clock, from, from + span);
            let ticks = ticks(&axis, most);
            prop_assert!(ticks.len() <= most);
            let mut before = None;
            for tick in &ticks {
                prop_assert_eq!(read(&tick.label, tick.value), Some(tick.value), "{}", &tick.label);
                let cell = axis.place(tick.value, cells);
                prop_assert!(cell.is_some() && before <= cell);
                before = cell;
            }
        }
    }
}
