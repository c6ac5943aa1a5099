//! Waiting for a fault of the disk that may pass: the worker retries, says so in its status, and continues when the fault is
//! over. A run that took a day must not end because a disk was full for a minute.

use super::signals::Signals;
use crate::run::RunError;
use std::time::{Duration, Instant};

/// How long a record that cannot be written is waited for before the worker fails.
pub const MAX_WAIT: Duration = Duration::from_secs(15 * 60);
/// Between two attempts.
const PAUSE: Duration = Duration::from_secs(1);
/// Between two looks for a signal.
const NAP: Duration = Duration::from_millis(50);

/// One fault being waited out.
#[derive(Debug)]
pub struct Retry {
    started: Instant,
    signals: Signals,
}

impl Retry {
    /// Begins to wait.
    pub fn new(signals: &Signals) -> Retry {
        Retry {
            started: Instant::now(),
            signals: signals.clone(),
        }
    }

    /// Waits a moment for this fault to pass; `false` when it is not worth waiting (any longer): it cannot pass, it lasts
    /// too long, or a signal asks for the end.
    pub fn may_retry(&self, fault: &RunError) -> bool {
        let until = Instant::now() + PAUSE;
        while Instant::now() < until {
            if !fault.may_pass() || self.signals.stop().is_some() || self.started.elapsed() > MAX_WAIT {
                return false;
            }
            std::thread::sleep(NAP);
        }
        true
    }

    /// Seconds waited.
    pub fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{io, path::Path};

    #[test]
    fn only_what_may_pass_is_waited_for() {
        let fault = |kind: io::ErrorKind| RunError::io(Path::new("/run/metrics.jsonl"), "append a line")(kind.into());
        let wait = Retry::new(&Signals::default());
        assert!(wait.may_retry(&fault(io::ErrorKind::StorageFull)));
        assert!(!wait.may_retry(&fault(io::ErrorKind::FileTooLarge)));
        assert!(!wait.may_retry(&RunError::refused(Path::new("/run/lock"), "is a link")));
    }
}
