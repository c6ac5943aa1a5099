//! Networks whose gradients are masked on purpose are called out; an honest one is not.

use super::*;
use crate::random::{Purpose, stream};
use crate::run::attack_job::{Cells, Verdict, sanity_panel};
use crate::snn::backend::Device;
use crate::spec::NetworkSpec;

fn manifest(backward: &str, eot: u32) -> AttackManifest {
    toml::from_str(&format!(
        r#"
        schema = 1
        id = "01"
        created = "2026-11-23T10:00:00.000Z"
        argv = []
        checkpoints = ["/c"]
        data = "/d"
        attacks = ["fgsm", "pgd:10"]
        eps = ["8/255"]
        backward = ["{backward}"]
        samples = 320
        split = "test"
        order = "file"
        seed = 0
        batch = 32
        loss = "ce"
        device = "cpu"
        eot = {eot}
        "#
    ))
    .unwrap()
}

fn network(encoding: &str) -> Network {
    let spec: NetworkSpec = serde_json::from_value(serde_json::json!({
        "family": "vgg", "blocks": [[6], [6]], "hidden": [], "classes": 4, "image": [1, 6, 6],
        "mean": [0.5], "std": [0.25], "steps": 4, "encoding": encoding,
    }))
    .unwrap();
    Network::new(&spec, &Device::find("cpu").unwrap(), 3).unwrap()
}

/// Images labelled with what the network says of them.
fn images(network: &Network) -> Batch {
    let mut random = stream(5, Purpose::Probe, 1, 0);
    let pixels: Vec<f32> = (0..IMAGES * 36).map(|_| random.uniform()).collect();
    let logits = attack::counted_logits(
        network,
        &pixels,
        &(0..IMAGES as u64).collect::<Vec<_>>(),
        attack::Draws::ONE,
    );
    let best = |z: &[f32]| (0..4).fold(0, |best, c| if z[c] > z[best] { c } else { best }) as crate::input::Label;
    Batch {
        input: network.spec.input(),
        values: pixels,
        labels: logits.chunks_exact(4).map(best).collect(),
        places: (0..IMAGES as u64).collect(),
    }
}

/// States of the measured checks: unbounded attack, zero gradients, determinism, margin.
fn states(network: &Network, backward: &str, eot: u32) -> [Verdict; 4] {
    let manifest = manifest(backward, eot);
    let measured = measure_on(&manifest, 0, network, &images(network), &mut || Ok(true))
        .unwrap()
        .unwrap();
    let checks = sanity_panel(&manifest, &Cells::of(&manifest), std::slice::from_ref(&measured));
    [
        "unbounded-attack-reaches-chance",
        "gradients-are-not-zero",
        "logits-are-deterministic",
        "loss-is-a-margin-too",
    ]
    .map(|name| checks.iter().find(|c| c.check == name).unwrap().state)
}

#[test]
fn an_honest_network_is_not_called_out() {
    assert_eq!(states(&network("direct"), "bptt:triangle:1", 1), [Verdict::Pass; 4]);
}

#[test]
fn a_shattered_surrogate_is_called_out() {
    let [unbounded, zero, _, _] = states(&network("direct"), "bptt:triangle:0.00001", 1);
    assert_eq!((unbounded, zero), (Verdict::Fail, Verdict::Fail));
}

#[test]
fn saturated_logits_are_called_out() {
    let mut network = network("direct");
    let last = network.parameters.len() - 2;
    let weight = &mut network.parameters[last];
    assert_eq!(weight.shape.len(), 2, "{}", weight.name);
    weight.value = weight.value.clone() * 1e5;
    let [_, zero, _, margin] = states(&network, "bptt:triangle:1", 1);
    assert_eq!((zero, margin), (Verdict::Fail, Verdict::Fail));
}

