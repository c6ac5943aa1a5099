//! How fast a training step is: the worker's own step, on random images, without data or disk.

use super::stepping;
use crate::attack::Images;
use crate::snn::{
    Network,
    backend::Device,
    random::{Purpose, stream},
};
use crate::spec::Experiment;
use crate::train::{Optimizer, Trainer};
use anyhow::{Result, anyhow};
use std::time::{Duration, Instant};

/// Steps before the clock starts.
const WARM_UP: usize = 2;
/// Timed steps at the least and at the most, and how long the timing goes on between them.
const STEPS: std::ops::RangeInclusive<usize> = 5..=200;
const TIME: Duration = Duration::from_secs(10);

/// What was measured.
#[derive(Debug, Clone)]
pub struct StepBench {
    /// Median seconds of a step.
    pub median: f64,
    /// The 10th and 90th percentile.
    pub spread: (f64, f64),
    /// Timed steps.
    pub steps: usize,
    /// Largest resident memory of this process so far, in bytes; 0 where the system does not tell.
    pub peak_bytes: u64,
    /// The device.
    pub device: String,
    /// Trained values of the network.
    pub parameters: usize,
}

/// Measures the training step that `spec` describes.
///
/// # Errors
/// When the device is not there, or a step's numbers are not finite.
pub fn step(spec: &Experiment) -> Result<StepBench> {
    let device = Device::find(&spec.train.device)?;
    let network =
        Network::new(&spec.network, &device, spec.train.seed).ok_or_else(|| anyhow!("the network cannot be built"))?;
    let parameters = network.parameter_count();
    let optimizer = Optimizer::new(spec.train.optimizer, &network);
    let mut trainer = Trainer { network, optimizer };
    let images = random_images(spec);
    let mut times = Vec::new();
    let begun = Instant::now();
    for n in 0..WARM_UP + STEPS.end() {
        if n >= WARM_UP + STEPS.start() && begun.elapsed() > TIME {
            break;
        }
        let mut images = images.clone();
        let at = Instant::now();
        stepping::take(&mut trainer, &mut images, spec, spec.train.lr, n as u64 + 1)?;
        device.synchronize();
        if n >= WARM_UP {
            times.push(at.elapsed().as_secs_f64());
        }
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
    Ok(StepBench {
        median: at(0.5),
        spread: (at(0.1), at(0.9)),
        steps: times.len(),
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
