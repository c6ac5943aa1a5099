//! A frame as SVG: cells with colours and weights, in a monospaced font of the viewer. Characters that [`shapes`] knows
//! are drawn as shapes.

use super::{
    shapes::{self, Bar, Frame},
    style::{DIM, Look, Own},
};
use ratatui::buffer::{Buffer, Cell};
use std::fmt::Write;

/// Width and height of a cell, and the font's size, in pixels.
const CELL: (f64, f64) = (8.43, 17.0);
const FONT: f64 = 14.0;
const FRAME: Frame = Frame {
    width: CELL.0,
    height: CELL.1,
    line: 1.0,
};

/// Draws the buffer.
pub fn render(buffer: &Buffer, own: Own) -> String {
    let area = buffer.area;
    let mut out = opening((area.width, area.height), own);
    body(&mut out, buffer, own);
    out.push_str("</svg>\n");
    out
}

/// Several frames of one size as a looping animation, each shown for the given seconds with its caption below. With
/// reduced motion, only the first is shown.
pub fn film(frames: &[(Buffer, String)], seconds: f64, own: Own) -> String {
    let size = frames.first().map_or((1, 1), |(b, _)| (b.area.width, b.area.height));
    let mut out = opening((size.0, size.1 + 2), own);
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
        body(&mut out, buffer, own);
        let caption: String = caption.chars().flat_map(escaped).collect();
        let base = f64::from(size.1) * CELL.1 + 1.5 * CELL.1;
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{base:.1}\" fill=\"{}\">{caption}</text></g>",
            CELL.0,
            own.ink.hex()
        );
    }
    out.push_str("</svg>\n");
    out
}

/// The picture's beginning, with its background.
fn opening((columns, rows): (u16, u16), own: Own) -> String {
    let (width, height) = (f64::from(columns) * CELL.0, f64::from(rows) * CELL.1);
    let mut out = String::new();
    let font = "font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\"";
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.1} {height:.1}\" {font} font-size=\"{FONT}\" xml:space=\"preserve\">"
    );
    let _ = writeln!(
        out,
        "<rect width=\"100%\" height=\"100%\" fill=\"{}\"/>",
        own.ground.hex()
    );
    out
}

/// Row by row what stands in the cells.
fn body(out: &mut String, buffer: &Buffer, own: Own) {
    let area = buffer.area;
    for row in 0..area.height {
        let cells: Vec<&Cell> = (0..area.width)
            .filter_map(|x| buffer.cell((area.x + x, area.y + row)))
            .collect();
        grounds(out, &cells, row, own);
        words(out, &cells, row, own);
    }
}

/// One rectangle per stretch of the same background.
fn grounds(out: &mut String, cells: &[&Cell], row: u16, own: Own) {
    for (from, to, ground) in stretches(cells, |c| Look::of(c, own).ground) {
        if ground != own.ground {
            let (x, y) = (from as f64 * CELL.0, f64::from(row) * CELL.1);
            let _ = writeln!(
                out,
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{}\"/>",
                (to - from) as f64 * CELL.0,
                CELL.1,
                ground.hex()
            );
        }
    }
}

/// Words of one style as one text with every letter's place, lines and dots as one path.
fn words(out: &mut String, cells: &[&Cell], row: u16, own: Own) {
    let style = |c: &Cell| {
        let Look { ink, bold, dim, .. } = Look::of(c, own);
        (ink, bold, dim)
    };
    for (from, to, (ink, bold, dim)) in stretches(cells, style) {
        let colour = ink.hex();
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
        let faded = if dim {
            format!(" opacity=\"{DIM}\"")
        } else {
            String::new()
        };
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

/// Adds the shapes of a sign to a path; `false` for what the font must draw.
fn drawn(path: &mut String, symbol: &str, (x, y): (f64, f64)) -> bool {
    let Some(bars) = shapes::bars(symbol, FRAME) else {
        return false;
    };
    for Bar {
        x: dx,
        y: dy,
        width: w,
        height: h,
    } in bars
    {
        let _ = write!(path, "M{:.2} {:.2}h{w:.2}v{h:.2}h-{w:.2}z", x + dx, y + dy);
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
    use crate::tui::theme::Rgb;
    use ratatui::{
        layout::Rect,
        style::{Color, Style},
    };

    const OWN: Own = Own {
        ground: Rgb(0, 0, 0),
        ink: Rgb(255, 255, 255),
    };

    #[test]
    fn letters_are_escaped_and_braille_is_drawn() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 6, 1));
        buffer.set_string(
            0,
            0,
            "<&⣿",
            Style::new().fg(Color::Rgb(1, 2, 3)).bg(Color::Rgb(9, 9, 9)),
        );
        let svg = render(&buffer, OWN);
        assert!(
            svg.contains("&lt;&amp;</text>") && svg.contains("#010203") && svg.contains("#090909"),
            "{svg}"
        );
        assert_eq!(
            svg.matches('M').count() - svg.matches("Mono").count() - svg.matches("Menlo").count(),
            8
        );
    }

    #[test]
    fn a_film_shows_its_frames_one_after_another_with_their_captions() {
        let frame = |text: &str| (Buffer::with_lines([text]), format!("<{text}>"));
        let film = film(&[frame("one"), frame("two")], 3.0, OWN);
        assert_eq!(film.matches("<g class=").count(), 2);
        assert!(film.contains("show 6.0s") && film.contains("50.000%{visibility:hidden}"));
        assert!(film.contains("animation-delay:3.0s") && film.contains("&lt;two&gt;"));
        assert!(film.contains("prefers-reduced-motion"));
    }
}
