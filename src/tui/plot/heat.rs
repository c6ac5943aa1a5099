//! A heat-map: one row per name, one colour per column. Shares axes with [`super::Chart`], so that columns mean the
//! same x in both. Drawn in shades where there are no colours.

use super::{
    axis::{Axis, Scale},
    chart::Placed,
    frame::Frame,
    legend::within,
    marks::{Mark, draw_signs},
    search::{at_or_before, visible},
    source::{Source, drawable},
    style::Look,
    tick::Tick,
};
use crate::{
    run::history::partition,
    tui::theme::{Ink, glyphs::Dots},
    units::significant,
};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};
use std::{ops::Range, rc::Rc};

/// Rows of a terminal for one row of the map, where there is room.
const TALLEST: usize = 3;

/// From little to much, where there are no colours; nothing at all is drawn as nothing.
const SHADES: [&str; 4] = ["░", "▒", "▓", "█"];
const LETTERS: [&str; 9] = [".", ":", "-", "=", "+", "*", "#", "%", "@"];

/// One row.
#[derive(Clone)]
pub struct HeatRow<'a> {
    /// Written beside it.
    pub name: String,
    /// A value holds from its point to the next one; before the first and after the last there is none.
    pub data: Rc<dyn Source + 'a>,
}

/// A heat-map, ready to be drawn.
#[derive(Clone)]
pub struct Heat<'a> {
    /// Heading.
    pub title: String,
    /// From the top.
    pub rows: Vec<HeatRow<'a>>,
    /// What happened, on the x axis: over the map lines would hide what they point to.
    pub marks: Vec<Mark>,
    /// Range of x. Categories are numbers 0, 1, … on an axis from -0.5, with `x_ticks` for their names.
    pub x: Axis,
    /// What x counts.
    pub x_name: String,
    /// Labels of x, where they are not to be round numbers.
    pub x_ticks: Option<Vec<Tick>>,
    /// The values of the first and the last colour, instead of the data's min and max.
    pub range: Option<(f64, f64)>,
    /// Where the reader's cursor is.
    pub cursor: Option<f64>,
    /// What to say where there is nothing to draw.
    pub empty: String,
}

