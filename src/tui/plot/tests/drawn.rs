//! Every kind of chart as a picture in letters, with its styles: at three sizes, in braille and colour, in ASCII and
//! 256 colours, and without colour.

use super::examples::{KINDS, Sitter};
use crate::tui::{
    plot::*,
    theme::{
        Depth, Ink, Theme,
        glyphs::{ASCII, Glyphs, UNICODE},
    },
};
use ratatui::{
    buffer::{Buffer, Cell},
    layout::Rect,
    style::{Color, Style},
};
use std::fmt::Write;

/// Width, height, and whether the chart has the screen to itself.
const SIZES: [(u16, u16, bool); 3] = [(80, 24, false), (120, 40, false), (200, 60, true)];

const MODES: [(&str, &Glyphs, Depth); 3] = [
    ("braille", &UNICODE, Depth::True),
    ("ascii", &ASCII, Depth::Indexed),
    ("mono", &UNICODE, Depth::Mono),
];

#[test]
fn every_kind_of_chart_looks_as_it_should() {
    for (kind, sitter) in KINDS {
        for (mode, glyphs, depth) in MODES {
            let theme = Theme::named("dark", depth).unwrap();
            let mut portrait = String::new();
            for (width, height, full) in SIZES {
                let look = Look {
                    theme: &theme,
                    glyphs,
                    focused: true,
                    full,
                };
                let area = Rect::new(0, 0, width, height);
                let mut buffer = Buffer::empty(area);
                match sitter() {
                    Sitter::Chart(chart) => chart.draw(area, look, &mut buffer),
                    Sitter::Heat(heat) => heat.draw(area, look, &mut buffer),
                };
                let what = if full { ", full" } else { "" };
                let _ = writeln!(portrait, "== {width}×{height}{what}\n{}", text(&buffer));
                let _ = writeln!(portrait, "{}", styles(&buffer, &theme));
            }
            insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
                insta::assert_snapshot!(format!("{kind}_{mode}"), portrait);
            });
        }
    }
}

fn rows(buffer: &Buffer) -> impl Iterator<Item = &[Cell]> {
    buffer.content.chunks(usize::from(buffer.area.width))
}

fn text(buffer: &Buffer) -> String {
    let line = |cells: &[Cell]| {
        let line: String = cells.iter().map(Cell::symbol).collect();
        line.trim_end().to_string()
    };
    rows(buffer).map(line).collect::<Vec<_>>().join("\n")
}

/// A letter for each style, and each line as so many cells of each: `4.12b` is four of none and twelve of b. Lines
/// that follow one of the same styles are left out.
fn styles(buffer: &Buffer, theme: &Theme) -> String {
    let mut known: Vec<Style> = vec![Cell::EMPTY.style()];
    let letters = ".abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let (mut lines, mut last) = (String::new(), String::new());
    for (at, cells) in rows(buffer).enumerate() {
        let mut line = String::new();
        for run in cells.chunk_by(|a, b| a.style() == b.style()) {
            let style = run[0].style();
            let found = known.iter().position(|k| *k == style);
            let index = found.unwrap_or_else(|| {
                known.push(style);
                known.len() - 1
            });
            let letter = letters.chars().nth(index).unwrap_or('?');
            let _ = write!(line, "{}{letter}", run.len());
        }
        if line != last {
            let _ = writeln!(lines, "{at:>2} {line}");
        }
        last = line;
    }
    let legend = letters.chars().zip(known).skip(1);
    let lines_of_legend = legend.map(|(letter, style)| format!("{letter} {}\n", meaning(style, theme)));
    format!("-- styles\n{}{lines}", lines_of_legend.collect::<String>())
}

/// What the theme calls a style, or its colours.
fn meaning(style: Style, theme: &Theme) -> String {
    let inks = [
        (Ink::Text, "text"),
        (Ink::Strong, "strong"),
        (Ink::Muted, "muted"),
        (Ink::Faint, "faint"),
        (Ink::Accent, "accent"),
        (Ink::Good, "good"),
        (Ink::Warn, "warn"),
        (Ink::Bad, "bad"),
    ];
    let inks = inks.map(|(ink, name)| (theme.ink(ink), name.to_string()));
    let series = (0..8).map(|n| (theme.series(n), format!("series {n}")));
    let ghosts = (0..8).map(|n| (theme.ghost(n), format!("ghost {n}")));
    let is_same = |wanted: &Style| {
        let mut cell = Cell::EMPTY;
        cell.set_style(*wanted);
        cell.style() == style
    };
    let names = inks.into_iter().chain(series).chain(ghosts);
    let names: Vec<String> = names.filter(|(s, _)| is_same(s)).map(|(_, name)| name).collect();
    if !names.is_empty() {
        return names.join(", ");
    }
    let colour = |c: Option<Color>| c.unwrap_or_default().to_string();
    let weight = style.add_modifier;
    format!("{} on {} {weight:?}", colour(style.fg), colour(style.bg))
}
