//! Encodes frames: what changed since the last frame, in as few bytes as possible and for every kind of terminal. No
//! change, no bytes. Does not write them.

use ratatui::{
    buffer::{Buffer, Cell},
    layout::Rect,
    style::{Color, Modifier},
};
use std::{fmt::Write as _, mem::swap};
use unicode_width::UnicodeWidthStr;

/// What a terminal holds back and shows at once; one that does not know the marks ignores them.
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";
/// Resets attributes and clears the screen.
const CLEAR: &str = "\x1b[0m\x1b[2J";
/// Bytes of unchanged cells that are sent again at most, because moving the cursor over them costs as many.
const CHEAP_GAP: usize = 6;
/// Columns and rows drawn at most: a terminal may claim any size.
pub const LARGEST: u16 = 1000;

/// The frame on the terminal and the one being drawn.
pub struct Frames {
    shown: Buffer,
    next: Buffer,
    whole: bool,
    pen: Painter,
}

impl Default for Frames {
    fn default() -> Frames {
        Frames {
            shown: Buffer::empty(Rect::ZERO),
            next: Buffer::empty(Rect::ZERO),
            whole: true,
            pen: Painter::default(),
        }
    }
}

impl Frames {
    /// Forgets what is on the terminal, so that the next frame is sent whole.
    pub fn forget(&mut self) {
        self.whole = true;
    }

    /// Paints the next frame; returns the bytes that turn the terminal's cells into it, none where nothing changed.
    pub fn draw(&mut self, size: (u16, u16), paint: impl FnOnce(&mut Buffer)) -> Vec<u8> {
        let area = Rect::new(0, 0, size.0.min(LARGEST), size.1.min(LARGEST));
        if self.next.area != area {
            self.next = Buffer::empty(area);
            self.shown = Buffer::empty(area);
            self.whole = true;
        }
        self.next.reset();
        paint(&mut self.next);
        let bytes = self.changes();
        swap(&mut self.shown, &mut self.next);
        self.whole = false;
        bytes
    }

    fn changes(&mut self) -> Vec<u8> {
        if self.whole {
            self.shown.reset();
            self.pen = Painter::default();
        }
        let cells = self.changed();
        let cleared = if self.whole { CLEAR } else { "" };
        if cells.is_empty() && cleared.is_empty() {
            return Vec::new();
        }
        let as_they_stand = self.pen.write(&cells, &self.next);
        let by_style = self.pen.write(&by_style(&cells), &self.next);
        let (text, pen) = match as_they_stand.0.len() <= by_style.0.len() {
            true => as_they_stand,
            false => by_style,
        };
        self.pen = pen;
        [BEGIN, cleared.as_bytes(), text.as_bytes(), END].concat()
    }

    /// The cells that do not look as they should. The second half of a wide letter is a blank in a buffer, but not on
    /// the terminal.
    fn changed(&self) -> Vec<Change<'_>> {
        let area = self.next.area;
        let columns = usize::from(area.width).max(1);
        let mut cells = Vec::new();
        let rows = self
            .shown
            .content
            .chunks(columns)
            .zip(self.next.content.chunks(columns));
        for (y, (shown, next)) in rows.enumerate() {
            let mut x = 0;
            while x < next.len() {
                let was_half = x > 0 && is_wide(&shown[x - 1]);
                if was_half || (shown[x] != next[x] && !look_alike(&shown[x], &next[x])) {
                    cells.push((x as u16, y as u16, &next[x]));
                }
                x += if is_wide(&next[x]) { 2 } else { 1 };
            }
        }
        cells
    }
}

fn is_wide(cell: &Cell) -> bool {
    let symbol = cell.symbol();
    symbol.len() > 1 && symbol.width() > 1
}

/// A cell that has to be sent, with its column and row.
type Change<'a> = (u16, u16, &'a Cell);

/// The cells of one style after those of another: names of colours are longer than places.
fn by_style<'a>(cells: &[Change<'a>]) -> Vec<Change<'a>> {
    let mut styles: Vec<Painter> = Vec::new();
    let mut ranked: Vec<(usize, Change<'a>)> = Vec::with_capacity(cells.len());
    let mut last: Option<usize> = None;
    for change in cells {
        let goes_on = last.filter(|at| styles[*at].writes(change.2));
        let at = goes_on.or_else(|| styles.iter().position(|s| s.writes(change.2)));
        let at = at.unwrap_or_else(|| {
            styles.push(Painter::of(change.2));
            styles.len() - 1
        });
        last = Some(at);
        ranked.push((at, *change));
    }
    ranked.sort_by_key(|(at, _)| *at);
    ranked.into_iter().map(|(_, change)| change).collect()
}

/// A blank shows only its background: the colour of the letters that it does not have may change unseen.
fn look_alike(a: &Cell, b: &Cell) -> bool {
    a.symbol() == " " && Painter::of(a).writes(b) && b.symbol() == " "
}

