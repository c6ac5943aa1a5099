//! From an attack's terms to its result: which algorithm runs with which starts, targets and losses, and which images
//! the attacked network still classifies rightly afterwards.

use super::budget::{self, Noise};
use super::loss::{self, Goal};
use super::oracle::{Attacker, Draws, Oracle, counted_logits, is_deterministic};
use super::search::Problem;
use super::{Terms, apgd, momentum, pgd, sa_pgd, square};
use crate::input::{Batch, Label};
use crate::random::Purpose;
use crate::snn::Network;
use crate::spec::{APGD_TARGETS, Aim, AttackKind, AttackLoss, STEP_SHARE};

/// What became of some images.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Attacked {
    /// Which are still classified rightly.
    pub right: Vec<bool>,
    /// The images as they were counted, `[n, C, H, W]`.
    pub pixels: Vec<f32>,
}

/// Which images the network classifies rightly, by its own forward pass, averaged over draws of a random coding.
pub fn classified_rightly(
    network: &Network,
    pixels: &[f32],
    labels: &[Label],
    places: &[u64],
    draws: Draws,
) -> Vec<bool> {
    if labels.is_empty() {
        return Vec::new();
    }
    let logits = counted_logits(network, pixels, places, draws);
    let k = logits.len() / labels.len();
    let right = |(z, y): (&[f32], &Label)| loss::is_right(z, usize::from(*y));
    logits.chunks_exact(k).zip(labels).map(right).collect()
}

/// Attacks images that are right when clean. Gradients are those of `source`, where one is given; what is counted is
/// always `network`. Further restarts and targets meet only the images that are still right.
pub fn attack(network: &Network, source: Option<&Network>, images: &Batch, terms: &Terms) -> Attacked {
    let n = images.len();
    let mut found = Attacked {
        right: vec![true; n],
        pixels: images.values.clone(),
    };
    if n == 0 {
        return found;
    }
    // Only where the attacker's logits are those that are counted may an image leave early, and only where the others
    // are attacked alike without it.
    let leave = source.is_none()
        && is_deterministic(network)
        && ((terms.mode.fires_as_counted() && !terms.mode.sees_whole_batch()) || !terms.kind.uses_gradient());
    let clean = counted_logits(network, &images.values, &images.places, terms.draws());
    let (k, size) = (clean.len() / n, images.size());
    for round in 0..rounds(terms.kind, k) {
        let goals: Vec<Option<Goal>> = (0..n)
            .map(|i| goal(terms, &clean[i * k..][..k], usize::from(images.labels[i]), round))
            .collect();
        let whole = terms.mode.sees_whole_batch();
        let still: Vec<usize> = (0..n)
            .filter(|i| (whole || found.right[*i]) && goals[*i].is_some())
            .collect();
        if !still.iter().any(|i| found.right[*i]) {
            break;
        }
        let part = images.select(&still);
        // Each start is a new attack: what an adaptive mode learned goes with the last.
        let attacker = Attacker::new(source.unwrap_or(network), terms.mode, terms.draws(), &part.places);
        let goals: Vec<Goal> = still.iter().filter_map(|i| goals[*i]).collect();
        let moved = run(&attacker, &part, &goals, terms, round, leave);
        let right = classified_rightly(network, &moved, &part.labels, &part.places, terms.draws());
        for ((i, right), x) in still.iter().zip(right).zip(moved.chunks_exact(size)) {
            if found.right[*i] {
                found.right[*i] = right;
                found.pixels[i * size..][..size].copy_from_slice(x);
            }
        }
    }
    found
}

/// Attacks every image once, to its last step, without looking whether it was right before: what adversarial training
/// trains on.
pub fn perturb(network: &Network, images: &Batch, terms: &Terms) -> Vec<f32> {
    let attacker = Attacker::new(network, terms.mode, terms.draws(), &images.places);
    let goals = vec![Goal::Away; images.len()];
    let problem = Problem {
        purpose: Purpose::Adversary,
        ..problem(&attacker, images, &goals, terms, 0, false)
    };
    attacked(&problem, terms)
}

