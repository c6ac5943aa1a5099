//! Curves, axes and heat-maps: numbers in, cells out. Braille or ASCII; every spike is kept, missing values are gaps,
//! and labels stand exactly in their values' cells. This folder may use `theme`. Knows nothing about runs,
//! except how their columns are summarised.

mod axis;
mod canvas;
mod chart;
mod clock;
mod columns;
mod curve;
mod draw;
mod event_picture;
mod extent;
mod frame;
mod heat;
mod legend;
mod marks;
mod number;
pub mod pixels;
mod point;
mod rows;
mod search;
mod settle;
mod smooth;
mod source;
mod style;
#[cfg(test)]
mod tests;
mod tick;
mod ticks;
mod trace;

pub use axis::{Axis, Scale};
pub use chart::{Chart, Placed};
pub use clock::moment;
pub use curve::{Best, Curve};
pub use event_picture::EventPicture;
pub use heat::{Heat, HeatRow};
pub use marks::{Mark, MarkKind};
pub use point::Point;
pub use search::at_or_before;
pub use smooth::Average;
pub use source::{Source, drawable};
pub use style::Look;
pub use tick::Tick;
