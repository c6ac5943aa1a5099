//! Processor time and memory of this process and its threads, as reported by the kernel.

use crate::run::process::process_seconds;
use std::time::Instant;

/// Processor seconds and the clock from a moment on.
pub struct Meter {
    began: Instant,
    spent: f64,
}

impl Meter {
    /// From now on.
    pub fn start() -> Meter {
        Meter {
            began: Instant::now(),
            spent: process_seconds(),
        }
    }

    /// Share of one core since then, without so many seconds.
    pub fn share(&self, without: f64) -> f64 {
        (process_seconds() - self.spent - without).max(0.0) / self.began.elapsed().as_secs_f64().max(1e-9)
    }
}

/// The most memory that the process has had, in bytes; 0 where the kernel does not say.
pub fn peak_bytes() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok());
    kibibytes.unwrap_or(0) * 1024
}
