//! Draws curves and confidence bands on a canvas.

use super::{
    axis::Axis,
    canvas::{Brush, Canvas},
    columns::{Column, Span, columns},
    frame::Frame,
    point::Point,
    search::{point, visible},
    smooth::Average,
    source::Source,
};
use crate::tui::theme::glyphs::Dots;

/// How much of a column is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Stroke {
    /// From its least to its greatest value: nothing measured is lost.
    Spans,
    /// The same behind another line, as light as the dots allow.
    Ghost,
    /// Its last value: for a smoothed line, whose raw values are drawn behind it in full.
    Thin,
}

/// What of a source lies on the screen, and where its line comes from and goes to.
pub struct Line {
    /// One per column of dots.
    pub columns: Vec<Column>,
    /// The last point left of the screen, if the line comes from there.
    before: Option<usize>,
    /// The first point right of the screen, if the line goes there.
    after: Option<usize>,
    ends: (Option<Point>, Option<Point>),
}

impl Line {
    /// In so many columns along `x`.
    pub fn new(source: &dyn Source, x: &Axis, count: usize) -> Line {
        let columns = columns(source, x, count);
        let seen = visible(source, x);
        let joins =
            |a: usize, b: usize| b < source.len() && point(source, a).is_drawable() && point(source, b).is_drawable();
        let before = seen.start.checked_sub(1).filter(|at| joins(*at, seen.start));
        let after = seen
            .end
            .checked_sub(1)
            .filter(|at| joins(*at, seen.end))
            .map(|at| at + 1);
        let ends = [before, after].map(|at| at.map(|at| point(source, at)));
        Line {
            columns,
            before,
            after,
            ends: (ends[0], ends[1]),
        }
    }

    /// The moving average with weight `w` on the past, where this line has values.
    pub fn smoothed(&self, source: &dyn Source, w: f64) -> Line {
        let mut average = Average::new(source, w);
        let mut at = |index: usize| average.at(index).map(|y| Point { x: source.x(index), y });
        let first = self.before.and_then(&mut at);
        let columns = self.columns.iter().map(|column| {
            let flat = |last_at, y| Span {
                first: y,
                last: y,
                min: y,
                max: y,
                last_at,
            };
            let span = column.span.and_then(|s| Some(flat(s.last_at, at(s.last_at)?.y)));
            Column { span, ..*column }
        });
        Line {
            columns: columns.collect(),
            before: self.before,
            after: self.after,
            ends: (first, self.after.and_then(&mut at)),
        }
    }

    /// The last value on the screen, and its column.
    pub fn last(&self) -> Option<(usize, f64)> {
        let spans = self.columns.iter().enumerate().rev();
        spans.filter_map(|(x, c)| Some((x, c.span?.last))).next()
    }
}

/// A line through its points, a gap where there is nothing to draw.
pub fn draw_line(canvas: &mut Canvas, frame: &Frame, line: &Line, stroke: Stroke, brush: Brush) {
    let up = canvas.up();
    let mut before: Option<(usize, usize)> = None;
    for (x, column) in line.columns.iter().enumerate() {
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
            Stroke::Ghost => canvas.light_column(x, place(span.min).unwrap_or(0), max, brush),
            Stroke::Thin => canvas.dot(x, last, brush),
        }
        if let (Some(from), false) = (before, column.gap_before) {
            canvas.line(from, (x, first), brush);
        }
        before = Some((x, last));
    }
    draw_ends(canvas, frame, line, brush);
}

/// The line between the edges of the screen and its first and last point on it; or across, where it has none.
fn draw_ends(canvas: &mut Canvas, frame: &Frame, line: &Line, brush: Brush) {
    let across = canvas.across();
    let middle = |x: usize| (x as f64 + 0.5) / across as f64;
    let place = |p: Point| Some((frame.x.position(p.x)?, frame.y.position(p.y)?));
    let (from, to) = (line.ends.0.and_then(place), line.ends.1.and_then(place));
    let spans = || line.columns.iter().enumerate().filter_map(|(x, c)| Some((x, c.span?)));
    match (spans().next(), line.last()) {
        (Some((first, span)), Some((last, y))) => {
            if let (Some(from), Some(y)) = (from, frame.y.position(span.first)) {
                slope(canvas, 0..first + 1, from, (middle(first), y), brush);
            }
            if let (Some(to), Some(y)) = (to, frame.y.position(y)) {
                slope(canvas, last..across, (middle(last), y), to, brush);
            }
        }
        _ => {
            if let (Some(from), Some(to)) = (from, to) {
                slope(canvas, 0..across, from, to, brush);
            }
        }
    }
}

/// The part of a straight line, in shares of the plot, that lies in some columns.
fn slope(canvas: &mut Canvas, columns: std::ops::Range<usize>, from: (f64, f64), to: (f64, f64), brush: Brush) {
    let (across, up) = (canvas.across() as f64, canvas.up());
    let mut before = None;
    for x in columns {
        let share = ((x as f64 + 0.5) / across - from.0) / (to.0 - from.0);
        let y = from.1 + share * (to.1 - from.1);
        if !(0.0..=1.0).contains(&y) {
            before = None;
            continue;
        }
        let here = (x, ((y * up as f64) as usize).min(up.saturating_sub(1)));
        canvas.line(before.unwrap_or(here), here, brush);
        before = Some(here);
    }
}

/// A light screen of dots between the band's edges, straight lines from point to point.
pub fn draw_band(canvas: &mut Canvas, frame: &Frame, band: &[(f64, f64, f64)], brush: Brush) {
    let canvas_dots = canvas.dots();
    let (across, up) = (canvas.across(), canvas.up());
    let sparse = |x: usize, y: usize| match canvas_dots {
        Dots::Braille | Dots::Octant | Dots::Block => (x + 2 * y).is_multiple_of(4),
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
    let after = band.partition_point(|(at, ..)| *at < x);
    let (x1, low1, high1) = *band.get(after)?;
    if x1 == x {
        return Some((low1, high1));
    }
    let (x0, low0, high0) = *band.get(after.checked_sub(1)?)?;
    let share = (x - x0) / (x1 - x0);
    Some((low0 + share * (low1 - low0), high0 + share * (high1 - high0)))
}
