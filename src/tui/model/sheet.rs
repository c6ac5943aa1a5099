//! A sheet: rows and columns of text that can be sorted, drawn and copied. Shared by the run table, its groups and the
//! comparison of configurations. Pure.

use super::facts::Fact;
use crate::{
    run::{markup, status::RunState, text::clean},
    units::significant,
};
use std::{cmp::Ordering, path::PathBuf};

/// A table.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// What the columns are called.
    pub heads: Vec<Head>,
    /// The rows, in their order.
    pub rows: Vec<Line>,
}

/// A column's heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Its name.
    pub label: String,
    /// Whether rows are ordered by it, and then whether in descending order.
    pub sorted: Option<bool>,
    /// Whether its cells end at the right.
    pub right: bool,
}

/// A row.
#[derive(Debug, Clone, Default)]
pub struct Line {
    /// The run of this row, if it has one.
    pub run: Option<PathBuf>,
    /// One per column.
    pub cells: Vec<Cell>,
}

/// A cell.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    /// As it is shown; empty where nothing is known.
    pub text: String,
    /// By what it is ordered.
    pub key: Option<Fact>,
    /// Coloured as this state.
    pub state: Option<RunState>,
}

impl Cell {
    /// A text.
    pub fn text(text: impl Into<String>) -> Cell {
        let text = text.into();
        Cell {
            key: (!text.is_empty()).then(|| Fact::Text(text.clone())),
            text,
            state: None,
        }
    }

    /// A number, shown so.
    pub fn number(value: f64, text: impl Into<String>) -> Cell {
        Cell {
            text: text.into(),
            key: Some(Fact::Number(value)),
            state: None,
        }
    }
}

impl Cell {
    /// A state by its word alone: its sign is for a screen.
    fn latex(&self) -> String {
        match (self.state, &self.key) {
            (Some(_), Some(Fact::Text(word))) => markup::latex(word),
            _ => markup::latex(&self.text),
        }
    }
}

/// A fact in letters: integers as integers, others with four digits.
pub fn say(fact: &Fact) -> String {
    match fact {
        Fact::Text(text) => clean(text).into_owned(),
        Fact::Number(n) => number(*n),
    }
}

/// A number with enough digits to be unique, in its usual form: `0.01`, `1e-7`.
pub fn exact(n: f64) -> String {
    match n == 0.0 || (1e-4..1e12).contains(&n.abs()) || !n.is_finite() {
        true => n.to_string(),
        false => format!("{n:e}"),
    }
}

/// A number in letters.
pub fn number(n: f64) -> String {
    match n.fract() == 0.0 && n.abs() < 1e12 {
        true => format!("{n:.0}"),
        false => significant(n),
    }
}

impl Sheet {
    /// Orders the rows by a column; what says nothing comes last, either way. Equal rows stay as they are.
    pub fn sort(&mut self, column: usize, falling: bool) {
        self.rows.sort_by(|a, b| {
            let key = |line: &Line| line.cells.get(column).and_then(|c| c.key.clone());
            compare(key(a), key(b), falling)
        });
        if let Some(head) = self.heads.get_mut(column) {
            head.sorted = Some(falling);
        }
    }

    /// For a paper or an issue.
    pub fn markdown(&self) -> String {
        let mut text = markup::markdown_row(self.heads.iter().map(|h| markup::markdown(&h.label)));
        let rule = |h: &Head| if h.right { "---:" } else { "---" }.to_string();
        text += &markup::markdown_row(self.heads.iter().map(rule));
        for line in &self.rows {
            text += &markup::markdown_row(line.cells.iter().map(|c| markup::markdown(&c.text)));
        }
        text
    }

    /// For a paper: a `tabular` with the rules of `booktabs`.
    pub fn latex(&self) -> String {
        let sides: String = self.heads.iter().map(|h| if h.right { 'r' } else { 'l' }).collect();
        let row = |cells: Vec<String>| format!("{} \\\\\n", cells.join(" & "));
        let mut text = format!("\\begin{{tabular}}{{{sides}}}\n\\toprule\n");
        text += &row(self.heads.iter().map(|h| markup::latex(&h.label)).collect());
        text += "\\midrule\n";
        for line in &self.rows {
            text += &row(line.cells.iter().map(Cell::latex).collect());
        }
        text + "\\bottomrule\n\\end{tabular}\n"
    }

