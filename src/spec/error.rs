//! What is wrong with a specification, said so that it can be fixed at once.

use std::{fmt, path::PathBuf};

/// One key whose value cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Dotted key, such as `train.lr`.
    pub key: String,
    /// The value found, as written.
    pub found: String,
    /// What is allowed, in words.
    pub allowed: String,
    /// What to write instead.
    pub fix: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} = {}: must be {}; {}",
            self.key, self.found, self.allowed, self.fix
        )
    }
}

/// Why a specification cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SpecError {
    /// The file could not be read.
    #[error("{file}: cannot be read ({source}); give the path of an experiment.toml")]
    Read {
        /// The file asked for.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Not TOML, an unknown key, or a value of the wrong type; `what` names the line and the key.
    #[error("{file}: {what}")]
    Parse {
        /// The file, or `--set KEY=VALUE`.
        file: String,
        /// What is wrong, with the place.
        what: String,
    },
    /// Values outside their ranges.
    #[error("{file}: {}", list(.problems))]
    Invalid {
        /// The file.
        file: String,
        /// Each offending key.
        problems: Vec<Problem>,
    },
    /// A `--set` that is not `KEY=VALUE` or names an unknown or ambiguous key.
    #[error("--set {what}")]
    Override {
        /// What is wrong with it.
        what: String,
    },
}

fn list(problems: &[Problem]) -> String {
    problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n  ")
}

/// Collects problems while a specification is checked.
#[derive(Default)]
pub(super) struct Checker(pub Vec<Problem>);

impl Checker {
    pub fn require(&mut self, ok: bool, key: &str, found: impl fmt::Display, allowed: &str, fix: &str) {
        if !ok {
            self.0.push(Problem {
                key: key.into(),
                found: found.to_string(),
                allowed: allowed.into(),
                fix: fix.into(),
            });
        }
    }

    /// `low ≤ value ≤ high`, finite.
    pub fn range(&mut self, key: &str, value: f64, low: f64, high: f64, example: &str) {
        let ok = value.is_finite() && (low..=high).contains(&value);
        self.require(
            ok,
            key,
            value,
            &format!("between {low} and {high}"),
            &format!("write for example {key} = {example}"),
        );
    }

    pub fn count(&mut self, key: &str, value: usize, low: usize, high: usize, example: &str) {
        let ok = (low..=high).contains(&value);
        self.require(
            ok,
            key,
            value,
            &format!("between {low} and {high}"),
            &format!("write for example {key} = {example}"),
        );
    }
}