/// `steps` times x ← P(x + α·sign(g)), from `start`; the last iterate.
pub fn descend(network: &Network, images: &Batch, start: Vec<f32>, steps: u32, terms: &Terms) -> Vec<f32> {
    let attacker = Attacker::new(network, terms.mode, terms.draws(), &images.places);
    let goals = vec![Goal::Away; images.len()];
    let problem = problem(&attacker, images, &goals, terms, 0, false);
    problem.within_budget(pgd::ascend(&problem, &start, step(terms), steps))
}

/// Independent starts, or targets of APGD-T.
fn rounds(kind: AttackKind, classes: usize) -> u32 {
    match kind {
        AttackKind::None => 0,
        AttackKind::ApgdT { .. } => APGD_TARGETS.min(classes.saturating_sub(1) as u32),
        other => other.restarts(),
    }
}

/// Where the loss leads an image in a round; `None` where there is nowhere to go.
fn goal(terms: &Terms, clean: &[f32], y: usize, round: u32) -> Option<Goal> {
    let order = loss::order(clean);
    let others = || order.iter().copied().filter(|c| *c != y);
    let target = match (terms.kind, terms.target) {
        (_, Some(Aim::Next)) => others().next(),
        (_, Some(Aim::LeastLikely)) => others().next_back(),
        (_, Some(Aim::Class(t))) => Some(usize::from(t)).filter(|t| *t != y && *t < clean.len()),
        (AttackKind::ApgdT { .. }, None) => others().nth(round as usize),
        _ => return Some(Goal::Away),
    };
    target.map(Goal::Towards)
}

/// The loss that an attack ascends: its own, or the terms'.
pub(super) fn own_loss(terms: &Terms) -> AttackLoss {
    match terms.kind {
        AttackKind::ApgdCe { .. } => AttackLoss::Ce,
        AttackKind::ApgdDlr { .. } | AttackKind::ApgdT { .. } => AttackLoss::Dlr,
        AttackKind::Square { .. } => AttackLoss::Margin,
        _ => terms.loss,
    }
}

fn step(terms: &Terms) -> f32 {
    terms.alpha.map_or(STEP_SHARE * terms.eps.value(), |a| a.value()) as f32
}

fn problem<'a>(
    oracle: &'a dyn Oracle,
    images: &'a Batch,
    goals: &'a [Goal],
    terms: &Terms,
    round: u32,
    leave: bool,
) -> Problem<'a> {
    Problem {
        oracle,
        images,
        goals,
        exactly: terms.target.is_some(),
        loss: own_loss(terms),
        budget: budget::of(terms.norm, terms.eps.value() as f32, images.input.range),
        leave,
        seed: terms.seed,
        purpose: Purpose::Attack,
        round,
    }
}

/// One round of an attack.
pub(super) fn run(
    oracle: &dyn Oracle,
    images: &Batch,
    goals: &[Goal],
    terms: &Terms,
    round: u32,
    leave: bool,
) -> Vec<f32> {
    attacked(&problem(oracle, images, goals, terms, round, leave), terms)
}

/// The images of a problem, attacked as the terms say within the problem's budget.
pub(super) fn attacked(p: &Problem<'_>, terms: &Terms) -> Vec<f32> {
    let alpha = terms.alpha.map(|a| a.value() as f32);
    let points = match terms.kind {
        AttackKind::None => return p.images.values.clone(),
        AttackKind::Noise => pgd::starts(p, |o, r| p.budget.sample(Noise::Uniform, o, r)),
        AttackKind::Gaussian => pgd::starts(p, |o, r| p.budget.sample(Noise::Normal, o, r)),
        AttackKind::Fgsm => pgd::fgsm(p),
        AttackKind::Rfgsm => pgd::rfgsm(p, alpha),
        AttackKind::RfgsmTa => pgd::rfgsm_torchattacks(p, alpha),
        AttackKind::Bim { steps } => pgd::ascend(p, &p.images.values, step(terms), steps),
        AttackKind::Pgd { steps, .. } => pgd::pgd(p, step(terms), steps),
        AttackKind::MiFgsm { steps } => momentum::mifgsm(p, alpha, steps),
        AttackKind::ApgdCe { steps } | AttackKind::ApgdDlr { steps } | AttackKind::ApgdT { steps } => {
            apgd::apgd(p, steps)
        }
        AttackKind::SaPgd { steps } => sa_pgd::sa_pgd(p, steps),
        AttackKind::Square { queries } => square::square(p, queries),
    };
    p.within_budget(points)
}
