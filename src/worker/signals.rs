//! Signals: SIGINT and SIGTERM ask for a graceful stop, once each counted; SIGHUP, a lost terminal, is ignored.

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Whether a stop was asked for by signal.
#[derive(Clone, Default)]
pub struct Signals {
    interrupt: Arc<AtomicBool>,
    terminate: Arc<AtomicBool>,
}

impl Signals {
    /// Installs the handlers. A second SIGINT or SIGTERM ends the process at once.
    pub fn install() -> std::io::Result<Signals> {
        let signals = Signals::default();
        for (signal, flag) in [(SIGINT, &signals.interrupt), (SIGTERM, &signals.terminate)] {
            // First the conditional exit, then the flag: the first signal finds the flag down.
            signal_hook::flag::register_conditional_shutdown(signal, 130, Arc::clone(flag))?;
            signal_hook::flag::register(signal, Arc::clone(flag))?;
        }
        signal_hook::flag::register(SIGHUP, Arc::new(AtomicBool::new(false)))?;
        Ok(signals)
    }

    /// The signal that asked for a stop, if one did.
    pub fn stop(&self) -> Option<&'static str> {
        match (
            self.interrupt.load(Ordering::Relaxed),
            self.terminate.load(Ordering::Relaxed),
        ) {
            (true, _) => Some("SIGINT"),
            (_, true) => Some("SIGTERM"),
            _ => None,
        }
    }
}
