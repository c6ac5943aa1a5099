//! Networks whose gradients are masked on purpose are called out; an honest one is not.

use super::*;
use crate::run::attack_job::{Cells, Verdict, sanity_panel};
use crate::snn::{
    backend::Device,
    random::{Purpose, stream},
};
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
fn images(network: &Network) -> Images {
    let mut random = stream(5, Purpose::Probe, 1, 0);
    let pixels: Vec<f32> = (0..IMAGES * 36).map(|_| random.uniform()).collect();
    let logits = attack::counted_logits(network, &pixels, &(0..IMAGES as u64).collect::<Vec<_>>(), attack::Draws::ONE);
    let best = |z: &[f32]| (0..4).fold(0, |best, c| if z[c] > z[best] { c } else { best }) as u8;
    Images {
        pixels,
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
