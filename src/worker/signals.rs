//! Signals of a worker. A scheduler warns in many ways (SLURM with USR1, submitit with USR2, batch systems with XCPU, TERM
//! twice within a second): each of them asks for a save, none ends the process before it has saved.
//!
//! Only a second SIGINT ends it at once: that is a person at a keyboard. SIGKILL, SIGSTOP and what the processor raises
//! (SEGV, ILL, FPE, BUS, ABRT) cannot or must not be caught.

use signal_hook::consts::{
    SIGALRM, SIGHUP, SIGINT, SIGIO, SIGPIPE, SIGPROF, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGVTALRM, SIGXCPU, SIGXFSZ,
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

/// Signals that ask for "save and stop", with their names.
const STOP: &[(i32, &str)] = &[
    (SIGINT, "SIGINT"),
    (SIGTERM, "SIGTERM"),
    (SIGUSR1, "SIGUSR1"),
    (SIGXCPU, "SIGXCPU"),
    (SIGALRM, "SIGALRM"),
    (SIGQUIT, "SIGQUIT"),
    (SIGVTALRM, "SIGVTALRM"),
    (SIGPROF, "SIGPROF"),
    (SIGIO, "SIGIO"),
    #[cfg(target_os = "linux")]
    (30, "SIGPWR"),
    #[cfg(target_os = "linux")]
    (16, "SIGSTKFLT"),
];

/// Signals that mean nothing to a worker: a closed terminal, a closed pipe, and a file beyond the size limit, which the
/// write itself reports.
const IGNORED: &[i32] = &[SIGHUP, SIGPIPE, SIGXFSZ];

/// The real-time signals that programs may use; the C library keeps 32 and 33 to itself.
#[cfg(target_os = "linux")]
const REAL_TIME: std::ops::RangeInclusive<i32> = 34..=64;
#[cfg(not(target_os = "linux"))]
const REAL_TIME: std::ops::Range<i32> = 0..0;

/// What was asked for by signal.
#[derive(Debug, Clone, Default)]
pub struct Signals {
    /// The number of the latest signal that asked for a stop; 0 for none.
    stop: Arc<AtomicUsize>,
    save: Arc<AtomicBool>,
}

impl Signals {
    /// Installs the handlers for the whole process.
    ///
    /// # Errors
    /// When the system refuses one that it must not refuse.
    pub fn install() -> std::io::Result<Signals> {
        let signals = Signals::default();
        let interrupted = Arc::new(AtomicBool::new(false));
        // First the conditional exit, then the flag: the first SIGINT finds the flag down.
        signal_hook::flag::register_conditional_shutdown(SIGINT, 130, Arc::clone(&interrupted))?;
        signal_hook::flag::register(SIGINT, interrupted)?;
        for (signal, _) in STOP {
            signals.stops_at(*signal)?;
        }
        for signal in REAL_TIME {
            // Some systems have fewer of them.
            let _ = signals.stops_at(signal);
        }
        signal_hook::flag::register(SIGUSR2, Arc::clone(&signals.save))?;
        for signal in IGNORED {
            signal_hook::flag::register(*signal, Arc::new(AtomicBool::new(false)))?;
        }
        Ok(signals)
    }

    fn stops_at(&self, signal: i32) -> std::io::Result<()> {
        let number = usize::try_from(signal).unwrap_or_default();
        signal_hook::flag::register_usize(signal, Arc::clone(&self.stop), number).map(drop)
    }

    /// The signal that asked for a stop, if one did.
    pub fn stop(&self) -> Option<String> {
        match self.stop.load(Ordering::Relaxed) {
            0 => None,
            number => Some(name(number)),
        }
    }

    /// Whether SIGUSR2 asked for a checkpoint since the last call.
    pub fn take_save(&self) -> bool {
        self.save.swap(false, Ordering::Relaxed)
    }
}

fn name(number: usize) -> String {
    let known = STOP.iter().find(|(n, _)| usize::try_from(*n) == Ok(number));
    known.map_or_else(|| format!("signal {number}"), |(_, name)| (*name).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_warning_of_a_scheduler_has_a_name() {
        assert_eq!(name(10), "SIGUSR1");
        assert_eq!(name(40), "signal 40");
        assert!(STOP.iter().all(|(n, _)| !IGNORED.contains(n)));
    }

    #[test]
    fn nothing_was_asked_for_at_first() {
        let signals = Signals::default();
        assert_eq!(signals.stop(), None);
        signals.save.store(true, Ordering::Relaxed);
        assert!(signals.take_save() && !signals.take_save());
        signals.stop.store(15, Ordering::Relaxed);
        assert_eq!(signals.stop().as_deref(), Some("SIGTERM"));
    }
}
