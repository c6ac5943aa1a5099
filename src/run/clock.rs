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
    fn seconds_may_be_negative() {
        let (a, b) = (
            parse("2026-11-23T09:45:12Z").unwrap(),
            parse("2026-11-23T09:45:10.5Z").unwrap(),
        );
        assert_eq!(seconds_between(a, b), -1.5);
    }
}
