//! Draws a chart: frame, curves, marks, legend. The data of a chart are in `chart`.

use super::{
    axis::{Axis, Scale},
    canvas::{Brush, Canvas},
    chart::{Chart, Placed},
    curve::Curve,
    extent::{Side, extent, nearest_zero, seen},
    frame::Frame,
    legend,
    marks::{draw_cursor, draw_mark_words, draw_marks},
    search::visible,
    smooth::Average,
    source::{Source, drawable},
    style::Look,
    trace::{Line, Stroke, draw_band, draw_line},
};
use crate::tui::theme::Ink;
use ratatui::{buffer::Buffer, layout::Rect};

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