    /// For a program: numbers in full.
    pub fn csv(&self) -> String {
        let row = |cells: Vec<String>| cells.join(",") + "\n";
        let mut text = row(self.heads.iter().map(|h| markup::csv(&h.label)).collect());
        for line in &self.rows {
            let cell = |c: &Cell| match &c.key {
                Some(Fact::Number(n)) => n.to_string(),
                Some(Fact::Text(text)) => markup::csv(text),
                None => markup::csv(&c.text),
            };
            text += &row(line.cells.iter().map(cell).collect());
        }
        text
    }
}

/// A number that is none says nothing.
fn known(key: Option<Fact>) -> Option<Fact> {
    key.filter(|k| !matches!(k, Fact::Number(n) if n.is_nan()))
}

/// Either way; what says nothing comes last.
pub fn compare(a: Option<Fact>, b: Option<Fact>, falling: bool) -> Ordering {
    match (known(a), known(b)) {
        (Some(a), Some(b)) if falling => order(&b, &a),
        (Some(a), Some(b)) => order(&a, &b),
        (a, b) => a.is_none().cmp(&b.is_none()),
    }
}

/// Numbers before texts.
pub fn order(a: &Fact, b: &Fact) -> Ordering {
    match (a, b) {
        (Fact::Number(a), Fact::Number(b)) => a.total_cmp(b),
        (Fact::Text(a), Fact::Text(b)) => a.cmp(b),
        (Fact::Number(_), Fact::Text(_)) => Ordering::Less,
        (Fact::Text(_), Fact::Number(_)) => Ordering::Greater,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(values: &[f64]) -> Sheet {
        let head = |label: &str| Head {
            label: label.into(),
            sorted: None,
            right: false,
        };
        let line = |v: &f64| Line {
            run: None,
            cells: vec![Cell::text(format!("a|{v}, \"b\"")), Cell::number(*v, number(*v))],
        };
        Sheet {
            heads: vec![head("name"), head("x")],
            rows: values.iter().map(line).collect(),
        }
    }

    fn shown(sheet: &Sheet) -> Vec<&str> {
        sheet.rows.iter().map(|r| r.cells[1].text.as_str()).collect()
    }

    #[test]
    fn rows_are_ordered_either_way_and_what_says_nothing_is_last() {
        let mut sheet = sheet(&[2.0, f64::NAN, 10.0, -1.0]);
        sheet.sort(1, false);
        assert_eq!(shown(&sheet), ["-1", "2", "10", "NaN"]);
        sheet.sort(1, true);
        assert_eq!(shown(&sheet), ["10", "2", "-1", "NaN"]);
        sheet.sort(7, true);
    }

    #[test]
    fn a_paper_gets_its_rules_and_no_command_from_a_name() {
        let mut sheet = sheet(&[0.5]);
        sheet.rows[0].cells[0] = Cell::text("50 % \\input{x} λ 0.1 ± 0.2 a_b");
        let latex = sheet.latex();
        assert_eq!(
            latex,
            "\\begin{tabular}{ll}\n\\toprule\nname & x \\\\\n\\midrule\n50 \\% \\textbackslash{}input\\{x\\} $\\lambda$ 0.1 \
             $\\pm$ 0.2 a\\_b & 0.5 \\\\\n\\bottomrule\n\\end{tabular}\n"
        );
    }

    #[test]
    fn a_paper_gets_words_for_states_and_spelled_signs() {
        let mut sheet = sheet(&[0.5]);
        sheet.rows[0].cells[0] = Cell {
            text: "✓ done".into(),
            key: Some(Fact::Text("done".into())),
            state: Some(RunState::Finished),
        };
        sheet.rows[0].cells[1] = Cell::text("β ≤ 2·σ² ✗");
        let latex = sheet.latex();
        assert!(
            latex.contains("done & $\\beta$ $\\le$ 2$\\cdot$$\\sigma$$^2$ no"),
            "{latex}"
        );
        assert!(latex.is_ascii());
    }

    #[test]
    fn a_copy_keeps_its_columns_whatever_the_text() {
        let sheet = sheet(&[0.123456]);
        let markdown = sheet.markdown();
        assert!(
            markdown.contains("a\\|0.123456") && markdown.contains("| 0.1235 |"),
            "{markdown}"
        );
        assert_eq!(sheet.csv(), "name,x\n\"a|0.123456, \"\"b\"\"\",0.123456\n");
    }

    #[test]
    fn whole_numbers_are_written_whole() {
        assert_eq!((number(1234567.0).as_str(), number(0.1).as_str()), ("1234567", "0.1"));
        let exactly = [0.123456789, 1e-7, 2e12, 30.0, 0.0].map(exact);
        assert_eq!(exactly, ["0.123456789", "1e-7", "2e12", "30", "0"]);
    }
}
