//! One training step: two forward passes and three backward walks for the sparse-gradient objective, one of each
//! without it.

use super::{objective, optimizer::Optimizer, orthogonal};
use crate::input::Label;
use crate::snn::{
    How, Network, WeightGradients,
    backend::{Array, download, kernels},
};
use crate::spec::{ObjectiveSpec, Recipe, TrainSpec};

/// A network and what moves it.
pub struct Trainer {
    /// The network.
    pub network: Network,
    /// The optimiser.
    pub optimizer: Optimizer,
}

/// What a step applies: the specification as tweaked so far, and the scheduled learning rate.
pub struct Settings<'a> {
    /// `[train]`.
    pub train: &'a TrainSpec,
    /// `[objective]`.
    pub objective: &'a ObjectiveSpec,
    /// Learning rate of this step.
    pub lr: f64,
    /// Number of this step, from 1.
    pub step: u64,
}

/// What a step measured.
#[derive(Debug, Clone, PartialEq)]
pub struct StepReport {
    /// Cross-entropy.
    pub ce: f64,
    /// R, where the recipe has it.
    pub r: Option<f64>,
    /// CE + λ·R.
    pub loss: f64,
    /// Share classified rightly.
    pub accuracy: f64,
    /// ℓ₂ norm of the weight gradient.
    pub gradient_norm: f64,
    /// The square of that norm for each parameter, in the network's order.
    pub gradient_squares: Vec<f64>,
}

/// The loss, the gradient or a weight is NaN or infinite. A step that finds it leaves the weights as they were.
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

/// What the passes of one step found, before any weight moves.
pub struct Found {
    /// Cross-entropy.
    pub ce: f64,
    /// Share classified rightly.
    pub accuracy: f64,
    /// Logits of the clean pass.
    pub logits: Vec<f32>,
    /// The sparsity term, where the recipe has it.
    pub sparse: Option<Sparse>,
    /// Gradient of CE + λ·R with respect to the weights.
    pub gradients: WeightGradients,
}

/// What the sparsity term's passes found.
pub struct Sparse {
    /// R.
    pub r: f64,
    /// ∂f/∂x of the clean pass, `[N, C, H, W]`.
    pub input_gradient: Vec<f32>,
    /// D per sample.
    pub differences: Vec<f64>,
}

impl Trainer {
    /// Takes one step on a batch, `pixels` `[N, C, H, W]` in [0, 1].
    ///
    /// # Errors
    /// [`NotFinite`], before any weight or statistic has changed.
    pub fn step(&mut self, pixels: &[f32], labels: &[Label], settings: &Settings<'_>) -> Result<StepReport, NotFinite> {
        let lambda = settings.objective.lambda;
        let sparse = settings.objective.has_second_pass(settings.train.recipe);
        let found = self.passes(pixels, labels, settings, sparse)?;
        let r = found.sparse.map(|s| s.r);
        let loss = found.ce + r.map_or(0.0, |r| lambda * r);
        let gradient_squares = squares(&found.gradients);
        let gradient_norm = gradient_squares.iter().sum::<f64>().sqrt();
        NotFinite::check("the weight gradient", gradient_norm, settings.step)?;
        self.optimizer
            .step(&mut self.network, found.gradients, settings.train, settings.lr);
        if settings.train.recipe == Recipe::Rat {
            orthogonal::regularise(&mut self.network, settings.train.seed, settings.step);
        }
        Ok(StepReport {
            ce: found.ce,
            r,
            loss,
            accuracy: found.accuracy,
            gradient_norm,
            gradient_squares,
        })
    }

