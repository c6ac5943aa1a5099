//! Attack sweeps as real processes.

use crate::deck::Deck;
use serde_json::Value;

pub fn trained(deck: &Deck) -> String {
    let answer = deck.done(&["train", "experiments/tiny"]);
    answer["best"].as_str().unwrap().to_string()
}

fn accuracy(answer: &Value, attack: &str, backward: &str, eps: &str) -> f64 {
    let cells = answer["cells"].as_array().unwrap();
    let cell = cells
        .iter()
        .find(|c| c["attack"] == attack && c["backward"] == backward && c["eps"] == eps);
    cell.unwrap_or_else(|| panic!("{attack} {backward} {eps}: {answer}"))["accuracy"]
        .as_f64()
        .unwrap()
}

#[test]
fn a_sweep_answers_with_the_pinned_cells() {
    let deck = Deck::new();
    let checkpoint = trained(&deck);
    let answer = deck.attacked(
        &checkpoint,
        "--attack none,noise,fgsm,pgd:5 --eps 0,8/255,64/255 --backward reference --samples 80",
    );
    let clean = accuracy(&answer, "none", "none", "0/255");
    assert!(clean > 0.3, "the tiny network learned something: {clean}");
    for (attack, mode) in [("noise", "none"), ("fgsm", "rate"), ("pgd:5", "bptt:sigmoid:4")] {
        assert_eq!(
            accuracy(&answer, attack, mode, "0/255"),
            clean,
            "{attack} at ε = 0 changes nothing"
        );
    }
    assert!(
        accuracy(&answer, "pgd:5", "bptt:triangle:1", "64/255") < clean - 0.2,
        "{answer}"
    );
    let single: f64 = ["bptt:triangle:1", "bptt:sigmoid:4", "bptt:arctan:2", "rate"]
        .iter()
        .map(|m| accuracy(&answer, "pgd:5", m, "8/255"))
        .fold(1.0, f64::min);
    assert!(
        accuracy(&answer, "pgd:5", "worst", "8/255") <= single,
        "the worst case is not better than any mode"
    );
    let cell = answer["cells"]
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["attack"] == "pgd:5")
        .unwrap();
    assert!(cell["low"].as_f64() <= cell["accuracy"].as_f64() && cell["accuracy"].as_f64() <= cell["high"].as_f64());
    assert_eq!(cell["n"], 80);
}

#[test]
fn results_do_not_depend_on_the_batch_and_a_finished_job_is_not_done_twice() {
    let deck = Deck::new();
    let checkpoint = trained(&deck);
    let sweep = |batch: u32| deck.attacked(&checkpoint, &format!("--attack pgd:3 --samples 50 --batch {batch}"));
    let (small, large) = (sweep(7), sweep(50));
    for eps in ["2/255", "4/255", "8/255"] {
        let at = |a: &Value| accuracy(a, "pgd:3", "bptt:triangle:1", eps);
        assert_eq!(at(&small), at(&large), "{eps}");
    }
    let job = small["attack"].as_str().unwrap();
    let lines = || std::fs::read_to_string(format!("{job}/results.jsonl")).unwrap();
    let before = lines();
    assert!(deck.output(&["attack-worker", job]).status.success());
    assert_eq!(lines(), before);
}

#[test]
fn a_sweep_can_be_planned_without_being_run() {
    let deck = Deck::new();
    let checkpoint = trained(&deck);
    let answer = deck.attacked(&checkpoint, "--dry-run");
    assert!(answer["seconds"].as_f64().unwrap() > 0.0, "{answer}");
}

