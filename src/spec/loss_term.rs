//! What the loss is a sum of, as far as a specification and a screen need to know it. What a term computes is in `train`.

/// A term of the loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LossTerm {
    /// Cross-entropy of the class scores.
    CrossEntropy,
    /// Finite-difference gradient sparsity R (method: section 3).
    Sparsity,
}

/// What is known of a term without computing it.
pub struct TermFacts {
    /// As it stands in a sentence: `sparsity term`.
    pub name: &'static str,
    /// As it stands in the loss: `λ·R`.
    pub formula: &'static str,
    /// What it is multiplied by; `None` where that is always 1.
    pub weight: Option<Weight>,
    /// Live hyper-parameters that only this term reads, its weight among them.
    pub tunables: &'static [&'static str],
}

/// A term's weight in the loss.
#[derive(Clone, Copy)]
pub struct Weight {
    /// Its key in the specification.
    pub key: &'static str,
    /// The letter the method page gives it.
    pub symbol: &'static str,
}

impl LossTerm {
    /// All of them.
    pub const ALL: [LossTerm; 2] = [LossTerm::CrossEntropy, LossTerm::Sparsity];

    /// What is known of it.
    pub const fn facts(self) -> &'static TermFacts {
        match self {
            LossTerm::CrossEntropy => &TermFacts {
                name: "cross-entropy",
                formula: "cross-entropy",
                weight: None,
                tunables: &[],
            },
            LossTerm::Sparsity => &TermFacts {
                name: "sparsity term",
                formula: "λ·R",
                weight: Some(Weight {
                    key: "objective.lambda",
                    symbol: "λ",
                }),
                tunables: &["objective.lambda", "objective.h"],
            },
        }
    }
}
