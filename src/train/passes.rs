//! The passes of one step over one batch: the clean one, and those that terms of the loss take besides.

use super::Settings;
use crate::input::{Batch, Label};
use crate::snn::{BatchStatistics, How, Network, Pass, WeightGradients};

/// One of a step's passes, by the order in which they were taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PassNumber(usize);

impl PassNumber {
    /// The first: of the batch as it is.
    pub const CLEAN: PassNumber = PassNumber(0);
}

/// The passes taken so far. All are in training mode and see the same random codes; none changes the network.
pub struct Passes<'a> {
    network: &'a Network,
    batch: &'a Batch,
    places: Vec<u64>,
    how: How,
    taken: Vec<Pass>,
}

impl<'a> Passes<'a> {
    /// Takes the clean pass. `first` is the number of the batch's first sample where it is a shard of a larger batch, else
    /// 0: a random coding knows samples by their number in the whole batch.
    pub fn clean(network: &'a Network, batch: &'a Batch, first: u64, s: &Settings<'_>) -> Passes<'a> {
        let how = How {
            draw: s.train.seed.wrapping_add(s.step << 1),
            recompute: s.train.checkpointing,
            precision: s.train.precision,
            ..How::train(s.train.surrogate)
        };
        let mut passes = Passes {
            network,
            batch,
            places: (first..first + batch.len() as u64).collect(),
            how,
            taken: Vec::new(),
        };
        passes.forward(&batch.values);
        passes
    }

    /// Takes one more pass, of other values `[N, C, H, W]` for the same samples.
    pub fn forward(&mut self, values: &[f32]) -> PassNumber {
        self.taken
            .push(self.network.forward_of(values, &self.places, &self.how));
        PassNumber(self.taken.len() - 1)
    }

    /// The batch's values, `[N, C, H, W]`.
    pub fn values(&self) -> &[f32] {
        &self.batch.values
    }

    /// The true class of each of the N samples.
    pub fn labels(&self) -> &[Label] {
        &self.batch.labels
    }

    /// Logits of a pass, `[N, K]`.
    pub fn logits(&self, pass: PassNumber) -> &[f32] {
        &self.taken[pass.0].logits
    }

    /// Carries ∂/∂logits `[N, K]` of a pass back to its values: `[N, C, H, W]`.
    pub fn input_gradient(&self, pass: PassNumber, slopes: &[f32]) -> Vec<f32> {
        self.network.input_gradient(&self.taken[pass.0], slopes)
    }

    /// Walks back to the weights from every pass that has a gradient, in their order, and adds up what is found.
    pub fn finish(mut self, gradients: LogitGradients) -> Finished {
        let logits = std::mem::take(&mut self.taken[PassNumber::CLEAN.0].logits);
        let statistics = self.taken.iter_mut().map(Pass::take_statistics).collect();
        let mut found = None;
        let gradients = gradients.0.into_iter().chain(std::iter::repeat(None));
        for (pass, gradient) in self.taken.into_iter().zip(gradients) {
            if let Some(gradient) = gradient {
                found = Some(self.network.weight_gradients(pass, &gradient, found));
            }
        }
        Finished {
            logits,
            statistics,
            gradients: found.unwrap_or_else(|| vec![None; self.network.parameters.len()]),
        }
    }
}

/// What is left of the passes.
pub struct Finished {
    /// Logits of the clean pass, `[N, K]`.
    pub logits: Vec<f32>,
    /// What the batch norms of each pass found.
    pub statistics: Vec<BatchStatistics>,
    /// ∂loss/∂parameter.
    pub gradients: WeightGradients,
}

/// ∂loss/∂logits `[N, K]` of each pass; `None` where no term depends on it.
#[derive(Default)]
pub struct LogitGradients(Vec<Option<Vec<f32>>>);

impl LogitGradients {
    /// Adds `weight`·`gradient` to that of a pass; each product is rounded to f32 before it is added.
    pub fn add(&mut self, pass: PassNumber, weight: f64, gradient: &[f64]) {
        if self.0.len() <= pass.0 {
            self.0.resize(pass.0 + 1, None);
        }
        let weighted = gradient.iter().map(|g| (weight * g) as f32);
        match &mut self.0[pass.0] {
            Some(sum) => sum.iter_mut().zip(weighted).for_each(|(s, g)| *s += g),
            none => *none = Some(weighted.collect()),
        }
    }
}
