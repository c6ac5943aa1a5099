//! Attack jobs that do less, or nothing twice: the worst case on survivors, cells that end early, budgets, kept images
//! counted again.

use crate::attacks::trained;
use crate::deck::Deck;
use serde_json::Value;

fn cells(answer: &Value) -> &Vec<Value> {
    answer["cells"].as_array().unwrap()
}

/// The recorded characters of a cell, in the order of the images.
fn recorded(job: &str, attack: &str) -> String {
    let text = std::fs::read_to_string(format!("{job}/results.jsonl")).unwrap();
    let lines = text.lines().map(|l| serde_json::from_str::<Value>(l).unwrap());
    lines
        .filter(|l| l["attack"] == attack)
        .map(|l| l["robust"].as_str().unwrap().to_string())
        .collect()
}

#[test]
fn the_worst_case_on_survivors_is_that_on_all_images_for_fewer_attacks() {
    let deck = Deck::new();
    let checkpoint = trained(&deck);
    let sweep = "--attack square:30,pgd:10,noise,fgsm,apgd-ce:5 --backward bptt:triangle:1,bptt:arctan:2 \
                 --samples 60 --eps 16/255 --batch 8";
    let all = deck.attacked(&checkpoint, sweep);
    let survivors = deck.attacked(&checkpoint, &format!("{sweep} --worst-case"));
    assert_eq!(survivors["worst_case"], true, "{survivors}");
    let worst = |answer: &Value| {
        let row = cells(answer).iter().find(|c| c["attack"] == "worst").unwrap().clone();
        (row["accuracy"].clone(), row["n"].clone(), row["low"].clone())
    };
    assert_eq!(worst(&all), worst(&survivors));
    let attacked = |answer: &Value, attack: &str| {
        let marks = recorded(answer["attack"].as_str().unwrap(), attack);
        assert_eq!(
            marks.len(),
            if attack == "square:30" { 60 } else { 120 },
            "{attack}: every image is accounted for"
        );
        marks.chars().filter(|c| *c != '-').count()
    };
    for attack in ["pgd:10", "apgd-ce:5", "square:30"] {
        assert!(
            attacked(&survivors, attack) < attacked(&all, attack) / 2,
            "{attack}: {survivors}"
        );
    }
    for cell in cells(&survivors)
        .iter()
        .filter(|c| c["attack"] != "none" && c["attack"] != "worst")
    {
        assert_eq!(cell["of"], "survivors", "{cell}");
        assert!(
            cell["n"].as_u64().unwrap() <= 60 && cell["backward"] != "worst",
            "{cell}"
        );
    }
    resumed_from_half_its_record_it_ends_with_the_same(&deck, survivors["attack"].as_str().unwrap());
}

/// As after a kill in the middle.
fn resumed_from_half_its_record_it_ends_with_the_same(deck: &Deck, job: &str) {
    let results = format!("{job}/results.jsonl");
    let whole = std::fs::read_to_string(&results).unwrap();
    let half: String = whole
        .lines()
        .take(whole.lines().count() / 2)
        .map(|l| format!("{l}\n"))
        .collect();
    std::fs::write(&results, half).unwrap();
    assert!(deck.output(&["attack-worker", job]).status.success());
    let marks = |text: &str| -> Vec<(Value, Value)> {
        let lines = text.lines().map(|l| serde_json::from_str::<Value>(l).unwrap());
        lines.map(|l| (l["first"].clone(), l["robust"].clone())).collect()
    };
    assert_eq!(marks(&whole), marks(&std::fs::read_to_string(&results).unwrap()));
}

