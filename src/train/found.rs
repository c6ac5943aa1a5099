//! What the passes of one step found, before anything moves; and how the findings of a batch's shards become one.

use super::term::Evaluated;
use crate::snn::{BatchStatistics, WeightGradients, backend::Array};

/// What was found on a batch of N samples.
pub struct Found {
    /// N.
    pub samples: usize,
    /// How many of them the clean pass classified rightly.
    pub right: usize,
    /// Logits of the clean pass, `[N, K]`.
    pub logits: Vec<f32>,
    /// The terms that were on, each with its weight.
    pub terms: Vec<Weighted>,
    /// ∂loss/∂parameter.
    pub gradients: WeightGradients,
    /// What the batch norms of each pass found, in the order of the passes.
    pub statistics: Vec<BatchStatistics>,
}

/// A term's value in the loss.
pub struct Weighted {
    /// What the value is multiplied by.
    pub weight: f64,
    /// The value, a mean over the samples.
    pub value: f64,
    /// What is recorded of it, by name: means over the samples.
    pub metrics: Vec<(&'static str, f64)>,
    /// What it computed on the way, by name, `[N, …]`.
    pub by_sample: Vec<(&'static str, Vec<f32>)>,
}

impl Weighted {
    /// Without the gradients of the logits, which the walks have used.
    pub(super) fn new(weight: f64, found: Evaluated) -> Weighted {
        Weighted {
            weight,
            value: found.value,
            metrics: found.metrics,
            by_sample: found.by_sample,
        }
    }
}

impl Found {
    /// Σ weight·value over the terms.
    pub fn loss(&self) -> f64 {
        self.terms.iter().fold(0.0, |sum, t| sum + t.weight * t.value)
    }

    /// What the terms have recorded, by name, in their order.
    pub fn metrics(&self) -> impl Iterator<Item = (&'static str, f64)> {
        self.terms.iter().flat_map(|t| t.metrics.iter().copied())
    }

    /// Joins what was found on the shards of one batch, in their order, whose sums are added in that order: the same shards
    /// give the same bits. `None` where there are none; a single one is returned as it is.
    ///
    /// Values and gradients become means over all samples. They are those of the whole batch where batch norms found the
    /// same in every shard; else each shard was normalised by its own statistics, as in any data-parallel training without
    /// synchronised norms. The joined statistics are those of all shards' values together ([`BatchStatistics::join`]).
    pub fn join(shards: Vec<Found>) -> Option<Found> {
        let samples: usize = shards.iter().map(|s| s.samples).sum();
        let mut rest = shards.into_iter();
        let first = rest.next()?;
        if first.samples == samples {
            return Some(first);
        }
        let mut sum = first.scaled(samples);
        let mut statistics: Vec<Vec<BatchStatistics>> = Vec::new();
        statistics.push(std::mem::take(&mut sum.statistics));
        for shard in rest {
            let mut shard = shard.scaled(samples);
            statistics.push(std::mem::take(&mut shard.statistics));
            sum.add(shard);
        }
        sum.statistics = by_pass(statistics).into_iter().map(BatchStatistics::join).collect();
        Some(sum)
    }

    /// With means as sums over these samples, divided by the number of all.
    fn scaled(mut self, all: usize) -> Found {
        let share = self.samples as f64 / all as f64;
        for term in &mut self.terms {
            term.value *= share;
            term.metrics.iter_mut().for_each(|m| m.1 *= share);
        }
        let scale = |g: Array| g * share as f32;
        self.gradients = self.gradients.into_iter().map(|g| g.map(scale)).collect();
        self
    }

    /// Adds another shard's sums.
    fn add(&mut self, shard: Found) {
        self.samples += shard.samples;
        self.right += shard.right;
        self.logits.extend(shard.logits);
        for (term, more) in self.terms.iter_mut().zip(shard.terms) {
            term.value += more.value;
            for (metric, more) in term.metrics.iter_mut().zip(more.metrics) {
                metric.1 += more.1;
            }
            for (array, more) in term.by_sample.iter_mut().zip(more.by_sample) {
                array.1.extend(more.1);
            }
        }
        let gradients = std::mem::take(&mut self.gradients).into_iter().zip(shard.gradients);
        self.gradients = gradients.map(|(a, b)| sum(a, b)).collect();
    }
}

/// The sum of two gradients, either of which may be absent.
fn sum(a: Option<Array>, b: Option<Array>) -> Option<Array> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a + b),
        (a, b) => a.or(b),
    }
}

/// From one list of passes for each shard to one list of shards for each pass.
fn by_pass(shards: Vec<Vec<BatchStatistics>>) -> Vec<Vec<BatchStatistics>> {
    let mut passes: Vec<Vec<BatchStatistics>> = Vec::new();
    for shard in shards {
        passes.resize_with(passes.len().max(shard.len()), Vec::new);
        for (pass, statistics) in passes.iter_mut().zip(shard) {
            pass.push(statistics);
        }
    }
    passes
}

#[cfg(test)]
mod tests;
