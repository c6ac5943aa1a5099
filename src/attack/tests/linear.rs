//! Closed forms on linear functions, and what must hold for every attack.

use super::*;
use crate::attack::search::{Problem, Search, View};
use crate::attack::{
    apgd, budget,
    harness::{own_loss, run},
    loss,
};
use crate::input::Range;

/// One round without leaving, every image going away from its class.
fn moved(oracle: &Linear, images: &Batch, terms: &Terms) -> Vec<f32> {
    let goals = vec![Goal::Away; images.len()];
    run(oracle, images, &goals, terms, 0, false)
}

/// Two classes only: the third never wins, so that every loss rises with z₁ − z₀.
fn two_classes() -> Linear {
    let mut oracle = Linear::new(5);
    oracle.w[2 * D..].fill(-100.0);
    oracle
}

fn of_class_zero(n: usize) -> Batch {
    Batch {
        labels: vec![0; n],
        ..images(n)
    }
}

fn direction(oracle: &Linear) -> Vec<f32> {
    oracle.row(1).iter().zip(oracle.row(0)).map(|(a, b)| a - b).collect()
}

#[test]
fn one_step_finds_the_best_point_of_the_cube_and_of_the_sphere() {
    let (oracle, images) = (two_classes(), of_class_zero(4));
    let w = direction(&oracle);
    let length = w.iter().map(|w| w * w).sum::<f32>().sqrt();
    let x = moved(&oracle, &images, &terms("fgsm", 0.1));
    for (i, (x, o)) in x.iter().zip(&images.values).enumerate() {
        assert!((x - (o + 0.1 * w[i % D].signum())).abs() < 1e-6);
    }
    let l2 = Terms {
        norm: Norm::L2,
        ..terms("fgsm", 0.1)
    };
    for (i, (x, o)) in moved(&oracle, &images, &l2).iter().zip(&images.values).enumerate() {
        assert!((x - (o + 0.1 * w[i % D] / length)).abs() < 1e-6);
    }
}

#[test]
fn every_iterated_attack_finds_the_optimum_of_a_linear_function() {
    let (oracle, images) = (two_classes(), of_class_zero(4));
    let w = direction(&oracle);
    let gain = |x: &[f32]| -> f32 {
        x.iter()
            .zip(&images.values)
            .enumerate()
            .map(|(i, (x, o))| w[i % D] * (x - o))
            .sum()
    };
    let one: f32 = w.iter().map(|w| w.abs()).sum();
    let two: f32 = w.iter().map(|w| w * w).sum::<f32>().sqrt();
    // The difference of logits ratio has another optimum: its denominator moves too.
    for kind in ["bim:20", "pgd:20", "mifgsm:20", "apgd-ce:30", "sapgd:60"] {
        for norm in [Norm::Linf, Norm::L2] {
            let terms = Terms {
                norm,
                ..terms(kind, 0.1)
            };
            if !terms.kind.is_defined_for(norm) {
                continue;
            }
            let best = 0.1 * 4.0 * if norm == Norm::Linf { one } else { two };
            let goals = vec![Goal::Towards(1); 4];
            let x = run(&oracle, &images, &goals, &terms, 0, false);
            assert!(gain(&x) > 0.99 * best, "{kind} {norm:?}: {} of {best}", gain(&x));
            assert!(gain(&x) < 1.0001 * best, "{kind} {norm:?} left the ball");
        }
    }
}

#[test]
fn squares_climb_without_any_gradient() {
    let mut oracle = two_classes();
    oracle.gradients = false;
    let images = of_class_zero(4);
    let w = direction(&oracle);
    for (norm, best) in [
        (Norm::Linf, w.iter().map(|w| w.abs()).sum::<f32>()),
        (Norm::L2, w.iter().map(|w| w * w).sum::<f32>().sqrt()),
    ] {
        let gain = |kind: &str| -> f32 {
            let x = moved(
                &oracle,
                &images,
                &Terms {
                    norm,
                    ..terms(kind, 0.1)
                },
            );
            let all = x.iter().zip(&images.values).enumerate();
            all.map(|(i, (x, o))| w[i % D] * (x - o)).sum::<f32>() / (0.4 * best)
        };
        let (few, many) = (gain("square:5"), gain("square:1500"));
        // On 4 × 4 pixels the ℓ₂ form cannot work on less than 3 × 3 of them.
        let enough = if norm == Norm::Linf { 0.8 } else { 0.5 };
        assert!(many > enough && many > few, "{norm:?}: {few} {many} of the optimum");
    }
}

#[test]
fn a_targeted_attack_moves_towards_its_target() {
    let (oracle, images) = (Linear::new(9), images(6));
    for kind in [
        "fgsm",
        "pgd:10",
        "mifgsm:5",
        "apgd-t:20",
        "apgd-ce:20",
        "sapgd:20",
        "square:300",
    ] {
        for loss in [AttackLoss::Ce, AttackLoss::Margin] {
            let target = Some(Aim::Next);
            let terms = Terms {
                loss,
                target,
                ..terms(kind, 0.02)
            };
            let goals: Vec<Goal> = images
                .labels
                .iter()
                .map(|y| Goal::Towards((usize::from(*y) + 1) % 3))
                .collect();
            let x = run(&oracle, &images, &goals, &terms, 0, false);
            for (i, (x, o)) in x.chunks_exact(D).zip(images.values.chunks_exact(D)).enumerate() {
                let y = usize::from(images.labels[i]);
                let gain = |x: &[f32]| loss::value(own_loss(&terms), &oracle.z(x), y, goals[i]);
                let there = loss::is_right(&oracle.z(o), (y + 1) % 3);
                // Of three classes, the ratio towards the last is -1 everywhere while the true one is first.
                let flat = own_loss(&terms) == AttackLoss::Dlr && gain(o) == -1.0;
                assert!(
                    gain(x) > gain(o) || there || flat,
                    "{kind} {loss:?} image {i}: {} {}",
                    gain(o),
                    gain(x)
                );
            }
        }
    }
}

