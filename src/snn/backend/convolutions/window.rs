//! Convolutions of stride 1 whose output is as large as their input, seen as sums over a window of *taps* in an input
//! with a border of zeros: what the direct and the event-driven kernels have in common.

use super::transpose::transpose;
use crate::snn::backend::kernels::Convolution;

/// Geometry of such a convolution, channels last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Images.
    pub rows: usize,
    /// Height of input and output.
    pub height: usize,
    /// Width of both.
    pub width: usize,
    /// Channels read.
    pub inputs: usize,
    /// Channels written.
    pub outputs: usize,
    /// Side of the window, odd.
    pub side: usize,
}

impl Window {
    /// The forward pass of `c`, if it has stride 1 and keeps the size.
    pub fn of(c: Convolution) -> Option<Window> {
        (c.stride == 1 && c.kernel % 2 == 1 && c.padding == c.kernel / 2).then_some(Window {
            rows: c.input.rows,
            height: c.input.height,
            width: c.input.width,
            inputs: c.input.channels,
            outputs: c.outputs,
            side: c.kernel,
        })
    }

    /// The pass that carries a gradient back to the input: outputs and inputs change places.
    pub fn reversed(self) -> Window {
        Window {
            inputs: self.outputs,
            outputs: self.inputs,
            ..self
        }
    }

    /// Taps of the window.
    pub fn taps(self) -> usize {
        self.side * self.side
    }

    /// Positions of one image.
    pub fn area(self) -> usize {
        self.height * self.width
    }

    /// Width of the zero border.
    pub fn border(self) -> usize {
        self.side / 2
    }

    /// Positions of a row of an image with its border.
    pub fn padded_width(self) -> usize {
        self.width + 2 * self.border()
    }

    /// Positions of an image with its border.
    pub fn padded_area(self) -> usize {
        (self.height + 2 * self.border()) * self.padded_width()
    }

    /// Distance in the padded image from the window's first tap to tap `tap`.
    pub fn tap_offset(self, tap: usize) -> usize {
        (tap / self.side) * self.padded_width() + tap % self.side
    }

    /// Where in the padded image the window of an output position begins; adding [`Window::centre`] gives the input
    /// position itself.
    pub fn first_tap(self, position: usize) -> usize {
        (position / self.width) * self.padded_width() + position % self.width
    }

    /// Distance from a window's first tap to its middle.
    pub fn centre(self) -> usize {
        self.border() * (self.padded_width() + 1)
    }

    /// Images in a piece of work of about `positions` padded positions, one at the least.
    pub fn images_for(self, positions: usize) -> usize {
        (positions / self.padded_area()).clamp(1, self.rows.max(1))
    }
}

/// Weights `[outputs, inputs, taps]` (PyTorch's order) as one pass reads them.
#[derive(Clone, Copy)]
pub struct Weights<'a> {
    /// The values.
    pub values: &'a [f32],
    /// Whether the pass goes back from outputs to inputs: then channels change places and the window is turned round.
    pub reversed: bool,
}

impl Weights<'_> {
    /// Writes the weights from `n` inputs, `from` on, to `wide` outputs, `first` on: those of one input and tap are a run
    /// that begins at `place(input, tap)`, counted from `from`.
    pub fn write(
        self,
        w: Window,
        (first, wide): (usize, usize),
        (from, n): (usize, usize),
        to: &mut [f32],
        place: impl Fn(usize, usize) -> usize,
    ) {
        let taps = w.taps();
        match self.reversed {
            false => {
                let row = w.inputs * taps;
                let values = &self.values[first * row + from * taps..];
                transpose(values, row, (wide, n * taps), to, |j| place(j / taps, j % taps));
            }
            true => {
                for c in 0..n {
                    let values = &self.values[((from + c) * w.outputs + first) * taps..];
                    transpose(values, taps, (wide, taps), to, |j| place(c, taps - 1 - j));
                }
            }
        }
    }
}
