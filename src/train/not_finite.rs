//! Numbers that are none.

/// The loss, the gradient, a weight or a statistic is NaN or infinite. A step that finds it in the loss or in the gradient
/// leaves weights, batch-norm statistics and the optimiser as they were. A weight that a step carries beyond what f32 holds
/// shows in the loss of the next one, and is looked for before weights are saved ([`super::Trainer::check_finite`]).
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("{what} is {value} at step {step}")]
pub struct NotFinite {
    /// Which number.
    pub what: &'static str,
    /// Its value.
    pub value: f64,
    /// The step.
    pub step: u64,
}

impl NotFinite {
    /// Refuses what is not finite.
    ///
    /// # Errors
    /// Itself.
    pub fn check(what: &'static str, value: f64, step: u64) -> Result<(), NotFinite> {
        match value.is_finite() {
            true => Ok(()),
            false => Err(NotFinite { what, value, step }),
        }
    }
}
