//! A whole network: evaluation in four backward modes, both objectives, attacks, and one training step.

use crate::compare::{File, Tally, Tolerance};
use spikedeck::attack::{self, Terms};
use spikedeck::input::{Batch, Label};
use spikedeck::snn::{How, Network, backend::Device, backend::download};
use spikedeck::spec::{AttackKind, BackwardMode, NetworkSpec, ObjectiveSpec, Recipe, Surrogate, TrainSpec, Variant};
use spikedeck::train::{Optimizer, Settings, Trainer, objective, terms};
use spikedeck::units::Epsilon;
use std::fs;

const MODES: [(&str, BackwardMode); 4] = [
    ("bptt_zif", BackwardMode::Bptt(Surrogate::Triangle(1.0))),
    ("bptt_sig", BackwardMode::Bptt(Surrogate::Sigmoid(4.0))),
    ("bptt_atan", BackwardMode::Bptt(Surrogate::Arctan(2.0))),
    ("bptr_zif", BackwardMode::Rate),
];

/// Whether 99 % of the pixels are equal.
fn alike(got: &[f32], want: &[f32]) -> bool {
    let same = got.iter().zip(want).filter(|(a, b)| (**a - **b).abs() < 1e-6).count();
    same * 100 >= want.len() * 99
}

/// Distance of a membrane from the threshold that a few roundings in f32 can bridge: the order of a sum decides whether it
/// fires, and what follows from that one spike is another image.
const UNDECIDED: f32 = 1e-6;

/// The case: network, images and settings from the file's metadata.
struct Case<'a> {
    file: &'a File,
    device: &'a Device,
    spec: NetworkSpec,
    x: &'a [f32],
    y: Vec<Label>,
    h: f64,
    lambda: f64,
}

pub fn check(file: &File, device: &Device, tally: &mut Tally) {
    let number = |k: &str| -> f64 { file.metadata[k].parse().unwrap_or_else(|_| panic!("{k}")) };
    let mut spec: NetworkSpec = serde_json::from_str(&file.metadata["network"]).unwrap();
    spec.steps = number("T") as usize;
    spec.leak = number("tau") as f32;
    spec.threshold = number("threshold") as f32;
    let y = file.get("y").iter().map(|v| *v as Label).collect();
    let case = Case {
        file,
        device,
        spec,
        x: file.get("x"),
        y,
        h: number("h"),
        lambda: number("lam"),
    };
    tally.input("x");
    tally.input("y");
    let network = case.network();
    for (name, mode) in MODES {
        case.evaluation(&network, name, mode, tally);
    }
    case.firing_rates(&network, tally);
    for (name, mode) in MODES {
        case.pgd(&network, name, mode, tally);
    }
    case.softmax_l1(&network, tally);
    case.training_passes(tally);
    case.training_step(tally);
}