/// What a blank shows of how it is written.
const SEEN_ON_BLANKS: Modifier = Modifier::REVERSED
    .union(Modifier::UNDERLINED)
    .union(Modifier::SLOW_BLINK)
    .union(Modifier::RAPID_BLINK)
    .union(Modifier::CROSSED_OUT);

/// How the terminal would write the next letter, and where.
#[derive(Clone)]
struct Painter {
    fg: Color,
    bg: Color,
    modifier: Modifier,
    place: Option<(u16, u16)>,
}

impl Default for Painter {
    fn default() -> Painter {
        Painter {
            fg: Color::Reset,
            bg: Color::Reset,
            modifier: Modifier::empty(),
            place: None,
        }
    }
}

impl Painter {
    fn of(cell: &Cell) -> Painter {
        Painter {
            fg: cell.fg,
            bg: cell.bg,
            modifier: cell.modifier,
            place: None,
        }
    }

    /// Writes the changes in this order; returns the text and the graphic state as the terminal holds it then.
    fn write(&self, changes: &[Change], cells: &Buffer) -> (String, Painter) {
        // Where another program wrote to the terminal, its cursor may be anywhere.
        let mut pen = Painter {
            place: None,
            ..self.clone()
        };
        let mut text = String::new();
        for (x, y, cell) in changes {
            pen.go_to(&mut text, cells, (*x, *y));
            pen.put(&mut text, cell, cells.area.width);
        }
        (text, pen)
    }

    fn go_to(&mut self, text: &mut String, cells: &Buffer, (x, y): (u16, u16)) {
        match self.place {
            Some(place) if place == (x, y) => {}
            Some((from, row)) if row == y && from < x => {
                let gap = (from..x).map(|x| &cells[(x, y)]);
                let bytes: usize = gap.clone().map(|c| c.symbol().len()).sum();
                if bytes <= CHEAP_GAP && gap.clone().all(|c| self.writes(c) && c.symbol().width() == 1) {
                    gap.for_each(|c| text.push_str(c.symbol()));
                } else {
                    let _ = write!(text, "\x1b[{}G", x + 1);
                }
            }
            _ => {
                let _ = write!(text, "\x1b[{};{}H", y + 1, x + 1);
            }
        }
        self.place = Some((x, y));
    }

    /// Whether the cell would look as it should.
    fn writes(&self, cell: &Cell) -> bool {
        let blank = cell.symbol() == " " && !(self.modifier | cell.modifier).intersects(SEEN_ON_BLANKS);
        self.bg == cell.bg && (blank || (self.fg, self.modifier) == (cell.fg, cell.modifier))
    }

    fn put(&mut self, text: &mut String, cell: &Cell, columns: u16) {
        if !self.writes(cell) {
            self.change(text, cell);
        }
        text.push_str(cell.symbol());
        // After a wide letter, or at the right edge, terminals differ in where they stand.
        self.place = self
            .place
            .map(|(x, y)| (x + 1, y))
            .filter(|(x, _)| *x < columns && cell.symbol().width() == 1);
    }

    fn change(&mut self, text: &mut String, cell: &Cell) {
        let mut codes = Vec::new();
        if !(self.modifier - cell.modifier).is_empty() {
            codes.push("0".to_string());
            (self.fg, self.bg, self.modifier) = (Color::Reset, Color::Reset, Modifier::empty());
        }
        let added = cell.modifier - self.modifier;
        codes.extend(
            MODIFIERS
                .iter()
                .filter(|(m, _)| added.contains(*m))
                .map(|(_, c)| c.to_string()),
        );
        if self.fg != cell.fg {
            codes.push(color(cell.fg, 30));
        }
        if self.bg != cell.bg {
            codes.push(color(cell.bg, 40));
        }
        let _ = write!(text, "\x1b[{}m", codes.join(";"));
        (self.fg, self.bg, self.modifier) = (cell.fg, cell.bg, cell.modifier);
    }
}

/// Graphic renditions of ECMA-48.
const MODIFIERS: [(Modifier, u8); 9] = [
    (Modifier::BOLD, 1),
    (Modifier::DIM, 2),
    (Modifier::ITALIC, 3),
    (Modifier::UNDERLINED, 4),
    (Modifier::SLOW_BLINK, 5),
    (Modifier::RAPID_BLINK, 6),
    (Modifier::REVERSED, 7),
    (Modifier::HIDDEN, 8),
    (Modifier::CROSSED_OUT, 9),
];

