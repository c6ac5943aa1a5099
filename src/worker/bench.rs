//! How fast a training step, an attack and an evaluation are: the worker's own, on random images, without data or disk.

use super::stepping;
use crate::attack::{self, Images, Terms};
use crate::snn::{
    Network,
    backend::Device,
    random::{Purpose, stream},
};
use crate::spec::{AttackKind, Experiment};
use crate::train::{Optimizer, Trainer};
use crate::units::Epsilon;
use anyhow::{Result, anyhow};
use std::time::{Duration, Instant};

/// Repeats before the clock starts.
const WARM_UP: usize = 2;
/// Timed repeats at the least and at the most, and how long the timing goes on between them.
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

/// Measures the training step that `spec` describes.
///
/// # Errors
/// When the device is not there, or a step's numbers are not finite.
pub fn step(spec: &Experiment) -> Result<Bench> {
    let network = network(spec)?;
    let (device, parameters) = (network.device.clone(), network.parameter_count());
    let optimizer = Optimizer::new(spec.train.optimizer, &network);
    let mut trainer = Trainer { network, optimizer };
    let images = random_images(spec);
    let mut n = 0;
    timed(&device, parameters, || {
        n += 1;
        let mut images = images.clone();
        stepping::take(&mut trainer, &mut images, spec, spec.train.lr, n)?;
        Ok(())
    })
}

/// Measures the forward pass that accuracies are counted by.
///
/// # Errors
/// When the device is not there.
pub fn evaluate(spec: &Experiment) -> Result<Bench> {
    let network = network(spec)?;
    let images = random_images(spec);
    timed(&network.device.clone(), network.parameter_count(), || {
        attack::counted_logits(&network, &images.pixels, images.len(), 1);
        Ok(())
    })
}

/// Measures PGD-10 at 8/255 on one batch.
///
/// # Errors
/// When the device is not there.
pub fn attack(spec: &Experiment) -> Result<AttackBench> {
    let network = network(spec)?;
    let (device, parameters) = (network.device.clone(), network.parameter_count());
    let mut images = random_images(spec);
    let logits = attack::counted_logits(&network, &images.pixels, images.len(), 1);
    // Labelled as the network sees them, so that there is something to attack.
    let of = |z: &[f32]| (0..z.len()).max_by(|a, b| z[*a].total_cmp(&z[*b])).unwrap_or(0) as u8;
    images.labels = logits.chunks_exact(spec.network.classes).map(of).collect();
    let terms = Terms {
        kind: ATTACK,
        eps: EPS.parse().unwrap_or(Epsilon::ZERO),
        ..Terms::default()
    };
    Ok(AttackBench {
        all_steps: timed(&device, parameters, || {
            attack::perturb(&network, &images, &terms);
            Ok(())
        })?,
        as_job: timed(&device, parameters, || {
            attack::attack(&network, None, &images, &terms);
            Ok(())
        })?,
    })
}

fn network(spec: &Experiment) -> Result<Network> {
    let device = Device::find(&spec.train.device)?;
    Network::new(&spec.network, &device, spec.train.seed).ok_or_else(|| anyhow!("the network cannot be built"))
}

/// Times something that runs on a device.
fn timed(device: &Device, parameters: usize, mut once: impl FnMut() -> Result<()>) -> Result<Bench> {
    let mut times = Vec::new();
    let begun = Instant::now();
    for n in 0..WARM_UP + REPEATS.end() {
        if n >= WARM_UP + REPEATS.start() && begun.elapsed() > TIME {
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

fn random_images(spec: &Experiment) -> Images {
    let size: usize = spec.network.image.iter().product();
    let n = spec.train.batch;
    let mut random = stream(spec.train.seed, Purpose::Probe, 0, 0);
    Images {
        pixels: (0..n * size).map(|_| random.uniform()).collect(),
        labels: (0..n).map(|i| (i % spec.network.classes) as u8).collect(),
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
