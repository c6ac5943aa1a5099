//! One training step: what its passes find, and what moves by it.

use super::found::Found;
use super::hooks::{self, Hook};
use super::{NotFinite, Settings, loss, optimizer::Optimizer, terms};
use crate::input::Batch;
use crate::snn::{
    Network, WeightGradients,
    backend::{Array, download, kernels},
};

/// A network and what moves it.
pub struct Trainer {
    /// The network.
    pub network: Network,
    /// The optimiser.
    pub optimizer: Optimizer,
}

/// What a step measured.
#[derive(Debug, Clone, PartialEq)]
pub struct StepReport {
    /// Σ weight·value over the terms of the loss.
    pub loss: f64,
    /// Share classified rightly.
    pub accuracy: f64,
    /// ℓ₂ norm of the weight gradient.
    pub gradient_norm: f64,
    /// The square of that norm for each parameter, in the network's order.
    pub gradient_squares: Vec<f64>,
    /// What the terms of the loss recorded, by name: `ce`, and `r` where the recipe has it.
    pub terms: Vec<(&'static str, f64)>,
}

impl StepReport {
    /// All that is recorded of a step, by name.
    pub fn metrics(&self) -> impl Iterator<Item = (&'static str, f64)> {
        let own = [
            ("loss", self.loss),
            ("accuracy", self.accuracy),
            ("gradient_norm", self.gradient_norm),
        ];
        own.into_iter().chain(self.terms.iter().copied())
    }

    /// One of them.
    pub fn metric(&self, name: &str) -> Option<f64> {
        self.metrics().find(|(n, _)| *n == name).map(|(_, value)| value)
    }
}

impl Trainer {
    /// Takes one step on a batch, values `[N, C, H, W]`: [`Trainer::passes`], then [`Trainer::apply`].
    ///
    /// # Errors
    /// [`NotFinite`], before any weight or statistic has changed.
    pub fn step(&mut self, batch: &Batch, settings: &Settings<'_>) -> Result<StepReport, NotFinite> {
        let found = self.passes(batch, 0, settings)?;
        self.apply(found, settings)
    }

    /// Forward and backward passes of one step for the terms of the recipe; nothing moves. `first` is the number of the
    /// batch's first sample where it is a shard of a larger batch, else 0; what shards find is joined by [`Found::join`].
    ///
    /// # Errors
    /// [`NotFinite`] where a term's value is not.
    pub fn passes(&self, batch: &Batch, first: u64, settings: &Settings<'_>) -> Result<Found, NotFinite> {
        let terms = terms::of(settings.train.recipe);
        loss::passes(&self.network, (batch, first), &terms, settings)
    }

    /// Applies what the passes found: batch-norm statistics, then the optimiser, then the recipe's hook.
    ///
    /// # Errors
    /// [`NotFinite`] where the loss or the weight gradient is not; nothing has changed then.
    pub fn apply(&mut self, found: Found, settings: &Settings<'_>) -> Result<StepReport, NotFinite> {
        self.apply_with(found, settings, hooks::of(settings.train.recipe))
    }

    /// [`Trainer::apply`] with this hook.
    pub(super) fn apply_with(
        &mut self,
        found: Found,
        settings: &Settings<'_>,
        hook: Option<Hook>,
    ) -> Result<StepReport, NotFinite> {
        let gradient_squares = squares(&found.gradients);
        let report = StepReport {
            loss: found.loss(),
            accuracy: found.right as f64 / found.samples as f64,
            gradient_norm: gradient_squares.iter().sum::<f64>().sqrt(),
            gradient_squares,
            terms: found.metrics().collect(),
        };
        NotFinite::check("the loss", report.loss, settings.step)?;
        NotFinite::check("the weight gradient", report.gradient_norm, settings.step)?;
        for statistics in &found.statistics {
            self.network.absorb(statistics);
        }
        self.optimizer
            .step(&mut self.network, found.gradients, settings.train, settings.lr);
        if let Some(hook) = hook {
            hook(&mut self.network, settings);
        }
        Ok(report)
    }
}

/// ‖∂/∂parameter‖₂² for each parameter, with one download; 0 where there is no gradient.
fn squares(gradients: &WeightGradients) -> Vec<f64> {
    let found = gradients.iter().flatten();
    let sums: Vec<Array> = found.map(|g| kernels::sum_of_squares(g.clone())).collect();
    if sums.is_empty() {
        return vec![0.0; gradients.len()];
    }
    let mut sums = download(&Array::cat(sums, 0)).into_iter().map(f64::from);
    let of = |g: &Option<Array>| g.as_ref().and_then(|_| sums.next()).unwrap_or(0.0);
    gradients.iter().map(of).collect()
}

#[cfg(test)]
mod tests;
