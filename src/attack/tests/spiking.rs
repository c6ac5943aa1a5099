//! What must hold on a spiking network.

use super::*;
use crate::attack::harness::run;
use crate::snn::{Network, backend::Device};
use crate::spec::{NetworkSpec, Spread};

fn network(encoding: &str) -> Network {
    let spec: NetworkSpec = serde_json::from_value(serde_json::json!({
        "family": "vgg", "blocks": [[6], [6]], "hidden": [], "classes": 3, "image": SHAPE,
        "mean": [0.5], "std": [0.25], "steps": 4, "encoding": encoding,
    }))
    .unwrap();
    Network::new(&spec, &Device::find("cpu").unwrap(), 3).unwrap()
}

/// Images labelled with what the network says of them.
fn rightly(network: &Network, n: usize) -> Batch {
    let mut images = images(n);
    let mut random = stream(5, Purpose::Probe, 1, 0);
    images.values.iter_mut().for_each(|p| *p = random.uniform());
    let logits = counted_logits(network, &images.values, &images.places, Draws::ONE);
    images.labels = logits
        .chunks_exact(3)
        .map(|z| loss::order(z)[0] as crate::input::Label)
        .collect();
    images
}

#[test]
fn results_do_not_depend_on_the_batch() {
    for encoding in ["direct", "poisson"] {
        let network = network(encoding);
        let images = rightly(&network, 6);
        for kind in kinds(&format!("{ALL},pgd:3x2")) {
            for eot in [1, 2] {
                let terms = Terms {
                    kind,
                    eot,
                    ..terms("none", 0.08)
                };
                let together = attack(&network, None, &images, &terms);
                for i in 0..images.len() {
                    let alone = attack(&network, None, &images.select(&[i]), &terms);
                    assert_eq!(alone.right[0], together.right[i], "{encoding} {kind} image {i}");
                    // Matrix products round differently in batches of different size: steps that are not signs show it.
                    let apart = alone
                        .pixels
                        .iter()
                        .zip(&together.pixels[i * D..][..D])
                        .map(|(a, b)| (a - b).abs());
                    assert!(apart.fold(0.0, f32::max) < 1e-4, "{encoding} {kind} image {i}");
                }
            }
        }
    }
}

#[test]
fn an_image_that_leaves_takes_what_the_mode_learned_of_it_along_and_leaves_the_others_theirs() {
    let network = network("direct");
    let images = rightly(&network, 6);
    for mode in ["active", "hart:0.7", "assg:0.425"] {
        for kind in kinds("pgd:5,pgd:3x2,apgd-ce:8,sapgd:8") {
            let terms = Terms {
                kind,
                mode: mode.parse().unwrap(),
                ..terms("none", 0.08)
            };
            let together = attack(&network, None, &images, &terms);
            let alone = |i| attack(&network, None, &images.select(&[i]), &terms).right[0];
            let apart: Vec<bool> = (0..images.len()).map(alone).collect();
            assert_eq!(together.right, apart, "{mode} {kind}");
        }
    }
}

#[test]
fn a_mode_that_sees_the_whole_batch_meets_all_of_it_at_every_step_of_every_start() {
    let network = network("direct");
    let images = rightly(&network, 6);
    let starts = |restarts: u32| {
        let terms = Terms {
            kind: AttackKind::Pgd { steps: 4, restarts },
            mode: BackwardMode::Pdsg(Spread::Layer),
            ..terms("none", 0.08)
        };
        attack(&network, None, &images, &terms)
    };
    // What the first start broke stays as it was found, whatever the later ones do.
    let (one, three) = (starts(1), starts(3));
    assert!(one.right.contains(&false), "{one:?}");
    for i in (0..6).filter(|i| !one.right[*i]) {
        assert!(!three.right[i]);
        assert_eq!(three.pixels[i * D..][..D], one.pixels[i * D..][..D]);
    }
}

#[test]
fn what_is_counted_is_what_the_network_says_of_the_images_that_come_back() {
    let network = network("direct");
    let images = rightly(&network, 12);
    for kind in kinds(ALL) {
        let terms = Terms {
            kind,
            ..terms("none", 0.1)
        };
        let found = attack(&network, None, &images, &terms);
        let again = classified_rightly(&network, &found.pixels, &images.labels, &images.places, Draws::ONE);
        assert_eq!(found.right, again, "{kind}");
    }
}

