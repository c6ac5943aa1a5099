//! The film on the terminal: keys in, frames out, until it is quit.

use super::draw::draw;
use super::film::Film;
use super::state::{Answer, Player};
use crate::tui::{
    terminal::{
        decode::Input,
        frame::Frames,
        reader::{Reader, terminal_size},
        screen::Screen,
        signals::{SignalKind, SignalListener},
        writer,
    },
    theme::{Theme, glyphs::Glyphs},
};
use anyhow::{Context, Result};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

/// What may wait for the loop at most.
const UNDERWAY: usize = 16;
/// How long the loop waits where nothing moves by itself.
const LONG: Duration = Duration::from_secs(3600);

/// What the loop waits for.
enum Wake {
    Input(Input),
    Signal(SignalKind),
    Written(std::io::Result<()>),
    /// The terminal is gone.
    Gone,
}

/// Plays it on the terminal until a key or a signal ends it.
///
/// # Errors
/// When the terminal cannot be used.
pub fn play(film: Film, theme: &Theme, signs: &Glyphs) -> Result<()> {
    let (sender, wakes) = sync_channel(UNDERWAY);
    let tell = sender.clone();
    let signals = SignalListener::open(move |signal| tell.send(Wake::Signal(signal)).is_ok())?;
    let tell = sender.clone();
    let written = move |result| drop(tell.send(Wake::Written(result)));
    let screen = Screen::take(false, written).context("set up the terminal; is this a terminal?")?;
    let reader = Reader::start(move |input| sender.send(input.map_or(Wake::Gone, Wake::Input)).is_ok())?;
    let mut show = Show {
        player: Player::new(film),
        screen,
        frames: Frames::default(),
        size: terminal_size().unwrap_or((80, 24)),
        next: Instant::now(),
        changed: true,
    };
    let result = loop {
        show.draw(theme, signs);
        let wake = match wakes.recv_timeout(show.patience()) {
            Ok(wake) => wake,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => break Ok(()),
        };
        match show.take(wake) {
            Ok(true) => {}
            Ok(false) => break Ok(()),
            Err(e) => break Err(e),
        }
    };
    reader.stop();
    drop(show);
    signals.close();
    result
}

struct Show {
    player: Player,
    screen: Screen,
    frames: Frames,
    size: (u16, u16),
    /// When the next frame of the film is due.
    next: Instant,
    changed: bool,
}

impl Show {
    /// Moves on where it is time, and sends what changed, unless the terminal still has the frame before.
    fn draw(&mut self, theme: &Theme, signs: &Glyphs) {
        if writer::is_busy() {
            return;
        }
        let now = Instant::now();
        if self.player.playing && now >= self.next {
            if !self.changed {
                self.player.advance();
            }
            self.next = now + self.player.pause();
            self.changed = true;
        }
        if !std::mem::take(&mut self.changed) {
            return;
        }
        let player = &self.player;
        let bytes = self.frames.draw(self.size, |cells| draw(cells, player, theme, signs));
        if !bytes.is_empty() {
            self.screen.send(bytes);
        }
    }

    fn patience(&self) -> Duration {
        match self.player.playing && !writer::is_busy() {
            true => self.next.saturating_duration_since(Instant::now()),
            false => LONG,
        }
    }

    /// Takes in what happened; returns whether to continue.
    fn take(&mut self, wake: Wake) -> Result<bool> {
        match wake {
            Wake::Gone | Wake::Signal(SignalKind::End) => return Ok(false),
            Wake::Written(result) => result.context("write to the terminal")?,
            Wake::Signal(SignalKind::Stop) => self.screen.stop()?,
            Wake::Signal(SignalKind::Continued) => {
                self.screen.take_again()?;
                self.redraw(terminal_size());
            }
            Wake::Signal(SignalKind::Resized(width, height)) | Wake::Input(Input::Resized(width, height)) => {
                self.redraw(Some((width, height)));
            }
            Wake::Input(Input::Key(key)) => match self.player.press(key) {
                Answer::Quit => return Ok(false),
                Answer::Suspend => drop(self.screen.suspend()?),
                Answer::Redraw => self.redraw(terminal_size()),
                Answer::Changed => {
                    // Playing goes on from here, a whole pause later.
                    self.next = Instant::now() + self.player.pause();
                    self.changed = true;
                }
                Answer::Nothing => {}
            },
            Wake::Input(_) => {}
        }
        Ok(true)
    }

    fn redraw(&mut self, size: Option<(u16, u16)>) {
        self.size = size.unwrap_or(self.size);
        self.frames.forget();
        self.changed = true;
    }
}
