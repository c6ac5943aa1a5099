//! The wall clock as the run's files write it: RFC 3339, UTC, always milliseconds, so that texts sort like times; and as
//! people are shown it, in their own time zone.

pub use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use std::sync::OnceLock;

/// The zone in which times are shown.
static ZONE: OnceLock<TimeZone> = OnceLock::new();

/// The present moment.
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// `2026-11-23T09:45:12.000Z`.
pub fn text(time: Timestamp) -> String {
    format!("{time:.3}")
}

/// The present moment, as written in files.
pub fn now_text() -> String {
    text(now())
}

/// Reads a time from a file; `None` where it is not one.
pub fn parse(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// The moment so many seconds after 1970 started; `None` where that is beyond what a calendar has.
pub fn at(seconds: f64) -> Option<Timestamp> {
    let milliseconds = (seconds * 1000.0).round();
    // What is no number becomes 0, what is too large the largest: neither is a time that anybody meant.
    let fits = milliseconds.is_finite().then_some(milliseconds as i64);
    fits.and_then(|ms| Timestamp::from_millisecond(ms).ok())
}

/// So many seconds later; `None` where that is beyond what a calendar has.
pub fn later(time: Timestamp, seconds: f64) -> Option<Timestamp> {
    at(time.as_millisecond() as f64 / 1000.0 + seconds)
}

/// Seconds from `earlier` to `later`; negative where the clocks disagree.
pub fn seconds_between(earlier: Timestamp, later: Timestamp) -> f64 {
    later.duration_since(earlier).as_secs_f64()
}

/// From now on times are shown in the zone of whoever started this process: that of `TZ`, else this machine's, else UTC.
pub fn show_local_time() {
    ZONE.get_or_init(TimeZone::system);
}

/// The zone in which times are shown; UTC until [`show_local_time`].
pub fn zone() -> TimeZone {
    ZONE.get().cloned().unwrap_or(TimeZone::UTC)
}

/// What people call the zone in which times are shown: `UTC`, `IST`, `Berlin time`.
pub fn zone_name() -> &'static str {
    static NAME: OnceLock<String> = OnceLock::new();
    NAME.get_or_init(|| name_of(&zone(), now()))
}

/// A time from a file as people are shown it, in a form of `strftime`; `None` where it is no time.
pub fn shown(text: &str, form: &str) -> Option<String> {
    shown_in(&zone(), text, form)
}

fn shown_in(zone: &TimeZone, text: &str, form: &str) -> Option<String> {
    Some(parse(text)?.to_zoned(zone.clone()).strftime(form).to_string())
}

/// A zone of summer and winter time is called by its place, because one abbreviation would be wrong of the other half's
/// times; one without a place by both.
fn name_of(zone: &TimeZone, now: Timestamp) -> String {
    const HALF_A_YEAR: f64 = 182.0 * 86_400.0;
    if zone.is_unknown() || *zone == TimeZone::UTC {
        return "UTC".into();
    }
    let abbreviation = |at| {
        let info = zone.to_offset_info(at);
        match info.abbreviation() {
            // Some zones have only numbers.
            sign if sign.starts_with(['+', '-']) => format!("UTC{}", distance(info.offset())),
            word => word.to_string(),
        }
    };
    let (here, there) = (now, later(now, HALF_A_YEAR).unwrap_or(now));
    if zone.to_offset(here) == zone.to_offset(there) {
        return abbreviation(here);
    }
    match zone.iana_name().and_then(|name| name.rsplit('/').next()) {
        Some(place) => format!("{} time", place.replace('_', " ")),
        None => format!("{}/{}", abbreviation(here), abbreviation(there)),
    }
}

/// `+05:45`.
fn distance(offset: Offset) -> String {
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By rules, so that no database is needed: Europe's summer time, and a zone of no name.
    fn zones() -> [TimeZone; 2] {
        ["CET-1CEST,M3.5.0,M10.5.0/3", "<+0545>-5:45"].map(|rule| TimeZone::posix(rule).unwrap())
    }

    #[test]
    fn times_are_shown_in_a_zone_that_is_named() {
        let [europe, nepal] = zones();
        let now = parse("2026-11-23T09:45:12Z").unwrap();
        let form = "%m-%d %H:%M";
        assert_eq!(
            shown_in(&europe, "2026-11-23T23:45:12.000Z", form).unwrap(),
            "11-24 00:45"
        );
        assert_eq!(shown_in(&europe, "2026-07-23T09:45:12Z", form).unwrap(), "07-23 11:45");
        assert_eq!(shown_in(&nepal, "2026-11-23T09:45:12Z", form).unwrap(), "11-23 15:30");
        assert_eq!(shown_in(&TimeZone::UTC, "soon", form), None);
        assert_eq!(name_of(&europe, now), "CET/CEST");
        assert_eq!(name_of(&nepal, now), "UTC+05:45");
        assert_eq!(
            (name_of(&TimeZone::UTC, now), name_of(&TimeZone::unknown(), now)),
            ("UTC".into(), "UTC".into())
        );
    }

    #[test]
    fn a_time_is_written_with_milliseconds_and_read_back() {
        let time = parse("2026-11-23T09:45:12Z").unwrap();
        assert_eq!(text(time), "2026-11-23T09:45:12.000Z");
        assert_eq!(parse(&text(time)), Some(time));
        assert_eq!(parse("yesterday"), None);
    }

    #[test]
    fn seconds_since_1970_are_times_where_a_calendar_has_them() {
        let time = parse("2026-11-23T09:45:12.5Z").unwrap();
        assert_eq!(at(1_795_427_112.5), Some(time));
        assert_eq!(later(time, 0.25).map(text).unwrap(), "2026-11-23T09:45:12.750Z");
        assert!([f64::NAN, f64::INFINITY, 1e300, -1e15].iter().all(|s| at(*s).is_none()));
    }

    #[test]
    fn seconds_may_be_negative() {
        let (a, b) = (
            parse("2026-11-23T09:45:12Z").unwrap(),
            parse("2026-11-23T09:45:10.5Z").unwrap(),
        );
        assert_eq!(seconds_between(a, b), -1.5);
    }
}
