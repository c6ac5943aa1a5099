//! Masked gradients are called out, honest results are not.

mod chance;
mod simulated;
mod square;
mod survivors;

use super::*;
use crate::run::{
    attack::AttackLine,
    attack_job::{FloatSteps, Leads, MeasuredMode, WhiteBox, tests::manifest},
};
use crate::units::Epsilon;

const MODE: &str = "bptt:triangle:1";

/// A job on 100 images, 95 of them right when clean, in which every cell leaves the given number, `attack mode n/255
/// robust`.
fn job(attacks: &str, backward: &str, left: &[(&str, &str, f64, usize)]) -> (AttackManifest, Cells) {
    let manifest = AttackManifest {
        samples: 100,
        ..manifest(attacks, backward)
    };
    let mut cells = Cells::of(&manifest);
    cells.apply(&line("none", MODE, 0.0, |i| if i < 95 { '1' } else { '0' }));
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
        not_finite: 0,
        saturated: 0.0,
        modes: vec![MeasuredMode {
            backward: MODE.parse().unwrap(),
            zero_gradient: 0.0,
            unbounded: 0.0,
            float_steps: None,
            leads: None,
        }],
        labels: Vec::new(),
        white_box: None,
        vulnerability: None,
    }
}

fn named<'a>(checks: &'a [Check], name: &str) -> &'a Check {
    checks.iter().find(|c| c.check == name).unwrap()
}

fn state(checks: &[Check], name: &str) -> Verdict {
    named(checks, name).state
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
    assert_eq!(checks.len(), 13);
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
        ("fgsm", MODE, 8.0, 72),
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
    let iterated = named(&checks, "iterated-beats-single-step");
    assert!((iterated.figure.unwrap() - 0.1).abs() < 1e-9);
    // Ten images of 100 and none the other way: 2⁻¹⁰, corrected for the comparisons that may fail.
    assert_eq!(iterated.n, Some(100));
    assert!(iterated.why.contains("(n = 100, p = 0.00"), "{}", iterated.why);
    assert!(
        iterated.why.contains("pgd:10 (bptt:triangle:1) leaves 70.0 %"),
        "{}",
        iterated.why
    );
    assert_eq!(state(&checks, "logits-are-deterministic"), Verdict::Skipped);
}

#[test]
fn many_attacks_that_find_their_images_by_luck_are_no_match_for_square() {
    // Each gradient attack breaks 40 images, together 80; Square breaks 70.
    let attacks = ["fgsm", "pgd:10", "pgd:20"];
    let (manifest, mut cells) = job("fgsm,pgd:10,pgd:20,square:1000", MODE, &[]);
    cells.apply(&line("square:1000", MODE, 2.0, |i| if i < 70 { '0' } else { '1' }));
    for (at, attack) in attacks.iter().enumerate() {
        let broken = 20 * at..20 * at + 40;
        cells.apply(&line(
            attack,
            MODE,
            2.0,
            |i| if broken.contains(&i) { '0' } else { '1' },
        ));
    }
    let checks = panel(&manifest, &cells, &[]);
    assert_eq!(state(&checks, "gradient-beats-square"), Verdict::Fail);
}

#[test]
fn modes_that_disagree_only_warn() {
    let left = [("fgsm", MODE, 2.0, 60), ("fgsm", "rate", 2.0, 30)];
    let (manifest, cells) = job("fgsm", "bptt:triangle:1,rate", &left);
    let checks = panel(&manifest, &cells, &[]);
    let found = named(&checks, "surrogates-agree");
    assert!(
        found.state == Verdict::Warn && found.why.contains("30.0 points apart"),
        "{found:?}"
    );
}

