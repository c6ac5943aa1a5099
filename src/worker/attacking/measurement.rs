//! Measurements for the sanity checks, beside the cells. On a few images: how deterministic the logits are, how many images
//! have no gradient, how many confidences are saturated, and whether an unbounded attack succeeds. On many: the size of the
//! gradient, by true class.

use super::gradient_quality::{self, slopes};
use super::{draws, target::Target, terms};
use crate::attack::{self, Attacker, Goal, Terms};
use crate::input::{Batch, Label};
use crate::measure::GradientSize;
use crate::run::{
    attack::AttackManifest,
    attack_job::{GradientNorms, Measured, MeasuredMode, VulnerabilityAt, VulnerabilityRecord, WhiteBox},
};
use crate::snn::{How, Network};
use crate::spec::{AttackKind, AttackLoss, BackwardMode};
use crate::units::Epsilon;
use anyhow::Result;

/// Images measured on.
const IMAGES: usize = 32;
/// Images whose gradients are recorded one by one, at most, of a checkpoint and of all together: more would outgrow the
/// file.
const GRADIENTS: (usize, usize) = (1000, 16_000);
/// Runs whose logits are compared.
const RUNS: u64 = 5;
/// Images whose true class is recorded, for results by class, likewise.
const LABELLED: (usize, usize) = (50_000, 400_000);
/// The attack that may change everything. Without a random start, which would break images by itself.
const CONTROL: AttackKind = AttackKind::Bim { steps: 10 };
/// Its radius at the most, where values have a wide range: events per cell.
const LARGEST: f64 = 1000.0;
/// The gap between adversary and noise is measured on one image for so many samples of the job, so that it costs little.
const SAMPLES_PER_IMAGE: usize = 16;
/// A confidence within this of 1 is 1 in the arithmetic of the networks (f32).
const SATURATED: f64 = 6e-8;

/// Asked between two pieces of work: whether to continue.
type GoOn<'a> = dyn FnMut() -> Result<bool> + 'a;

/// How many of a target's images come under a bound for one checkpoint and one for all.
fn share((one, all): (usize, usize), manifest: &AttackManifest, target: &Target) -> usize {
    target
        .places
        .len()
        .min(one)
        .min(all / manifest.checkpoints.len().max(1))
}

/// Measures a checkpoint; `None` where `go_on` said no before the end.
pub fn measure(
    manifest: &AttackManifest,
    checkpoint: usize,
    target: &Target,
    go_on: &mut GoOn<'_>,
) -> Result<Option<Measured>> {
    let places = &target.places[..target.places.len().min(IMAGES)];
    let images = target.splits.images(target.of_test, places);
    let labels = |places: &[u32]| target.splits.images(target.of_test, places).labels;
    let labelled = share(LABELLED, manifest, target);
    let labels: Vec<Label> = target.places[..labelled].chunks(256).flat_map(labels).collect();
    if manifest.replay.is_some() {
        return Ok(go_on()?.then(|| Measured {
            labels,
            ..counted_only(manifest, checkpoint, &target.network, &images)
        }));
    }
    let Some(mut found) = measure_on(manifest, checkpoint, &target.network, &images, go_on)? else {
        return Ok(None);
    };
    found.labels = labels;
    if target.source.is_some() {
        found.white_box = white_box(manifest, &target.network, &images);
    }
    if let Some(vulnerability) = &mut found.vulnerability {
        match gradients(manifest, vulnerability.backward, target, go_on)? {
            Some(norms) => vulnerability.gradients = norms,
            None => return Ok(None),
        }
    }
    Ok(Some(found))
}

/// The norms of the job's images, batch by batch.
fn gradients(
    manifest: &AttackManifest,
    mode: BackwardMode,
    target: &Target,
    go_on: &mut GoOn<'_>,
) -> Result<Option<Vec<GradientNorms>>> {
    let places = &target.places[..share(GRADIENTS, manifest, target)];
    let record = |g: GradientSize| GradientNorms {
        l0: g.l0 as u32,
        l1: g.l1,
        l2: g.l2(),
    };
    // A norm that is no number cannot be written, and would make the whole record unreadable.
    let is_number = |g: &GradientSize| g.l1.is_finite() && g.l2().is_finite();
    let mut norms = Vec::with_capacity(places.len());
    for places in places.chunks(manifest.batch.max(1)) {
        if !go_on()? {
            return Ok(None);
        }
        let images = target.splits.images(target.of_test, places);
        let attacker = Attacker::new(&target.network, mode, draws(manifest), &images.places);
        let found = attack::gradient_sizes(&attacker, &images);
        norms.extend(found.into_iter().filter(is_number).map(record));
    }
    Ok(Some(norms))
}