#[test]
fn random_coding_is_called_out_unless_it_is_averaged() {
    let network = network("poisson");
    assert_eq!(states(&network, "bptt:triangle:1", 1)[2], Verdict::Fail);
    assert_eq!(states(&network, "bptt:triangle:1", 8)[2], Verdict::Warn);
}

#[test]
fn the_gap_between_adversary_and_noise_is_measured_at_every_radius() {
    let network = network("direct");
    let found = measure_on(
        &manifest("bptt:triangle:1", 1),
        0,
        &network,
        &images(&network),
        &mut || Ok(true),
    )
    .unwrap()
    .unwrap();
    let record = found.vulnerability.unwrap();
    assert_eq!((record.images, record.radii.len()), (20, 1));
    assert!(record.radii[0].ratio.unwrap() > 1.0 && record.bound.unwrap() >= record.ratio_first_order.unwrap());
}

#[test]
fn logits_that_are_no_numbers_are_counted_and_never_equal() {
    let nan = f32::NAN;
    let runs = |second: [f32; 4]| vec![vec![1.0, 2.0, 3.0, 4.0], second.to_vec()];
    assert_eq!(spread(&runs([1.0, 2.0, 3.0, 4.0]), 2), (0.0, 0));
    assert_eq!(spread(&runs([1.0, 1.0, 3.0, 4.0]), 2), (0.25, 0));
    assert_eq!(spread(&runs([1.0, 2.0, nan, 4.0]), 2), (0.0, 1));
    assert_eq!(spread(&[vec![nan; 4], vec![nan; 4]], 2), (0.0, 2));
    assert_eq!(
        spread(&[vec![f32::INFINITY, 1.0], vec![f32::INFINITY, 1.0]], 1),
        (0.0, 1)
    );
    assert_eq!(spread(&[], 2), (0.0, 0));
}

#[test]
fn a_network_whose_weights_diverged_is_neither_right_nor_deterministic() {
    let mut network = network("direct");
    let images = images(&network);
    let last = network.parameters.len() - 2;
    let weight = &mut network.parameters[last];
    weight.value = weight.value.clone() * f32::NAN;
    let right = attack::classified_rightly(
        &network,
        &images.values,
        &[0; IMAGES],
        &images.places,
        attack::Draws::ONE,
    );
    assert!(right.iter().all(|r| !r), "NaN is not class 0");
    let manifest = manifest("bptt:triangle:1", 1);
    let measured = measure_on(&manifest, 0, &network, &images, &mut || Ok(true))
        .unwrap()
        .unwrap();
    assert_eq!(measured.not_finite, IMAGES);
    let text = serde_json::to_string(&measured).unwrap();
    assert_eq!(
        serde_json::from_str::<Measured>(&text).unwrap(),
        measured,
        "the record can be read again"
    );
    let checks = sanity_panel(&manifest, &Cells::of(&manifest), std::slice::from_ref(&measured));
    let check = checks.iter().find(|c| c.check == "logits-are-deterministic").unwrap();
    assert_eq!(check.state, Verdict::Fail, "{check:?}");
}

#[test]
fn the_gradient_of_an_honest_network_is_large_and_leads_downhill() {
    let network = network("direct");
    let found = measure_on(
        &manifest("bptt:triangle:1", 1),
        0,
        &network,
        &images(&network),
        &mut || Ok(true),
    );
    let mode = found.unwrap().unwrap().modes[0].clone();
    assert!(mode.float_steps.is_some_and(|s| s.median > 1000.0), "{mode:?}");
    assert!(mode.leads.is_some_and(|l| l.along > 4 * l.against), "{mode:?}");
}

#[test]
fn measuring_ends_where_it_is_told_to() {
    let network = network("direct");
    let mut asked = 0;
    let found = measure_on(
        &manifest("bptt:triangle:1", 1),
        0,
        &network,
        &images(&network),
        &mut || {
            asked += 1;
            Ok(asked < 2)
        },
    );
    assert!(found.unwrap().is_none() && asked == 2);
}
