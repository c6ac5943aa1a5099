//! How a line and a band of plausible values become dots on a canvas.

use super::{
    canvas::{Brush, Canvas, Dots},
    columns::{Point, columns},
    frame::Frame,
};

/// How much of a column is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Stroke {
    /// From its least to its greatest value: nothing measured is lost.
    Spans,
    /// Its last value: for a smoothed line, whose raw values are drawn behind it in full.
    Thin,
}

/// A line through its points, a gap where there is nothing to draw.
pub fn draw_line(canvas: &mut Canvas, frame: &Frame, points: &[Point], stroke: Stroke, brush: Brush) {
    let (across, up) = (canvas.across(), canvas.up());
    let mut before: Option<(usize, usize)> = None;
    for (x, column) in columns(points, &frame.x, across).iter().enumerate() {
        let place = |y| frame.y.place(y, up);
        let Some(span) = column.span else { continue };
        // On a logarithmic axis what is not positive has no place: a gap as well.
        let (Some(first), Some(last), Some(max)) = (place(span.first), place(span.last), place(span.max)) else {
            if let Some(max) = place(span.max) {
                canvas.dot(x, max, brush);
            }
            before = None;
            continue;
        };
        let first = if stroke == Stroke::Thin { last } else { first };
        match stroke {
            Stroke::Spans => canvas.column(x, place(span.min).unwrap_or(0), max, brush),
            Stroke::Thin => canvas.dot(x, last, brush),
        }
        if let (Some(from), false) = (before, column.gap_before) {
            canvas.line(from, (x, first), brush);
        }
        before = Some((x, last));
    }
}

/// A light screen of dots between the band's edges, straight lines from point to point.
pub fn draw_band(canvas: &mut Canvas, frame: &Frame, band: &[(f64, f64, f64)], brush: Brush) {
    let canvas_dots = canvas.dots();
    let (across, up) = (canvas.across(), canvas.up());
    let sparse = |x: usize, y: usize| match canvas_dots {
        Dots::Braille => (x + 2 * y).is_multiple_of(4),
        Dots::Ascii => (x + y).is_multiple_of(2),
    };
    for x in 0..across {
        let at = frame.x.value_at(x, across);
        let Some((low, high)) = between(band, at) else {
            continue;
        };
        let edge = |v: f64| frame.y.place(v.clamp(frame.y.low(), frame.y.high()), up);
        let (Some(low), Some(high)) = (edge(low), edge(high)) else {
            continue;
        };
        for y in low..=high {
            if sparse(x, y) {
                canvas.dot(x, y, brush);
            }
        }
    }
}

/// The band's edges at `x`, interpolated.
fn between(band: &[(f64, f64, f64)], x: f64) -> Option<(f64, f64)> {
    let after = band.iter().position(|(at, ..)| *at >= x)?;
    let (x1, low1, high1) = band[after];
    if x1 == x {
        return Some((low1, high1));
    }
    let (x0, low0, high0) = *band.get(after.checked_sub(1)?)?;
    let share = (x - x0) / (x1 - x0);
    Some((low0 + share * (low1 - low0), high0 + share * (high1 - high0)))
}
