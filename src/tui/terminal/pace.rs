//! When the next frame may be drawn: at once after a key, less often for news, and within a bandwidth budget if one is
//! set. Has no clock: every call passes the time.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// Between two frames at least.
pub const FRAME: Duration = Duration::from_millis(100);
/// Between two frames that nobody asked for: with the watcher's own pause, what is seen is about a second old at most,
/// on a local disk and without a budget.
pub const NEWS: Duration = Duration::from_millis(500);
/// News this soon after something was asked are the answer to it.
const ANSWER: Duration = Duration::from_secs(1);
/// Seconds of its budget that keys may use up in advance.
const DEBT: f64 = 2.0;
/// Over which the speed is averaged.
pub const WINDOW: Duration = Duration::from_secs(2);

/// Why a frame is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// The watcher read something.
    News,
    /// The user pressed a key.
    Key,
}

/// The transfer rate to the terminal, for the bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wire {
    /// Lately, rounded to hundreds.
    pub bytes_per_second: u64,
    /// At most, by `--max-kbps`.
    pub limit: Option<u64>,
    /// Interval between frames caused by news.
    pub interval: Duration,
}

/// When frames were drawn and what they cost.
#[derive(Debug)]
pub struct Pace {
    limit: Option<u64>,
    wanted: Option<Cause>,
    last: Option<Instant>,
    asked: Option<Instant>,
    /// Bytes that may be sent now; less than none is debt.
    purse: f64,
    filled: Option<Instant>,
    /// Bytes of the last frame that news caused.
    news_cost: u64,
    sent: VecDeque<(Instant, u64)>,
}

impl Pace {
    /// Nothing drawn yet, and the first frame wanted; `limit` in bytes per second.
    pub fn new(limit: Option<u64>) -> Pace {
        Pace {
            limit,
            wanted: Some(Cause::Key),
            last: None,
            asked: None,
            purse: limit.unwrap_or(0) as f64,
            filled: None,
            news_cost: 0,
            sent: VecDeque::new(),
        }
    }

    /// A frame is wanted.
    pub fn want(&mut self, cause: Cause) {
        self.wanted = self.wanted.max(Some(cause));
    }

    /// A request was sent to the watcher, and the user waits for the answer.
    pub fn asked(&mut self, now: Instant) {
        self.asked = Some(now);
    }

    /// How long the wanted frame has still to wait; `None` where none is wanted.
    pub fn wait(&self, now: Instant) -> Option<Duration> {
        let cause = self.wanted?;
        let since = |then: Option<Instant>| then.map_or(Duration::MAX, |t| now.saturating_duration_since(t));
        let answers = since(self.asked) < ANSWER;
        let pause = match cause {
            Cause::News if !answers => NEWS,
            _ => FRAME,
        };
        let pause = pause.saturating_sub(since(self.last));
        Some(match (cause, self.limit) {
            (Cause::News, Some(limit)) => pause.max(repaid(self.purse_at(now), limit)),
            _ => pause,
        })
    }

    /// The wanted frame was drawn and cost `bytes`.
    pub fn drew(&mut self, now: Instant, bytes: usize) {
        let bytes = bytes as u64;
        let cause = self.wanted.take();
        self.last = Some(now);
        self.sent.push_back((now, bytes));
        self.forget_before(now);
        if cause == Some(Cause::News) && bytes > 0 {
            self.news_cost = bytes;
        }
        let Some(limit) = self.limit else { return };
        let purse = self.purse_at(now);
        let after = purse - bytes as f64;
        self.filled = Some(now);
        // Keys are answered at once, and news follows soon after.
        self.purse = match cause {
            Some(Cause::News) => after,
            _ => after.max(purse.min(-DEBT * limit as f64)),
        };
    }

    /// The current transfer rate.
    pub fn wire(&mut self, now: Instant) -> Wire {
        self.forget_before(now);
        let bytes: u64 = self.sent.iter().map(|(_, bytes)| bytes).sum();
        let per_second = bytes as f64 / WINDOW.as_secs_f64();
        let between = self.limit.map_or(0.0, |l| self.news_cost as f64 / l as f64);
        Wire {
            bytes_per_second: (per_second / 100.0).round() as u64 * 100,
            limit: self.limit,
            interval: NEWS.max(Duration::from_secs_f64(between)),
        }
    }

