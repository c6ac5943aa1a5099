//! What a recipe may do to a batch before a step is taken on it. What a transform computes is in `worker`.

/// Another batch in place of the one that was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchTransform {
    /// Adversarial images of the network as it is (`[adversary]`).
    Adversary,
}

/// What is known of a transform without computing it.
pub struct TransformFacts {
    /// What a recipe without it does: `trains on clean images`.
    pub without: &'static str,
    /// Live hyper-parameters that only this transform reads.
    pub tunables: &'static [&'static str],
}

impl BatchTransform {
    /// All of them.
    pub const ALL: [BatchTransform; 1] = [BatchTransform::Adversary];

    /// What is known of it.
    pub const fn facts(self) -> &'static TransformFacts {
        match self {
            BatchTransform::Adversary => &TransformFacts {
                without: "trains on clean images",
                tunables: &["adversary.eps", "adversary.alpha"],
            },
        }
    }
}
