//! How fast a training step, an attack and an evaluation are: the worker's own, on random images or on a checkpoint's
//! own data. Nothing is recorded or saved.

use super::attacking::load_network;
use super::data_splits::DataSplits;
use super::training::step;
use crate::attack::{self, Terms};
use crate::input::{Batch, Label};
use crate::random::{Purpose, stream};
use crate::snn::{
    How, Network,
    backend::{
        Device,
        choices::{self, Choice},
    },
};
use crate::spec::{AttackKind, BackwardMode, Experiment};
use crate::train::{Optimizer, Trainer};
use crate::units::Epsilon;
use anyhow::{Result, anyhow};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Repeats before the clock starts.
const WARM_UP: usize = 2;
/// Timed repeats at the least and at the most, and how long the timing continues between them.
const REPEATS: std::ops::RangeInclusive<usize> = 5..=200;
const TIME: Duration = Duration::from_secs(10);

/// The attack that is timed.
pub const ATTACK: AttackKind = AttackKind::Pgd { steps: 10, restarts: 1 };
/// At this radius.
const EPS: &str = "8/255";

/// What was measured.
#[derive(Debug, Clone)]
pub struct Bench {
    /// Median seconds.
    pub median: f64,
    /// The 10th and 90th percentile.
    pub spread: (f64, f64),
    /// How often it was timed.
    pub repeats: usize,
    /// Largest resident memory of this process so far, in bytes; 0 where the system does not tell.
    pub peak_bytes: u64,
    /// The device.
    pub device: String,
    /// Trained values of the network.
    pub parameters: usize,
}

/// An attack, timed.
#[derive(Debug, Clone)]
pub struct AttackBench {
    /// Every image goes through every step: the work that is comparable between programs.
    pub all_steps: Bench,
    /// As a job attacks: counted before and after, images leave when they are misclassified.
    pub as_job: Bench,
}

/// What is timed: a network and one batch.
pub struct Subject {
    device: Device,
    /// Where the weights come from; without one, they are drawn. Each measurement makes its own network, so that its memory
    /// is that of one.
    checkpoint: Option<PathBuf>,
    images: Batch,
    spec: Experiment,
}

/// How the subject's neurons fire and which kernels that led to, in a forward pass and one training step.
#[derive(Debug, Clone, Serialize)]
pub struct Inside {
    /// Firing rate of every spiking layer, mean over neurons and time steps.
    pub firing_rates: Vec<f64>,
    /// Share of membranes inside the surrogate's support, by layer.
    pub support: Vec<f64>,
    /// Convolutions of a forward pass in evaluation mode, in their order; empty where a backend has no choice.
    pub evaluation: Vec<Choice>,
    /// Convolutions of a training step, in their order.
    pub step: Vec<Choice>,
}

impl Subject {
    /// The network that `spec` describes as it is before training, on random images.
    ///
    /// # Errors
    /// When the device is not there.
    pub fn random(spec: Experiment) -> Result<Subject> {
        let device = Device::for_training(&spec.train)?;
        let images = random_images(&spec);
        Ok(Subject {
            device,
            checkpoint: None,
            images,
            spec,
        })
    }

    /// A checkpoint's network on the first images of its training set: trained networks fire otherwise than new ones.
    ///
    /// # Errors
    /// When the device or the data are not there.
    pub fn trained(checkpoint: &Path, data: &Path, spec: Experiment) -> Result<Subject> {
        let device = Device::for_training(&spec.train)?;
        let mut images = DataSplits::load(&spec, data)?.probe(spec.train.batch);
        images.places = (0..images.len() as u64).collect();
        Ok(Subject {
            device,
            checkpoint: Some(checkpoint.to_path_buf()),
            images,
            spec,
        })
    }

    /// The network as it is before it is measured.
    ///
    /// # Errors
    /// When the checkpoint cannot be read.
    fn network(&self) -> Result<Network> {
        let spec = &self.spec;
        match &self.checkpoint {
            Some(path) => Ok(load_network(path, &self.device, Some(spec.network.steps))?.0),
            None => Network::new(&spec.network, &self.device, spec.train.seed)
                .ok_or_else(|| anyhow!("the network cannot be built")),
        }
    }

    /// Images in the batch.
    pub fn batch(&self) -> usize {
        self.images.len()
    }

    /// Time steps of the network.
    pub fn steps(&self) -> usize {
        self.spec.network.steps
    }

