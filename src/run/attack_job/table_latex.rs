//! An attack's table for a paper: attacks by radius, with the rules of `booktabs`; each entry is an accuracy in per cent
//! with one decimal and its interval, two columns under one radius.

use super::{AttackTable, Counts, TableRow};
use crate::{
    run::{
        attack::Split,
        markup::{latex, percent},
    },
    units::Epsilon,
};

/// The most names of runs in a caption.
const MOST_NAMES: usize = 8;

impl AttackTable {
    /// A `table` that compiles in any document with `booktabs`.
    pub fn latex(&self) -> String {
        let radii = self.radii();
        let sides = "r@{\\ }l".repeat(radii.len().max(1));
        let mut text = String::from("% needs \\usepackage{booktabs}\n\\begin{table}\n\\centering\n");
        text += &format!("\\caption{{{}}}\n", self.caption());
        text += &format!("\\begin{{tabular}}{{ll{sides}r}}\n\\toprule\n");
        text += &heads(&radii);
        let mut before = None;
        for group in self.groups() {
            let Some(first) = group.first().copied() else { continue };
            if before != Some(first.checkpoint) {
                text += "\\midrule\n";
                if self.checkpoints.len() > 1 {
                    let all = 3 + 2 * radii.len().max(1);
                    let name = latex(&self.checkpoint(first));
                    text += &format!("\\multicolumn{{{all}}}{{l}}{{\\emph{{{name}}}}} \\\\\n");
                }
            }
            before = Some(first.checkpoint);
            text += &line(&group, &radii);
        }
        text + "\\bottomrule\n\\end{tabular}\n\\end{table}\n"
    }

    /// Every radius above zero, ascending.
    fn radii(&self) -> Vec<Epsilon> {
        let mut radii: Vec<Epsilon> = self.rows.iter().filter(|r| !is_clean(r)).map(|r| r.eps).collect();
        radii.sort_by(|a, b| a.value().total_cmp(&b.value()));
        radii.dedup();
        radii
    }

    /// Rows of one checkpoint, attack and backward mode, in the table's order.
    fn groups(&self) -> Vec<Vec<&TableRow>> {
        let of = |r: &TableRow| (r.checkpoint, r.label(), r.backward.clone());
        let mut groups: Vec<Vec<&TableRow>> = Vec::new();
        for row in &self.rows {
            match groups
                .iter_mut()
                .find(|g| g.first().is_some_and(|first| of(first) == of(row)))
            {
                Some(group) => group.push(row),
                None => groups.push(vec![row]),
            }
        }
        groups
    }

    /// What was measured on what, so that the table can stand alone.
    fn caption(&self) -> String {
        let mut names: Vec<String> = Vec::new();
        for it in &self.checkpoints {
            let name = format!("\\texttt{{{}}}", latex(&it.name));
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let beyond = names.len().saturating_sub(MOST_NAMES);
        names.truncate(MOST_NAMES);
        let mut caption = format!("Accuracy of {}", names.join(", "));
        if beyond > 0 {
            caption += &format!(" and {beyond} more");
        }
        if let [one] = &self.checkpoints[..] {
            caption += &format!(" ({})", latex(&one.checkpoint));
        }
        let norm = self.norm.latex();
        let split = match self.split {
            Split::Test => "test",
            Split::Validation => "validation",
        };
        caption += &format!(" under attack, $\\ell_{{{norm}}}$ radius $\\varepsilon$, in per cent of ");
        caption += &match self.common_n() {
            Some(n) => format!("$n = {n}$ {split} images"),
            None => format!("$n$ {split} images"),
        };
        caption += ", with 95\\,\\% Wilson intervals";
        for condition in &self.conditions {
            caption += &format!("; {}", latex(condition));
        }
        caption += ".";
        let (done, all) = self.finished;
        if done < all {
            caption += &format!(" Not finished: {done} of {all} cells.");
        }
        caption
    }

    /// How many images every entry counts, where that is one number.
    fn common_n(&self) -> Option<usize> {
        let first = self.rows.first()?.tally.n;
        self.rows.iter().all(|r| r.tally.n == first).then_some(first)
    }
}

fn is_clean(row: &TableRow) -> bool {
    row.counts == Counts::Cell && row.attack == "none"
}

fn heads(radii: &[Epsilon]) -> String {
    let radius = |(at, eps): (usize, &Epsilon)| match at {
        0 => format!("\\multicolumn{{2}}{{c}}{{$\\varepsilon = {eps}$}}"),
        _ => format!("\\multicolumn{{2}}{{c}}{{${eps}$}}"),
    };
    let mut cells = vec!["attack".to_string(), "backward".into()];
    cells.extend(radii.iter().enumerate().map(radius));
    if radii.is_empty() {
        cells.push("\\multicolumn{2}{c}{accuracy}".into());
    }
    cells.push("$n$".into());
    format!("{} \\\\\n", cells.join(" & "))
}

/// One line: an attack in one backward mode at every radius.
fn line(group: &[&TableRow], radii: &[Epsilon]) -> String {
    let most = group.iter().map(|r| r.tally.n).max().unwrap_or(0);
    let least = group.iter().map(|r| r.tally.n).min().unwrap_or(0);
    let Some(first) = group.first() else {
        return String::new();
    };
    let attack = match (first.counts, is_clean(first)) {
        (Counts::Worst, _) => "worst case".to_string(),
        (_, true) => "none (clean)".into(),
        _ => latex(&first.label()),
    };
    let backward = match first.counts {
        Counts::Worst => String::new(),
        _ => latex(&first.backward),
    };
    let mut cells = vec![attack, backward];
    if is_clean(first) {
        let columns = 2 * radii.len().max(1);
        cells.push(format!(
            "\\multicolumn{{{columns}}}{{c}}{{{}}}",
            entry(first, most, "\\ ")
        ));
    } else {
        let at = |eps: &Epsilon| group.iter().find(|r| r.eps == *eps);
        cells.extend(
            radii
                .iter()
                .map(|eps| at(eps).map_or("-- & ".into(), |r| entry(r, most, " & "))),
        );
    }
    cells.push(match least == most {
        true => most.to_string(),
        false => format!("{least}--{most}"),
    });
    format!("{} \\\\\n", cells.join(" & "))
}

/// `86.4 & [84.1, 88.5]`; one on fewer images than others of its line says on how many.
fn entry(row: &TableRow, most: usize, between: &str) -> String {
    let (low, high) = row.tally.interval();
    let few = match row.tally.n == most {
        true => String::new(),
        false => format!(", $n = {}$", row.tally.n),
    };
    let accuracy = percent(row.tally.accuracy());
    // In braces: the bracket of an interval belongs to no command before it.
    format!("{accuracy}{between}{{[{}, {}]{few}}}", percent(low), percent(high))
}