#[test]
fn images_that_have_arrived_leave_the_batch() {
    let (oracle, images) = (Linear::new(9), images(9));
    let goals = vec![Goal::Away; 9];
    let terms = terms("pgd:20", 0.1);
    let x = run(&oracle, &images, &goals, &terms, 0, true);
    let asked = oracle.asked.borrow().clone();
    assert!(
        asked.windows(2).all(|w| w[0] >= w[1]) && asked[0] == 9 && asked.len() <= 20,
        "{asked:?}"
    );
    assert!(*asked.last().unwrap() < 9, "{asked:?}");
    let each = x.chunks_exact(D).zip(&images.labels);
    let broken = each
        .filter(|(x, y)| !loss::is_right(&oracle.z(x), (**y).into()))
        .count();
    assert!(broken >= 9 - asked.last().unwrap(), "{broken} broken, {asked:?}");
}

#[test]
fn the_best_loss_of_apgd_never_falls() {
    let (oracle, images) = (Linear::new(3), images(3));
    let goals = vec![Goal::Away; 3];
    let problem = Problem {
        oracle: &oracle,
        images: &images,
        goals: &goals,
        exactly: false,
        loss: AttackLoss::Ce,
        budget: budget::of(Norm::Linf, 0.1, Range::UNIT),
        leave: false,
        seed: 1,
        purpose: Purpose::Attack,
        round: 0,
    };
    let mut searches = apgd::searches(&problem, 40);
    for (i, search) in searches.iter_mut().enumerate() {
        let mut random = stream(2, Purpose::Probe, i as u64, 0);
        let mut best = f64::NEG_INFINITY;
        let mut seen = f64::NEG_INFINITY;
        for _ in 0..40 {
            // A loss and a gradient without any sense: whatever is seen, the best is the largest seen.
            let gradient: Vec<f32> = (0..D).map(|_| random.normal()).collect();
            let loss = f64::from(random.normal());
            seen = seen.max(loss);
            search.advance(
                &View {
                    loss,
                    reached: false,
                    gradient: &gradient,
                },
                &*problem.budget,
            );
            assert!(search.best_loss >= best && search.best_loss == seen);
            best = search.best_loss;
        }
    }
}

#[test]
fn torchattacks_random_step_leaves_pixels_where_they_were() {
    let (oracle, images) = (two_classes(), of_class_zero(8));
    let eps = 8.0 / 255.0;
    let still = |kind: &str| {
        let x = moved(&oracle, &images, &terms(kind, eps));
        x.iter()
            .zip(&images.values)
            .filter(|(x, o)| (**x - **o).abs() < 1e-6)
            .count()
    };
    let (theirs, ours) = (still("rfgsm-ta"), still("rfgsm"));
    assert!((40..90).contains(&theirs), "about half of 128: {theirs}");
    // Half a step back and half a step forth also meet, by the definition of R-FGSM.
    assert!((40..90).contains(&ours), "{ours}");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(24))]
    #[test]
    fn no_attack_ever_leaves_the_ball_or_the_unit_interval(
        pixels in proptest::collection::vec(0.0f32..=1.0, 2 * D),
        n in 0u32..300,
        seed in 0u64..1000,
        l2 in proptest::bool::ANY,
        targeted in proptest::bool::ANY,
    ) {
        let oracle = Linear::new(seed);
        let images = Batch {
            input: Input::image(SHAPE),
            values: pixels,
            labels: vec![0, 1],
            places: vec![0, 1],
        };
        let norm = if l2 { Norm::L2 } else { Norm::Linf };
        for kind in kinds(ALL) {
            if !kind.is_defined_for(norm) {
                continue;
            }
            let eps = f64::from(n) / 255.0;
            let terms = Terms { kind, norm, seed, ..terms("none", eps) };
            let goals = if targeted { vec![Goal::Towards(2); 2] } else { vec![Goal::Away; 2] };
            let x = run(&oracle, &images, &goals, &terms, 0, false);
            for (x, o) in x.chunks_exact(D).zip(images.values.chunks_exact(D)) {
                let delta = || x.iter().zip(o).map(|(x, o)| f64::from(*x) - f64::from(*o));
                let size = match norm {
                    Norm::Linf => delta().fold(0.0, |m, d| d.abs().max(m)),
                    Norm::L2 => delta().map(|d| d * d).sum::<f64>().sqrt(),
                };
                assert!(size <= eps * (1.0 + 1e-5) + 1e-6, "{kind} {norm:?} {eps}: {size}");
                assert!(x.iter().all(|x| (0.0..=1.0).contains(x)), "{kind}");
            }
        }
    }
}
