//! One chart: what it shows, and the order in which its parts are laid down. The axes are drawn in `frame`, the
//! line of names and values above them in `legend`.

use super::{
    axis::{Axis, Scale, Tick},
    canvas::{Brush, Canvas, Dots, Layer},
    columns::{Point, columns, extent},
    frame::Frame,
    legend,
};
use crate::tui::{
    glyphs::Glyphs,
    theme::{Ink, Theme},
};
use ratatui::{buffer::Buffer, layout::Rect};

/// One line of a chart.
#[derive(Debug, Clone, Default)]
pub struct Curve {
    /// As the legend calls it.
    pub name: String,
    /// The points drawn, ascending in x.
    pub points: Vec<Point>,
    /// The raw points behind a smoothed line; empty where nothing is smoothed.
    pub ghost: Vec<Point>,
    /// Least and greatest plausible value per point, `(x, low, high)`; empty for none.
    pub band: Vec<(f64, f64, f64)>,
    /// Index of its colour and sign.
    pub hue: usize,
    /// Whether single points are marked: for curves of few points.
    pub dotted: bool,
}

/// What a mark on the x axis says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkKind {
    /// A checkpoint was saved.
    Checkpoint,
    /// A hyper-parameter changed.
    Tweak,
    /// A person should look.
    Alert,
    /// The run went on from a checkpoint.
    Resume,
}

/// A mark on the x axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Where.
    pub x: f64,
    /// What.
    pub kind: MarkKind,
    /// A few words, shown where there is room.
    pub text: String,
}

/// A chart, ready to be drawn.
#[derive(Debug, Clone)]
pub struct Chart {
    /// Heading.
    pub title: String,
    /// The lines, the first on top.
    pub curves: Vec<Curve>,
    /// Marks on the x axis.
    pub marks: Vec<Mark>,
    /// Range of x.
    pub x: Axis,
    /// What x counts.
    pub x_name: String,
    /// Labels of x, where they are not to be round numbers.
    pub x_ticks: Option<Vec<Tick>>,
    /// How y is spread.
    pub y_scale: Scale,
    /// A fixed range of y, instead of the data's.
    pub y_range: Option<(f64, f64)>,
    /// Where the reader's cursor is.
    pub cursor: Option<f64>,
    /// What to say where there is nothing to draw.
    pub empty: String,
}

/// How a chart is drawn.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    /// Colours.
    pub theme: &'a Theme,
    /// Signs.
    pub glyphs: &'a Glyphs,
    /// Whether keys go to this chart.
    pub focused: bool,
    /// Whether the chart has the screen to itself: legend as a table, words beside marks.
    pub full: bool,
}

impl Chart {
    /// Draws the chart; fits any area, down to nothing at all.
    pub fn draw(&self, area: Rect, look: Look, buffer: &mut Buffer) {
        if area.width < 4 || area.height < 2 {
            return;
        }
        let head = legend::draw(self, area, look, buffer);
        let body = Rect {
            y: area.y + head,
            height: area.height.saturating_sub(head),
            ..area
        };
        let Some(y) = self.y_axis() else {
            return self.draw_empty(body, look, buffer);
        };
        let Some(frame) = Frame::fit(body, self.x, y, &self.x_name, self.x_ticks.as_deref()) else {
            return;
        };
        frame.draw(look, buffer);
        self.draw_marks(&frame, look, buffer);
        self.draw_cursor(&frame, look, buffer);
        self.draw_curves(&frame, look, buffer);
        self.draw_signs(&frame, look, buffer);
    }

    fn y_axis(&self) -> Option<Axis> {
        if let Some((low, high)) = self.y_range {
            return Some(Axis::new(self.y_scale, low, high));
        }
        let inside = |p: &&Point| self.x.place(p.x, 1).is_some() && (self.y_scale == Scale::Linear || p.y > 0.0);
        let drawn = self
            .curves
            .iter()
            .flat_map(|c| c.points.iter().chain(&c.ghost))
            .filter(inside);
        let (mut low, mut high) = extent(drawn)?;
        for (_, l, h) in self.curves.iter().flat_map(|c| &c.band) {
            (low, high) = (low.min(*l), high.max(*h));
        }
        Some(Axis::with_air(self.y_scale, low, high))
    }

    fn draw_empty(&self, body: Rect, look: Look, buffer: &mut Buffer) {
        let text = look.glyphs.spell(&self.empty);
        let row = body.y + body.height / 2;
        if body.height > 0 {
            buffer.set_stringn(
                body.x + 2,
                row,
                &text,
                usize::from(body.width.saturating_sub(2)),
                look.theme.ink(Ink::Muted),
            );
        }
    }