impl Case<'_> {
    fn n(&self) -> usize {
        self.y.len()
    }

    fn network(&self) -> Network {
        let mut network = Network::new(&self.spec, self.device, 0).unwrap();
        let weights = self.file.folder.join(format!("{}.weights.safetensors", self.file.name));
        network.load_safetensors(&fs::read(&weights).unwrap()).unwrap();
        network
    }

    fn terms(&self, kind: AttackKind, mode: BackwardMode) -> Terms {
        let eps: Epsilon = self.file.metadata["eps"].parse().unwrap();
        let alpha: Epsilon = self.file.metadata["pgd_alpha"].parse().unwrap();
        Terms {
            kind,
            eps,
            alpha: Some(alpha),
            mode,
            ..Terms::default()
        }
    }

    fn images(&self) -> Batch {
        Batch {
            input: self.spec.input(),
            values: self.x.to_vec(),
            labels: self.y.clone(),
            places: (0..self.n() as u64).collect(),
        }
    }

    fn evaluation(&self, network: &Network, name: &str, mode: BackwardMode, tally: &mut Tally) {
        let how = How::attack(mode);
        let key = |what: &str| format!("eval.{name}.{what}");
        let pass = network.forward(self.x, self.n(), &how);
        tally.compare(self.file, &key("logits"), &pass.logits, Tolerance::Value);
        let runners = objective::runner_up(&pass.logits, &self.y);
        let variant = Variant::PairwiseSquared;
        let (f, slopes) = objective::confidence(variant, &pass.logits, &self.y, &runners);
        tally.compare(self.file, &key("f"), &singles(&f), Tolerance::Value);
        let gx = network.input_gradient(&pass, &singles(&slopes));
        tally.compare(self.file, &key("f_input_gradient"), &gx, Tolerance::Gradient);
        let moved = terms::shifted_images(self.x, &gx, self.h);
        let shifted = network.forward(&moved, self.n(), &how);
        let (f2, _) = objective::confidence(variant, &shifted.logits, &self.y, &runners);
        tally.compare(self.file, &key("f_shifted"), &singles(&f2), Tolerance::Value);
        let d: Vec<f32> = f.iter().zip(&f2).map(|(a, b)| ((b - a) / self.h) as f32).collect();
        tally.compare(self.file, &key("finite_difference"), &d, Tolerance::Value);
        let ce = terms::cross_entropy(&pass.logits, &self.y, 0.0).1;
        let gx = network.input_gradient(&pass, &ce);
        tally.compare(self.file, &key("ce_input_gradient"), &gx, Tolerance::Gradient);
        let adversarial = attack::perturb(network, &self.images(), &self.terms(AttackKind::Fgsm, mode));
        tally.compare(self.file, &key("fgsm8"), &adversarial, Tolerance::Pixels);
        if self.file.tensors.contains_key(&key("fgsm8")) {
            let logits = network.forward(self.file.get(&key("fgsm8")), self.n(), &how).logits;
            tally.compare(self.file, &key("fgsm8_logits"), &logits, Tolerance::Value);
        }
    }

    fn firing_rates(&self, network: &Network, tally: &mut Tally) {
        let how = How {
            observe: true,
            ..How::attack(MODES[0].1)
        };
        let rates = network.activity(&network.forward(self.x, self.n(), &how));
        let rates: Vec<f32> = rates.iter().map(|r| r.firing_rate as f32).collect();
        tally.compare(self.file, "eval.firing_rates", &rates, Tolerance::Value);
    }

    /// How near a membrane comes to the threshold, by image.
    fn margins(&self, network: &Network, pixels: &[f32]) -> Vec<f32> {
        let how = How {
            observe: true,
            ..How::attack(MODES[0].1)
        };
        network.margins(&network.forward(pixels, self.n(), &how))
    }

    /// Each step from the stored iterate before it, so that errors do not pile up.
    fn pgd(&self, network: &Network, name: &str, mode: BackwardMode, tally: &mut Tally) {
        let key = &format!("eval.{name}.pgd10_iterates");
        let Some((shape, iterates)) = self.file.tensors.get(key) else {
            return;
        };
        let size: usize = shape[1..].iter().product();
        let terms = self.terms(AttackKind::Bim { steps: 1 }, mode);
        let mut ours = self.x.to_vec();
        for start in iterates.chunks_exact(size).take(shape[0] - 1) {
            ours.extend(attack::descend(network, &self.images(), start.to_vec(), 1, &terms));
        }
        let image = size / self.n();
        let steps = ours.chunks_exact_mut(size).zip(iterates.chunks_exact(size));
        for (step, (got, want)) in steps.enumerate().skip(1) {
            let images = got.chunks_exact_mut(image).zip(want.chunks_exact(image));
            let other: Vec<_> = images
                .enumerate()
                .filter(|(_, (got, want))| !alike(got, want))
                .collect();
            if !other.is_empty() {
                let margins = self.margins(network, &iterates[(step - 1) * size..step * size]);
                for (i, (got, want)) in other {
                    if margins[i] < UNDECIDED {
                        tally.undecided += 1;
                        got.copy_from_slice(want);
                    }
                }
            }
            tally.image_steps += self.n();
            assert!(alike(got, want), "PGD step {step}");
        }
        tally.compare(self.file, key, &ours, Tolerance::Pixels);
    }

    fn softmax_l1(&self, network: &Network, tally: &mut Tally) {
        let how = How::attack(MODES[0].1);
        let key = |what: &str| format!("eval.softmax_l1.{what}");
        let pass = network.forward(self.x, self.n(), &how);
        let runners = objective::runner_up(&pass.logits, &self.y);
        let f = objective::confidence(Variant::SoftmaxL1, &pass.logits, &self.y, &runners);
        tally.compare(self.file, &key("f"), &singles(&f.0), Tolerance::Value);
        let gx = network.input_gradient(&pass, &singles(&f.1));
        tally.compare(self.file, &key("f_input_gradient"), &gx, Tolerance::Gradient);
        let moved = terms::shifted_images(self.x, &gx, self.h);
        let shifted = network.forward(&moved, self.n(), &how);
        let f2 = objective::confidence(Variant::SoftmaxL1, &shifted.logits, &self.y, &runners);
        tally.compare(self.file, &key("f_shifted"), &singles(&f2.0), Tolerance::Value);
        let r = terms::sparsity(Variant::SoftmaxL1, &f, &f2, self.h).r;
        let ce = terms::cross_entropy(&pass.logits, &self.y, 0.0).0;
        tally.compare(
            self.file,
            &key("losses"),
            &singles(&[ce, r, ce + self.lambda * r]),
            Tolerance::Value,
        );
    }

    fn trainer(&self) -> (Trainer, TrainSpec, ObjectiveSpec) {
        let recipe: serde_json::Value = serde_json::from_str(&self.file.metadata["train_step"]).unwrap();
        let train = TrainSpec {
            recipe: Recipe::Sr,
            lr: recipe["lr"].as_f64().unwrap(),
            momentum: recipe["momentum"].as_f64().unwrap(),
            weight_decay: recipe["weight_decay"].as_f64().unwrap(),
            ..TrainSpec::default()
        };
        let objective = ObjectiveSpec {
            lambda: self.lambda,
            h: self.h,
            ..ObjectiveSpec::default()
        };
        let network = self.network();
        let optimizer = Optimizer::new(train.optimizer, &network);
        (Trainer { network, optimizer }, train, objective)
    }

    fn training_passes(&self, tally: &mut Tally) {
        let (trainer, train, objective) = self.trainer();
        let settings = Settings {
            train: &train,
            objective: &objective,
            lr: train.lr,
            step: 1,
        };
        let found = trainer.passes(&self.images(), 0, &settings).unwrap();
        let [ce, sparse] = &found.terms[..] else {
            panic!("{} terms", found.terms.len())
        };
        let traced = |name: &str| &sparse.by_sample.iter().find(|(n, _)| *n == name).unwrap().1;
        tally.compare(self.file, "train.logits", &found.logits, Tolerance::Value);
        tally.compare(
            self.file,
            "train.f_input_gradient",
            traced("input_gradient"),
            Tolerance::Gradient,
        );
        tally.compare(
            self.file,
            "train.finite_difference",
            traced("differences"),
            Tolerance::Value,
        );
        let losses = [ce.value, sparse.value, found.loss()];
        tally.compare(self.file, "train.losses", &singles(&losses), Tolerance::Value);
        for (p, g) in trainer.network.parameters.iter().zip(&found.gradients) {
            let g = download(g.as_ref().unwrap_or_else(|| panic!("no gradient for {}", p.name)));
            tally.compare(self.file, &format!("train.grad.{}", p.name), &g, Tolerance::Gradient);
        }
    }

    fn training_step(&self, tally: &mut Tally) {
        let (mut trainer, train, objective) = self.trainer();
        let settings = Settings {
            train: &train,
            objective: &objective,
            lr: train.lr,
            step: 1,
        };
        trainer.step(&self.images(), &settings).unwrap();
        for p in &trainer.network.parameters {
            tally.compare(
                self.file,
                &format!("train.after1.{}", p.name),
                &download(&p.value),
                Tolerance::Value,
            );
        }
        for b in &trainer.network.buffers {
            let key = |what: &str| format!("train.after1.{}.{what}", b.name);
            tally.compare(self.file, &key("running_mean"), &download(&b.mean), Tolerance::Value);
            tally.compare(self.file, &key("running_var"), &download(&b.variance), Tolerance::Value);
            tally.compare(
                self.file,
                &key("num_batches_tracked"),
                &[b.batches as f32],
                Tolerance::Equal,
            );
        }
    }
}

fn singles(values: &[f64]) -> Vec<f32> {
    values.iter().map(|v| *v as f32).collect()
}
