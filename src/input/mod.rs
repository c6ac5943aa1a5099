//! What a network is shown: the form of one sample, and batches of samples as plain numbers. It knows no tensor, no file, and
//! not how a sample becomes currents (that is the encoder's, in `snn`).

mod batch;

pub use batch::{Batch, Label, MOST_CLASSES};

/// The form of one sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Input {
    /// Whether the sample changes with time.
    pub time: Time,
    /// Channels, height and width: of the image, or of each frame.
    pub frame: [usize; 3],
    /// What its values may be.
    pub range: Range,
}

/// How a sample lies in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    /// One image, shown at every time step.
    Static,
    /// So many frames, each shown at its own time step.
    Frames(usize),
}

/// What the values of a sample may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// Whether they are real numbers or whole ones.
    pub element: Element,
    /// The least.
    pub low: f32,
    /// The greatest.
    pub high: f32,
}

/// The kind of number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    /// Any number of the range: brightness.
    Real,
    /// Whole numbers: events counted in a cell.
    Whole,
}

impl Range {
    /// Brightness from black to white.
    pub const UNIT: Range = Range {
        element: Element::Real,
        low: 0.0,
        high: 1.0,
    };
}

impl Input {
    /// An image `[C, H, W]` of brightness in [0, 1].
    #[must_use]
    pub const fn image(frame: [usize; 3]) -> Input {
        Input {
            time: Time::Static,
            frame,
            range: Range::UNIT,
        }
    }

    /// Frames in one sample: 1 of a static one.
    #[must_use]
    pub const fn frames(&self) -> usize {
        match self.time {
            Time::Static => 1,
            Time::Frames(n) => n,
        }
    }

    /// Values of one frame.
    #[must_use]
    pub const fn area(&self) -> usize {
        self.frame[0] * self.frame[1] * self.frame[2]
    }

    /// Values of one sample, `[frames, C, H, W]`.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.frames() * self.area()
    }

    /// Whether a sample has no values.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