/// What can be said of a checkpoint on which nothing is attacked: how its logits are counted.
fn counted_only(manifest: &AttackManifest, checkpoint: usize, network: &Network, images: &Batch) -> Measured {
    let logits = attack::counted_logits(network, &images.values, &images.places, draws(manifest));
    let (logit_spread, not_finite) = spread(&runs(network, images, manifest.seed), images.len());
    Measured {
        checkpoint,
        images: images.len(),
        classes: network.spec.classes,
        random_coding: !attack::is_deterministic(network),
        logit_spread,
        not_finite,
        saturated: saturated(&logits, &images.labels),
        modes: Vec::new(),
        labels: Vec::new(),
        white_box: None,
        vulnerability: None,
    }
}

fn measure_on(
    manifest: &AttackManifest,
    checkpoint: usize,
    network: &Network,
    images: &Batch,
    go_on: &mut GoOn<'_>,
) -> Result<Option<Measured>> {
    let right = attack::classified_rightly(network, &images.values, &images.labels, &images.places, draws(manifest));
    let right: Vec<usize> = (0..images.len()).filter(|i| right[*i]).collect();
    let mut modes = Vec::with_capacity(manifest.backward.len());
    for mode in &manifest.backward {
        if !go_on()? {
            return Ok(None);
        }
        let (float_steps, leads) = gradient_quality::measure(network, &images.select(&right), *mode, draws(manifest));
        modes.push(MeasuredMode {
            backward: *mode,
            zero_gradient: zero_gradient(network, images, *mode, &terms(manifest)),
            unbounded: unbounded(network, images, &right, *mode, &terms(manifest)),
            float_steps,
            leads,
        });
    }
    Ok(go_on()?.then(|| Measured {
        modes,
        vulnerability: vulnerability(manifest, network, images),
        ..counted_only(manifest, checkpoint, network, images)
    }))
}

/// The logits of some runs of the same images, each with draws of its own.
fn runs(network: &Network, images: &Batch, seed: u64) -> Vec<Vec<f32>> {
    let run = |number: u64| {
        let draw = seed.wrapping_mul(RUNS).wrapping_add(number);
        let how = How { draw, ..How::EVALUATE };
        network.forward(&images.values, images.len(), &how).logits
    };
    (0..RUNS).map(run).collect()
}

/// The largest difference of any logit between the first run and the others, relative to the largest logit; and how many
/// images have a logit that is not finite in any run, which no difference tells: NaN differs from nothing.
fn spread(runs: &[Vec<f32>], images: usize) -> (f64, usize) {
    let first = runs.first().map_or(&[][..], Vec::as_slice);
    let finite = |z: &&f32| z.is_finite();
    let size = first
        .iter()
        .filter(finite)
        .fold(0.0f64, |m, z| m.max(f64::from(z.abs())));
    let apart = runs
        .iter()
        .skip(1)
        .flat_map(|run| run.iter().zip(first))
        .map(|(a, b)| (f64::from(*a) - f64::from(*b)).abs())
        .filter(|apart| apart.is_finite())
        .fold(0.0f64, f64::max);
    let k = (first.len() / images.max(1)).max(1);
    let is_lost = |image: &usize| {
        let mut rows = runs.iter().filter_map(|run| run.get(image * k..(image + 1) * k));
        rows.any(|z| z.iter().any(|v| !v.is_finite()))
    };
    let lost = (0..images).filter(is_lost).count();
    (if size > 0.0 { apart / size } else { apart }, lost)
}

/// The share of images whose input gradient is zero, or not a number, in every pixel.
fn zero_gradient(network: &Network, images: &Batch, mode: BackwardMode, terms: &Terms) -> f64 {
    let attacker = Attacker::new(network, mode, terms.draws(), &images.places);
    let slope = |logits: &[f32]| slopes(terms.loss, logits, &images.labels);
    let (_, gradient) = attack::input_gradient(&attacker, images, &slope);
    let dead = |g: &&[f32]| g.iter().all(|g| *g == 0.0 || !g.is_finite());
    let count = gradient.chunks_exact(images.size().max(1)).filter(dead).count();
    count as f64 / images.len().max(1) as f64
}

