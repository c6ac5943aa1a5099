//! Every symbol that is not a letter, in two sets: Unicode and ASCII (`--ascii`).

use crate::run::status::RunState;
use ratatui::symbols::{braille::BRAILLE, pixel};

/// A set of signs, each one cell wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glyphs {
    /// The characters curves are drawn with.
    pub dots: Dots,
    /// A vertical line.
    pub vertical: &'static str,
    /// A light vertical line.
    pub dotted: &'static str,
    /// A horizontal line.
    pub horizontal: &'static str,
    /// Where the axes meet.
    pub corner: &'static str,
    /// A tick on the left axis.
    pub tick_left: &'static str,
    /// A tick on the bottom axis.
    pub tick_down: &'static str,
    /// A checkpoint.
    pub checkpoint: &'static str,
    /// A resume.
    pub resume: &'static str,
    /// A value that is not finite.
    pub broken: &'static str,
    /// The filled and the empty part of a progress bar.
    pub bar: (&'static str, &'static str),
    /// The selected row.
    pub pointer: &'static str,
    /// Between parts of a line.
    pub dot: &'static str,
    /// From old to new.
    pub arrow: &'static str,
    /// Cut off here.
    pub ellipsis: &'static str,
    /// Not known.
    pub none: &'static str,
    /// Applied, pending, rejected.
    pub verdicts: (&'static str, &'static str, &'static str),
    /// Signs that tell curves apart without colour.
    pub curves: [&'static str; 8],
    /// Corners and sides of a pop-up: upper left, upper right, lower left, lower right.
    pub corners: [&'static str; 4],
}

/// For terminals with Unicode.
pub const UNICODE: Glyphs = Glyphs {
    dots: Dots::Braille,
    vertical: "│",
    dotted: "┊",
    horizontal: "─",
    corner: "└",
    tick_left: "┤",
    tick_down: "┬",
    checkpoint: "◆",
    resume: "↻",
    broken: "×",
    bar: ("━", "─"),
    pointer: "▸",
    dot: "·",
    arrow: "→",
    ellipsis: "…",
    none: "–",
    verdicts: ("✓", "○", "✗"),
    curves: ["●", "■", "▲", "○", "□", "△", "◇", "▪"],
    corners: ["╭", "╮", "╰", "╯"],
};

/// For terminals without.
pub const ASCII: Glyphs = Glyphs {
    dots: Dots::Ascii,
    vertical: "|",
    dotted: ":",
    horizontal: "-",
    corner: "+",
    tick_left: "+",
    tick_down: "+",
    checkpoint: "C",
    resume: "R",
    broken: "X",
    bar: ("#", "-"),
    pointer: ">",
    dot: "|",
    arrow: ">",
    ellipsis: "~",
    none: "-",
    verdicts: ("+", "o", "x"),
    curves: ["*", "o", "+", "x", "#", "%", "@", "="],
    corners: ["+", "+", "+", "+"],
};

impl Glyphs {
    /// The set that is wanted.
    pub fn of(ascii: bool) -> Glyphs {
        if ascii { ASCII } else { UNICODE }
    }

    /// The same signs with other dots; without Unicode there are none but letters.
    pub fn with_dots(self, dots: Dots) -> Glyphs {
        match self == ASCII {
            true => self,
            false => Glyphs { dots, ..self },
        }
    }

    /// Symbol and word of a run's state, so that it never depends on colour alone.
    pub fn state(&self, state: RunState) -> (&'static str, &'static str) {
        let (sign, plain, word) = match state {
            RunState::Running => ("●", "*", "running"),
            RunState::Paused => ("‖", "=", "paused"),
            RunState::Stalled => ("…", "~", "stalled"),
            RunState::Finished => ("✓", "+", "done"),
            RunState::Failed => ("✗", "x", "failed"),
            RunState::Stopped => ("■", "#", "stopped"),
            RunState::Lost => ("?", "?", "lost"),
            RunState::Queued => ("…", ".", "queued"),
            RunState::NoEnd => ("◦", "-", "no end"),
        };
        (if *self == ASCII { plain } else { sign }, word)
    }

    /// Replaces the letters that are not ASCII by ASCII spellings, where that set is in use.
    pub fn spell<'a>(&self, text: &'a str) -> std::borrow::Cow<'a, str> {
        if *self != ASCII || text.is_ascii() {
            return text.into();
        }
        let mut plain = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                'λ' => plain.push_str("lambda"),
                'ε' => plain.push_str("eps"),
                'α' => plain.push_str("alpha"),
                'ρ' => plain.push_str("rho"),
                'ℓ' => plain.push('l'),
                '₀' => plain.push('0'),
                '₁' => plain.push('1'),
                '₂' => plain.push('2'),
                '‖' => plain.push('|'),
                '×' => plain.push('x'),
                '÷' => plain.push('/'),
                '→' => plain.push_str("->"),
                '←' => plain.push_str("<-"),
                '↑' => plain.push('^'),
                '↓' => plain.push('v'),
                '·' => plain.push('*'),
                '…' => plain.push_str("..."),
                '–' | '—' | '−' => plain.push('-'),
                '≤' => plain.push_str("<="),
                '≥' => plain.push_str(">="),
                '½' => plain.push_str("/2"),
                '∇' => plain.push_str("grad "),
                'ₓ' => plain.push('x'),
                '∞' => plain.push_str("inf"),
                '“' | '”' => plain.push('"'),
                c if c.is_ascii() => plain.push(c),
                _ => plain.push('?'),
            }
        }
        plain.into()
    }
}