    /// Looks inside once, untimed.
    ///
    /// # Errors
    /// When a step's numbers are not finite.
    pub fn inside(&self) -> Result<Inside> {
        let how = How {
            observe: true,
            ..How::attack(BackwardMode::Bptt(self.spec.train.surrogate))
        };
        let (mut activity, n) = (Vec::new(), self.batch());
        let network = self.network()?;
        let evaluation = choices::recorded(|| {
            let pass = network.forward(&self.images.values, n, &how);
            activity = network.activity(&pass);
        });
        let mut trainer = self.trainer()?;
        let mut stepped = Ok(());
        let step = choices::recorded(|| {
            let mut images = self.images.clone();
            let taken = step::take(&mut trainer, &mut images, &self.spec, self.spec.train.lr, 1);
            stepped = taken.map(|_| ());
        });
        stepped?;
        Ok(Inside {
            firing_rates: activity.iter().map(|l| l.firing_rate).collect(),
            support: activity.iter().map(|l| l.support).collect(),
            evaluation,
            step,
        })
    }

    /// The network and what moves it.
    fn trainer(&self) -> Result<Trainer> {
        let network = self.network()?;
        let optimizer = Optimizer::new(self.spec.train.optimizer, &network);
        Ok(Trainer { network, optimizer })
    }

    /// Measures a training step.
    ///
    /// # Errors
    /// When a step's numbers are not finite.
    pub fn step(&self) -> Result<Bench> {
        let mut trainer = self.trainer()?;
        let parameters = trainer.network.parameter_count();
        let mut n = 0;
        timed(&self.device, parameters, || {
            n += 1;
            let mut images = self.images.clone();
            step::take(&mut trainer, &mut images, &self.spec, self.spec.train.lr, n)?;
            Ok(())
        })
    }

    /// Measures the forward pass that accuracies are counted by.
    ///
    /// # Errors
    /// None but those of [`Subject::step`].
    pub fn evaluate(&self) -> Result<Bench> {
        let network = self.network()?;
        timed(&self.device, network.parameter_count(), || {
            attack::counted_logits(&network, &self.images.values, &self.images.places, attack::Draws::ONE);
            Ok(())
        })
    }

    /// Measures PGD-10 at 8/255 on the batch.
    ///
    /// # Errors
    /// None but those of [`Subject::step`].
    pub fn attack(&self) -> Result<AttackBench> {
        let mut images = self.images.clone();
        let network = self.network()?;
        let parameters = network.parameter_count();
        let logits = attack::counted_logits(&network, &images.values, &images.places, attack::Draws::ONE);
        // Labelled as the network sees them, so that there is something to attack.
        let of = |z: &[f32]| (0..z.len()).max_by(|a, b| z[*a].total_cmp(&z[*b])).unwrap_or(0) as Label;
        images.labels = logits.chunks_exact(self.spec.network.classes).map(of).collect();
        let terms = Terms {
            kind: ATTACK,
            eps: EPS.parse().unwrap_or(Epsilon::ZERO),
            ..Terms::default()
        };
        Ok(AttackBench {
            all_steps: timed(&self.device, parameters, || {
                attack::perturb(&network, &images, &terms);
                Ok(())
            })?,
            as_job: timed(&self.device, parameters, || {
                attack::attack(&network, None, &images, &terms);
                Ok(())
            })?,
        })
    }
}

/// Times something that runs on a device.
fn timed(device: &Device, parameters: usize, mut once: impl FnMut() -> Result<()>) -> Result<Bench> {
    let mut times = Vec::new();
    let started = Instant::now();
    for n in 0..WARM_UP + REPEATS.end() {
        if n >= WARM_UP + REPEATS.start() && started.elapsed() > TIME {
            break;
        }
        let at = Instant::now();
        once()?;
        device.synchronize();
        if n >= WARM_UP {
            times.push(at.elapsed().as_secs_f64());
        }
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
    Ok(Bench {
        median: at(0.5),
        spread: (at(0.1), at(0.9)),
        repeats: times.len(),
        peak_bytes: peak_resident(),
        device: device.to_string(),
        parameters,
    })
}

fn random_images(spec: &Experiment) -> Batch {
    let (input, n) = (spec.network.input(), spec.train.batch);
    let mut random = stream(spec.train.seed, Purpose::Bench, 0, 0);
    Batch {
        input,
        values: (0..n * input.len()).map(|_| random.uniform()).collect(),
        labels: (0..n).map(|i| (i % spec.network.classes) as Label).collect(),
        places: (0..n as u64).collect(),
    }
}

/// `VmHWM` of this process.
pub(super) fn peak_resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let kib = line.and_then(|l| l.trim().trim_end_matches("kB").trim().parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}
