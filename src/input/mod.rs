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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Time {
    /// One image, shown at every time step.
    #[default]
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

    /// Events counted in a cell.
    pub const COUNTS: Range = Range {
        element: Element::Whole,
        low: 0.0,
        high: 65535.0,
    };

    /// Whether a change of every value by as much as this leads anywhere: of whole numbers, by a whole one.
    #[must_use]
    pub fn is_radius(&self, eps: f64) -> bool {
        self.element == Element::Real || eps.fract() == 0.0
    }

    /// Whether a value may be one of a sample; what is no number may not.
    #[must_use]
    pub fn holds(&self, value: f32) -> bool {
        let fits = match self.element {
            Element::Real => true,
            Element::Whole => value.fract() == 0.0,
        };
        fits && (self.low..=self.high).contains(&value)
    }
}

impl std::fmt::Display for Range {
    /// `[0, 1]`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[{}, {}]", self.low, self.high)
    }
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

    /// So many frames `[C, H, W]` of counts.
    #[must_use]
    pub const fn counts(frames: usize, frame: [usize; 3]) -> Input {
        Input {
            time: Time::Frames(frames),
            frame,
            range: Range::COUNTS,
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

    /// The dimensions of one sample: `[C, H, W]`, or `[T, C, H, W]`.
    #[must_use]
    pub fn dimensions(&self) -> Vec<usize> {
        match self.time {
            Time::Static => self.frame.to_vec(),
            Time::Frames(n) => [&[n], &self.frame[..]].concat(),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_has_the_dimensions_that_its_values_are_laid_out_in() {
        let image = Input::image([3, 4, 5]);
        let frames = Input {
            time: Time::Frames(7),
            ..image
        };
        assert_eq!((image.dimensions(), image.len()), (vec![3, 4, 5], 60));
        assert_eq!((frames.dimensions(), frames.len()), (vec![7, 3, 4, 5], 420));
    }

    #[test]
    fn a_range_holds_its_ends_and_nothing_that_is_no_number() {
        let counts = Range {
            element: Element::Whole,
            low: 0.0,
            high: 3.0,
        };
        let held = |range: Range| [0.0, 1.0, 0.5, 3.0, -0.001, 3.001, f32::NAN].map(|v| range.holds(v));
        assert_eq!(held(Range::UNIT), [true, true, true, false, false, false, false]);
        assert_eq!(held(counts), [true, true, false, true, false, false, false]);
        assert_eq!(
            (Range::UNIT.to_string(), counts.to_string()),
            ("[0, 1]".into(), "[0, 3]".into())
        );
    }
}
