//! One chart: its content, and the order in which its layers are drawn. Axes are in `frame`, curves and bands in
//! `trace`, events in `marks`, the legend in `legend`.

use super::{
    axis::{Axis, Scale},
    canvas::{Brush, Canvas},
    columns::Point,
    extent::{Side, extent, nearest_zero, seen},
    frame::Frame,
    legend,
    marks::{Mark, draw_cursor, draw_mark_words, draw_marks},
    search::visible,
    smooth::Average,
    source::{Source, drawable},
    ticks::Tick,
    trace::{Line, Stroke, draw_band, draw_line},
};
use crate::tui::theme::{Ink, Theme, glyphs::Glyphs};
use ratatui::{buffer::Buffer, layout::Rect};
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

/// A chart, ready to be drawn.
#[derive(Clone)]
pub struct Chart<'a> {
    /// Heading.
    pub title: String,
    /// The lines, the first on top.
    pub curves: Vec<Curve<'a>>,
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

/// Where a plot was drawn: what a mouse needs to find an x.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placed {
    /// Its cells.
    pub plot: Rect,
    /// What lies along them.
    pub x: Axis,
}

impl Chart<'_> {
    /// Draws the chart; fits any area, down to nothing at all. Returns where its plot lies, if there is one.
    pub fn draw(&self, area: Rect, look: Look, buffer: &mut Buffer) -> Option<Placed> {
        if area.width < 4 || area.height < 2 {
            return None;
        }
        let head = legend::draw(self, area, look, buffer);
        let body = Rect {
            y: area.y + head,
            height: area.height.saturating_sub(head),
            ..area
        };
        let Some(y) = self.y_axis() else {
            self.draw_empty(body, look, buffer);
            return None;
        };
        let frame = Frame::fit(body, self.x, y, &self.x_name, self.x_ticks.as_deref())?;
        frame.draw(look, buffer);
        if look.full {
            legend::draw_linear_part(&frame.y, area, look, buffer);
        }
        draw_marks(&self.marks, &frame, look, buffer);
        draw_cursor(self.cursor, &frame, look, buffer);
        draw_mark_words(&self.marks, &frame, look, buffer);
        self.draw_curves(&frame, look, buffer);
        Some(Placed {
            plot: frame.plot,
            x: frame.x,
        })
    }

    fn y_axis(&self) -> Option<Axis> {
        if let Some((low, high)) = self.y_range {
            return Some(Axis::new(self.y_scale, low, high));
        }
        let mut range: Option<(f64, f64)> = None;
        let mut nearest: Option<f64> = None;
        let mut hold = |(low, high): (f64, f64)| {
            range = Some(range.map_or((low, high), |(l, h)| (l.min(low), h.max(high))));
        };
        for curve in &self.curves {
            let pieces = curve.superseded.iter().map(|piece| piece as &dyn Source);
            for source in pieces.chain([&*curve.data as &dyn Source]) {
                let seen = seen(source, &self.x);
                extent(source, seen.clone(), self.y_scale).map(&mut hold);
                if self.y_scale == Scale::SymLog {
                    let here = nearest_zero(source, seen, Side::Both);
                    nearest = here.into_iter().chain(nearest).reduce(f64::min);
                }
            }
            // Every later average lies between this one and what is seen.
            let seen = visible(&*curve.data, &self.x);
            if curve.smoothing > 0.0
                && !seen.is_empty()
                && let Some(y) = Average::new(&*curve.data, curve.smoothing).at(seen.start)
                && (y > 0.0 || self.y_scale != Scale::Log)
            {
                hold((y, y));
            }
            let has_place = |y: f64| drawable(y) && (y > 0.0 || self.y_scale != Scale::Log);
            let band = curve.band.iter().filter(|b| self.x.place(b.0, 1).is_some());
            for (_, low, high) in band.filter(|b| has_place(b.1) && has_place(b.2)) {
                hold((*low, *high));
            }
        }
        let (low, high) = range?;
        Some(Axis::showing(self.y_scale, low, high, nearest))
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
        let count = canvas.across();
        let mut lines = Vec::with_capacity(self.curves.len());
        // The first curve is drawn on top, and all curves above all bands and raw curves.
        for (at, curve) in self.curves.iter().rev().enumerate() {
            let ghost = Brush {
                style: look.theme.ghost(curve.hue),
                letter: '.',
                layer: at,
            };
            draw_band(&mut canvas, frame, &curve.band, ghost);
            for old in &curve.superseded {
                let old = Line::new(old, &frame.x, count);
                draw_line(&mut canvas, frame, &old, Stroke::Ghost, ghost);
            }
            let mut line = Line::new(&*curve.data, &frame.x, count);
            let brush = Brush {
                style: look.theme.series(curve.hue),
                letter: curve.glyph(look).chars().next().unwrap_or('*'),
                layer: self.curves.len() + at,
            };
            if curve.smoothing > 0.0 {
                draw_line(&mut canvas, frame, &line, Stroke::Ghost, ghost);
                line = line.smoothed(&*curve.data, curve.smoothing);
                draw_line(&mut canvas, frame, &line, Stroke::Thin, brush);
            } else {
                draw_line(&mut canvas, frame, &line, Stroke::Spans, brush);
            }
            lines.push((curve, line));
        }
        canvas.draw(plot, buffer);
        let per_cell = canvas.dots().per_cell().0;
        for (curve, line) in lines {
            self.draw_signs(curve, &line, per_cell, frame, look, buffer);
        }
    }

    /// Signs at a line's end (so that colour is not needed), at single points, and where values are not finite.
    fn draw_signs(&self, curve: &Curve, line: &Line, wide: usize, frame: &Frame, look: Look, buffer: &mut Buffer) {
        let mut put = |column: u16, y: f64| {
            if let Some(row) = frame.row(y) {
                buffer.set_stringn(column, row, curve.glyph(look), 1, look.theme.series(curve.hue));
            }
        };
        let column = |x: usize| frame.plot.x + (x / wide) as u16;
        let points = visible(&*curve.data, &frame.x);
        if curve.dotted && points.len() <= usize::from(frame.plot.width) {
            for at in points.filter(|at| drawable(curve.data.y(*at))) {
                if let Some(column) = frame.column(curve.data.x(at)) {
                    put(column, curve.data.y(at));
                }
            }
        } else if let (2.., Some((x, y))) = (self.curves.len(), line.last()) {
            put(column(x), y);
        }
        for (x, _) in line.columns.iter().enumerate().filter(|(_, c)| c.broken) {
            frame.draw_on_axis(column(x), look.glyphs.broken, look.theme.ink(Ink::Bad), buffer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::{
        plot::tests,
        theme::{
            Depth,
            glyphs::{ASCII, UNICODE},
        },
    };

    fn chart(ys: impl Iterator<Item = f64>) -> Chart<'static> {
        let points: Vec<Point> = ys.enumerate().map(|(i, y)| Point { x: i as f64, y }).collect();
        Chart {
            title: "CE".into(),
            x: Axis::new(Scale::Linear, 0.0, points.len() as f64),
            curves: vec![Curve {
                data: Rc::new(points),
                ..Curve::default()
            }],
            marks: Vec::new(),
            x_name: "step".into(),
            x_ticks: None,
            y_scale: Scale::Linear,
            y_range: None,
            cursor: None,
            empty: "nothing yet".into(),
        }
    }

    fn drawn(chart: &Chart, width: u16, height: u16, glyphs: &Glyphs) -> Vec<String> {
        let drawn = tests::drawn((width, height), glyphs, Depth::Mono, |area, look, buffer| {
            chart.draw(area, look, buffer);
        });
        drawn.0
    }

    #[test]
    fn a_spike_of_one_step_in_a_hundred_thousand_reaches_the_top() {
        let spiky = chart((0..100_000).map(|i| if i == 61_803 { 9.0 } else { 1.0 }));
        for (glyphs, is_dot) in [(&UNICODE, '\u{2800}'..='\u{28ff}'), (&ASCII, '*'..='*')] {
            let rows = drawn(&spiky, 60, 12, glyphs);
            assert!(rows[1].chars().any(|c| is_dot.contains(&c)), "{}", rows.join("\n"));
        }
    }

    #[test]
    fn what_is_not_a_number_is_a_gap_with_a_mark() {
        let broken = chart((0..200).map(|i| if (80..120).contains(&i) { f64::NAN } else { 1.0 }));
        let rows = drawn(&broken, 60, 10, &ASCII);
        let line = rows.iter().find(|r| r.contains("***")).unwrap();
        let middle = line.chars().skip(5 + 24).take(6).collect::<String>();
        assert!(!middle.contains('*'), "{}", rows.join("\n"));
        assert!(rows[rows.len() - 2].contains('X'), "{}", rows.join("\n"));
    }

    #[test]
    fn without_points_a_chart_says_what_it_waits_for() {
        assert!(
            drawn(&chart(std::iter::empty()), 40, 8, &UNICODE)
                .join("")
                .contains("nothing yet")
        );
    }
}