/// The characters that dots are drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dots {
    /// 2×4 round dots to a cell: every terminal of today has them.
    #[default]
    Braille,
    /// 2×4 solid blocks to a cell (Unicode 16, 2024): lines without holes, where the font has them.
    Octant,
    /// 2×2 solid blocks to a cell: where braille is drawn badly.
    Block,
    /// One letter to a cell.
    Ascii,
}

impl Dots {
    /// All of them, the finest and best supported first.
    pub const ALL: [Dots; 4] = [Dots::Braille, Dots::Octant, Dots::Block, Dots::Ascii];

    /// As options call it.
    pub fn name(self) -> &'static str {
        match self {
            Dots::Braille => "braille",
            Dots::Octant => "octant",
            Dots::Block => "block",
            Dots::Ascii => "ascii",
        }
    }

    /// The one of that name.
    pub fn parse(name: &str) -> Option<Dots> {
        Dots::ALL.into_iter().find(|d| d.name() == name)
    }

    /// The one after it, the first after the last.
    pub fn next(self) -> Dots {
        let at = Dots::ALL.iter().position(|d| *d == self).unwrap_or(0);
        Dots::ALL[(at + 1) % Dots::ALL.len()]
    }

    /// Dots to a cell, across and down.
    pub fn per_cell(self) -> (usize, usize) {
        match self {
            Dots::Braille | Dots::Octant => (2, 4),
            Dots::Block => (2, 2),
            Dots::Ascii => (1, 1),
        }
    }

    /// Whether neighbouring dots touch, so that an area of them hides what it lies beside.
    pub fn is_solid(self) -> bool {
        matches!(self, Dots::Octant | Dots::Block)
    }

    /// The cell with these dots: bits row by row from the upper left.
    pub fn glyph(self, bits: u8, letter: char) -> char {
        let at = usize::from(bits);
        match self {
            Dots::Braille => BRAILLE[at],
            Dots::Octant => pixel::OCTANTS[at],
            Dots::Block => pixel::QUADRANTS[at % pixel::QUADRANTS.len()],
            Dots::Ascii => letter,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_its_own_sign_and_word() {
        let states = RunState::ALL;
        for set in [UNICODE, ASCII] {
            let distinct: std::collections::HashSet<_> = states.iter().map(|s| set.state(*s)).collect();
            assert_eq!(distinct.len(), states.len());
            for state in states {
                assert_eq!(unicode_width::UnicodeWidthStr::width(set.state(state).0), 1);
            }
        }
    }

    #[test]
    fn the_ascii_set_is_ascii() {
        assert!(ASCII.spell("λ·R ≤ 8/255 → ½").is_ascii());
        assert!(ASCII.curves.iter().all(|c| c.is_ascii()));
    }
}
