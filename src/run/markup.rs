//! Texts and numbers between the signs of Markdown, CSV and LaTeX: what is copied and exported is written by these
//! alone. A text is data: it ends no cell, starts no command and moves no cursor.

use super::text::clean;
use std::borrow::Cow;

/// A share in per cent with one decimal, as on the screen: `86.4`, without the sign.
pub fn percent(share: f64) -> String {
    format!("{:.1}", 100.0 * share)
}

/// A text as a cell of a Markdown table.
pub fn markdown(text: &str) -> String {
    clean(text).replace('|', "\\|")
}

/// A row of a Markdown table.
pub fn markdown_row(cells: impl IntoIterator<Item = String>) -> String {
    format!("| {} |\n", cells.into_iter().collect::<Vec<_>>().join(" | "))
}

/// A text as a cell of comma-separated values.
pub fn csv(text: &str) -> String {
    let text: Cow<'_, str> = clean(text);
    match text.contains([',', '"', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.into_owned(),
    }
}

/// Greek letters by LaTeX's names.
const GREEK: [(char, &str); 29] = [
    ('α', "alpha"),
    ('β', "beta"),
    ('γ', "gamma"),
    ('δ', "delta"),
    ('ζ', "zeta"),
    ('η', "eta"),
    ('θ', "theta"),
    ('ι', "iota"),
    ('κ', "kappa"),
    ('λ', "lambda"),
    ('μ', "mu"),
    ('ν', "nu"),
    ('ξ', "xi"),
    ('π', "pi"),
    ('ρ', "rho"),
    ('σ', "sigma"),
    ('τ', "tau"),
    ('φ', "phi"),
    ('χ', "chi"),
    ('ψ', "psi"),
    ('ω', "omega"),
    ('Γ', "Gamma"),
    ('Δ', "Delta"),
    ('Θ', "Theta"),
    ('Λ', "Lambda"),
    ('Π', "Pi"),
    ('Σ', "Sigma"),
    ('Φ', "Phi"),
    ('Ω', "Omega"),
];

/// A text between the commands of LaTeX. What pdfLaTeX has no letter for becomes a question mark, so that a table
/// compiles whatever a run is called.
pub fn latex(text: &str) -> String {
    clean(text).chars().map(in_latex).collect()
}

fn in_latex(c: char) -> String {
    match c {
        '&' | '%' | '$' | '#' | '_' | '{' | '}' => format!("\\{c}"),
        '\\' => "\\textbackslash{}".into(),
        '~' => "\\textasciitilde{}".into(),
        '^' => "\\textasciicircum{}".into(),
        '`' => "\\textasciigrave{}".into(),
        '<' => "\\textless{}".into(),
        '>' => "\\textgreater{}".into(),
        '|' => "\\textbar{}".into(),
        // At the beginning of a row they would belong to the `\\` before it.
        '[' | '*' => format!("{{{c}}}"),
        '“' | '”' | '"' => "''".into(),
        '‘' | '’' => "'".into(),
        '–' => "--".into(),
        '—' => "---".into(),
        '…' => "\\ldots{}".into(),
        // Letters of a screen that mean a state: pdfLaTeX has none of them.
        '✓' => "yes".into(),
        '✗' => "no".into(),
        '◆' | '★' => "{*}".into(),
        '●' | '■' | '▲' | '▶' | '▸' => "-".into(),
        c if c.is_ascii() => c.to_string(),
        c => match formula(c) {
            Some(formula) => format!("${formula}$"),
            // The letters that LaTeX's own Latin encodings have.
            None if matches!(c, '\u{c0}'..='\u{17e}') && c.is_alphabetic() => c.to_string(),
            None => "?".into(),
        },
    }
}

/// What is written between dollars.
fn formula(c: char) -> Option<String> {
    let name = match c {
        'ε' => "\\varepsilon",
        'ℓ' => "\\ell",
        '₀' => "_0",
        '₁' => "_1",
        '₂' => "_2",
        '∇' => "\\nabla",
        '‖' => "\\Vert",
        '±' => "\\pm",
        '×' => "\\times",
        '→' => "\\to",
        '−' => "-",
        '∞' => "\\infty",
        '·' => "\\cdot",
        '≤' => "\\le",
        '≥' => "\\ge",
        '≠' => "\\neq",
        '≈' => "\\approx",
        '√' => "\\surd",
        '∂' => "\\partial",
        '²' => "^2",
        '³' => "^3",
        '′' => "'",
        '°' => "^\\circ",
        'µ' => "\\mu",
        '¬' => "\\neg",
        '÷' => "\\div",
        _ => {
            let (_, name) = GREEK.iter().find(|(letter, _)| *letter == c)?;
            return Some(format!("\\{name}"));
        }
    };
    Some(name.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_leaves_its_cell() {
        assert_eq!(markdown("a|b\nc"), "a\\|b␊c");
        assert_eq!(csv("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(csv("plain"), "plain");
        assert_eq!(
            latex("50 % \\input{x}_&#~^"),
            "50 \\% \\textbackslash{}input\\{x\\}\\_\\&\\#\\textasciitilde{}\\textasciicircum{}"
        );
        assert_eq!(
            latex("[3pt] * <|>"),
            "{[}3pt] {*} \\textless{}\\textbar{}\\textgreater{}"
        );
    }

    #[test]
    fn latex_gets_no_letter_that_it_does_not_have() {
        assert_eq!(latex("größer λ ≤ ε²"), "größer $\\lambda$ $\\le$ $\\varepsilon$$^2$");
        assert_eq!(latex("模型 \u{1b}[2J 🙂"), "?? ?{[}2J ?");
    }

    #[test]
    fn per_cent_has_one_decimal() {
        assert_eq!([percent(1.0), percent(0.0949), percent(0.0)], ["100.0", "9.5", "0.0"]);
    }
}
