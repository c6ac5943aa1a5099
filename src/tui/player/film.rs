//! What is played: frames of event counts, with what is said about them.

/// Frames of one recording.
#[derive(Debug, Clone, PartialEq)]
pub struct Film {
    /// The recording's name.
    pub title: String,
    /// What else is known of it: format, size, number of events.
    pub about: String,
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// The frames in order; one at least.
    pub frames: Vec<Frame>,
}

/// One frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// Events that got darker, then those that got brighter, `[2, height, width]`.
    pub counts: Vec<u32>,
    /// When it begins and ends, in milliseconds since the first event; none where frames are not cut by time.
    pub between: Option<(f64, f64)>,
}

impl Frame {
    /// Counts of what got darker, and of what got brighter.
    pub(super) fn parts(&self) -> (&[u32], &[u32]) {
        self.counts.split_at(self.counts.len() / 2)
    }

    /// Events that got darker, and that got brighter.
    pub(super) fn events(&self) -> (u64, u64) {
        let sum = |counts: &[u32]| counts.iter().map(|c| u64::from(*c)).sum();
        let (off, on) = self.parts();
        (sum(off), sum(on))
    }
}

impl Film {
    /// The count that is drawn in the full colour: of all counts that are not zero, one in a hundred is larger.
    pub(super) fn full(&self) -> u32 {
        let mut counts: Vec<u32> = self
            .frames
            .iter()
            .flat_map(|f| f.counts.iter().copied())
            .filter(|c| *c > 0)
            .collect();
        let at = counts.len().saturating_sub(1) * 99 / 100;
        match counts.is_empty() {
            true => 1,
            false => *counts.select_nth_unstable(at).1,
        }
    }
}
