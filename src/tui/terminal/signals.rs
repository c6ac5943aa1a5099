//! The thread that receives signals and passes them to the loop: terminate, stop, continue, resize.

use super::reader::terminal_size;
use anyhow::{Context, Result};
use signal_hook::{
    consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH},
    iterator::Signals,
    low_level::emulate_default_handler,
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignalKind {
    /// The terminal has another size.
    Resized(u16, u16),
    /// Stop until continued (SIGTSTP).
    Stop,
    /// Continued after a stop of whatever kind.
    Continued,
    /// End.
    End,
}

/// The thread that receives signals, until it is closed.
pub struct SignalListener {
    handle: signal_hook::iterator::Handle,
    /// Whether SIGQUIT came: who sends it expects that the process dies of it.
    quit: Arc<AtomicBool>,
}

impl SignalListener {
    /// Starts it; `tell` receives each signal and returns whether to continue.
    ///
    /// # Errors
    /// When signals cannot be listened for.
    pub fn open(tell: impl Fn(SignalKind) -> bool + Send + 'static) -> Result<SignalListener> {
        let heard = [SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH];
        let mut signals = Signals::new(heard).context("listen for signals")?;
        let handle = signals.handle();
        let quit = Arc::new(AtomicBool::new(false));
        let seen = quit.clone();
        let listen = move || {
            for signal in signals.forever() {
                let kind = match (signal, terminal_size()) {
                    (SIGWINCH, Some((width, height))) => SignalKind::Resized(width, height),
                    (SIGWINCH, None) => continue,
                    (SIGTSTP, _) => SignalKind::Stop,
                    (SIGCONT, _) => SignalKind::Continued,
                    (SIGQUIT, _) => {
                        seen.store(true, Ordering::SeqCst);
                        SignalKind::End
                    }
                    _ => SignalKind::End,
                };
                if !tell(kind) {
                    return;
                }
            }
        };
        std::thread::Builder::new()
            .name("signals".into())
            .spawn(listen)
            .context("listen for signals")?;
        Ok(SignalListener { handle, quit })
    }

    /// Once the terminal is given back: dies of SIGQUIT, if that is why the screen ended.
    pub fn close(self) {
        self.handle.close();
        if self.quit.load(Ordering::SeqCst) {
            let _ = emulate_default_handler(SIGQUIT);
        }
    }
}