    /// Forward and backward passes of one step; moves the batch-norm statistics but no weight.
    ///
    /// # Errors
    /// [`NotFinite`], before any statistic has changed.
    pub fn passes(
        &mut self,
        pixels: &[f32],
        labels: &[Label],
        s: &Settings<'_>,
        sparse: bool,
    ) -> Result<Found, NotFinite> {
        let n = labels.len();
        let how = How {
            draw: s.train.seed.wrapping_add(s.step << 1),
            recompute: s.train.checkpointing,
            precision: s.train.precision,
            ..How::train(s.train.surrogate)
        };
        let clean = self.network.forward(pixels, n, &how);
        let (ce, mut clean_gradient) = objective::cross_entropy(&clean.logits, labels, s.train.label_smoothing);
        let accuracy = objective::correct(&clean.logits, labels) as f64 / n as f64;
        NotFinite::check("the cross-entropy", ce, s.step)?;
        if !sparse {
            self.network.absorb(&clean);
            return Ok(Found {
                ce,
                accuracy,
                logits: clean.logits.clone(),
                sparse: None,
                gradients: self.network.weight_gradients(clean, &clean_gradient, None),
            });
        }
        let o = s.objective;
        let runners = objective::runner_up(&clean.logits, labels);
        let f = objective::confidence(o.variant, &clean.logits, labels, &runners);
        let slopes: Vec<f32> = f.1.iter().map(|v| *v as f32).collect();
        let gx = self.network.input_gradient(&clean, &slopes);
        let moved = objective::shifted_images(pixels, &gx, o.h);
        let shifted = self.network.forward(&moved, n, &how);
        let f2 = objective::confidence(o.variant, &shifted.logits, labels, &runners);
        let term = objective::sparsity(o.variant, &f, &f2, o.h);
        NotFinite::check("the sparsity term", term.r, s.step)?;
        for (g, r) in clean_gradient.iter_mut().zip(&term.clean) {
            *g += (o.lambda * r) as f32;
        }
        let shifted_gradient: Vec<f32> = term.shifted.iter().map(|r| (o.lambda * r) as f32).collect();
        self.network.absorb(&clean);
        self.network.absorb(&shifted);
        let logits = clean.logits.clone();
        let first = self.network.weight_gradients(clean, &clean_gradient, None);
        let gradients = self.network.weight_gradients(shifted, &shifted_gradient, Some(first));
        let sparse = Some(Sparse {
            r: term.r,
            input_gradient: gx,
            differences: term.differences,
        });
        Ok(Found {
            ce,
            accuracy,
            logits,
            sparse,
            gradients,
        })
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
mod tests {
    use super::*;
    use crate::snn::backend::Device;
    use crate::spec::NetworkSpec;

    struct After {
        weights: Vec<Vec<f32>>,
        means: Vec<Vec<f32>>,
        /// How often statistics were taken in.
        batches: Vec<u64>,
        r: Option<f64>,
    }

    /// After one `sr` step at λ = 0.
    fn after_a_step(second_pass_at_zero: bool) -> After {
        let spec: NetworkSpec = serde_json::from_value(serde_json::json!({
            "family": "vgg", "blocks": [[4, "pool"]], "hidden": [], "classes": 3, "image": [1, 4, 4],
            "mean": [0.5], "std": [0.25], "steps": 2, "threshold": 0.5,
        }))
        .unwrap();
        let network = Network::new(&spec, &Device::find("cpu").unwrap(), 3).unwrap();
        let train = TrainSpec {
            recipe: Recipe::Sr,
            ..TrainSpec::default()
        };
        let objective = ObjectiveSpec {
            second_pass_at_zero,
            // So wide that the shifted images have other statistics.
            h: 0.5,
            ..ObjectiveSpec::default()
        };
        let optimizer = Optimizer::new(train.optimizer, &network);
        let mut trainer = Trainer { network, optimizer };
        let pixels: Vec<f32> = (0..4 * 16).map(|i| (i * 37 % 64) as f32 / 64.0).collect();
        let settings = Settings {
            train: &train,
            objective: &objective,
            lr: 0.1,
            step: 1,
        };
        let report = trainer.step(&pixels, &[0, 1, 2, 0], &settings).unwrap();
        let network = &trainer.network;
        After {
            weights: network.parameters.iter().map(|p| download(&p.value)).collect(),
            means: network.buffers.iter().map(|b| download(&b.mean)).collect(),
            batches: network.buffers.iter().map(|b| b.batches).collect(),
            r: report.r,
        }
    }

    #[test]
    fn at_lambda_zero_statistics_are_taken_in_once_and_twice_where_the_reference_is_wanted() {
        let once = after_a_step(false);
        assert_eq!((once.batches, once.r), (vec![1], None));
        let twice = after_a_step(true);
        assert_eq!(twice.batches, [2]);
        assert!(twice.r.is_some_and(|r| r > 0.0), "{:?}", twice.r);
        assert_eq!(once.weights, twice.weights, "a term of weight 0 moves no weight");
        assert_ne!(once.means, twice.means);
    }
}
