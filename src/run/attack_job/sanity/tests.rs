//! Masked gradients are called out, honest results are not.

mod survivors;

use super::*;
use crate::run::{
    attack::AttackLine,
    attack_job::{MeasuredMode, WhiteBox, tests::manifest},
};
use crate::units::Epsilon;

const MODE: &str = "bptt:triangle:1";

/// A job on 100 images in which every cell leaves the given number, `attack mode n/255 robust`.
fn job(attacks: &str, backward: &str, left: &[(&str, &str, f64, usize)]) -> (AttackManifest, Cells) {
    let manifest = AttackManifest {
        samples: 100,
        ..manifest(attacks, backward)
    };
    let mut cells = Cells::of(&manifest);
    for (attack, mode, eps, robust) in left {
        cells.apply(&line(attack, mode, *eps, |i| if i < *robust { '1' } else { '0' }));
    }
    assert_eq!(cells.strange(), 0);
    (manifest, cells)
}

/// All 100 images of a cell, each with its mark.
fn line(attack: &str, mode: &str, eps: f64, mark: impl Fn(usize) -> char) -> AttackLine {
    AttackLine {
        checkpoint: 0,
        attack: attack.parse().unwrap(),
        backward: mode.parse().unwrap(),
        eps: Epsilon::new(eps / 255.0).unwrap(),
        first: 0,
        robust: (0..100).map(mark).collect(),
        seconds: 1.0,
        ended: None,
    }
}

fn honest() -> Measured {
    Measured {
        checkpoint: 0,
        images: 32,
        classes: 10,
        random_coding: false,
        logit_spread: 0.0,
        saturated: 0.0,
        modes: vec![MeasuredMode {
            backward: MODE.parse().unwrap(),
            zero_gradient: 0.0,
            unbounded: 0.0,
        }],
        labels: Vec::new(),
        white_box: None,
        vulnerability: None,
    }
}

fn state(checks: &[Check], name: &str) -> Verdict {
    checks.iter().find(|c| c.check == name).unwrap().state
}

const ATTACKS: &str = "noise,fgsm,pgd:10,pgd:20,pgd:10x3,square:1000";

#[test]
fn an_honest_result_passes_every_check_that_can_be_made() {
    let mut left = Vec::new();
    for (eps, [noise, fgsm, ten, twenty, thrice, square]) in
        [(2.0, [90, 70, 65, 65, 65, 80]), (8.0, [80, 30, 10, 10, 10, 40])]
    {
        left.extend([
            ("noise", MODE, eps, noise),
            ("fgsm", MODE, eps, fgsm),
            ("pgd:10", MODE, eps, ten),
            ("pgd:20", MODE, eps, twenty),
            ("pgd:10x3", MODE, eps, thrice),
            ("square:1000", MODE, eps, square),
        ]);
    }
    let (manifest, cells) = job(ATTACKS, MODE, &left);
    let checks = panel(&manifest, &cells, &[honest()]);
    assert_eq!(checks.len(), 12);
    for check in &checks {
        let skipped = ["white-box-beats-transfer", "surrogates-agree"].contains(&check.check);
        let wanted = if skipped { Verdict::Skipped } else { Verdict::Pass };
        assert_eq!(check.state, wanted, "{check:?}");
        assert_eq!(check.figure.is_none(), skipped, "{check:?}");
    }
}

#[test]
fn every_contradiction_between_cells_is_called_out() {
    let left = [
        ("noise", MODE, 2.0, 50),
        ("fgsm", MODE, 2.0, 60),
        ("pgd:10", MODE, 2.0, 70),
        ("pgd:20", MODE, 2.0, 60),
        ("pgd:10x3", MODE, 2.0, 60),
        ("square:1000", MODE, 2.0, 30),
        ("fgsm", MODE, 8.0, 65),
    ];
    let (manifest, cells) = job(ATTACKS, MODE, &left);
    let checks = panel(&manifest, &cells, &[]);
    for name in [
        "iterated-beats-single-step",
        "larger-radius-is-stronger",
        "gradient-beats-noise",
        "gradient-beats-square",
        "more-iterations-change-little",
        "restarts-agree",
    ] {
        assert_eq!(state(&checks, name), Verdict::Fail, "{name}");
    }
    let iterated = &checks[0];
    assert!((iterated.figure.unwrap() - 0.1).abs() < 1e-9);
    assert!(
        iterated.why.contains("pgd:10 (bptt:triangle:1) leaves 70.0 %"),
        "{}",
        iterated.why
    );
    assert_eq!(state(&checks, "logits-are-deterministic"), Verdict::Skipped);
}