impl Heat<'_> {
    /// Draws the map; fits any area, down to nothing at all. Returns where its plot lies, if there is one.
    pub fn draw(&self, area: Rect, look: Look, buffer: &mut Buffer) -> Option<Placed> {
        if area.width < 4 || area.height < 2 {
            return None;
        }
        let range = self.colours();
        let body = Rect {
            y: area.y + 1,
            height: area.height - 1,
            ..area
        };
        self.draw_heading(area, body, range, look, buffer);
        let Some(range) = range else {
            let text = look.glyphs.spell(&self.empty);
            let wide = usize::from(body.width.saturating_sub(2));
            buffer.set_stringn(
                body.x + 2,
                body.y + body.height / 2,
                &text,
                wide,
                look.theme.ink(Ink::Muted),
            );
            return None;
        };
        let frame = self.frame(body, look)?;
        frame.draw(look, buffer);
        for (row, lines) in self.rows.iter().zip(self.lines(&frame)) {
            self.draw_row(row, lines, range, &frame, look, buffer);
        }
        draw_signs(&self.marks, &frame, look, buffer);
        // Over the map the cursor would hide what it points to.
        if let Some(column) = self.cursor.and_then(|x| frame.column(x)) {
            frame.draw_on_axis(column, "^", look.theme.ink(Ink::Strong), buffer);
        }
        Some(Placed {
            plot: frame.plot,
            x: frame.x,
        })
    }

    /// The lines of the screen that show each row: equally many; rows that there is no line for are left out.
    fn lines(&self, frame: &Frame) -> impl Iterator<Item = Range<u16>> {
        let each = (frame.plot.height / self.rows.len().clamp(1, 1000) as u16).max(1);
        (frame.plot.top()..frame.plot.bottom())
            .step_by(usize::from(each))
            .map(move |from| from..from + each)
    }

    /// Lines for the map, and how many of its rows they show.
    fn room(&self, body: Rect) -> (usize, usize) {
        let room = usize::from(body.height - below(body));
        (room, self.rows.len().min(room))
    }

    fn frame(&self, body: Rect, look: Look) -> Option<Frame> {
        let below = below(body);
        let (room, shown) = self.room(body);
        let each = (room / shown.max(1)).min(TALLEST);
        let height = each * shown;
        let body = Rect {
            height: height as u16 + below,
            ..body
        };
        let label = |(at, row): (usize, &HeatRow)| Tick {
            // The first row is the highest.
            value: shown as f64 - at as f64 - 0.5,
            label: look.glyphs.spell(&row.name).into_owned(),
        };
        let names = self.rows.iter().take(shown).enumerate().map(label).collect();
        let y = Axis::new(Scale::Linear, 0.0, shown as f64);
        Frame::labelled(body, self.x, y, names, &self.x_name, self.x_ticks.as_deref())
    }

    fn draw_row(
        &self,
        row: &HeatRow,
        lines: Range<u16>,
        range: (f64, f64),
        frame: &Frame,
        look: Look,
        buffer: &mut Buffer,
    ) {
        for column in 0..frame.plot.width {
            let at = held(&*row.data, &frame.x, usize::from(column), usize::from(frame.plot.width));
            let Some(value) = at.map(|at| row.data.y(at)) else {
                continue;
            };
            let (symbol, style) = match drawable(value) {
                true => colour(share(value, range), look),
                false => (look.glyphs.broken, look.theme.ink(Ink::Bad)),
            };
            for line in lines.clone() {
                if let Some(cell) = buffer.cell_mut((frame.plot.x + column, line)) {
                    cell.set_symbol(symbol).set_style(style);
                }
            }
        }
    }

    /// The values of the first and the last colour.
    fn colours(&self) -> Option<(f64, f64)> {
        let extent = |row: &HeatRow| {
            let (low, high) = row.data.summary(visible(&*row.data, &self.x)).extremes?;
            Some((row.data.y(low), row.data.y(high)))
        };
        let all = self.rows.iter().filter_map(extent);
        let found = all.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))?;
        Some(self.range.unwrap_or(found))
    }

    /// Heading, scale of colours, and as many values at the cursor as fit.
    fn draw_heading(&self, area: Rect, body: Rect, range: Option<(f64, f64)>, look: Look, buffer: &mut Buffer) {
        let (muted, text) = (look.theme.ink(Ink::Muted), look.theme.ink(Ink::Text));
        let pointer = if look.focused { look.glyphs.pointer } else { " " };
        let title = look.glyphs.spell(&self.title).into_owned();
        let mut line = Line::from(vec![
            Span::styled(pointer, look.theme.ink(Ink::Accent)),
            Span::styled(title, look.theme.ink(Ink::Strong)),
        ]);
        let fits = |line: &Line, more: &[Span]| {
            line.width() + more.iter().map(Span::width).sum::<usize>() <= usize::from(area.width)
        };
        let (_, shown) = self.room(body);
        if shown < self.rows.len() {
            let words = format!("  {shown} of {} rows", self.rows.len());
            line.push_span(Span::styled(words, look.theme.ink(Ink::Warn)));
        }
        if let Some((low, high)) = range {
            let scale = |steps: u32| {
                let mut scale = vec![Span::styled(format!("  {} ", significant(low)), muted)];
                let steps = (0..steps).map(|n| colour(f64::from(n) / f64::from(steps - 1), look));
                scale.extend(steps.map(|(symbol, style)| Span::styled(symbol, style)));
                scale.push(Span::styled(format!(" {}", significant(high)), muted));
                scale
            };
            // Colours without their values say nothing: rather few of them, and less of the title.
            let scale = [8, 4]
                .map(scale)
                .into_iter()
                .find(|s| fits(&line, s))
                .unwrap_or_else(|| scale(2));
            if !fits(&line, &scale) {
                let room = usize::from(area.width).saturating_sub(1 + scale.iter().map(Span::width).sum::<usize>());
                let title = within(&look.glyphs.spell(&self.title), room, look.glyphs);
                if room > 3 {
                    line.spans.truncate(1);
                    line.push_span(Span::styled(title, look.theme.ink(Ink::Strong)));
                }
            }
            if fits(&line, &scale) {
                line.spans.extend(scale);
            }
        }
        for row in self.rows.iter().filter(|_| self.cursor.is_some()) {
            let at = self.cursor.and_then(|x| at_or_before(&*row.data, x));
            let value = at.map_or_else(|| look.glyphs.none.into(), |at| significant(row.data.y(at)));
            let name = Span::styled(format!("  {}", look.glyphs.spell(&row.name)), muted);
            let words = [name, Span::styled(format!(" {value}"), text)];
            if fits(&line, &words) {
                line.spans.extend(words);
            }
        }
        buffer.set_line(area.x, area.y, &line, area.width);
    }
}

/// Lines below the map: its axis and the labels.
fn below(body: Rect) -> u16 {
    if body.height > 3 { 2 } else { 0 }
}

/// The point whose value holds at the end of a column.
fn held(source: &dyn Source, x: &Axis, column: usize, columns: usize) -> Option<usize> {
    let is_before = |at: usize| source.x(at) < x.low() || x.place(source.x(at), columns).is_some_and(|c| c <= column);
    let next = partition(0..source.len(), is_before);
    let last = next.checked_sub(1)?;
    let holds = next < source.len() || x.place(source.x(last), columns) == Some(column);
    holds.then_some(last)
}

