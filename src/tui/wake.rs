//! What the loop waits for, the way to it, and where frames go.

use crate::tui::{
    state::app::{App, Message},
    terminal::{reader::terminal_size, screen::Screen, signals::SignalKind, writer},
};
use std::{
    io,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
};

/// Messages on their way at most: a watcher that reads faster than we take in waits, instead of filling the memory.
pub const UNDERWAY: usize = 16;

/// Where frames go.
pub trait Sink {
    /// Hands over a frame that shows this state; returns at once. [`Wake::Written`] follows.
    fn send(&mut self, frame: Vec<u8>, shown: &App);
    /// Columns and rows now, where it has a say in them.
    fn size(&self) -> Option<(u16, u16)>;
    /// Whether the last frame is still on its way.
    fn is_busy(&self) -> bool;
    /// Asks the whole job to stop, as Ctrl-Z does; whether there is a shell that could continue it. [`Wake::Stop`]
    /// follows.
    ///
    /// # Errors
    /// When the system refuses.
    fn suspend(&mut self) -> io::Result<bool>;
    /// Gives the terminal back and stops this process. [`Wake::Continued`] follows once it is continued.
    ///
    /// # Errors
    /// When the system refuses.
    fn stop(&mut self) -> io::Result<()>;
    /// Takes the terminal over again, whatever became of it in between.
    ///
    /// # Errors
    /// When it cannot be had again.
    fn take_again(&mut self) -> io::Result<()>;
}

/// What the loop waits for.
pub enum Wake {
    /// Something for the state.
    Message(Message),
    /// The terminal says that its size changed; what it shows may be anything.
    Resized(u16, u16),
    /// A frame was written, or could not be.
    Written(io::Result<()>),
    /// A signal to stop until continued (SIGTSTP).
    Stop,
    /// Continued after a stop of whatever kind.
    Continued,
    /// A signal to end, or the terminal is gone.
    End,
}

impl From<SignalKind> for Wake {
    fn from(kind: SignalKind) -> Wake {
        match kind {
            SignalKind::Resized(width, height) => Wake::Resized(width, height),
            SignalKind::Stop => Wake::Stop,
            SignalKind::Continued => Wake::Continued,
            SignalKind::End => Wake::End,
        }
    }
}

impl Sink for Screen {
    fn send(&mut self, frame: Vec<u8>, _: &App) {
        Screen::send(self, frame);
    }

    fn size(&self) -> Option<(u16, u16)> {
        terminal_size()
    }

    fn is_busy(&self) -> bool {
        writer::is_busy()
    }

    fn suspend(&mut self) -> io::Result<bool> {
        Screen::suspend(self)
    }

    fn stop(&mut self) -> io::Result<()> {
        Screen::stop(self)
    }

    fn take_again(&mut self) -> io::Result<()> {
        Screen::take_again(self)
    }
}

/// The way to the loop.
pub type WakeSender = SyncSender<Wake>;

/// The two ends of the way to the loop.
pub fn channel() -> (WakeSender, Receiver<Wake>) {
    sync_channel(UNDERWAY)
}
