//! Takes over the terminal and restores it whatever happens: on return, error, panic, signals, and while it accepts no
//! output.

use super::writer::{self, Writer};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use rustix::{
    process::{Signal, getpgrp, getpid, getppid, getsid, kill_current_process_group, kill_process},
    termios::{QueueSelector, tcflush},
};
use std::{
    io::{self, Write, stdout},
    sync::{
        Once,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// The other screen, pasted text marked as such, no cursor.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?2004h\x1b[?25l";
/// Buttons, and movement while one is held, in numbers of any size. All movement (1003) would be too much.
const MOUSE: &[u8] = b"\x1b[?1000h\x1b[?1002h\x1b[?1006h";
/// Everything off again that one of us may have switched on.
/// The mouse twice: some terminals keep its modes for each of their two screens.
const LEAVE: &[u8] = b"\x1b[?2026l\x1b[0m\x1b[?1006l\x1b[?1002l\x1b[?1000l\x1b[?2004l\x1b[?1049l\
    \x1b[?1006l\x1b[?1003l\x1b[?1002l\x1b[?1000l\x1b[?25h";
/// Ends half an escape sequence.
const CANCEL: &[u8] = b"\x18";
/// How long a frame may take to be written out before it is given up, when we leave.
const LAST_FRAME: Duration = Duration::from_millis(300);

/// Whether the terminal is ours now, so that a panic gives back only what was taken.
static TAKEN: AtomicBool = AtomicBool::new(false);
/// Whether a thread of ours panicked while it was.
static PANICKED: AtomicBool = AtomicBool::new(false);

/// The terminal while it is ours.
pub struct Screen {
    mouse: bool,
    writer: Writer,
}

impl Screen {
    /// Takes the terminal over, with its mouse where `mouse`. `written` gets the outcome of each frame.
    ///
    /// # Errors
    /// When standard output is no terminal, or cannot be set up.
    pub fn take(mouse: bool, written: impl Fn(io::Result<()>) + Send + 'static) -> io::Result<Screen> {
        install_panic_hook();
        let writer = Writer::start(written)?;
        let screen = Screen { mouse, writer };
        enter(mouse)?;
        Ok(screen)
    }

    /// Submits a frame to the writer; returns at once.
    pub fn send(&mut self, frame: Vec<u8>) {
        self.writer.write(frame);
    }

    /// Asks the whole job to stop, as Ctrl-Z does; whether there is a shell that could continue it.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn suspend(&mut self) -> io::Result<bool> {
        // Of an orphaned process group nobody would ever continue us; and a terminal that takes nothing has no shell to
        // go to.
        if !has_shell() || !writer::wait(LAST_FRAME) {
            return Ok(false);
        }
        // To the whole pipeline, as a terminal in its usual mode does; our own copy comes back as a signal.
        kill_current_process_group(Signal::TSTP)?;
        Ok(true)
    }

    /// Gives the terminal back and stops this process.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn stop(&mut self) -> io::Result<()> {
        leave();
        kill_process(getpid(), Signal::STOP)?;
        Ok(())
    }

    /// Takes the terminal over again, whatever happened to it meanwhile.
    ///
    /// # Errors
    /// When it cannot be taken over.
    pub fn take_again(&mut self) -> io::Result<()> {
        // What crossterm remembers of the modes is from before: a shell may have set others since.
        let _ = disable_raw_mode();
        enter(self.mouse)
    }

    /// Whether a panic on another thread gave the terminal back.
    pub fn was_lost() -> bool {
        PANICKED.load(Ordering::SeqCst)
    }
}

/// Whether a shell with job control can continue this process.
fn has_shell() -> bool {
    let (Some(parent), Ok(session)) = (getppid(), getsid(None)) else {
        return false;
    };
    // The process group of a session leader is not a shell's job.
    getsid(Some(parent)).is_ok_and(|s| s == session) && getpgrp() != session
}

impl Drop for Screen {
    fn drop(&mut self) {
        leave();
    }
}

fn enter(mouse: bool) -> io::Result<()> {
    enable_raw_mode()?;
    writer::go_on();
    TAKEN.store(true, Ordering::SeqCst);
    let mut out = stdout().lock();
    out.write_all(ENTER)?;
    if mouse {
        out.write_all(MOUSE)?;
    }
    out.flush()
}

/// Gives back what was taken; each part even if another fails, because the terminal may be gone or take nothing.
fn leave() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let whole = writer::wait(LAST_FRAME);
    // A frame handed over after this is dropped: on a panic the loop does not know yet.
    writer::drop_frames();
    if whole && writer::wait(LAST_FRAME) {
        writer::write_now(LEAVE, LAST_FRAME);
    } else {
        // The rest of the frame in the system's buffer is discarded too, to leave room for the restoring sequences.
        let _ = tcflush(stdout(), QueueSelector::OFlush);
        writer::wait(LAST_FRAME);
        writer::write_now(&[CANCEL, LEAVE].concat(), LAST_FRAME);
    }
    let _ = disable_raw_mode();
}

fn install_panic_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let was_ours = TAKEN.load(Ordering::SeqCst);
            leave();
            before(panic);
            if was_ours && !PANICKED.swap(true, Ordering::SeqCst) {
                // Without one of its threads the screen would freeze.
                let _ = kill_process(getpid(), Signal::TERM);
            }
        }));
    });
}
