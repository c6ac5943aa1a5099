//! Charts of our own: braille or ASCII, every spike kept, gaps where there is no number, and labels that stand
//! exactly in their values' cells. Knows values and styles, not runs.

mod axis;
mod canvas;
mod chart;
mod columns;
mod frame;
mod legend;
mod source;
mod trace;

pub use axis::{Axis, Scale, Tick};
pub use canvas::Dots;
pub use chart::{Chart, Curve, Look, Mark, MarkKind};
pub use columns::{Point, smooth};
pub use source::{Source, Summary};