#[test]
fn what_may_be_chance_is_no_failure_and_says_so() {
    let look = |iterated: usize| {
        let left = [("fgsm", MODE, 2.0, 60), ("pgd:10", MODE, 2.0, iterated)];
        let (manifest, cells) = job("fgsm,pgd:10", MODE, &left);
        named(&panel(&manifest, &cells, &[]), "iterated-beats-single-step").clone()
    };
    assert_eq!([60, 61].map(|n| look(n).state), [Verdict::Pass; 2], "within a point");
    let four = look(64);
    assert_eq!(four.state, Verdict::Warn, "2⁻⁴ is more than 5 %: {four:?}");
    assert!(
        four.why.contains("it may be chance") && four.why.contains("p = 0.06"),
        "{}",
        four.why
    );
    assert_eq!(look(65).state, Verdict::Fail);
}

#[test]
fn images_that_both_leave_or_break_do_not_dilute_a_difference() {
    // Both jobs differ by five points; in one the attacks break each other's images, in the other they do not.
    let look = |shift: usize| {
        let (manifest, mut cells) = job("fgsm,pgd:10", MODE, &[("fgsm", MODE, 2.0, 50)]);
        let mark = |i: usize| if (shift..55 + shift).contains(&i) { '1' } else { '0' };
        cells.apply(&line("pgd:10", MODE, 2.0, mark));
        state(&panel(&manifest, &cells, &[]), "iterated-beats-single-step")
    };
    assert_eq!((look(0), look(40)), (Verdict::Fail, Verdict::Warn));
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
fn an_unbounded_attack_may_leave_one_image_whatever_the_number_of_classes() {
    let (manifest, cells) = job("fgsm", MODE, &[]);
    for classes in [2, 10, 1000] {
        let look = |left: usize| {
            let mode = MeasuredMode {
                unbounded: left as f64 / 32.0,
                ..honest().modes[0].clone()
            };
            let measured = Measured {
                classes,
                modes: vec![mode],
                ..honest()
            };
            state(
                &panel(&manifest, &cells, &[measured]),
                "unbounded-attack-reaches-chance",
            )
        };
        assert_eq!(
            [0, 1, 2, 3, 16].map(look),
            [
                Verdict::Pass,
                Verdict::Pass,
                Verdict::Warn,
                Verdict::Fail,
                Verdict::Fail
            ],
            "{classes}"
        );
    }
}

#[test]
fn where_no_image_was_right_nothing_could_be_left() {
    let (manifest, mut cells) = job("fgsm", MODE, &[]);
    cells.apply(&line("none", MODE, 0.0, |i| if i < 2 { '1' } else { '0' }));
    let checks = panel(&manifest, &cells, &[honest()]);
    let found = named(&checks, "unbounded-attack-reaches-chance");
    assert!(
        found.state == Verdict::Skipped && found.why.contains("only 2 of 32"),
        "{found:?}"
    );
}

#[test]
fn a_gradient_that_is_not_zero_but_useless_is_called_out() {
    let (manifest, cells) = job("fgsm", MODE, &[]);
    let eps: Epsilon = "8/255".parse().unwrap();
    let look = |median: f64, along: usize| {
        let mode = MeasuredMode {
            float_steps: Some(FloatSteps {
                eps,
                smallest: median / 2.0,
                median,
            }),
            leads: Some(Leads {
                eps,
                along,
                against: 30 - along,
            }),
            ..honest().modes[0].clone()
        };
        let measured = Measured {
            modes: vec![mode],
            ..honest()
        };
        named(&panel(&manifest, &cells, &[measured]), "gradients-are-not-zero").clone()
    };
    for (median, along, wanted) in [
        (1e5, 30, Verdict::Pass),
        (1e5, 23, Verdict::Pass),
        (1e5, 21, Verdict::Warn),
        (1e5, 15, Verdict::Fail),
        (1e5, 2, Verdict::Fail),
        (9.0, 30, Verdict::Warn),
        (0.4, 30, Verdict::Fail),
    ] {
        let found = look(median, along);
        assert_eq!(found.state, wanted, "{found:?}");
    }
    let narrow = look(0.4, 30).why;
    assert!(
        narrow.contains("0.40 of their own float steps") && narrow.contains("--backward wide"),
        "{narrow}"
    );
}

#[test]
fn of_several_modes_the_best_one_is_judged_by_its_gradient() {
    let (manifest, cells) = job("fgsm", "bptt:triangle:1,rate", &[]);
    let eps: Epsilon = "8/255".parse().unwrap();
    let mode = |backward: &str, along: usize| MeasuredMode {
        backward: backward.parse().unwrap(),
        leads: Some(Leads {
            eps,
            along,
            against: 30 - along,
        }),
        ..honest().modes[0].clone()
    };
    let measured = Measured {
        modes: vec![mode(MODE, 14), mode("rate", 29)],
        ..honest()
    };
    let checks = panel(&manifest, &cells, &[measured]);
    let found = named(&checks, "gradients-are-not-zero");
    assert!(
        found.state == Verdict::Pass && found.why.contains("by rate"),
        "{found:?}"
    );
}

#[test]
fn logits_that_are_no_numbers_are_never_deterministic() {
    let (manifest, cells) = job("fgsm", MODE, &[]);
    let diverged = Measured {
        not_finite: 32,
        ..honest()
    };
    let checks = panel(&manifest, &cells, &[diverged]);
    let found = named(&checks, "logits-are-deterministic");
    assert!(
        found.state == Verdict::Fail && found.why.contains("32 of 32") && found.why.contains("NaN"),
        "{found:?}"
    );
}

#[test]
fn a_record_of_an_earlier_version_is_read_and_judged() {
    let (manifest, cells) = job("fgsm", MODE, &[]);
    let text = r#"[{"checkpoint":0,"images":32,"classes":10,"random_coding":false,"logit_spread":0.0,"saturated":0.0,
        "modes":[{"backward":"bptt:triangle:1","zero_gradient":0.0,"unbounded":0.03125}]}]"#;
    let measured: Vec<Measured> = serde_json::from_str(text).unwrap();
    let checks = panel(&manifest, &cells, &measured);
    for name in [
        "clean-accuracy-above-chance",
        "unbounded-attack-reaches-chance",
        "gradients-are-not-zero",
        "logits-are-deterministic",
    ] {
        assert_eq!(state(&checks, name), Verdict::Pass, "{name}");
    }
    let written = serde_json::to_string(&measured).unwrap();
    assert!(
        !written.contains("null") && !written.contains("not_finite"),
        "{written}"
    );
}

