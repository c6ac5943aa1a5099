//! How long a pass takes on this machine, for cost estimates.

use super::draws;
use crate::attack::{self, Attacker};
use crate::input::Batch;
use crate::run::attack::AttackManifest;
use crate::snn::backend::Device;
use crate::spec::BackwardMode;
use anyhow::Result;
use std::time::Instant;

/// Images per measured batch at most.
const IMAGES: usize = 32;

/// How long passes of one image take, in batches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PassSeconds {
    /// Forward, nothing remembered.
    pub forward: f64,
    /// Forward with its backward to the pixels: the mean over the job's modes, which share its passes equally.
    pub gradient: f64,
}

/// Measures the passes of a job's checkpoint on random images: two batches each, the second counts.
///
/// # Errors
/// When the checkpoint cannot be loaded.
pub fn pass_seconds(manifest: &AttackManifest, checkpoint: usize) -> Result<PassSeconds> {
    let path = manifest.checkpoints.get(checkpoint).map(|p| p.as_path());
    let path = path.ok_or_else(|| anyhow::anyhow!("no checkpoint {checkpoint}"))?;
    let (network, _) = super::target::load_network(path, &Device::find(&manifest.device)?, manifest.steps)?;
    let n = manifest.batch.min(manifest.samples).clamp(1, IMAGES);
    let input = network.spec.input();
    let images = Batch {
        input,
        values: (0..n * input.len()).map(|i| (i % 251) as f32 / 250.0).collect(),
        labels: vec![0; n],
        places: (0..n as u64).collect(),
    };
    let second = |mut work: Box<dyn FnMut() + '_>| -> f64 {
        work();
        let started = Instant::now();
        work();
        started.elapsed().as_secs_f64() / n as f64
    };
    let draws = draws(manifest);
    let one = |mode: &BackwardMode| {
        let attacker = Attacker::new(&network, *mode, draws, &images.places);
        second(Box::new(|| {
            attack::input_gradient(&attacker, &images, &|z| vec![1.0; z.len()]);
        }))
    };
    let modes = manifest.backward.len().max(1) as f64;
    Ok(PassSeconds {
        forward: second(Box::new(|| {
            attack::counted_logits(&network, &images.values, &images.places, draws);
        })),
        gradient: manifest.backward.iter().map(one).sum::<f64>() / modes,
    })
}