#[test]
fn a_cell_ends_when_it_is_precise_enough() {
    let deck = Deck::new();
    let checkpoint = trained(&deck);
    let sweep = "--samples 120 --attack noise,fgsm,pgd:5 --eps 8/255";
    let answer = deck.attacked(&checkpoint, &format!("{sweep} --batch 16 --precision 0.13"));
    for cell in cells(&answer)
        .iter()
        .filter(|c| c["attack"] != "worst" && c["backward"] != "worst")
    {
        let n = cell["n"].as_u64().unwrap();
        if cell["attack"] == "none" {
            assert_eq!((n, &cell["stopped"]), (120, &Value::Null), "{cell}");
            continue;
        }
        assert_eq!(cell["stopped"], "precision", "{cell}");
        let half = (cell["high"].as_f64().unwrap() - cell["low"].as_f64().unwrap()) / 2.0;
        assert!(half <= 0.13 && n < 120 && n.is_multiple_of(16), "{cell}");
    }
    let least = cells(&answer).iter().map(|c| c["n"].as_u64().unwrap()).min();
    let worst = cells(&answer).iter().find(|c| c["attack"] == "worst").unwrap();
    assert_eq!(
        worst["n"].as_u64(),
        least,
        "the worst case counts what all cells have seen"
    );
    let job = answer["attack"].as_str().unwrap();
    let before = std::fs::read_to_string(format!("{job}/results.jsonl")).unwrap();
    assert!(deck.output(&["attack-worker", job]).status.success());
    assert_eq!(std::fs::read_to_string(format!("{job}/results.jsonl")).unwrap(), before);
    let (code, answer) = deck.attack(&checkpoint, &format!("{sweep} --precision 0.5"));
    assert!(
        code == 2 && answer["error"].as_str().unwrap().contains("0.001"),
        "{answer}"
    );
}

#[test]
fn a_budget_that_is_spent_is_said_to_be_the_reason() {
    let deck = Deck::new();
    let checkpoint = trained(&deck);
    let answer = deck.attacked(
        &checkpoint,
        "--attack pgd:2000x9 --eps 1/255 --batch 1 --samples 100 --max-seconds 4",
    );
    assert_eq!(answer["state"], "stopped", "{answer}");
    assert_eq!(answer["stopped"], "budget");
    assert!(
        answer["why"].as_str().unwrap().contains("budget of 4 seconds"),
        "{answer}"
    );
    // On a busy machine the budget may be spent before the first image is.
    for cell in cells(&answer).iter().filter(|c| c["attack"] == "pgd:2000x9") {
        assert!(
            cell["n"].as_u64().unwrap() < 100 && cell["stopped"] == "budget",
            "{cell}"
        );
    }
}

#[test]
fn kept_images_are_counted_on_other_checkpoints() {
    let deck = Deck::new();
    let checkpoint = trained(&deck);
    let other = deck.done(&["train", "experiments/tiny", "--set", "train.seed=7"]);
    let other = other["best"].as_str().unwrap();
    let kept = deck.attacked(
        &checkpoint,
        "--attack noise,fgsm,pgd:5 --eps 8/255,32/255 --samples 50 --batch 20 --order shuffled --seed 3 --keep",
    );
    let job = kept["attack"].as_str().unwrap();
    let again = deck.done(&["attack", &checkpoint, other, "--replay", job]);
    assert_eq!(again["replay"]["attack"], kept["attack"], "{again}");
    let of = |answer: &Value, checkpoint: &str| -> Vec<Value> {
        let cells = cells(answer).iter().filter(|c| c["checkpoint"] == checkpoint);
        let keys = ["attack", "backward", "eps", "accuracy", "low", "high", "n"];
        cells.map(|c| keys.map(|k| c[k].clone()).to_vec().into()).collect()
    };
    assert_eq!(
        of(&kept, &checkpoint),
        of(&again, &checkpoint),
        "the same network says the same"
    );
    let elsewhere = of(&again, other);
    assert_eq!(elsewhere.len(), of(&kept, &checkpoint).len());
    assert!(elsewhere != of(&kept, &checkpoint) && elsewhere.iter().all(|c| c[6] == 50));
    let skipped = again["sanity"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|c| c["state"] == "skipped");
    assert_eq!(skipped.count(), 11);

    let refused = |arguments: &[&str], said: &str| {
        let (code, answer) = deck.json(&[&["attack", other, "--replay"][..], arguments].concat());
        let text = answer.to_string();
        assert!(code != 0 && text.contains(said), "{said}: {answer}");
    };
    refused(&[job, "--eps", "8/255"], "--eps");
    refused(&[job, "--replay-of", "2"], "has no checkpoint 2");
    refused(&[again["attack"].as_str().unwrap()], "replay that one");
    // Someone else's file in its place.
    let file = std::path::Path::new(job).join("examples/0002-0000020.safetensors");
    let another = std::path::Path::new(job).join("examples/0003-0000020.safetensors");
    std::fs::copy(another, &file).unwrap();
    refused(&[job], "wanted fgsm");
    std::fs::remove_file(&file).unwrap();
    refused(&[job], "holds no image 20 of fgsm");
}