/// The accuracy that is left where every value may become any of its range.
fn unbounded(network: &Network, images: &Batch, right: &[usize], mode: BackwardMode, terms: &Terms) -> f64 {
    let range = images.input.range;
    let terms = Terms {
        kind: CONTROL,
        eps: Epsilon::new(f64::from(range.high - range.low).min(LARGEST)).unwrap_or_default(),
        mode,
        loss: terms.loss,
        eot: terms.eot,
        seed: terms.seed,
        ..Terms::default()
    };
    let found = attack::attack(network, None, &images.select(right), &terms);
    let left = found.right.iter().filter(|r| **r).count();
    left as f64 / images.len().max(1) as f64
}

/// The share of images whose true class has all the confidence that f32 can express.
fn saturated(logits: &[f32], labels: &[Label]) -> f64 {
    let k = logits.len() / labels.len().max(1);
    let certain = |(z, y): &(&[f32], &Label)| {
        // 1 − p = 1 − exp(−CE).
        let ce = attack::loss_value(AttackLoss::Ce, z, usize::from(**y), Goal::Away);
        -(-ce).exp_m1() < SATURATED
    };
    let count = logits.chunks_exact(k.max(1)).zip(labels).filter(certain).count();
    count as f64 / labels.len().max(1) as f64
}

/// The job's last gradient attack at its largest radius, with the network's own gradients.
fn white_box(manifest: &AttackManifest, network: &Network, images: &Batch) -> Option<WhiteBox> {
    let attack = *manifest.attacks.iter().rev().find(|a| a.uses_gradient())?;
    let eps = manifest
        .eps
        .iter()
        .copied()
        .max_by(|a, b| a.value().total_cmp(&b.value()))?;
    let backward = *manifest.backward.first()?;
    let right = attack::classified_rightly(network, &images.values, &images.labels, &images.places, draws(manifest));
    let right: Vec<usize> = (0..images.len()).filter(|i| right[*i]).collect();
    let terms = Terms {
        kind: attack,
        eps,
        mode: backward,
        ..terms(manifest)
    };
    let found = attack::attack(network, None, &images.select(&right), &terms);
    let mut robust = vec![false; images.len()];
    right.iter().zip(found.right).for_each(|(i, alive)| robust[*i] = alive);
    Some(WhiteBox {
        attack,
        backward,
        eps,
        robust: super::text(&robust),
    })
}

/// The gap between adversary and noise, on few images; `None` for radii in another norm.
fn vulnerability(manifest: &AttackManifest, network: &Network, images: &Batch) -> Option<VulnerabilityRecord> {
    let mode = *manifest.backward.first()?;
    if !manifest.norm.is_cube() || images.is_empty() {
        return None;
    }
    let count = (manifest.samples / SAMPLES_PER_IMAGE).clamp(1, images.len());
    let radii: Vec<f64> = manifest.eps.iter().map(|e| e.value()).collect();
    let part = images.select(&(0..count).collect::<Vec<_>>());
    let attacker = Attacker::new(network, mode, draws(manifest), &part.places);
    let found = attack::vulnerability(&attacker, &part, &radii, manifest.seed);
    let finite = |v: f64| Some(v).filter(|v| v.is_finite());
    let means = [found.l1, found.l2, found.l0];
    let of_radius =
        |r: &attack::VulnerabilityRadius| [r.random, r.adversarial, r.random_first_order, r.adversarial_first_order];
    let mut all = means.into_iter().chain(found.radii.iter().flat_map(of_radius));
    if !all.all(f64::is_finite) {
        // Such a number cannot be written, and would make the whole record unreadable.
        return None;
    }
    let at = |(eps, r): (&Epsilon, &attack::VulnerabilityRadius)| VulnerabilityAt {
        eps: *eps,
        random: r.random,
        adversarial: r.adversarial,
        ratio: finite(r.adversarial / r.random),
        random_first_order: r.random_first_order,
        adversarial_first_order: r.adversarial_first_order,
    };
    Some(VulnerabilityRecord {
        backward: mode,
        images: count,
        l1: found.l1,
        l2: found.l2,
        l0: found.l0,
        ratio_first_order: finite(found.ratio),
        bound: finite(found.bound),
        radii: manifest.eps.iter().zip(&found.radii).map(at).collect(),
        gradients: Vec::new(),
    })
}

#[cfg(test)]
mod tests;
