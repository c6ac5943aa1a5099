//! One chart: what it shows, and the order in which its parts are laid down. The axes are drawn in `frame`, lines
//! and bands in `trace`, the line of names and values above them in `legend`.

use super::{
    axis::{Axis, Scale, Tick},
    canvas::{Brush, Canvas},
    columns::{Point, extent},
    frame::Frame,
    legend,
    trace::{Stroke, draw_band, draw_line},
};
use crate::tui::{
    glyphs::Glyphs,
    theme::{Ink, Theme},
};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use unicode_width::UnicodeWidthStr;

/// One line of a chart.
#[derive(Debug, Clone, Default)]
pub struct Curve {
    /// As the legend calls it.
    pub name: String,
    /// The points drawn, ascending in x.
    pub points: Vec<Point>,
    /// The raw points behind a smoothed line; empty where nothing is smoothed.
    pub ghost: Vec<Point>,
    /// Points that no longer count, one piece per resume.
    pub superseded: Vec<Vec<Point>>,
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
            .flat_map(|c| c.points.iter().chain(&c.ghost).chain(c.superseded.iter().flatten()))
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
        // The first curve is the one people look for: it lies on top, and every line on every band and ghost.
        for (at, curve) in self.curves.iter().rev().enumerate() {
            let ghost = Brush {
                style: look.theme.ghost(curve.hue),
                letter: '.',
                layer: at,
            };
            draw_band(&mut canvas, frame, &curve.band, ghost);
            for old in curve.superseded.iter().chain([&curve.ghost]) {
                draw_line(&mut canvas, frame, old, Stroke::Spans, ghost);
            }
            let line = Brush {
                style: look.theme.series(curve.hue),
                letter: look.glyphs.curves[curve.hue % 8].chars().next().unwrap_or('*'),
                layer: self.curves.len() + at,
            };
            let stroke = match curve.ghost.is_empty() {
                true => Stroke::Spans,
                false => Stroke::Thin,
            };
            draw_line(&mut canvas, frame, &curve.points, stroke, line);
        }
        canvas.draw(plot, buffer);
    }

    /// Vertical lines and signs on the axis for what happened.
    fn draw_marks(&self, frame: &Frame, look: Look, buffer: &mut Buffer) {
        let mut free_from = [0; 4];
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
            if look.full && line {
                let text = look.glyphs.spell(&mark.text);
                draw_words(&text, column, frame.plot, &mut free_from, style, buffer);
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

/// Words beside a line, in the first of the upper rows where they touch no others; at the right edge, before the line.
fn draw_words(text: &str, column: u16, plot: Rect, free_from: &mut [u16; 4], style: Style, buffer: &mut Buffer) {
    let wide = text.width() as u16;
    let at = match column + 1 + wide <= plot.right() {
        true => column + 1,
        false => column.saturating_sub(wide),
    };
    let row = free_from
        .iter()
        .take(usize::from(plot.height))
        .position(|free| at >= *free);
    let Some(row) = row.filter(|_| at >= plot.x) else {
        return;
    };
    buffer.set_stringn(at, plot.y + row as u16, text, usize::from(wide), style);
    free_from[row] = at + wide + 1;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::{
        glyphs::{ASCII, UNICODE},
        theme::Depth,
    };

    fn chart(ys: impl Iterator<Item = f64>) -> Chart {
        let points: Vec<Point> = ys.enumerate().map(|(i, y)| Point { x: i as f64, y }).collect();
        Chart {
            title: "CE".into(),
            x: Axis::new(Scale::Linear, 0.0, points.len() as f64),
            curves: vec![Curve {
                points,
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
        let theme = Theme::named("dark", Depth::Mono).unwrap();
        let area = Rect::new(0, 0, width, height);
        let mut buffer = Buffer::empty(area);
        let look = Look {
            theme: &theme,
            glyphs,
            focused: false,
            full: false,
        };
        chart.draw(area, look, &mut buffer);
        let row = |cells: &[ratatui::buffer::Cell]| cells.iter().map(|c| c.symbol()).collect();
        buffer.content.chunks(usize::from(width)).map(row).collect()
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
