//! The wall clock as the run's files write it: RFC 3339, UTC, always milliseconds, so that texts sort like times.

pub use jiff::Timestamp;

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

/// The moment so many seconds after 1970 began; `None` where that is beyond what a calendar has.
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

#[cfg(test)]
mod tests {
    use super::*;

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
