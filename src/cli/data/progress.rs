//! The progress of a download on standard error: one line that moves on a terminal, a line per tenth elsewhere.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use crate::data::error::shown_text;
use crate::data::fetch::Progress;

/// A terminal's line is drawn again at most this often.
const PAUSE: Duration = Duration::from_millis(100);
/// Where the length is not known, a line per so many bytes.
const STRIDE: u64 = 16 << 20;

/// Prints progress; a closed standard error is no reason to stop a download.
pub(super) struct Reporter {
    moving: bool,
    drawn: Option<Instant>,
    /// The last tenth, or stride, that got a line.
    shown: u64,
    /// Whether the moving line waits for its end.
    open: bool,
}

impl Reporter {
    pub fn new() -> Self {
        Self {
            moving: std::io::stderr().is_terminal(),
            drawn: None,
            shown: 0,
            open: false,
        }
    }

    /// Show one event of one file.
    pub fn show(&mut self, file: &str, event: Progress) {
        match event {
            Progress::AlreadyThere => self.line(&format!("{file}: already there, checksum OK")),
            Progress::Started { at, total } => {
                self.shown = step(at, total);
                let of = total.map(|n| format!(", {}", size(n))).unwrap_or_default();
                match at {
                    0 => self.line(&format!("{file}: fetching{of}")),
                    _ => self.line(&format!("{file}: continuing from {}{of}", size(at))),
                }
            }
            Progress::Advanced { done, total } => self.advance(file, done, total),
            Progress::Verified { bytes } => self.line(&format!("{file}: {}, checked", size(bytes))),
        }
    }

    /// Finish a line that was still moving.
    pub fn end(&mut self) {
        if std::mem::take(&mut self.open) {
            let _ = writeln!(std::io::stderr());
        }
    }

    fn advance(&mut self, file: &str, done: u64, total: Option<u64>) {
        let so_far = match total {
            Some(total) => format!("{file}: {} of {} ({} %)", size(done), size(total), percent(done, total)),
            None => format!("{file}: {}", size(done)),
        };
        if !self.moving {
            if step(done, total) > self.shown {
                self.shown = step(done, total);
                self.line(&so_far);
            }
        } else if self.drawn.is_none_or(|at| at.elapsed() >= PAUSE) {
            // Back to the first column, the words, and clear what is left of the line before.
            let _ = write!(std::io::stderr(), "\r{}\x1b[K", shown_text(&so_far));
            let _ = std::io::stderr().flush();
            (self.drawn, self.open) = (Some(Instant::now()), true);
        }
    }

    fn line(&mut self, words: &str) {
        self.end();
        let _ = writeln!(std::io::stderr(), "{}", shown_text(words));
    }
}

fn percent(done: u64, total: u64) -> u64 {
    (done.saturating_mul(100)).checked_div(total).unwrap_or(100)
}

fn step(done: u64, total: Option<u64>) -> u64 {
    total.map_or(done / STRIDE, |total| percent(done, total) / 10)
}

/// A number of bytes for people.
fn size(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} B"),
        10_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_due_at_every_tenth_or_stride() {
        assert_eq!(
            (
                step(0, Some(100)),
                step(19, Some(100)),
                step(100, Some(100)),
                step(5, Some(0))
            ),
            (0, 1, 10, 10)
        );
        assert_eq!(step(2 * STRIDE, None), 2);
        assert_eq!(
            (size(12), size(29_515), size(26_421_880)),
            ("12 B".into(), "29.5 kB".into(), "26.4 MB".into())
        );
    }
}
