//! Training and attacking on recordings of events, as its users meet it: two classes of dots that move to the left or to the
//! right, in one's own folder.

use crate::deck::{Deck, until_step};
use serde_json::Value;
use spikedeck::run::{RunDir, checkpoint};

const SPEC: &str = r#"
[data]
name = "events:dots"
[network]
family = "vgg"
blocks = [[6, "pool"], [8, "pool"]]
classes = 2
image = [2, 12, 12]
mean = [0, 0]
std = [1, 1]
steps = 4
leak = 0.9
encoding = "frames"
[train]
recipe = "sr"
epochs = 12
batch = 8
lr = 0.05
[objective]
lambda = 0.001
[checkpoint]
every = 20
keep = 100
"#;

/// 40-bit events of a bar three rows high that moves by one column every 10 ms: brighter where it arrives, darker where it
/// leaves.
fn recording(number: u32, to_the_right: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let column = |step: u32| if to_the_right { step } else { 11 - step };
    for step in 1..12 {
        for (n, column, on) in [(0, column(step), true), (1, column(step - 1), false)] {
            for row in 0..3 {
                let t = 10_000 * step + 1000 * n + 100 * row + number;
                let y = (number % 9 + row) as u8;
                let high = u8::from(on) << 7 | (t >> 16) as u8;
                bytes.extend([column as u8, y, high, (t >> 8) as u8, t as u8]);
            }
        }
    }
    bytes
}

fn deck() -> Deck {
    let deck = Deck::new();
    for (class, to_the_right) in [("left", false), ("right", true)] {
        let folder = deck.path("data/dots").join(class);
        std::fs::create_dir_all(&folder).unwrap();
        for number in 0..60 {
            std::fs::write(folder.join(format!("{number}.bs2")), recording(number, to_the_right)).unwrap();
        }
    }
    std::fs::write(deck.path("experiments/tiny/experiment.toml"), SPEC).unwrap();
    deck
}

fn train(deck: &Deck, more: &[&str]) -> Value {
    deck.done(&[&["train", "experiments/tiny", "--data", "data"], more].concat())
}

#[test]
fn a_network_learns_which_way_dots_move_and_is_attacked_in_whole_events() {
    let deck = deck();
    let answer = train(&deck, &[]);
    let best = answer["best"].as_str().unwrap();
    let swept = deck.attacked(
        best,
        "--attack noise,fgsm,pgd:5,square:30 --eps 0,1 --keep --out swept --data data --split test",
    );
    let text = swept.to_string();
    let clean = swept["clean"]["accuracy"].as_f64().or(swept["clean_accuracy"].as_f64());
    assert!(clean.is_none_or(|clean| clean > 0.8), "{text}");
    for file in std::fs::read_dir(deck.path("swept/examples")).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let tensors = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        let floats = |name: &str| -> Vec<f32> {
            let data = tensors.tensor(name).unwrap().data();
            data.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect()
        };
        assert_eq!(tensors.tensor("clean").unwrap().shape()[1..], [4, 2, 12, 12]);
        let (clean, moved) = (floats("clean"), floats("adversarial"));
        assert!(
            moved.iter().all(|v| v.fract() == 0.0 && *v >= 0.0),
            "counts stay whole and non-negative"
        );
        assert!(clean.iter().zip(&moved).all(|(a, b)| (a - b).abs() <= 1.0));
    }
    for wrong in [
        "--attack fgsm",
        "--attack fgsm --eps 0.5",
        "--attack pgd:3 --eps 3 --norm l2",
        "--attack fgsm --eps 1 --twin ann",
    ] {
        let (code, answer) = deck.attack(best, &format!("{wrong} --data data"));
        assert!(code == 2 && answer["error"].is_string(), "{wrong}: {answer}");
    }
    let replayed = deck.attack(best, "--replay swept --data data --out again");
    assert_eq!(replayed.0, 0, "{}", replayed.1);
}

#[test]
fn a_resumed_run_on_recordings_equals_an_uninterrupted_one() {
    let deck = deck();
    let model = |run: &RunDir| {
        let newest = checkpoint::latest_valid(&run.read_manifest().unwrap().checkpoints)
            .checkpoint
            .unwrap();
        newest.read_file("model.safetensors").unwrap()
    };
    let [whole, part] = [0, 1].map(|_| deck.create(&["train.epochs=4", "data.augment=event"]));
    deck.done(&["train", "--resume", whole.path().to_str().unwrap()]);
    let path = part.path().to_str().unwrap().to_string();
    let mut child = deck.spawn(&["worker", &path]);
    until_step(&part, 21);
    child.kill().unwrap();
    child.wait().unwrap();
    deck.done(&["train", "--resume", &path]);
    assert!(model(&whole) == model(&part));
}

#[test]
fn what_does_not_fit_recordings_is_refused_by_its_key() {
    let deck = deck();
    let refused = |set: &str| {
        let (code, answer) = deck.json(&["train", "experiments/tiny", "--data", "data", "--set", set]);
        assert_eq!(code, 2, "{set}: {answer}");
        answer["error"].as_str().unwrap_or_default().to_string()
    };
    assert!(refused("network.encoding=direct").contains("network.encoding"));
    assert!(refused("data.augment=crop").contains("data.augment"));
    assert!(refused("data.name=glyphs").contains("network.encoding"));
    assert!(refused("train.recipe=at").contains("adversary.eps"));
    assert!(refused("probe.attack=pgd:3").contains("probe.attack_eps"));
    let (code, answer) = deck.json(&[
        "train",
        "experiments/tiny",
        "--data",
        "data",
        "--set",
        "data.sensor=eye",
    ]);
    assert!(code != 0 && answer.to_string().contains("data.sensor"), "{answer}");
    let cut = deck.path("data/dots/left/7.bs2");
    let bytes = std::fs::read(&cut).unwrap();
    std::fs::write(&cut, &bytes[..bytes.len() - 2]).unwrap();
    let (code, answer) = deck.json(&["train", "experiments/tiny", "--data", "data"]);
    let why = answer.to_string();
    assert!(code == 1 && why.contains("7.bs2") && why.contains("cut"), "{why}");
}
