//! Counting Ctrl-C, so that a first one can mean "save and stop" and a second one "now".
//!
//! In a scheduler's job its warnings mean "save and stop" too: the job's processes, the worker among them, are ended soon
//! after. Elsewhere SIGTERM ends the follower and leaves the run alone.

use signal_hook::consts::{SIGALRM, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGXCPU};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// How schedulers warn.
const WARNINGS: [i32; 6] = [SIGTERM, SIGUSR1, SIGUSR2, SIGXCPU, SIGALRM, SIGQUIT];

/// Environment variables by which schedulers name the job that a process belongs to.
const JOB: [&str; 5] = ["SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID", "FLUX_JOB_ID", "OAR_JOB_ID"];

/// How often Ctrl-C was pressed. SIGHUP keeps its meaning: the follower goes, the run stays.
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
        let mut heard = vec![SIGINT];
        if JOB.iter().any(|name| std::env::var_os(name).is_some()) {
            heard.extend(WARNINGS);
        }
        let mut signals = signal_hook::iterator::Signals::new(heard)?;
        let counter = Arc::clone(&count);
        std::thread::Builder::new().name("interrupts".into()).spawn(move || {
            for signal in signals.forever() {
                match signal {
                    SIGINT => counter.fetch_add(1, Ordering::SeqCst),
                    // However often it warns: only a person is impatient.
                    _ => counter.fetch_max(1, Ordering::SeqCst),
                };
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
