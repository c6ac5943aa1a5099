//! Optimisers over the network's flat parameters; their state is saved with every checkpoint.

use crate::snn::{
    Network, WeightGradients,
    backend::{Array, kernels},
};
use crate::spec::{OptimizerKind, TrainSpec};

/// β₁, β₂ and ε of AdamW.
const BETAS: (f32, f32) = (0.9, 0.999);
const EPSILON: f32 = 1e-8;

/// An optimiser and its state: one array (SGD) or two (AdamW) per parameter.
pub struct Optimizer {
    kind: OptimizerKind,
    /// Steps taken, for AdamW's bias correction.
    pub steps: u64,
    first: Vec<Array>,
    second: Vec<Array>,
}

impl Optimizer {
    /// An optimiser that has not moved yet.
    pub fn new(kind: OptimizerKind, network: &Network) -> Self {
        let zeros = || {
            network
                .parameters
                .iter()
                .map(|p| network.device.zeros(p.len()))
                .collect()
        };
        let second = if kind == OptimizerKind::Adamw {
            zeros()
        } else {
            Vec::new()
        };
        Optimizer {
            kind,
            steps: 0,
            first: zeros(),
            second,
        }
    }

    /// Moves every parameter along its gradient.
    pub fn step(&mut self, network: &mut Network, gradients: WeightGradients, spec: &TrainSpec, lr: f64) {
        self.steps += 1;
        for (i, gradient) in gradients.into_iter().enumerate() {
            let Some(g) = gradient else { continue };
            let device = &network.device;
            let nothing = || device.zeros(0);
            let w = std::mem::replace(&mut network.parameters[i].value, nothing());
            let m = std::mem::replace(&mut self.first[i], nothing());
            let (w, m) = match self.kind {
                OptimizerKind::Sgd => {
                    let s = kernels::SgdStep {
                        lr: lr as f32,
                        momentum: spec.momentum as f32,
                        weight_decay: spec.weight_decay as f32,
                    };
                    kernels::sgd(w, g, m, s)
                }
                OptimizerKind::Adamw => {
                    let v = std::mem::replace(&mut self.second[i], nothing());
                    let (w, m, v) = self.adamw(w, g, m, v, spec.weight_decay, lr);
                    self.second[i] = v;
                    (w, m)
                }
            };
            network.parameters[i].value = w;
            self.first[i] = m;
        }
    }

    /// Adam with decoupled weight decay (Loshchilov and Hutter 2019).
    fn adamw(&self, w: Array, g: Array, m: Array, v: Array, decay: f64, lr: f64) -> (Array, Array, Array) {
        let (b1, b2) = BETAS;
        let m = m * b1 + g.clone() * (1.0 - b1);
        let v = v * b2 + g.clone() * g * (1.0 - b2);
        let correct = |b: f32| 1.0 - f64::from(b).powi(self.steps.min(1 << 30) as i32);
        let mean = m.clone() / correct(b1) as f32;
        let spread = (v.clone() / correct(b2) as f32).sqrt() + EPSILON;
        let w = w * (1.0 - lr * decay) as f32 - mean / spread * lr as f32;
        (w, m, v)
    }

    /// The state under names, in parameter order: `<parameter>.first`, `<parameter>.second`.
    pub fn state<'a>(&'a self, network: &'a Network) -> impl Iterator<Item = (String, &'a Array)> {
        let named = |arrays: &'a [Array], what: &'static str| {
            arrays
                .iter()
                .zip(&network.parameters)
                .map(move |(a, p)| (format!("{}.{what}", p.name), a))
        };
        named(&self.first, "first").chain(named(&self.second, "second"))
    }

    /// Puts saved state back; `false` if a name or a length does not fit, and nothing is changed then.
    pub fn restore(&mut self, network: &Network, steps: u64, get: impl Fn(&str) -> Option<Vec<f32>>) -> bool {
        let read = |what: &str| -> Option<Vec<Array>> {
            let one = |p: &crate::snn::Parameter| {
                let values = get(&format!("{}.{what}", p.name)).filter(|v| v.len() == p.len())?;
                Some(network.device.upload(values))
            };
            network.parameters.iter().map(one).collect()
        };
        let Some(first) = read("first") else { return false };
        let second = match self.kind {
            OptimizerKind::Sgd => Some(Vec::new()),
            OptimizerKind::Adamw => read("second"),
        };
        let Some(second) = second else { return false };
        (self.first, self.second, self.steps) = (first, second, steps);
        true
    }
}