    fn purse_at(&self, now: Instant) -> f64 {
        let limit = self.limit.unwrap_or(0) as f64;
        let since = self
            .filled
            .map_or(0.0, |t| now.saturating_duration_since(t).as_secs_f64());
        (self.purse + since * limit).min(limit)
    }

    fn forget_before(&mut self, now: Instant) {
        while self
            .sent
            .front()
            .is_some_and(|(t, _)| now.saturating_duration_since(*t) >= WINDOW)
        {
            self.sent.pop_front();
        }
    }
}

/// Until a debt is repaid.
fn repaid(purse: f64, limit: u64) -> Duration {
    Duration::from_secs_f64((-purse / limit.max(1) as f64).clamp(0.0, 3600.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    #[test]
    fn keys_are_answered_at_once_and_news_twice_a_second() {
        let start = Instant::now();
        let mut pace = Pace::new(None);
        assert_eq!(pace.wait(start), Some(ms(0)));
        pace.drew(start, 9000);
        assert_eq!(pace.wait(start), None, "nothing changed");
        pace.want(Cause::News);
        assert_eq!(pace.wait(start + ms(20)), Some(ms(480)));
        pace.want(Cause::Key);
        pace.want(Cause::News);
        assert_eq!(pace.wait(start + ms(20)), Some(ms(80)), "ten frames a second");
        assert_eq!(pace.wait(start + ms(300)), Some(ms(0)));
    }

    #[test]
    fn news_that_were_asked_for_come_as_soon_as_keys() {
        let start = Instant::now();
        let mut pace = Pace::new(None);
        pace.drew(start, 9000);
        pace.asked(start);
        pace.want(Cause::News);
        assert_eq!(pace.wait(start + ms(30)), Some(ms(70)));
        pace.drew(start + ms(1000), 10);
        pace.want(Cause::News);
        assert_eq!(pace.wait(start + ms(1000)), Some(ms(500)));
    }

    /// Draws as soon as allowed, for a minute; when the frames came.
    fn minute(pace: &mut Pace, cost: usize, cause: Cause) -> Vec<Duration> {
        let start = Instant::now();
        let mut frames = Vec::new();
        for at in (0..60_000).step_by(10).map(ms) {
            pace.want(cause);
            if pace.wait(start + at) == Some(ms(0)) {
                pace.drew(start + at, cost);
                frames.push(at);
            }
        }
        frames
    }

    #[test]
    fn a_budget_is_kept_to_by_drawing_less_often() {
        for (kilobytes, cost) in [(8, 1000), (8, 6000), (2, 9000), (1, 30_000)] {
            let limit = kilobytes * 1000;
            let mut pace = Pace::new(Some(limit));
            pace.wanted = None;
            let frames = minute(&mut pace, cost, Cause::News);
            let sent = (frames.len() * cost) as u64;
            assert!(sent <= limit * 61 + cost as u64, "{sent} bytes at {limit} B/s");
            let fastest = (60_000 / NEWS.as_millis() as u64) * cost as u64;
            assert!(
                sent >= (limit * 60).min(fastest) * 9 / 10,
                "{sent} bytes at {limit} B/s"
            );
        }
    }

    #[test]
    fn keys_go_into_debt_but_not_deeper_than_two_seconds() {
        let mut pace = Pace::new(Some(1000));
        let frames = minute(&mut pace, 5000, Cause::Key);
        assert_eq!(frames.len(), 600, "no key waits for the budget");
        let mut pace = Pace::new(Some(1000));
        let now = Instant::now();
        for _ in 0..9 {
            pace.want(Cause::Key);
            pace.drew(now, 5000);
        }
        pace.want(Cause::News);
        assert_eq!(pace.wait(now), Some(ms(2000)));
    }

    #[test]
    fn the_bar_gets_speed_and_interval() {
        let start = Instant::now();
        let mut pace = Pace::new(Some(2000));
        pace.drew(start, 0);
        pace.want(Cause::News);
        pace.drew(start, 3000);
        let wire = pace.wire(start + ms(1000));
        assert_eq!((wire.bytes_per_second, wire.interval), (1500, ms(1500)));
        assert_eq!(pace.wire(start + ms(2000)).bytes_per_second, 0);
        assert_eq!(Pace::new(None).wire(start).interval, NEWS);
    }
}