/// The code of a colour; `base` is 30 for letters and 40 for the background.
fn color(color: Color, base: u8) -> String {
    let bright = base + 60;
    let plain = match color {
        Color::Rgb(r, g, b) => return format!("{};2;{r};{g};{b}", base + 8),
        Color::Indexed(n) => return format!("{};5;{n}", base + 8),
        Color::Reset => base + 9,
        Color::Black => base,
        Color::Red => base + 1,
        Color::Green => base + 2,
        Color::Yellow => base + 3,
        Color::Blue => base + 4,
        Color::Magenta => base + 5,
        Color::Cyan => base + 6,
        Color::Gray => base + 7,
        Color::DarkGray => bright,
        Color::LightRed => bright + 1,
        Color::LightGreen => bright + 2,
        Color::LightYellow => bright + 3,
        Color::LightBlue => bright + 4,
        Color::LightMagenta => bright + 5,
        Color::LightCyan => bright + 6,
        Color::White => bright + 7,
    };
    plain.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ratatui::style::Style;

    const SIZE: (u16, u16) = (7, 4);

    fn dots(count: usize) -> impl Strategy<Value = Vec<(u16, u16, usize, usize, usize)>> {
        proptest::collection::vec((0..SIZE.0 - 1, 0..SIZE.1, 0..6usize, 0..5usize, 0..4usize), 0..count)
    }

    fn paint(buffer: &mut Buffer, dots: &[(u16, u16, usize, usize, usize)]) {
        let colors = [
            Color::Reset,
            Color::Red,
            Color::LightBlue,
            Color::Indexed(77),
            Color::Rgb(1, 2, 3),
        ];
        let modifiers = [
            Modifier::empty(),
            Modifier::BOLD,
            Modifier::BOLD | Modifier::REVERSED,
            Modifier::UNDERLINED,
        ];
        for (x, y, symbol, color, modifier) in dots {
            let symbol = [" ", "a", "λ", "⣿", "コ", "z"][*symbol];
            let style = Style::new()
                .fg(colors[*color])
                .bg(colors[4 - *color])
                .add_modifier(modifiers[*modifier]);
            buffer.set_string(*x, *y, symbol, style);
        }
    }

    /// What is visible of a cell.
    fn seen(screen: &vt100::Screen) -> Vec<String> {
        let mut cells = Vec::new();
        for (y, x) in (0..SIZE.1).flat_map(|y| (0..SIZE.0).map(move |x| (y, x))) {
            let cell = screen.cell(y, x).unwrap();
            let letter = Some(cell.contents()).filter(|c| !c.is_empty()).unwrap_or(" ");
            let blank = letter == " " && !cell.inverse() && !cell.underline();
            cells.push(match blank {
                true => format!("{:?}", cell.bgcolor()),
                false => format!(
                    "{letter} {:?} {:?} {} {} {}",
                    cell.fgcolor(),
                    cell.bgcolor(),
                    cell.bold(),
                    cell.inverse(),
                    cell.underline()
                ),
            });
        }
        cells
    }

    proptest! {
        #[test]
        fn a_terminal_that_is_sent_changes_shows_what_one_that_is_sent_everything_shows(
            pictures in proptest::collection::vec(dots(30), 1..6)
        ) {
            let mut frames = Frames::default();
            let mut terminal = vt100::Parser::new(SIZE.1, SIZE.0, 0);
            for picture in &pictures {
                terminal.process(&frames.draw(SIZE, |b| paint(b, picture)));
                let mut fresh = vt100::Parser::new(SIZE.1, SIZE.0, 0);
                fresh.process(&Frames::default().draw(SIZE, |b| paint(b, picture)));
                prop_assert_eq!(seen(terminal.screen()), seen(fresh.screen()));
            }
        }
    }

    #[test]
    fn a_frame_like_the_last_one_costs_nothing() {
        let mut frames = Frames::default();
        let picture = [(1, 1, 1, 1, 1)];
        assert!(!frames.draw(SIZE, |b| paint(b, &picture)).is_empty());
        assert!(frames.draw(SIZE, |b| paint(b, &picture)).is_empty());
        // The letters' colour of a blank is not seen.
        let blank = |fg| move |b: &mut Buffer| b.set_string(0, 0, "   ", Style::new().fg(fg));
        frames.draw(SIZE, blank(Color::Red));
        assert!(frames.draw(SIZE, blank(Color::Blue)).is_empty());
        frames.forget();
        assert!(!frames.draw(SIZE, blank(Color::Blue)).is_empty());
    }

    #[test]
    fn a_change_of_one_letter_costs_one_letter_and_its_place() {
        let mut frames = Frames::default();
        frames.draw((80, 24), |b| {
            b.set_string(0, 3, "step 1240 of 2000", Style::new());
        });
        let bytes = frames.draw((80, 24), |b| {
            b.set_string(0, 3, "step 1341 of 2000", Style::new());
        });
        assert_eq!(String::from_utf8(bytes).unwrap(), "\x1b[?2026h\x1b[4;7H341\x1b[?2026l");
    }

    #[test]
    fn no_size_is_too_small_or_too_large() {
        for size in [(0, 0), (1, 0), (1, 1), (u16::MAX, 2), (3, u16::MAX)] {
            Frames::default().draw(size, |b| assert!(b.area.width <= LARGEST && b.area.height <= LARGEST));
        }
    }
}
