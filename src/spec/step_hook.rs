//! What a recipe may do to the weights after the optimiser has moved them. What a hook computes is in `train`.

/// Something done to the network after each step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepHook {
    /// RAT's regularisation of weight matrices towards orthogonal rows.
    Orthogonal,
}