#[test]
fn modes_that_disagree_only_warn() {
    let left = [("fgsm", MODE, 2.0, 60), ("fgsm", "rate", 2.0, 30)];
    let (manifest, cells) = job("fgsm", "bptt:triangle:1,rate", &left);
    let checks = panel(&manifest, &cells, &[]);
    assert_eq!(state(&checks, "surrogates-agree"), Verdict::Warn);
}

#[test]
fn a_single_image_more_is_not_a_failure() {
    let left = [("fgsm", MODE, 2.0, 60), ("pgd:10", MODE, 2.0, 61)];
    let (manifest, cells) = job("fgsm,pgd:10", MODE, &left);
    let checks = panel(&manifest, &cells, &[]);
    assert_eq!(state(&checks, "iterated-beats-single-step"), Verdict::Warn);
}

#[test]
fn masked_gradients_are_called_out_by_what_is_measured() {
    let (manifest, cells) = job("fgsm,pgd:10", MODE, &[]);
    let look = |m: Measured, name: &str| state(&panel(&manifest, &cells, &[honest(), m]), name);
    let mode = |zero_gradient: f64, unbounded: f64| MeasuredMode {
        zero_gradient,
        unbounded,
        ..honest().modes[0].clone()
    };
    let shattered = Measured {
        modes: vec![mode(0.9, 0.8)],
        ..honest()
    };
    assert_eq!(look(shattered.clone(), "gradients-are-not-zero"), Verdict::Fail);
    assert_eq!(look(shattered, "unbounded-attack-reaches-chance"), Verdict::Fail);
    let one_of_two = Measured {
        modes: vec![mode(0.9, 0.8), mode(0.0, 0.0)],
        ..honest()
    };
    assert_eq!(look(one_of_two.clone(), "gradients-are-not-zero"), Verdict::Warn);
    assert_eq!(look(one_of_two, "unbounded-attack-reaches-chance"), Verdict::Pass);
    let saturated = Measured {
        saturated: 0.7,
        ..honest()
    };
    assert_eq!(look(saturated, "loss-is-a-margin-too"), Verdict::Fail);
    let random = Measured {
        random_coding: true,
        logit_spread: 0.3,
        ..honest()
    };
    assert_eq!(look(random, "logits-are-deterministic"), Verdict::Fail);
}

#[test]
fn averaging_over_draws_turns_random_coding_into_a_warning_and_a_margin_answers_saturation() {
    let (manifest, cells) = job("fgsm,apgd-dlr:10", MODE, &[]);
    let averaged = AttackManifest { eot: 20, ..manifest };
    let random = Measured {
        random_coding: true,
        logit_spread: 0.3,
        saturated: 0.9,
        ..honest()
    };
    let checks = panel(&averaged, &cells, &[random]);
    assert_eq!(state(&checks, "logits-are-deterministic"), Verdict::Warn);
    assert_eq!(state(&checks, "loss-is-a-margin-too"), Verdict::Pass);
}

#[test]
fn only_a_gradient_of_a_margin_answers_saturation() {
    let look = |attacks: &str, loss: crate::run::attack::AttackLoss| {
        let (manifest, cells) = job(attacks, MODE, &[]);
        let saturated = Measured {
            saturated: 0.9,
            ..honest()
        };
        let manifest = AttackManifest { loss, ..manifest };
        state(&panel(&manifest, &cells, &[saturated]), "loss-is-a-margin-too")
    };
    use crate::run::attack::AttackLoss::{Ce, Margin};
    for (attacks, loss, wanted) in [
        ("fgsm,square:1000", Ce, Verdict::Fail),
        ("apgd-ce:10,noise", Margin, Verdict::Fail),
        ("pgd:10", Margin, Verdict::Pass),
        ("fgsm,apgd-t:10", Ce, Verdict::Pass),
    ] {
        assert_eq!(look(attacks, loss), wanted, "{attacks}");
    }
}