fn share(value: f64, (low, high): (f64, f64)) -> f64 {
    match high > low {
        true => ((value - low) / (high - low)).clamp(0.0, 1.0),
        false => 0.5,
    }
}

/// Sign and style of a share of the range.
fn colour(share: f64, look: Look) -> (&'static str, Style) {
    if let Some(heat) = look.theme.heat(share) {
        return (" ", heat);
    }
    let signs = if look.glyphs.dots == Dots::Ascii {
        &LETTERS[..]
    } else {
        &SHADES[..]
    };
    let at = (share * signs.len() as f64) as usize;
    (signs[at.min(signs.len() - 1)], look.theme.ink(Ink::Text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::{
        plot::{marks::MarkKind, point::Point, tests},
        theme::{
            Depth,
            glyphs::{ASCII, Glyphs, UNICODE},
        },
    };

    fn map(rows: usize) -> Heat<'static> {
        let row = |r: usize| HeatRow {
            name: format!("layer {r}"),
            data: Rc::new(
                (2..8)
                    .map(|i| Point {
                        x: i as f64,
                        y: (r + i) as f64,
                    })
                    .collect::<Vec<_>>(),
            ),
        };
        Heat {
            title: "Firing rate".into(),
            rows: (0..rows).map(row).collect(),
            marks: Vec::new(),
            x: Axis::new(Scale::Linear, 0.0, 10.0),
            x_name: "step".into(),
            x_ticks: None,
            range: None,
            cursor: Some(4.5),
            empty: "nothing yet".into(),
        }
    }

    fn drawn(heat: &Heat, width: u16, height: u16, glyphs: &Glyphs, depth: Depth) -> (Vec<String>, Buffer) {
        tests::drawn((width, height), glyphs, depth, |area, look, buffer| {
            heat.draw(area, look, buffer);
        })
    }

    #[test]
    fn values_become_shades_and_what_is_missing_is_empty() {
        let (rows, _) = drawn(&map(3), 48, 6, &ASCII, Depth::Mono);
        let line = rows.iter().skip(1).find(|r| r.contains("layer 0")).unwrap();
        let cells: Vec<char> = line.chars().skip(8).collect();
        assert!(cells[..6].iter().all(|c| *c == ' '), "before the first point: {line}");
        assert!(
            cells[8] == '.' && cells[cells.len() - 4..].iter().all(|c| *c == ' '),
            "{line}"
        );
        assert!(
            rows[0].contains("layer 0 4") && rows.iter().any(|r| r.contains('@')),
            "{}",
            rows.join("\n")
        );
    }

    #[test]
    fn a_small_map_has_the_scale_of_its_colours_too() {
        for width in [24, 30, 36, 60] {
            let heat = Heat {
                cursor: None,
                title: "Firing rate by layer".into(),
                ..map(3)
            };
            let (rows, _) = drawn(&heat, width, 6, &ASCII, Depth::Mono);
            assert!(
                rows[0].contains(" 2 .") && rows[0].trim_end().ends_with("@ 9"),
                "{width}: {}",
                rows[0]
            );
        }
    }

    #[test]
    fn what_happened_stands_on_the_axis_and_not_over_the_map() {
        let heat = Heat {
            marks: vec![Mark {
                x: 4.0,
                kind: MarkKind::Alert,
                text: String::new(),
            }],
            ..map(3)
        };
        let (marked, _) = drawn(&heat, 48, 6, &ASCII, Depth::Mono);
        let (plain, _) = drawn(&map(3), 48, 6, &ASCII, Depth::Mono);
        let differ: Vec<usize> = (0..6).filter(|at| marked[*at] != plain[*at]).collect();
        assert!(differ == [4] && marked[4].contains('!'), "{}", marked.join("\n"));
    }

    #[test]
    fn in_colour_a_cell_has_a_ground_and_an_empty_one_has_none() {
        let (_, buffer) = drawn(&map(1), 40, 5, &UNICODE, Depth::True);
        let grounds: Vec<bool> = (8..40)
            .map(|x| buffer[(x, 1)].bg != ratatui::style::Color::Reset)
            .collect();
        assert!(!grounds[0] && grounds[10] && !grounds[31], "{grounds:?}");
    }

    #[test]
    fn it_fits_any_area() {
        for (width, height) in (0..60).step_by(7).flat_map(|w| (0..30).map(move |h| (w, h))) {
            for rows in [0, 1, 5, 40] {
                drawn(&map(rows), width, height, &UNICODE, Depth::Indexed);
            }
        }
    }
}