    fn draw_curves(&self, frame: &Frame, look: Look, buffer: &mut Buffer) {
        let plot = frame.plot;
        let mut canvas = Canvas::new(look.glyphs.dots, plot.width, plot.height);
        for curve in &self.curves {
            draw_band(
                &mut canvas,
                frame,
                curve,
                Brush {
                    style: look.theme.ghost(curve.hue),
                    letter: '.',
                    layer: Layer::Behind,
                },
            );
            draw_line(
                &mut canvas,
                frame,
                &curve.ghost,
                Stroke::Spans,
                Brush {
                    style: look.theme.ghost(curve.hue),
                    letter: '.',
                    layer: Layer::Behind,
                },
            );
        }
        // The first curve is the one people look for: it lies on top.
        for curve in self.curves.iter().rev() {
            let letter = look.glyphs.curves[curve.hue % 8].chars().next().unwrap_or('*');
            let stroke = if curve.ghost.is_empty() {
                Stroke::Spans
            } else {
                Stroke::Thin
            };
            draw_line(
                &mut canvas,
                frame,
                &curve.points,
                stroke,
                Brush {
                    style: look.theme.series(curve.hue),
                    letter,
                    layer: Layer::Front,
                },
            );
        }
        canvas.draw(plot, buffer);
    }

    /// Vertical lines and signs on the axis for what happened.
    fn draw_marks(&self, frame: &Frame, look: Look, buffer: &mut Buffer) {
        let mut free_from = 0;
        for mark in &self.marks {
            let Some(column) = frame.column(mark.x) else { continue };
            let (sign, style, line) = match mark.kind {
                MarkKind::Checkpoint => (look.glyphs.checkpoint, look.theme.ink(Ink::Accent), false),
                MarkKind::Tweak => (look.glyphs.vertical, look.theme.ink(Ink::Wish), true),
                MarkKind::Alert => ("!", look.theme.ink(Ink::Bad), false),
                MarkKind::Resume => (look.glyphs.resume, look.theme.ink(Ink::Muted), true),
            };
            if line {
                let faint = if mark.kind == MarkKind::Tweak {
                    style
                } else {
                    look.theme.ink(Ink::Faint)
                };
                frame.draw_vertical(column, look.glyphs.dotted, faint, buffer);
            }
            frame.draw_on_axis(column, sign, style, buffer);
            let wide = mark.text.chars().count() as u16 + 1;
            if look.full && line && column >= free_from && column + 1 + wide <= frame.plot.right() {
                let text = look.glyphs.spell(&mark.text);
                buffer.set_stringn(column + 1, frame.plot.y, &text, usize::from(wide), style);
                free_from = column + 1 + wide;
            }
        }
    }

    fn draw_cursor(&self, frame: &Frame, look: Look, buffer: &mut Buffer) {
        let Some(column) = self.cursor.and_then(|x| frame.column(x)) else {
            return;
        };
        frame.draw_vertical(column, look.glyphs.vertical, look.theme.ink(Ink::Muted), buffer);
        frame.draw_on_axis(column, "^", look.theme.ink(Ink::Strong), buffer);
    }

    /// Signs at the lines' ends (so that colour is not needed), at single points, and where values are not finite.
    fn draw_signs(&self, frame: &Frame, look: Look, buffer: &mut Buffer) {
        for curve in self.curves.iter().rev() {
            let sign = look.glyphs.curves[curve.hue % 8];
            let style = look.theme.series(curve.hue);
            let drawn = curve.points.iter().filter(|p| p.is_drawable());
            let signed: Vec<&Point> = match (curve.dotted, self.curves.len()) {
                (true, _) => drawn.collect(),
                (false, 2..) => drawn.rev().take(1).collect(),
                (false, _) => Vec::new(),
            };
            for point in signed {
                if let (Some(column), Some(row)) = (frame.column(point.x), frame.row(point.y)) {
                    buffer.set_stringn(column, row, sign, 1, style);
                }
            }
            let raw = if curve.ghost.is_empty() {
                &curve.points
            } else {
                &curve.ghost
            };
            for point in raw.iter().filter(|p| !p.is_drawable()) {
                if let Some(column) = frame.column(point.x) {
                    frame.draw_on_axis(column, look.glyphs.broken, look.theme.ink(Ink::Bad), buffer);
                }
            }
        }
    }
}

/// How much of a column is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Stroke {
    /// From its least to its greatest value: nothing measured is lost.
    Spans,
    /// Its last value: for a smoothed line, whose raw values are drawn behind it in full.
    Thin,
}

fn draw_line(canvas: &mut Canvas, frame: &Frame, points: &[Point], stroke: Stroke, brush: Brush) {
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
fn draw_band(canvas: &mut Canvas, frame: &Frame, curve: &Curve, brush: Brush) {
    let canvas_dots = canvas.dots();
    let (across, up) = (canvas.across(), canvas.up());
    let sparse = |x: usize, y: usize| match canvas_dots {
        Dots::Braille => (x + 2 * y).is_multiple_of(4),
        Dots::Ascii => (x + y).is_multiple_of(2),
    };
    for x in 0..across {
        let at = frame.x.value_at(x, across);
        let Some((low, high)) = between(&curve.band, at) else {
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