#[test]
fn a_gain_by_more_iterations_warns_up_to_two_points_and_then_fails() {
    let look = |longer: usize| {
        let left = [("pgd:10", MODE, 2.0, 60), ("pgd:20", MODE, 2.0, longer)];
        let (manifest, cells) = job("pgd:10,pgd:20", MODE, &left);
        state(&panel(&manifest, &cells, &[]), "more-iterations-change-little")
    };
    assert_eq!(
        [60, 59, 58, 57].map(look),
        [Verdict::Pass, Verdict::Warn, Verdict::Warn, Verdict::Fail]
    );
}

#[test]
fn a_transferred_attack_that_beats_the_networks_own_gradients_is_called_out() {
    let (manifest, cells) = job("fgsm", MODE, &[("fgsm", MODE, 8.0, 30)]);
    let manifest = AttackManifest {
        transfer_from: Some("/other".into()),
        ..manifest
    };
    let own = |robust: usize| Measured {
        white_box: Some(WhiteBox {
            attack: "fgsm".parse().unwrap(),
            backward: MODE.parse().unwrap(),
            eps: "8/255".parse().unwrap(),
            robust: (0..40).map(|i| if i < robust { '1' } else { '0' }).collect(),
        }),
        ..honest()
    };
    let look = |robust: usize| {
        let checks = panel(&manifest, &cells, &[own(robust)]);
        state(&checks, "white-box-beats-transfer")
    };
    assert_eq!((look(10), look(38)), (Verdict::Pass, Verdict::Fail));
}

#[test]
fn targeted_attacks_are_not_judged_by_how_many_images_they_leave() {
    let (manifest, cells) = job(
        "fgsm,pgd:10",
        MODE,
        &[("fgsm", MODE, 2.0, 60), ("pgd:10", MODE, 2.0, 80)],
    );
    assert_eq!(
        state(&panel(&manifest, &cells, &[]), "iterated-beats-single-step"),
        Verdict::Fail
    );
    let targeted = AttackManifest {
        target: Some(crate::spec::Aim::Next),
        ..manifest
    };
    let checks = panel(&targeted, &cells, &[honest()]);
    assert_eq!(checks.iter().filter(|c| c.state == Verdict::Skipped).count(), 8);
}

#[test]
fn convergence_is_judged_by_the_longest_run_of_an_attack() {
    let left = [
        ("bim:5", MODE, 2.0, 90),
        ("bim:20", MODE, 2.0, 60),
        ("bim:40", MODE, 2.0, 60),
    ];
    let (manifest, cells) = job("bim:5,bim:20,bim:40", MODE, &left);
    assert_eq!(
        state(&panel(&manifest, &cells, &[]), "more-iterations-change-little"),
        Verdict::Pass
    );
}

#[test]
fn where_nothing_was_attacked_only_the_counting_is_judged() {
    let left = [("noise", MODE, 2.0, 50), ("fgsm", MODE, 2.0, 60)];
    let (manifest, cells) = job("noise,fgsm", MODE, &left);
    let manifest = AttackManifest {
        replay: Some(crate::run::attack::Replay {
            attack: "/a".into(),
            id: "01".into(),
            checkpoint: 0,
            made_on: "/c".into(),
            unattacked: 0,
        }),
        ..manifest
    };
    let checks = panel(&manifest, &cells, &[honest()]);
    for check in &checks {
        let wanted = match check.check {
            "logits-are-deterministic" => Verdict::Pass,
            _ => Verdict::Skipped,
        };
        assert!(check.state == wanted && !check.why.is_empty(), "{check:?}");
    }
}
