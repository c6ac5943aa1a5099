//! The language of the run filter: `state:running step>=1000 -host:node7 vgg`. All terms must hold; `-` negates one.
//! Pure: values of a run are looked up by name.

mod parse;
mod run;

use super::facts::Fact;
use crate::{run::status::RunState, tui::theme::glyphs::UNICODE};

pub use parse::parse;
pub use run::{BEST, NAMES};

/// How a fact is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `<`.
    Below,
    /// `<=`.
    AtMost,
    /// `=`: numbers are equal, a text or one of its words is the same but for case.
    Is,
    /// `!=`.
    IsNot,
    /// `>=`.
    AtLeast,
    /// `>`.
    Above,
    /// `:`: a text contains it, numbers are equal.
    Has,
}

/// One word of a filter.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// Whether it must not hold.
    pub not: bool,
    /// What it says.
    pub claim: Claim,
}

/// What a word says of a run.
#[derive(Debug, Clone, PartialEq)]
pub enum Claim {
    /// Its name or id contains this.
    Word(String),
    /// A fact compares so.
    Fact {
        /// Its name.
        name: String,
        /// How.
        comparison: Comparison,
        /// With what, as typed.
        with: String,
    },
}

/// A filter: all of its terms hold.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filter(pub Vec<Term>);

/// What a filter asks a run.
pub trait Asked {
    /// Whether name or id contains this, already in lower case.
    fn is_called(&self, word: &str) -> bool;

    /// What the run says under a name, if anything.
    fn fact(&self, name: &str) -> Option<Fact>;
}

impl Filter {
    /// Whether a run passes.
    pub fn passes(&self, run: &impl Asked) -> bool {
        self.0.iter().all(|term| term.claim.holds(run) != term.not)
    }

    /// Whether a name that begins so is asked for.
    pub fn asks_for(&self, beginning: &str) -> bool {
        let asks = |term: &Term| matches!(&term.claim, Claim::Fact { name, .. } if name.starts_with(beginning));
        self.0.iter().any(asks)
    }

    /// What is wrong with the first value that no run can ever have.
    pub fn impossible(&self, is_number: impl Fn(&str) -> bool) -> Option<String> {
        self.0.iter().find_map(|term| match &term.claim {
            Claim::Fact { name, comparison, with } if name == "state" => no_state(*comparison, with),
            Claim::Fact { name, with, .. } if is_number(name) && number(with).is_none() => Some(format!(
                "{name} is a number and {with} is not: write 0.2, 1e-3, 20%, 8/255 or 12k"
            )),
            _ => None,
        })
    }

    /// The first unknown name in the filter.
    pub fn unknown(&self, known: impl Fn(&str) -> bool) -> Option<&str> {
        self.0.iter().find_map(|term| match &term.claim {
            Claim::Fact { name, .. } if !known(name) => Some(name.as_str()),
            _ => None,
        })
    }
}

impl Claim {
    fn holds(&self, run: &impl Asked) -> bool {
        match self {
            Claim::Word(word) => run.is_called(word),
            Claim::Fact { name, comparison, with } => {
                // A run that does not say it is none of those that do.
                run.fact(name).is_some_and(|fact| compares(&fact, *comparison, with))
            }
        }
    }
}

fn compares(fact: &Fact, comparison: Comparison, with: &str) -> bool {
    let ordered = |order: Option<std::cmp::Ordering>| match (comparison, order) {
        (_, None) => comparison == Comparison::IsNot,
        (Comparison::Below, Some(o)) => o.is_lt(),
        (Comparison::AtMost, Some(o)) => o.is_le(),
        (Comparison::Is | Comparison::Has, Some(o)) => o.is_eq(),
        (Comparison::IsNot, Some(o)) => o.is_ne(),
        (Comparison::AtLeast, Some(o)) => o.is_ge(),
        (Comparison::Above, Some(o)) => o.is_gt(),
    };
    match (fact, number(with)) {
        (Fact::Number(fact), Some(with)) => ordered(fact.partial_cmp(&with)),
        (Fact::Number(_), None) => comparison == Comparison::IsNot,
        (Fact::Text(text), _) => {
            let (text, with) = (text.to_lowercase(), with.to_lowercase());
            match comparison {
                Comparison::Has => text.contains(&with),
                Comparison::Is if text.split_whitespace().any(|word| word == with) => true,
                _ => ordered(Some(text.cmp(&with))),
            }
        }
    }
}

/// Why no run can be in this state, if none can.
fn no_state(comparison: Comparison, with: &str) -> Option<String> {
    let asked = |c: Comparison| RunState::ALL.iter().any(|s| compares(&state(*s), c, with));
    let is_one = match comparison {
        Comparison::IsNot => asked(Comparison::Is),
        Comparison::Has | Comparison::Is => asked(comparison),
        _ => true,
    };
    let words: Vec<String> = RunState::ALL
        .iter()
        .map(|s| UNICODE.state(*s).1.replace(' ', "_"))
        .collect();
    (!is_one).then(|| format!("{with} is not a state: use one of {}", words.join(", ")))
}

/// A state as the screen writes it and as the record does: `done` is also `finished`.
fn state(state: RunState) -> Fact {
    Fact::Text(format!("{} {}", UNICODE.state(state).1, state.word()))
}

/// A number as people type it: `0.2`, `1e-3`, `20%`, `8/255`, `12k`.
pub fn number(text: &str) -> Option<f64> {
    if let Some((above, below)) = text.split_once('/') {
        let (above, below): (f64, f64) = (above.parse().ok()?, below.parse().ok()?);
        return Some(above / below).filter(|n| n.is_finite());
    }
    let (digits, factor) = match text.char_indices().last()? {
        (at, '%') => (&text[..at], 0.01),
        (at, 'k') => (&text[..at], 1e3),
        (at, 'M') => (&text[..at], 1e6),
        _ => (text, 1.0),
    };
    digits.parse::<f64>().ok().map(|n| n * factor)
}

#[cfg(test)]
mod tests;
