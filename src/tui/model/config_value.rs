//! A key of a run's configuration as text, for comparisons.

use super::{
    RunRow,
    facts::Fact,
    sheet::{Cell, exact, say},
};

/// What a run was started with, and what its worker has made of it since: `0.01 → 0.005 (live)`.
pub fn value(run: &RunRow, key: &str, arrow: &str) -> String {
    let Some(began) = run.facts.get(key) else {
        return String::new();
    };
    match (began, run.tunables.get(key)) {
        (Fact::Number(began), Some(now)) if now != began => {
            format!("{} {arrow} {} (live)", exact(*began), exact(*now))
        }
        (Fact::Number(began), _) => exact(*began),
        (Fact::Text(_), _) => say(began),
    }
}

/// The same as a cell: one that was not changed is a number for a program too.
pub fn cell(run: &RunRow, key: &str, arrow: &str) -> Cell {
    let text = value(run, key, arrow);
    match run.facts.get(key) {
        Some(Fact::Number(n)) if text == exact(*n) => Cell::number(*n, text),
        _ => Cell::text(text),
    }
}
