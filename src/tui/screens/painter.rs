//! The painter: puts text into cells, truncated to fit, spelled for the terminal, never outside its area. Every screen
//! draws with it.

use super::{
    fitting::{cut, wrap},
    typed::seen,
};
use crate::tui::{
    state::{
        app::App,
        field::Field,
        hit_areas::{HitAreas, Target},
    },
    terminal::key,
    theme::{Ink, Theme, glyphs::Glyphs},
};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use std::borrow::Cow;
use unicode_width::UnicodeWidthStr;

/// A buffer, and how things are drawn into it.
pub struct Painter<'a> {
    /// The state that is drawn.
    pub app: &'a App,
    /// Where it is drawn.
    pub buffer: &'a mut Buffer,
    /// What can be pointed at.
    pub hit_areas: HitAreas,
}

/// A word and its style.
pub type Word<'a> = (Cow<'a, str>, Style);

impl<'a> Painter<'a> {
    /// The theme.
    pub fn theme(&self) -> &'a Theme {
        &self.app.theme
    }

    /// The signs.
    pub fn glyphs(&self) -> &'a Glyphs {
        &self.app.glyphs
    }

    /// A style by meaning.
    pub fn ink(&self, ink: Ink) -> Style {
        self.app.theme.ink(ink)
    }

    /// Puts text at `x`, `y`, at most `width` wide; returns the column after it.
    pub fn put(&mut self, x: u16, y: u16, width: u16, text: &str, style: Style) -> u16 {
        let text = self.app.glyphs.spell(text);
        let text = cut(&text, usize::from(width), &self.app.glyphs);
        if !self.buffer.area.contains((x, y).into()) {
            return x;
        }
        self.buffer.set_stringn(x, y, &text, usize::from(width), style).0
    }

    /// Puts text so that it ends before column `end`.
    pub fn put_right(&mut self, end: u16, y: u16, width: u16, text: &str, style: Style) {
        let text = self.app.glyphs.spell(text).into_owned();
        let wide = (text.width() as u16).min(width);
        self.put(end.saturating_sub(wide), y, wide, &text, style);
    }

    /// Puts words one after the other into row `row` of `area`; what does not fit is cut.
    pub fn words(&mut self, area: Rect, row: u16, words: &[Word]) -> u16 {
        let y = area.y + row;
        let mut x = area.x;
        if row >= area.height {
            return x;
        }
        for (text, style) in words {
            if x >= area.right() && x > area.x && !text.trim().is_empty() {
                // It ended just where the line does: what is missing has a sign all the same.
                let ellipsis = self.glyphs().ellipsis;
                self.put(area.right() - 1, y, 1, ellipsis, *style);
                break;
            }
            x = self.put(x, y, area.right().saturating_sub(x), text, *style);
        }
        x
    }

    /// Fills an area with a style and spaces.
    pub fn fill(&mut self, area: Rect, style: Style) {
        let area = area.intersection(self.buffer.area);
        for y in area.top()..area.bottom() {
            for x in area.left()..area.right() {
                self.buffer[(x, y)].reset();
                self.buffer[(x, y)].set_style(style);
            }
        }
    }

    /// Colours an area's background without touching its words.
    pub fn ground(&mut self, area: Rect, style: Style) {
        self.buffer.set_style(area.intersection(self.buffer.area), style);
    }

    /// A heading with a thin rule to the right edge; returns the area below.
    pub fn heading(&mut self, area: Rect, title: &str, aside: &str, focused: bool) -> Rect {
        if area.height == 0 {
            return area;
        }
        let rule = if focused { Ink::Accent } else { Ink::Faint };
        let (glyphs, rule) = (self.app.glyphs, self.ink(rule));
        let mut x = area.x;
        let pointer = if focused { glyphs.pointer } else { glyphs.horizontal };
        x = self.put(x, area.y, area.width, pointer, rule);
        x = self.put(
            x,
            area.y,
            area.right().saturating_sub(x),
            &format!(" {title} "),
            self.ink(Ink::Strong),
        );
        if !aside.is_empty() {
            x = self.put(
                x,
                area.y,
                area.right().saturating_sub(x + 1),
                &format!("{aside} "),
                self.ink(Ink::Muted),
            );
        }
        while x < area.right() {
            x = self.put(x, area.y, 1, glyphs.horizontal, rule).max(x + 1);
        }
        Rect {
            y: area.y + 1,
            height: area.height - 1,
            ..area
        }
    }

    /// How many rows of a list there are beyond those that are seen, before column `end`; nothing where all are seen.
    /// In the heading above the list, or the frame around it.
    pub fn more(&mut self, end: u16, y: u16, above: usize, below: usize) {
        let parts = [(above, "↑"), (below, "↓")];
        let parts = parts.iter().filter(|(many, _)| *many > 0);
        let parts: Vec<String> = parts.map(|(many, sign)| format!("{sign}{many}")).collect();
        if !parts.is_empty() {
            let style = self.ink(Ink::Text);
            let text = format!(" {} more ", parts.join(" "));
            self.put_right(end, y, u16::try_from(text.len()).unwrap_or(u16::MAX), &text, style);
        }
    }

    /// As [`Painter::more`], in the heading above a list of which so many rows from `first` on are seen.
    pub fn more_of(&mut self, list: Rect, first: usize, rows: usize, all: usize) {
        let below = all.saturating_sub(first + rows);
        self.more(list.right(), list.y.saturating_sub(1), first.min(all), below);
    }

    /// Paragraphs broken at spaces; returns the rows used.
    pub fn paragraph(&mut self, area: Rect, text: &str, style: Style) -> u16 {
        let text = self.app.glyphs.spell(text).into_owned();
        let rows = wrap(&text, usize::from(area.width));
        let used = rows.len().min(usize::from(area.height));
        for (at, row) in rows.iter().take(used).enumerate() {
            let is_cut = at + 1 == used && rows.len() > used;
            let row = match is_cut {
                true => cut(&format!("{row} …"), usize::from(area.width), self.glyphs()).into_owned(),
                false => row.clone(),
            };
            self.put(area.x, area.y + at as u16, area.width, &row, style);
        }
        used as u16
    }

    /// What is drawn where there is room for all of it, and how many rows that takes.
    fn tall(&self, area: Rect, draw: &dyn Fn(&mut Painter, Rect)) -> (Buffer, u16) {
        /// More lines than any text of a screen has.
        const TALL: u16 = 200;
        let place = Rect {
            height: TALL.max(area.height),
            ..area
        };
        let mut buffer = Buffer::empty(place);
        buffer.set_style(place, self.theme().base());
        let (app, hit_areas) = (self.app, HitAreas::default());
        draw(
            &mut Painter {
                app,
                buffer: &mut buffer,
                hit_areas,
            },
            place,
        );
        let is_written = |y: &u16| (place.left()..place.right()).any(|x| buffer[(x, *y)].symbol() != " ");
        let last = (place.top()..place.bottom()).rev().find(is_written);
        let rows = last.map_or(0, |y| y + 1 - place.y);
        (buffer, rows)
    }

    /// How many rows something takes where there is room for all of it.
    pub fn rows_of(&self, area: Rect, draw: &dyn Fn(&mut Painter, Rect)) -> u16 {
        self.tall(area, draw).1
    }

    /// Draws what may be taller than its place, so that nothing is cut without a sign: the last line then says how many
    /// lines more there are, and where they are read.
    pub fn page(&mut self, area: Rect, whole: &str, draw: &dyn Fn(&mut Painter, Rect)) {
        let (buffer, used) = self.tall(area, draw);
        if used <= area.height {
            return draw(self, area);
        }
        let kept = area.height.saturating_sub(1);
        for (x, y) in (area.top()..area.top() + kept).flat_map(|y| (area.left()..area.right()).map(move |x| (x, y))) {
            self.buffer[(x, y)] = buffer[(x, y)].clone();
        }
        if area.height > 0 {
            let aside = if whole.is_empty() {
                String::new()
            } else {
                format!(": {whole}")
            };
            let text = format!("… {} more lines{aside}", used - kept);
            let style = self.ink(Ink::Muted);
            self.put(area.x, area.bottom() - 1, area.width, &text, style);
        }
    }

    /// The middle of an area, at most so wide and high.
    pub fn centred(&self, area: Rect, width: u16, height: u16) -> Rect {
        let (width, height) = (width.min(area.width.saturating_sub(4)), height.min(area.height));
        Rect {
            x: area.x + (area.width - width) / 2,
            y: area.y + (area.height - height) / 2,
            width,
            height,
        }
    }

    /// A background of its own with a frame, over what lies there; what it covers is not clicked.
    pub fn popup(&mut self, area: Rect, ink: Ink) {
        let (raised, style) = (self.theme().raised(), self.ink(ink));
        self.fill(area, raised);
        self.hit_areas.add(area, Target::Cover);
        self.frame(area, style);
    }

    /// A frame along an area's edge.
    fn frame(&mut self, area: Rect, style: Style) {
        if area.width < 2 || area.height < 2 {
            return;
        }
        let glyphs = *self.glyphs();
        let (right, bottom) = (area.right() - 1, area.bottom() - 1);
        for x in area.x + 1..right {
            self.put(x, area.y, 1, glyphs.horizontal, style);
            self.put(x, bottom, 1, glyphs.horizontal, style);
        }
        for y in area.y + 1..bottom {
            self.put(area.x, y, 1, glyphs.vertical, style);
            self.put(right, y, 1, glyphs.vertical, style);
        }
        let places = [(area.x, area.y), (right, area.y), (area.x, bottom), (right, bottom)];
        for ((x, y), corner) in places.into_iter().zip(glyphs.corners) {
            self.put(x, y, 1, corner, style);
        }
    }

    /// What to do where there is nothing to show.
    pub fn hint(&mut self, area: Rect, text: &str) {
        let inside = Rect {
            x: area.x + 2,
            y: area.y + 1,
            width: area.width.saturating_sub(4),
            height: area.height.saturating_sub(1).min(4),
        };
        self.paragraph(inside, text, self.app.theme.ink(Ink::Muted));
    }

    /// Prepares row `row` of a list: its background and pointer, where it is the selected one. Returns the line.
    pub fn row(&mut self, area: Rect, row: u16, selected: bool) -> Rect {
        let line = Rect {
            y: area.y + row,
            height: 1,
            ..area
        };
        if selected {
            let glyphs = self.app.glyphs;
            self.ground(line, self.app.theme.selected_ground());
            self.put(line.x, line.y, 1, glyphs.pointer, self.app.theme.ink(Ink::Accent));
        }
        line
    }

    /// A progress bar.
    pub fn progress(&mut self, x: u16, y: u16, width: u16, share: f64, style: Style) {
        let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
        let full = (share * f64::from(width)).round() as u16;
        let (done, rest) = self.app.glyphs.bar;
        for at in 0..width {
            let (sign, style) = if at < full {
                (done, style)
            } else {
                (rest, self.ink(Ink::Faint))
            };
            self.put(x + at, y, 1, sign, style);
        }
    }

    /// A line being typed, with its cursor; scrolled so that the cursor is seen.
    pub fn input(&mut self, x: u16, y: u16, width: u16, line: &key::Line, typing: bool) {
        let style = self.ink(Ink::Strong);
        if !typing || width == 0 {
            self.put(x, y, width, line.text(), style);
            return;
        }
        let seen = seen(line.text(), line.cursor(), usize::from(width), self.glyphs());
        self.put(x, y, width, &seen.text, style);
        let at = x + seen.cursor as u16;
        if seen.under == 0 {
            self.put(at, y, 1, " ", style);
        }
        self.reverse(at, y, seen.under.max(1) as u16);
    }

    /// A line being searched or filtered by, beside a heading; `after` is the column where the heading's words end.
    pub fn search_line(&mut self, heading: Rect, after: u16, most: u16, (line, typing): (&key::Line, bool)) {
        let place = Rect {
            x: after,
            y: heading.y,
            width: heading.right().saturating_sub(after + 1).min(most),
            height: 1,
        };
        self.fill(place, self.theme().base());
        self.input(place.x, place.y, place.width, line, typing);
    }

    /// A field of a form: the focused one with its cursor, or marked whole where the next character replaces it.
    pub fn field(&mut self, x: u16, y: u16, width: u16, field: &Field, focused: bool) {
        let selected = focused && field.is_selected();
        self.input(x, y, width, field.line(), focused && !selected);
        if selected {
            let text = self.glyphs().spell(field.text()).width().max(1);
            self.reverse(x, y, (text as u16).min(width));
        }
    }

    /// Swaps background and text colours of some cells.
    fn reverse(&mut self, x: u16, y: u16, width: u16) {
        let cells = Rect { x, y, width, height: 1 };
        self.ground(cells, Style::new().add_modifier(ratatui::style::Modifier::REVERSED));
    }
}

/// Text with a style.
pub fn word<'a>(text: impl Into<Cow<'a, str>>, style: Style) -> Word<'a> {
    (text.into(), style)
}
