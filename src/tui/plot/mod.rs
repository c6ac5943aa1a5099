//! Charts of our own: braille or ASCII, every spike kept, gaps where there is no number, and labels that stand
//! exactly in their values' cells. Knows values and styles, and nothing of runs but how their
//! columns are summed up.

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