#[test]
fn the_strong_attacks_run_in_both_norms_and_the_result_says_whether_to_believe_it() {
    let deck = Deck::new();
    let checkpoint = trained(&deck);
    let attack = |options: &str| deck.attack(&checkpoint, &format!("--samples 30 {options}"));
    let list =
        "noise,gaussian,fgsm,rfgsm,rfgsm-ta,mifgsm:3,pgd:10,pgd:20,apgd-ce:10,apgd-dlr:10,apgd-t:5,sapgd:10,square:40";
    let (code, answer) = attack(&format!("--attack {list} --eps 2/255,32/255"));
    assert_eq!(code, 0, "{answer}");
    for attack in list.split(',') {
        let mode = match attack {
            "noise" | "gaussian" | "square:40" => "none",
            _ => "bptt:triangle:1",
        };
        let at = |eps: &str| accuracy(&answer, attack, mode, eps);
        assert!(
            at("32/255") <= at("2/255") + 0.07,
            "{attack}: {} {}",
            at("2/255"),
            at("32/255")
        );
    }
    let sanity = answer["sanity"].as_array().unwrap();
    let failed: Vec<&Value> = sanity.iter().filter(|c| c["state"] == "fail").collect();
    assert!(
        sanity.len() == 13 && failed.is_empty(),
        "an honest network is not called out: {failed:?}"
    );
    let found = &answer["vulnerability"][0];
    assert_eq!(found["radii"].as_array().unwrap().len(), 2, "{found}");
    assert!(found["ratio_first_order"].as_f64().unwrap() <= found["bound"].as_f64().unwrap());
    let (code, answer) = attack("--attack fgsm,pgd:5,apgd-ce:5,square:20 --eps 0.5 --norm l2 --loss margin");
    assert_eq!((code, answer["norm"].as_str()), (0, Some("l2")), "{answer}");
    let (code, answer) = attack("--attack sapgd:5 --norm l2");
    assert!(
        code == 2 && answer["error"].as_str().unwrap().contains("linf only"),
        "{answer}"
    );
}

#[test]
fn targets_transfer_other_steps_and_kept_images() {
    let deck = Deck::new();
    let checkpoint = trained(&deck);
    let attack = |more: &str| deck.attack(&checkpoint, &format!("--samples 20 --attack pgd:3 --eps 16/255 {more}"));
    for more in [
        "--target next --loss dlr",
        "--target 3",
        &format!("--transfer-from {checkpoint}"),
        "--twin ann",
        "--steps 3 --eot 2 --alpha 2/255",
    ] {
        let (code, answer) = attack(more);
        assert_eq!(code, 0, "{more}: {answer}");
        assert_eq!(answer["cells"][1]["n"], 20, "{more}: {answer}");
    }
    let (code, answer) = attack("--keep");
    assert_eq!(code, 0, "{answer}");
    let folder = std::path::Path::new(answer["attack"].as_str().unwrap()).join("examples");
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|f| f.unwrap().path()).collect();
    assert_eq!(files.len(), 1, "one batch of one cell: {files:?}");
    let bytes = std::fs::read(&files[0]).unwrap();
    let text = String::from_utf8_lossy(&bytes[8..700]).into_owned();
    for tensor in [
        r#""adversarial":{"dtype":"F32","shape":[20,1,16,16]"#,
        r#""clean_logits":{"dtype":"F32","shape":[20,10]"#,
        r#""adversarial_logits":{"dtype":"F32","shape":[20,10]"#,
    ] {
        assert!(text.contains(tensor), "{tensor}: {text}");
    }
    for (wrong, said) in [
        ("--target 11", "classes 0 to 9"),
        ("--transfer-from nowhere", "nowhere"),
    ] {
        let (code, answer) = attack(wrong);
        assert!(
            code != 0 && answer["error"].as_str().unwrap().contains(said),
            "{answer}"
        );
    }
}

#[test]
fn a_split_smaller_than_the_samples_is_reported_cell_by_cell() {
    let deck = Deck::new();
    let checkpoint = trained(&deck);
    let said = |more: &[&str]| {
        let sweep = ["--attack", "fgsm", "--eps", "8/255", "--split", "validation"];
        let output = deck.output(&[&["attack", &checkpoint][..], &sweep, more].concat());
        String::from_utf8(output.stdout).unwrap()
    };
    let text = said(&["--samples", "5000", "--json"]);
    assert_eq!(
        text.lines().filter(|l| l.contains(r#""event":"cell""#)).count(),
        2,
        "{text}"
    );
    let text = said(&["--samples", "20"]);
    assert!(!text.contains("worst") && text.contains("Sanity checks"), "{text}");
}
