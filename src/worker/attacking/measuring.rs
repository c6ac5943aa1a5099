//! What the sanity panel needs beside the cells, measured on a few images: how deterministic the logits are, how many
//! images have no gradient at all, how many confidences are saturated, and whether an unbounded attack succeeds.

use super::{target::Target, terms};
use crate::attack::{self, Attacker, Goal, Images, Terms};
use crate::run::{
    attack::AttackManifest,
    attack_job::{Measured, MeasuredMode},
};
use crate::snn::{How, Network, backend::Device};
use crate::spec::{AttackKind, AttackLoss, BackwardMode, Norm};
use crate::units::Epsilon;
use anyhow::Result;
use std::time::Instant;

/// Images measured on.
const IMAGES: usize = 32;
/// Runs whose logits are compared.
const RUNS: u64 = 5;
/// Steps of the attack that may change everything.
const CONTROL: AttackKind = AttackKind::Pgd { steps: 10, restarts: 1 };
/// A confidence within this of 1 is 1 in the arithmetic of the networks (f32).
const SATURATED: f64 = 6e-8;

/// Measures a checkpoint.
pub fn measure(manifest: &AttackManifest, checkpoint: usize, target: &Target) -> Measured {
    let places = &target.places[..target.places.len().min(IMAGES)];
    let images = target.material.images(target.of_test, places);
    let network = &target.network;
    let logits = attack::counted_logits(network, &images.pixels, images.len(), manifest.eot);
    let right = attack::classified_rightly(network, &images.pixels, &images.labels, manifest.eot);
    let right: Vec<usize> = (0..images.len()).filter(|i| right[*i]).collect();
    let modes = manifest.backward.iter().map(|mode| MeasuredMode {
        backward: *mode,
        zero_gradient: zero_gradient(network, &images, *mode, &terms(manifest)),
        unbounded: unbounded(network, &images, &right, *mode, &terms(manifest)),
    });
    Measured {
        checkpoint,
        images: images.len(),
        classes: network.spec.classes,
        random_coding: !attack::is_deterministic(network),
        logit_spread: logit_spread(network, &images),
        saturated: saturated(&logits, &images.labels),
        modes: modes.collect(),
    }
}

/// The largest difference of any logit between runs of the same images, relative to the largest logit.
fn logit_spread(network: &Network, images: &Images) -> f64 {
    let run = |draw: u64| {
        let how = How { draw, ..How::EVALUATE };
        network.forward(&images.pixels, images.len(), &how).logits
    };
    let first = run(0);
    let size = first.iter().fold(0.0f64, |m, z| m.max(f64::from(z.abs())));
    let apart = (1..RUNS)
        .flat_map(|draw| run(draw).into_iter().zip(first.clone()).collect::<Vec<_>>())
        .fold(0.0f64, |m, (a, b)| m.max(f64::from((a - b).abs())));
    if size > 0.0 { apart / size } else { apart }
}

/// The share of images whose input gradient is zero, or not a number, in every pixel.
fn zero_gradient(network: &Network, images: &Images, mode: BackwardMode, terms: &Terms) -> f64 {
    let attacker = Attacker {
        network,
        mode,
        draws: terms.eot,
    };
    let slope = |logits: &[f32]| {
        let k = logits.len() / images.len().max(1);
        let mut slopes = vec![0.0; logits.len()];
        for ((z, g), y) in logits
            .chunks_exact(k)
            .zip(slopes.chunks_exact_mut(k))
            .zip(&images.labels)
        {
            attack::loss_slope(terms.loss, z, usize::from(*y), Goal::Away, g);
        }
        slopes
    };
    let (_, gradient) = attack::input_gradient(&attacker, images, &slope);
    let dead = |g: &&[f32]| g.iter().all(|g| *g == 0.0 || !g.is_finite());
    let count = gradient.chunks_exact(images.size().max(1)).filter(dead).count();
    count as f64 / images.len().max(1) as f64
}

/// The accuracy that is left where every pixel may take any value.
fn unbounded(network: &Network, images: &Images, right: &[usize], mode: BackwardMode, terms: &Terms) -> f64 {
    let terms = Terms {
        kind: CONTROL,
        eps: Epsilon::new(1.0).unwrap_or_default(),
        norm: Norm::Linf,
        alpha: None,
        target: None,
        mode,
        ..*terms
    };
    let found = attack::attack(network, None, &images.select(right), &terms);
    let left = found.right.iter().filter(|r| **r).count();
    left as f64 / images.len().max(1) as f64
}

/// The share of images whose true class has all the confidence that f32 can express.
fn saturated(logits: &[f32], labels: &[u8]) -> f64 {
    let k = logits.len() / labels.len().max(1);
    let certain = |(z, y): &(&[f32], &u8)| {
        // 1 − p = 1 − exp(−CE).
        let ce = attack::loss_value(AttackLoss::Ce, z, usize::from(**y), Goal::Away);
        -(-ce).exp_m1() < SATURATED
    };
    let count = logits.chunks_exact(k.max(1)).zip(labels).filter(certain).count();
    count as f64 / labels.len().max(1) as f64
}

/// How long passes of one image take, in batches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PassSeconds {
    /// Forward, nothing remembered.
    pub forward: f64,
    /// Forward with its backward to the pixels.
    pub gradient: f64,
}

/// Measures the passes of a job's checkpoint on random images: two batches each, the second counts.
///
/// # Errors
/// When the checkpoint cannot be loaded.
pub fn pass_seconds(manifest: &AttackManifest, checkpoint: usize) -> Result<PassSeconds> {
    let path = manifest.checkpoints.get(checkpoint).map(|p| p.as_path());
    let path = path.ok_or_else(|| anyhow::anyhow!("no checkpoint {checkpoint}"))?;
    let (network, _) = super::target::load(path, &Device::find(&manifest.device)?, manifest.steps)?;
    let n = manifest.batch.min(manifest.samples).clamp(1, IMAGES);
    let size: usize = network.spec.image.iter().product();
    let pixels: Vec<f32> = (0..n * size).map(|i| (i % 251) as f32 / 250.0).collect();
    let images = Images {
        pixels,
        labels: vec![0; n],
        places: (0..n as u64).collect(),
    };
    let mode = manifest.backward.first().copied().unwrap_or(Terms::default().mode);
    let second = |mut work: Box<dyn FnMut() + '_>| {
        work();
        let begun = Instant::now();
        work();
        begun.elapsed().as_secs_f64() / n as f64
    };
    let draws = manifest.eot;
    let attacker = Attacker {
        network: &network,
        mode,
        draws,
    };
    Ok(PassSeconds {
        forward: second(Box::new(|| {
            attack::counted_logits(&network, &images.pixels, n, draws);
        })),
        gradient: second(Box::new(|| {
            attack::input_gradient(&attacker, &images, &|z| vec![1.0; z.len()]);
        })),
    })
}