#[test]
fn every_check_has_its_place_and_one_plain_sentence() {
    let (manifest, cells) = job(ATTACKS, MODE, &[]);
    let checks = panel(&manifest, &cells, &[honest()]);
    let names: Vec<&str> = checks.iter().map(|c| c.check).collect();
    let wanted: Vec<&str> = plain::ORDER.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, wanted);
    assert_eq!(names[0], "clean-accuracy-above-chance");
    for check in &checks {
        assert!(
            check.asks.ends_with('?') && check.asks.matches('?').count() == 1,
            "{check:?}"
        );
        for word in ["McNemar", "surrogate", "logit", "ε", "APGD", "gradient mask"] {
            assert!(!check.asks.contains(word), "{check:?}");
        }
    }
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
fn a_gain_by_more_iterations_beyond_two_points_fails_where_it_is_no_chance() {
    let look = |longer: usize| {
        let left = [("pgd:10", MODE, 2.0, 60), ("pgd:20", MODE, 2.0, longer)];
        let (manifest, cells) = job("pgd:10,pgd:20", MODE, &left);
        state(&panel(&manifest, &cells, &[]), "more-iterations-change-little")
    };
    assert_eq!(
        [60, 58, 57, 55].map(look),
        [Verdict::Pass, Verdict::Pass, Verdict::Warn, Verdict::Fail]
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
            "logits-are-deterministic" | "clean-accuracy-above-chance" => Verdict::Pass,
            _ => Verdict::Skipped,
        };
        assert!(check.state == wanted && !check.why.is_empty(), "{check:?}");
    }
}
