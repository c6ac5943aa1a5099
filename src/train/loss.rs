//! The loss as a sum of terms: they are evaluated in their order on the clean pass and on those that they take themselves,
//! and their gradients with respect to the logits are added up before one walk per pass carries them to the weights.

use super::found::{Found, Weighted};
use super::passes::{LogitGradients, PassNumber, Passes};
use super::term::Term;
use super::{NotFinite, Settings, objective};
use crate::input::Batch;
use crate::snn::Network;

/// Forward and backward passes of one step. Nothing of the network moves, its batch-norm statistics included. `first` as in
/// [`Passes::clean`].
///
/// # Errors
/// [`NotFinite`], by the name of the term whose value it is; no pass follows.
pub fn passes(
    network: &Network,
    (batch, first): (&Batch, u64),
    terms: &[&dyn Term],
    s: &Settings<'_>,
) -> Result<Found, NotFinite> {
    let mut passes = Passes::clean(network, batch, first, s);
    let right = objective::correct(passes.logits(PassNumber::CLEAN), &batch.labels);
    let mut gradients = LogitGradients::default();
    let mut weighted = Vec::new();
    for term in terms.iter().filter(|t| t.is_on(s.objective)) {
        let found = term.evaluate(&mut passes, s);
        NotFinite::check(term.name(), found.value, s.step)?;
        let weight = term.weight(s.objective);
        for (pass, gradient) in &found.gradients {
            gradients.add(*pass, weight, gradient);
        }
        weighted.push(Weighted::new(weight, found));
    }
    let finished = passes.finish(gradients);
    Ok(Found {
        samples: batch.len(),
        right,
        logits: finished.logits,
        terms: weighted,
        gradients: finished.gradients,
        statistics: finished.statistics,
    })
}