#[test]
fn apgd_is_no_weaker_than_pgd_with_the_same_steps() {
    let network = network("direct");
    let images = rightly(&network, 100);
    let left = |kind: &str, eps: f64| {
        let found = attack(&network, None, &images, &terms(kind, eps));
        found.right.iter().filter(|r| **r).count()
    };
    let over_radii = |kind: &str| -> usize { [0.02, 0.04, 0.08].iter().map(|e| left(kind, *e)).sum() };
    let [pgd, ce, dlr] = ["pgd:100", "apgd-ce:100", "apgd-dlr:100"].map(over_radii);
    assert!(
        ce <= pgd && dlr <= pgd,
        "of 300: pgd {pgd}, apgd-ce {ce}, apgd-dlr {dlr}"
    );
}

#[test]
fn a_transferred_attack_follows_the_source_and_is_counted_on_the_victim() {
    let victim = network("direct");
    let other = Network::new(&victim.spec, &victim.device, 99).unwrap();
    let images = rightly(&victim, 8);
    let terms = terms("fgsm", 0.1);
    let found = attack(&victim, Some(&other), &images, &terms);
    assert_eq!(found.pixels, perturb(&other, &images, &terms));
    assert_eq!(
        found.right,
        classified_rightly(&victim, &found.pixels, &images.labels, &images.places, Draws::ONE)
    );
}

#[test]
fn gradients_of_a_random_coding_are_averaged_over_draws() {
    let network = network("poisson");
    let images = rightly(&network, 2);
    let gradient = |draws: u32| {
        let attacker = Attacker::new(
            &network,
            Terms::default().mode,
            Draws { count: draws, seed: 0 },
            &images.places,
        );
        input_gradient(&attacker, &images, &|z| [1.0, -1.0, 0.0].repeat(z.len() / 3)).1
    };
    // Draws of one query are numbered, so four draws contain the first one; the mean over more draws is steadier.
    let far = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from((a - b).powi(2))).sum::<f64>();
    let many = gradient(64);
    assert!(far(&gradient(16), &many) < far(&gradient(1), &many));
}

#[test]
fn images_of_the_wanted_class_are_left_alone() {
    let network = network("direct");
    let images = rightly(&network, 6);
    let terms = Terms {
        target: Some(Aim::Class(images.labels[0])),
        ..terms("pgd:5", 0.2)
    };
    let found = attack(&network, None, &images, &terms);
    assert!(found.right[0] && found.pixels[..D] == images.values[..D]);
}

#[test]
fn adversarial_training_gets_the_last_iterate() {
    let network = network("direct");
    let images = rightly(&network, 6);
    let terms = terms("bim:4", 0.1);
    let goals = vec![Goal::Away; 6];
    let attacker = Attacker::new(&network, terms.mode, Draws::ONE, &images.places);
    let whole = run(&attacker, &images, &goals, &terms, 0, false);
    assert_eq!(perturb(&network, &images, &terms), whole);
    assert_eq!(descend(&network, &images, images.values.clone(), 4, &terms), whole);
}

#[test]
fn the_trainers_adversary_and_an_attack_draw_from_streams_of_their_own() {
    let network = network("direct");
    let images = rightly(&network, 2);
    let terms = terms("noise", 0.1);
    let attacker = Attacker::new(&network, terms.mode, Draws::ONE, &images.places);
    let attacked = run(&attacker, &images, &[Goal::Away; 2], &terms, 0, false);
    assert_ne!(perturb(&network, &images, &terms), attacked);
}

#[test]
fn the_adversary_moves_the_confidence_more_than_noise_and_the_first_order_ratio_keeps_its_bounds() {
    let network = network("direct");
    let images = rightly(&network, 10);
    let attacker = Attacker::new(&network, Terms::default().mode, Draws::ONE, &images.places);
    let found = vulnerability(&attacker, &images, &[0.0, 0.02, 0.1], 1);
    assert!(
        found.ratio >= 3.0 && found.ratio <= found.bound && found.bound <= 3.0 * D as f64,
        "{found:?}"
    );
    let zero = found.radii[0];
    assert_eq!(
        (zero.random, zero.adversarial, zero.adversarial_first_order),
        (0.0, 0.0, 0.0)
    );
    assert!(found.radii.iter().all(|r| r.adversarial >= r.random), "{found:?}");
    assert!(found.radii[2].adversarial > found.radii[1].adversarial, "{found:?}");
}
