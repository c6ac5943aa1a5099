//! A frame as a picture: cells with their colours, weights and grounds, in a monospaced font. Braille is drawn as
//! dots, blocks and shades as areas and lines as lines, so the picture does not depend on the font having them.

use ratatui::{
    buffer::{Buffer, Cell},
    style::{Color, Modifier},
    symbols::pixel,
};
use std::fmt::Write;

/// Width and height of a cell, and the font's size, in pixels.
const CELL: (f64, f64) = (8.43, 17.0);
const FONT: f64 = 14.0;

/// Draws the buffer; `ground` and `ink` stand for the terminal's own colours.
pub fn render(buffer: &Buffer, ground: &str, ink: &str) -> String {
    let area = buffer.area;
    let mut out = opening((area.width, area.height), ground);
    body(&mut out, buffer, ground, ink);
    out.push_str("</svg>\n");
    out
}

/// Several frames of one size after one another, each for so many seconds with its caption below, around and around. Who
/// wishes for less motion sees the first.
pub fn film(frames: &[(Buffer, String)], seconds: f64, ground: &str, ink: &str) -> String {
    let size = frames.first().map_or((1, 1), |(b, _)| (b.area.width, b.area.height));
    let mut out = opening((size.0, size.1 + 2), ground);
    let (count, share) = (frames.len().max(1), 100.0 / frames.len().max(1) as f64);
    let _ = writeln!(
        out,
        "<style>.f{{visibility:hidden;animation:show {:.1}s step-end infinite}}\
         @keyframes show{{0%{{visibility:visible}}{share:.3}%{{visibility:hidden}}}}\
         @media (prefers-reduced-motion:reduce){{.f{{animation:none}}.f0{{visibility:visible}}}}</style>",
        seconds * count as f64
    );
    for (at, (buffer, caption)) in frames.iter().enumerate() {
        let delay = seconds * at as f64;
        let _ = writeln!(out, "<g class=\"f f{at}\" style=\"animation-delay:{delay:.1}s\">");
        body(&mut out, buffer, ground, ink);
        let caption: String = caption.chars().flat_map(escaped).collect();
        let base = f64::from(size.1) * CELL.1 + 1.5 * CELL.1;
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{base:.1}\" fill=\"{ink}\">{caption}</text></g>",
            CELL.0
        );
    }
    out.push_str("</svg>\n");
    out
}

/// The picture's beginning, with its ground.
fn opening((columns, rows): (u16, u16), ground: &str) -> String {
    let (width, height) = (f64::from(columns) * CELL.0, f64::from(rows) * CELL.1);
    let mut out = String::new();
    let font = "font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\"";
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.1} {height:.1}\" {font} font-size=\"{FONT}\" xml:space=\"preserve\">"
    );
    let _ = writeln!(out, "<rect width=\"100%\" height=\"100%\" fill=\"{ground}\"/>");
    out
}

/// Row by row what stands in the cells.
fn body(out: &mut String, buffer: &Buffer, ground: &str, ink: &str) {
    let area = buffer.area;
    for row in 0..area.height {
        let cells: Vec<&Cell> = (0..area.width)
            .filter_map(|x| buffer.cell((area.x + x, area.y + row)))
            .collect();
        grounds(out, &cells, row, (ground, ink));
        words(out, &cells, row, (ground, ink));
    }
}

/// One rectangle per stretch of the same ground.
fn grounds(out: &mut String, cells: &[&Cell], row: u16, own: (&str, &str)) {
    for (from, to, colour) in stretches(cells, |c| colours(c, own).1) {
        if colour != own.0 {
            let (x, y) = (from as f64 * CELL.0, f64::from(row) * CELL.1);
            let _ = writeln!(
                out,
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{colour}\"/>",
                (to - from) as f64 * CELL.0,
                CELL.1
            );
        }
    }
}

/// Words of one style as one text with every letter's place, lines and dots as one path.
fn words(out: &mut String, cells: &[&Cell], row: u16, own: (&str, &str)) {
    let style = |c: &Cell| {
        (
            colours(c, own).0,
            c.modifier.contains(Modifier::BOLD),
            c.modifier.contains(Modifier::DIM),
        )
    };
    for (from, to, (colour, bold, dim)) in stretches(cells, style) {
        // One text per word, and one per letter that the font may have in another width, so that nothing drifts.
        let (mut texts, mut path) = (Vec::<(f64, String)>::new(), String::new());
        let mut open = false;
        for (at, cell) in cells[from..to].iter().enumerate() {
            let corner = ((from + at) as f64 * CELL.0, f64::from(row) * CELL.1);
            let symbol = cell.symbol();
            if symbol.trim().is_empty() || drawn(&mut path, symbol, corner) {
                open = false;
                continue;
            }
            let letters = symbol.chars().flat_map(escaped);
            match texts.last_mut().filter(|_| open && symbol.is_ascii()) {
                Some((_, text)) => text.extend(letters),
                None => texts.push((corner.0, letters.collect())),
            }
            open = symbol.is_ascii();
        }
        let faded = if dim { " opacity=\"0.6\"" } else { "" };
        if !path.is_empty() {
            let _ = writeln!(out, "<path d=\"{path}\" fill=\"{colour}\"{faded}/>");
        }
        for (x, text) in texts {
            let weight = if bold { " font-weight=\"bold\"" } else { "" };
            let base = f64::from(row) * CELL.1 + 13.0;
            let _ = writeln!(
                out,
                "<text x=\"{x:.1}\" y=\"{base:.1}\" fill=\"{colour}\"{weight}{faded}>{text}</text>"
            );
        }
    }
}

