//! The sanity checks of an attack, from the command line to the answer: networks and attackers whose gradients are
//! masked on purpose fail them, others pass.

use crate::attacks::trained;
use crate::deck::Deck;
use safetensors::SafeTensors;
use serde_json::Value;

const ATTACKS: &str = "--attack noise,fgsm,pgd:10,square:60";

/// Attacks a checkpoint and returns the states of its checks.
fn checks(deck: &Deck, checkpoint: &str, more: &str) -> impl Fn(&str) -> String + use<> {
    let answer = deck.attacked(checkpoint, &format!("--samples 100 --eps 32/255 {more}"));
    let checks: Vec<Value> = answer["sanity"].as_array().unwrap().clone();
    move |name| {
        let check = checks.iter().find(|c| c["check"] == name).unwrap();
        check["state"].as_str().unwrap().to_string()
    }
}

/// The checkpoint again, its logits multiplied so far that every confidence is 0 or 1.
fn saturated(deck: &Deck, checkpoint: &str) -> String {
    let mut bytes = std::fs::read(format!("{checkpoint}/model.safetensors")).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let last = ["classifier.1.weight", "classifier.1.bias"].map(|name| {
        let data = tensors.tensor(name).unwrap().data();
        (data.as_ptr() as usize - bytes.as_ptr() as usize, data.len())
    });
    for (from, length) in last {
        for value in bytes[from..from + length].chunks_exact_mut(4) {
            let large = f32::from_le_bytes(value.try_into().unwrap()) * 1e4;
            value.copy_from_slice(&large.to_le_bytes());
        }
    }
    std::fs::write(deck.path("saturated.safetensors"), bytes).unwrap();
    let from = [
        "import",
        "saturated.safetensors",
        "--network",
        "experiments/tiny/experiment.toml",
    ];
    let (code, answer) = deck.json(&[&from[..], &["--out", "saturated"]].concat());
    assert_eq!(code, 0, "{answer}");
    answer["checkpoint"].as_str().unwrap().to_string()
}

#[test]
fn an_honest_network_is_believed() {
    let deck = Deck::new();
    let checkpoint = trained(&deck);
    let state = checks(&deck, &checkpoint, ATTACKS);
    for name in [
        "clean-accuracy-above-chance",
        "iterated-beats-single-step",
        "unbounded-attack-reaches-chance",
        "gradient-beats-noise",
        "gradient-beats-square",
        "gradients-are-not-zero",
        "logits-are-deterministic",
        "loss-is-a-margin-too",
    ] {
        assert_eq!(state(name), "pass", "{name}");
    }
}

#[test]
fn a_shattered_surrogate_is_called_out() {
    let deck = Deck::new();
    let checkpoint = trained(&deck);
    for width in ["0.01", "0.00001"] {
        let state = checks(
            &deck,
            &checkpoint,
            &format!("{ATTACKS} --backward bptt:triangle:{width}"),
        );
        for name in [
            "gradients-are-not-zero",
            "unbounded-attack-reaches-chance",
            "gradient-beats-square",
        ] {
            assert_eq!(state(name), "fail", "{width}: {name}");
        }
    }
}

#[test]
fn saturated_logits_are_called_out_unless_a_margin_is_followed() {
    let deck = Deck::new();
    let checkpoint = saturated(&deck, &trained(&deck));
    let with_margin = format!("{ATTACKS} --loss margin");
    for (options, expected) in [(ATTACKS, "fail"), (with_margin.as_str(), "pass")] {
        let state = checks(&deck, &checkpoint, options);
        for name in [
            "gradients-are-not-zero",
            "unbounded-attack-reaches-chance",
            "gradient-beats-square",
            "loss-is-a-margin-too",
        ] {
            assert_eq!(state(name), expected, "{options}: {name}");
        }
    }
}

#[test]
fn a_random_coding_is_called_out_unless_it_is_averaged_over() {
    let deck = Deck::new();
    let (code, answer) = deck.json(&["train", "experiments/tiny", "--set", "network.encoding=poisson"]);
    assert_eq!(code, 0, "{answer}");
    let checkpoint = answer["best"].as_str().unwrap();
    let state = checks(&deck, checkpoint, "--attack noise,pgd:5");
    assert_eq!(state("logits-are-deterministic"), "fail");
    let state = checks(&deck, checkpoint, "--attack noise,pgd:5 --eot 8");
    assert_eq!(state("logits-are-deterministic"), "warn");
    assert_eq!(state("gradient-beats-noise"), "pass");
}
