//! Curves, axes and heat-maps: numbers in, cells out. Braille or ASCII; every spike is kept, missing values are gaps,
//! and labels stand exactly in their values' cells. This folder may use `text` and `theme`. Knows nothing about runs,
//! except how their columns are summarised.

mod axis;
mod canvas;
mod chart;
mod clock;
mod columns;
mod extent;
mod frame;
mod heat;
mod legend;
mod marks;
mod number;
mod rows;
mod search;
mod settle;
mod smooth;
mod source;
#[cfg(test)]
mod tests;
mod ticks;
mod trace;

pub use axis::{Axis, Scale};
pub use chart::{Best, Chart, Curve, Look, Placed};
pub use clock::moment;
pub use columns::Point;
pub use heat::{Heat, HeatRow};
pub use marks::{Mark, MarkKind};
pub use search::at_or_before;
pub use smooth::Average;
pub use source::{Source, drawable};
pub use ticks::Tick;