/// Neighbouring cells that agree, as `(from, to, what they agree on)`.
fn stretches<T: PartialEq>(cells: &[&Cell], of: impl Fn(&Cell) -> T) -> Vec<(usize, usize, T)> {
    let mut all: Vec<(usize, usize, T)> = Vec::new();
    for (at, cell) in cells.iter().enumerate() {
        let now = of(cell);
        match all.last_mut() {
            Some((_, to, same)) if *same == now => *to = at + 1,
            _ => all.push((at, at + 1, now)),
        }
    }
    all
}

/// Ink and ground of a cell.
fn colours(cell: &Cell, (ground, ink): (&str, &str)) -> (String, String) {
    let (fg, bg) = (css(cell.fg, ink), css(cell.bg, ground));
    if cell.modifier.contains(Modifier::REVERSED) {
        (bg, fg)
    } else {
        (fg, bg)
    }
}

fn css(colour: Color, own: &str) -> String {
    match colour {
        Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
        _ => own.to_string(),
    }
}

/// Adds braille dots and straight lines to a path; `false` for what the font must draw.
fn drawn(path: &mut String, symbol: &str, (x, y): (f64, f64)) -> bool {
    let mut chars = symbol.chars();
    let (Some(c), None) = (chars.next(), chars.next()) else {
        return false;
    };
    let (w, h) = CELL;
    let (cx, cy) = (x + w / 2.0, y + h / 2.0);
    let mut bar = |x: f64, y: f64, w: f64, h: f64| {
        let _ = write!(path, "M{x:.2} {y:.2}h{w:.2}v{h:.2}h-{w:.2}z");
    };
    match c {
        '\u{2800}'..='\u{28ff}' => {
            let bits = c as u32 - 0x2800;
            const PLACES: [(f64, f64); 8] = [
                (0.0, 0.0),
                (0.0, 1.0),
                (0.0, 2.0),
                (1.0, 0.0),
                (1.0, 1.0),
                (1.0, 2.0),
                (0.0, 3.0),
                (1.0, 3.0),
            ];
            for (bit, (dx, dy)) in PLACES.iter().enumerate() {
                if bits & (1 << bit) != 0 {
                    bar(
                        x + w * (0.25 + 0.5 * dx) - 1.0,
                        y + h * (0.125 + 0.25 * dy) - 1.0,
                        2.0,
                        2.0,
                    );
                }
            }
        }
        '░' | '▒' | '▓' => shade(c, (x, y), &mut bar),
        '─' => bar(x, cy - 0.5, w, 1.0),
        '━' => bar(x, cy - 1.25, w, 2.5),
        '│' => bar(cx - 0.5, y, 1.0, h),
        '┊' => (0..3).for_each(|n| bar(cx - 0.5, y + h * f64::from(n) / 3.0 + 1.0, 1.0, h / 3.0 - 2.5)),
        '┤' => {
            bar(cx - 0.5, y, 1.0, h);
            bar(x + w * 0.2, cy - 0.5, w * 0.3, 1.0);
        }
        '┬' => {
            bar(x, cy - 0.5, w, 1.0);
            bar(cx - 0.5, cy, 1.0, h * 0.3);
        }
        '└' => {
            bar(cx - 0.5, y, 1.0, h / 2.0);
            bar(cx - 0.5, cy - 0.5, w / 2.0 + 0.5, 1.0);
        }
        '╭' | '╮' | '╰' | '╯' => {
            let (left, up) = (matches!(c, '╮' | '╯'), matches!(c, '╰' | '╯'));
            bar(if left { x } else { cx - 0.5 }, cy - 0.5, w / 2.0 + 0.5, 1.0);
            bar(cx - 0.5, if up { y } else { cy - 0.5 }, 1.0, h / 2.0 + 0.5);
        }
        _ => return blocks(c, (x, y), &mut bar),
    }
    true
}

