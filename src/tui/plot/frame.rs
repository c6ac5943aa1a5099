//! The axes around a plot: the plot area, the labels, and the cell of each value.

use super::{
    axis::{Axis, Scale},
    style::Look,
    tick::Tick,
};
use crate::tui::theme::Ink;
use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use unicode_width::UnicodeWidthStr;

/// The place of a plot and its axes.
pub struct Frame {
    /// Where curves are drawn.
    pub plot: Rect,
    /// Left to right.
    pub x: Axis,
    /// Bottom to top.
    pub y: Axis,
    y_ticks: Vec<Tick>,
    x_ticks: Vec<Tick>,
    x_name: String,
    area: Rect,
    /// The row of the bottom axis, if there is room for it.
    axis_row: Option<u16>,
    label_row: Option<u16>,
}

impl Frame {
    /// Fits axes and plot into `area`, y a little further so that its labels stand in the middle of rows; `None` where
    /// there is no room for even one cell.
    pub fn fit(area: Rect, x: Axis, y: Axis, x_name: &str, labels: Option<&[Tick]>) -> Option<Frame> {
        let below = match area.height {
            0 => return None,
            1..=3 => 0,
            _ => 2u16,
        };
        let (y, y_ticks) = y.on_rows(usize::from(area.height - below));
        Frame::labelled(area, x, y, y_ticks, x_name, labels)
    }

    /// As [`Frame::fit`], with labels of y that are given.
    pub fn labelled(
        area: Rect,
        x: Axis,
        y: Axis,
        y_ticks: Vec<Tick>,
        x_name: &str,
        labels: Option<&[Tick]>,
    ) -> Option<Frame> {
        let below = match area.height {
            0 => return None,
            1..=3 => 0,
            _ => 2u16,
        };
        let rows = area.height - below;
        let widest = y_ticks.iter().map(|t| t.label.width()).max().unwrap_or(0) as u16;
        // Labels give way where they would take more than a third of the room.
        let wanted = widest.max(4) + 1;
        let gutter = match widest + 1 > area.width / 3 || wanted >= area.width {
            true => 0,
            false => wanted,
        };
        let plot = Rect {
            x: area.x + gutter,
            width: area.width - gutter,
            height: rows,
            ..area
        };
        if plot.width == 0 || plot.height == 0 {
            return None;
        }
        let x = match labels {
            None => x.with_last_cell(usize::from(plot.width)),
            Some(_) => x,
        };
        let room = usize::from(plot.width).saturating_sub(x_name.width() + 2);
        let wide = if x.scale() == Scale::Clock { 10 } else { 7 };
        let x_ticks = labels.map_or_else(|| x.ticks((room / wide).clamp(1, 12)), <[Tick]>::to_vec);
        Some(Frame {
            plot,
            x,
            y,
            y_ticks: if gutter == 0 { Vec::new() } else { y_ticks },
            x_ticks,
            x_name: x_name.to_string(),
            area,
            axis_row: (below > 0).then(|| area.bottom() - 2),
            label_row: (below > 0).then(|| area.bottom() - 1),
        })
    }

    /// The screen column of an x.
    pub fn column(&self, x: f64) -> Option<u16> {
        self.x
            .place(x, usize::from(self.plot.width))
            .map(|c| self.plot.x + c as u16)
    }

    /// The screen row of a y.
    pub fn row(&self, y: f64) -> Option<u16> {
        self.y
            .place(y, usize::from(self.plot.height))
            .map(|r| self.plot.bottom() - 1 - r as u16)
    }

    /// Draws axes and labels.
    pub fn draw(&self, look: Look, buffer: &mut Buffer) {
        let faint = look.theme.ink(Ink::Faint);
        let muted = look.theme.ink(Ink::Muted);
        if self.plot.x > self.area.x {
            let axis = self.plot.x - 1;
            for row in self.plot.top()..self.plot.bottom() {
                put(buffer, axis, row, look.glyphs.vertical, faint);
            }
            let mut taken = None;
            for tick in &self.y_ticks {
                // Two values may share a row: one label says more than parts of two.
                let Some(row) = self.row(tick.value).filter(|row| taken != Some(*row)) else {
                    continue;
                };
                taken = Some(row);
                put(buffer, axis, row, look.glyphs.tick_left, faint);
                let at = axis.saturating_sub(tick.label.width() as u16).max(self.area.x);
                buffer.set_stringn(at, row, &tick.label, usize::from(axis - at), muted);
            }
        }
        if let (Some(axis), Some(labels)) = (self.axis_row, self.label_row) {
            for column in self.plot.left()..self.plot.right() {
                put(buffer, column, axis, look.glyphs.horizontal, faint);
            }
            if self.plot.x > self.area.x {
                put(buffer, self.plot.x - 1, axis, look.glyphs.corner, faint);
            }
            self.draw_x_labels(axis, labels, look, buffer);
        }
    }

