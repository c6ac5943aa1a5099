//! Counting Ctrl-C, so that a first one can mean "save and stop" and a second one "now".

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// How often Ctrl-C was pressed. SIGHUP and SIGTERM keep their meaning: the follower goes, the run stays.
#[derive(Debug, Clone, Default)]
pub struct Interrupts {
    count: Arc<AtomicUsize>,
}

impl Interrupts {
    /// Takes Ctrl-C over from the system, for the rest of the process.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn take_over() -> std::io::Result<Interrupts> {
        let count = Arc::new(AtomicUsize::new(0));
        let mut signals = signal_hook::iterator::Signals::new([signal_hook::consts::SIGINT])?;
        let counter = Arc::clone(&count);
        std::thread::Builder::new().name("interrupts".into()).spawn(move || {
            for _ in signals.forever() {
                counter.fetch_add(1, Ordering::SeqCst);
            }
        })?;
        Ok(Interrupts { count })
    }

    /// So often until now.
    pub fn count(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }

    /// As if Ctrl-C had been pressed: signals would reach every test of the process.
    #[cfg(test)]
    pub fn press(&self) {
        self.count.fetch_add(1, Ordering::SeqCst);
    }
}
