//! Signals, heard by a thread of their own and passed on to the loop: to end, to stop and to go on, another size.

use super::reader::terminal_size;
use crate::tui::event_loop::{Bell, Wake};
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

/// The thread that hears signals, until it is closed.
pub struct Ears {
    handle: signal_hook::iterator::Handle,
    /// Whether SIGQUIT came: who sends it expects that the process dies of it.
    quit: Arc<AtomicBool>,
}

impl Ears {
    /// Starts it; what it hears rings the bell.
    ///
    /// # Errors
    /// When signals cannot be listened for.
    pub fn open(bell: &Bell) -> Result<Ears> {
        let heard = [SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH];
        let mut signals = Signals::new(heard).context("listen for signals")?;
        let (handle, bell) = (signals.handle(), bell.clone());
        let quit = Arc::new(AtomicBool::new(false));
        let seen = quit.clone();
        let listen = move || {
            for signal in signals.forever() {
                let wake = match (signal, terminal_size()) {
                    (SIGWINCH, Some((width, height))) => Wake::Resized(width, height),
                    (SIGWINCH, None) => continue,
                    (SIGTSTP, _) => Wake::Stop,
                    (SIGCONT, _) => Wake::Continued,
                    (SIGQUIT, _) => {
                        seen.store(true, Ordering::SeqCst);
                        Wake::End
                    }
                    _ => Wake::End,
                };
                if bell.send(wake).is_err() {
                    return;
                }
            }
        };
        std::thread::Builder::new()
            .name("signals".into())
            .spawn(listen)
            .context("listen for signals")?;
        Ok(Ears { handle, quit })
    }

    /// Once the terminal is given back: dies of SIGQUIT, if that is why the screen ended.
    pub fn close(self) {
        self.handle.close();
        if self.quit.load(Ordering::SeqCst) {
            let _ = emulate_default_handler(SIGQUIT);
        }
    }
}