    /// Each label is centred under its tick, pushed inwards at the edges, and left out where it would touch another.
    fn draw_x_labels(&self, axis: u16, labels: u16, look: Look, buffer: &mut Buffer) {
        let muted = look.theme.ink(Ink::Muted);
        let name = look.glyphs.spell(&self.x_name);
        let end = self.plot.right().saturating_sub(name.width() as u16);
        if end > self.plot.x {
            buffer.set_stringn(end, labels, &name, name.width(), look.theme.ink(Ink::Muted));
        }
        let end = if name.is_empty() { self.area.right() + 1 } else { end };
        let mut free_from = self.area.x;
        for tick in &self.x_ticks {
            let Some(column) = self.column(tick.value) else {
                continue;
            };
            put(buffer, column, axis, look.glyphs.tick_down, look.theme.ink(Ink::Faint));
            let wide = tick.label.width() as u16;
            let last = self.area.right().saturating_sub(wide);
            let at = column.saturating_sub(wide / 2).min(last).max(self.area.x);
            if at >= free_from && at + wide < end {
                buffer.set_stringn(at, labels, &tick.label, usize::from(wide), muted);
                free_from = at + wide + 1;
            }
        }
    }

    /// A vertical line over the plot, under the curves.
    pub fn draw_vertical(&self, column: u16, glyph: &str, style: Style, buffer: &mut Buffer) {
        for row in self.plot.top()..self.plot.bottom() {
            put(buffer, column, row, glyph, style);
        }
    }

    /// A sign on the bottom axis.
    pub fn draw_on_axis(&self, column: u16, glyph: &str, style: Style, buffer: &mut Buffer) {
        if let Some(row) = self.axis_row {
            put(buffer, column, row, glyph, style);
        }
    }
}

fn put(buffer: &mut Buffer, column: u16, row: u16, glyph: &str, style: Style) {
    if let Some(cell) = buffer.cell_mut((column, row)) {
        cell.set_symbol(glyph).set_style(style);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::{
        plot::{clock, number::read, tests::scale},
        theme::{Depth, Theme, glyphs::UNICODE},
    };
    use proptest::prelude::*;

    /// Labels with their first column and the one after their last; a date's day and month are one label.
    fn words(line: &[char]) -> Vec<(usize, usize, String)> {
        let mut words: Vec<(usize, usize, String)> = Vec::new();
        for (at, c) in line.iter().enumerate().filter(|(_, c)| **c != ' ') {
            let is_month = c.is_ascii_uppercase() && *c != 'M' && *c != 'G'
                || line.get(at + 1).is_some_and(char::is_ascii_lowercase);
            match words.last_mut() {
                Some((_, end, word)) if *end == at => (*end, _) = (at + 1, word.push(*c)),
                Some((_, end, word)) if *end + 1 == at && is_month => (*end, *word) = (at + 1, format!("{word} {c}")),
                _ => words.push((at, at + 1, c.to_string())),
            }
        }
        words
    }

    proptest! {
        #[test]
        fn every_label_on_the_screen_stands_where_its_value_is_drawn(
            width in 0u16..300, height in 0u16..100, low in -1e4..1e4f64, span in 1e-2..1e5f64, x_span in 1.0..1e6f64,
            x_scale in scale(), y_scale in scale().prop_filter("time is for x", |s| *s != Scale::Clock),
        ) {
            let theme = Theme::named("dark", Depth::Mono).unwrap();
            let area = Rect::new(3, 2, width, height);
            let mut buffer = Buffer::empty(Rect::new(0, 0, width + 6, height + 4));
            let start = if x_scale == Scale::Clock { 1_795_528_800.0 + low } else { 0.0 };
            let (x, y) = (Axis::new(x_scale, start, start + x_span), Axis::new(y_scale, low, low + span));
            let Some(frame) = Frame::fit(area, x, y, "", None) else { return Ok(()) };
            frame.draw(Look { theme: &theme, glyphs: &UNICODE, focused: false, full: false }, &mut buffer);
            let text = |row: u16, from: u16, to: u16| -> String {
                (from..to).map(|column| buffer[(column, row)].symbol()).collect()
            };
            let mut labels = 0;
            for row in frame.plot.top()..frame.plot.bottom() {
                let label = text(row, area.x, frame.plot.x.saturating_sub(1).max(area.x));
                if !label.trim().is_empty() {
                    let value = read(label.trim()).unwrap();
                    prop_assert_eq!(frame.row(value), Some(row), "{}", label);
                    labels += 1;
                }
            }
            prop_assert!(labels > 0 || frame.plot.x == area.x || height < 6);
            let (Some(axis), Some(row)) = (frame.axis_row, frame.label_row) else { return Ok(()) };
            for tick in &frame.x_ticks {
                prop_assert_eq!(buffer[(frame.column(tick.value).unwrap(), axis)].symbol(), "┬");
            }
            // Every label lies under its own tick.
            for (from, to, word) in words(&text(row, area.x, area.right()).chars().collect::<Vec<_>>()) {
                let near = x.value_at(from + (to - from) / 2, usize::from(width));
                let value = match x_scale {
                    Scale::Clock => frame.x_ticks.iter().filter(|t| t.label == word).map(|t| t.value)
                        .min_by(|a, b| (a - near).abs().total_cmp(&(b - near).abs()))
                        .filter(|value| clock::read(&word, *value) == Some(*value)),
                    _ => read(&word),
                };
                prop_assert!(value.is_some(), "{word:?} at {from}..{to} of {:?}", frame.x_ticks);
                let column = usize::from(frame.column(value.unwrap()).unwrap() - area.x);
                prop_assert!((from..to).contains(&column), "{word} at {from}..{to}, its value at {column}");
            }
        }
    }
}
