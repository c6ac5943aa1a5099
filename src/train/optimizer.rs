//! Optimisers over the network's flat parameters; their state is saved with every checkpoint.

use crate::snn::{
    Network, WeightGradients,
    backend::{Array, kernels},
};
use crate::spec::{OptimizerKind, TrainSpec};

/// β₁, β₂ and ε of AdamW.
const BETAS: (f64, f64) = (0.9, 0.999);
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
            let kind = &network.parameters[i].kind;
            let decay = match spec.decay_norms_and_biases || kind.is_weight() {
                true => spec.weight_decay,
                false => 0.0,
            };
            let (w, m) = match self.kind {
                OptimizerKind::Sgd => {
                    let s = kernels::SgdStep {
                        lr: lr as f32,
                        momentum: spec.momentum as f32,
                        weight_decay: decay as f32,
                    };
                    kernels::sgd(w, g, m, s)
                }
                OptimizerKind::Adamw => {
                    let v = std::mem::replace(&mut self.second[i], nothing());
                    let (w, m, v) = self.adamw(w, g, m, v, decay, lr);
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
        // 1 − β rounded once, as PyTorch does: in f32 that of β₂ would be 1e-5 off.
        let m = m * b1 as f32 + g.clone() * (1.0 - b1) as f32;
        let v = v * b2 as f32 + g.clone() * g * (1.0 - b2) as f32;
        let correct = |b: f64| 1.0 - b.powi(self.steps.min(1 << 30) as i32);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snn::backend::{Device, download};
    use crate::spec::NetworkSpec;

    fn network() -> Network {
        let spec: NetworkSpec = serde_json::from_value(serde_json::json!({
            "family": "vgg", "blocks": [[4]], "hidden": [6], "classes": 3, "image": [1, 4, 4],
            "mean": [0.5], "std": [0.25], "steps": 2,
        }))
        .unwrap();
        Network::new(&spec, &Device::find("cpu").unwrap(), 3).unwrap()
    }

    #[test]
    fn five_steps_of_adamw_are_pytorchs() {
        let golden: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/golden/data/adamw.json")).unwrap();
        let list = |v: &serde_json::Value| -> Vec<f32> { serde_json::from_value(v.clone()).unwrap() };
        let device = Device::find("cpu").unwrap();
        let n = list(&golden["begin"]).len();
        let (mut w, mut m, mut v) = (device.upload(list(&golden["begin"])), device.zeros(n), device.zeros(n));
        let mut optimizer = Optimizer {
            kind: OptimizerKind::Adamw,
            steps: 0,
            first: Vec::new(),
            second: Vec::new(),
        };
        let decay = golden["weight_decay"].as_f64().unwrap();
        let close = |got: &Array, want: &serde_json::Value, what: &str| {
            for (i, (got, want)) in download(got).iter().zip(list(want)).enumerate() {
                let allowed = 2e-6 * want.abs() + 1e-12;
                assert!((got - want).abs() <= allowed, "{what}, number {i}: {got} is not {want}");
            }
        };
        for step in 0..5 {
            optimizer.steps += 1;
            let g = device.upload(list(&golden["gradients"][step]));
            (w, m, v) = optimizer.adamw(w, g, m, v, decay, golden["rates"][step].as_f64().unwrap());
            close(&w, &golden["after"][step], &format!("step {step}"));
        }
        close(&m, &golden["first"], "the mean");
        close(&v, &golden["second"], "the mean square");
    }

    #[test]
    fn weight_decay_spares_norms_and_biases_only_where_it_is_asked_to() {
        for kind in [OptimizerKind::Sgd, OptimizerKind::Adamw] {
            for everywhere in [true, false] {
                let mut network = network();
                let ones = |network: &mut Network| {
                    for p in &mut network.parameters {
                        p.value = network.device.upload(vec![1.0; p.len()]);
                    }
                };
                ones(&mut network);
                let gradients = network.parameters.iter();
                let gradients = gradients.map(|p| Some(network.device.zeros(p.len()))).collect();
                let spec = TrainSpec {
                    weight_decay: 0.5,
                    decay_norms_and_biases: everywhere,
                    ..TrainSpec::default()
                };
                Optimizer::new(kind, &network).step(&mut network, gradients, &spec, 0.1);
                let (mut weights, mut others) = (0, 0);
                for p in &network.parameters {
                    let matrix = p.shape.len() > 1;
                    match matrix {
                        true => weights += 1,
                        false => others += 1,
                    }
                    let want = if matrix || everywhere { 0.95 } else { 1.0 };
                    let got = download(&p.value);
                    assert!(
                        got.iter().all(|v| (v - want).abs() < 1e-6),
                        "{kind:?} {}: {got:?}",
                        p.name
                    );
                }
                assert!(weights >= 3 && others >= 4, "{weights} {others}");
            }
        }
        assert!(TrainSpec::default().decay_norms_and_biases, "the reference's rule");
    }
}
