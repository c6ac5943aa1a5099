//! One curve of a chart, as data. Draws nothing.

use super::{point::Point, source::Source, style::Look};
use std::rc::Rc;

/// One line of a chart.
#[derive(Clone)]
pub struct Curve<'a> {
    /// As the legend calls it.
    pub name: String,
    /// What is drawn.
    pub data: Rc<dyn Source + 'a>,
    /// Weight on the past of the moving average that is drawn over the raw values; 0 for the raw values alone.
    pub smoothing: f64,
    /// The raw values, where what is drawn was smoothed before.
    pub raw: Option<Rc<dyn Source + 'a>>,
    /// Points that no longer count, one piece per resume.
    pub superseded: Vec<Vec<Point>>,
    /// Minimum and maximum plausible value per point, `(x, low, high)` in ascending x; empty for none.
    pub band: Vec<(f64, f64, f64)>,
    /// Index of its colour.
    pub hue: usize,
    /// Index of its sign.
    pub sign: usize,
    /// Whether single points are marked, as long as they are no more than there are cells.
    pub dotted: bool,
    /// Which of its extremes is the best one, where one is better than the other.
    pub best: Option<Best>,
}

/// Which end of a metric is the good one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Best {
    /// The least value: losses.
    Least,
    /// The maximum: accuracies.
    Greatest,
}

impl Default for Curve<'_> {
    fn default() -> Self {
        Curve {
            name: String::new(),
            data: Rc::new(Vec::<Point>::new()),
            smoothing: 0.0,
            raw: None,
            superseded: Vec::new(),
            band: Vec::new(),
            hue: 0,
            sign: 0,
            dotted: false,
            best: None,
        }
    }
}

impl Curve<'_> {
    /// Its sign.
    pub fn glyph(&self, look: Look) -> &'static str {
        look.glyphs.curves[self.sign % look.glyphs.curves.len()]
    }
}
