//! Where the film is, and what keys do to it.

use super::film::Film;
use crate::tui::terminal::key::Key;
use std::time::Duration;

/// Frames per second that can be chosen.
const SPEEDS: [u32; 7] = [1, 2, 5, 10, 20, 30, 60];

/// A film being watched.
pub(super) struct Player {
    pub film: Film,
    /// The count drawn in the full colour, the same for all frames.
    pub full: u32,
    /// The frame shown.
    pub at: usize,
    pub playing: bool,
    speed: usize,
}

/// What a key asks of whoever shows the film.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// The key means nothing here.
    Nothing,
    Changed,
    Redraw,
    Suspend,
    Quit,
}

impl Player {
    /// From the first frame on, playing.
    pub fn new(film: Film) -> Player {
        Player {
            full: film.full(),
            film,
            at: 0,
            playing: true,
            speed: 3,
        }
    }

    /// How long a frame is shown.
    pub fn pause(&self) -> Duration {
        Duration::from_secs(1) / self.frames_per_second()
    }

    pub fn frames_per_second(&self) -> u32 {
        SPEEDS[self.speed]
    }

    /// The next frame, the first after the last.
    pub fn advance(&mut self) {
        self.at = (self.at + 1) % self.film.frames.len().max(1);
    }

    pub fn press(&mut self, key: Key) -> Answer {
        let last = self.film.frames.len().saturating_sub(1);
        let ten = (self.film.frames.len() / 10).max(1);
        let stop_at = |player: &mut Player, at: usize| {
            (player.playing, player.at) = (false, at.min(last));
        };
        match key.to_string().as_str() {
            "q" | "esc" | "ctrl-c" => return Answer::Quit,
            "ctrl-l" => return Answer::Redraw,
            "ctrl-z" => return Answer::Suspend,
            "space" | "p" => self.playing = !self.playing,
            "left" | "h" => stop_at(self, self.at.saturating_sub(1)),
            "right" | "l" => stop_at(self, self.at + 1),
            "pageup" => stop_at(self, self.at.saturating_sub(ten)),
            "pagedown" => stop_at(self, self.at + ten),
            "home" | "g" => stop_at(self, 0),
            "end" | "G" => stop_at(self, last),
            "+" | "=" | "up" => self.speed = (self.speed + 1).min(SPEEDS.len() - 1),
            "-" | "down" => self.speed = self.speed.saturating_sub(1),
            _ => return Answer::Nothing,
        }
        Answer::Changed
    }
}