/// A screen of dots that covers a quarter, a half or three quarters: by 4×8 places, so that neighbours join.
fn shade(c: char, (x, y): (f64, f64), bar: &mut impl FnMut(f64, f64, f64, f64)) {
    let (w, h) = (CELL.0 / 4.0, CELL.1 / 8.0);
    for (column, row) in (0..8).flat_map(|row| (0..4).map(move |column| (column, row))) {
        let is_lit = match c {
            '░' => (column + 2 * (row % 2)) % 4 == 0,
            '▒' => (column + row) % 2 == 0,
            _ => (column + 2 * (row % 2)) % 4 != 0,
        };
        if is_lit {
            bar(x + f64::from(column) * w, y + f64::from(row) * h, w, h);
        }
    }
}

/// Octants, quadrants, halves and the full block: eight places, of which those that touch become one shape.
fn blocks(c: char, (x, y): (f64, f64), bar: &mut impl FnMut(f64, f64, f64, f64)) -> bool {
    let Some(bits) = pixel::OCTANTS
        .iter()
        .position(|octant| *octant == c)
        .filter(|b| *b != 0)
    else {
        return false;
    };
    let (w, h) = (CELL.0 / 2.0, CELL.1 / 4.0);
    let lit = |column: usize, row: usize| row < 4 && bits & (1 << (2 * row + column)) != 0;
    for (column, row) in (0..4).flat_map(|row| [(0, row), (1, row)]) {
        let starts = lit(column, row) && (row == 0 || !lit(column, row - 1));
        if starts {
            let down = (row..).take_while(|row| lit(column, *row)).count();
            bar(x + w * column as f64, y + h * row as f64, w, h * down as f64);
        }
    }
    true
}

fn escaped(c: char) -> Vec<char> {
    match c {
        '<' => "&lt;".chars().collect(),
        '>' => "&gt;".chars().collect(),
        '&' => "&amp;".chars().collect(),
        '"' => "&quot;".chars().collect(),
        c => vec![c],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::{layout::Rect, style::Style};

    #[test]
    fn letters_are_escaped_and_braille_is_drawn() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 6, 1));
        buffer.set_string(
            0,
            0,
            "<&⣿",
            Style::new().fg(Color::Rgb(1, 2, 3)).bg(Color::Rgb(9, 9, 9)),
        );
        let svg = render(&buffer, "#000000", "#ffffff");
        assert!(
            svg.contains("&lt;&amp;</text>") && svg.contains("#010203") && svg.contains("#090909"),
            "{svg}"
        );
        assert_eq!(
            svg.matches('M').count() - svg.matches("Mono").count() - svg.matches("Menlo").count(),
            8
        );
    }

    /// The area that a sign covers, in cells.
    fn covered(sign: char) -> f64 {
        let mut path = String::new();
        assert!(
            drawn(&mut path, &sign.to_string(), (0.0, 0.0)),
            "{sign:?} is left to the font"
        );
        let number = |text: &str, from: char, to: char| -> f64 {
            let rest = &text[text.find(from).unwrap() + 1..];
            rest[..rest.find(to).unwrap()].parse().unwrap()
        };
        let bars = path.split('M').skip(1);
        let area: f64 = bars
            .map(|b| number(b, 'h', 'v') * number(&b[b.find('v').unwrap()..], 'v', 'h'))
            .sum();
        area / (CELL.0 * CELL.1)
    }

    #[test]
    fn blocks_and_shades_cover_their_share_of_a_cell() {
        for bits in 1..256usize {
            let share = covered(pixel::OCTANTS[bits]);
            assert!(
                (share - f64::from(bits.count_ones()) / 8.0).abs() < 0.01,
                "{bits:#b}: {share}"
            );
        }
        for bits in 1..16usize {
            let share = covered(pixel::QUADRANTS[bits]);
            assert!(
                (share - f64::from(bits.count_ones()) / 4.0).abs() < 0.01,
                "{bits:#b}: {share}"
            );
        }
        for (sign, share) in [('▀', 0.5), ('▄', 0.5), ('█', 1.0), ('░', 0.25), ('▒', 0.5), ('▓', 0.75)] {
            assert!((covered(sign) - share).abs() < 0.01, "{sign}");
        }
        assert!(!drawn(&mut String::new(), " ", (0.0, 0.0)) && !drawn(&mut String::new(), "a", (0.0, 0.0)));
    }

    #[test]
    fn a_film_shows_its_frames_one_after_another_with_their_captions() {
        let frame = |text: &str| (Buffer::with_lines([text]), format!("<{text}>"));
        let film = film(&[frame("one"), frame("two")], 3.0, "#000000", "#ffffff");
        assert_eq!(film.matches("<g class=").count(), 2);
        assert!(film.contains("show 6.0s") && film.contains("50.000%{visibility:hidden}"));
        assert!(film.contains("animation-delay:3.0s") && film.contains("&lt;two&gt;"));
        assert!(film.contains("prefers-reduced-motion"));
    }
}
