//! What results were computed from and by: recorded by every worker, and compared when something goes on.

use crate::deck::{Deck, until, until_step};
use serde_json::Value;
use spikedeck::run::{
    RunDir, checkpoint,
    event::{Event, EventKind},
    journal,
};

fn alerts(run: &RunDir, wanted: &str) -> Vec<String> {
    let events: Vec<Event> = journal::read_all(&run.events());
    let alert = |e: Event| match e.what {
        EventKind::Alert { kind, why } if kind == wanted => Some(why),
        _ => None,
    };
    events.into_iter().filter_map(alert).collect()
}

fn stop(deck: &Deck, run: &RunDir) {
    assert_eq!(
        deck.json(&["send", run.path().to_str().unwrap(), "stop", "--wait"]).0,
        0
    );
    until(|| run.read_exit().unwrap());
}

/// Resumes the run with plain code instead of vectors, until that worker has trained.
fn resume_without_vectors(deck: &Deck, run: &RunDir, incarnation: u32) {
    let mut command = deck.command(&["train", "--resume", run.path().to_str().unwrap(), "--detach"]);
    assert!(
        command
            .env("SPIKEDECK_VECTORS", "scalar")
            .output()
            .unwrap()
            .status
            .success()
    );
    let trained = |s: &spikedeck::run::status::Status| s.incarnation == incarnation && s.rate > 0.0;
    until(|| run.read_status().unwrap().filter(trained));
    stop(deck, run);
}

#[test]
fn a_run_that_goes_on_with_another_vector_width_says_so_once() {
    let deck = Deck::new();
    let width = deck.done(&["doctor"])["vectors"].as_str().unwrap().to_string();
    let run = deck.start(&["train.epochs=20000"]);
    until_step(&run, 8);
    stop(&deck, &run);
    resume_without_vectors(&deck, &run, 2);
    let told = alerts(&run, "device");
    if width == "scalar" {
        return assert!(told.is_empty(), "{told:?}");
    }
    assert_eq!(told.len(), 1, "{told:?}");
    for words in ["with scalar vectors now", &format!("with {width} vectors before")] {
        assert!(told[0].contains(words), "{words}: {told:?}");
    }
    let folder = run.read_manifest().unwrap().checkpoints;
    let saved = checkpoint::latest_valid(&folder).checkpoint.unwrap().meta.provenance();
    assert_eq!(saved.device.unwrap().vectors.as_deref(), Some("scalar"));
    assert!(saved.model_sha256.is_some() && saved.program.is_some() && saved.data.is_some());
    resume_without_vectors(&deck, &run, 3);
    assert_eq!(alerts(&run, "device").len(), 1, "it is the same width now");
    assert_eq!(alerts(&run, "program"), Vec::<String>::new());
}

#[test]
fn an_attack_records_its_device_and_a_replay_of_other_weights_is_remarked() {
    let deck = Deck::new();
    let run = deck.start(&["train.epochs=1"]);
    until(|| run.read_exit().unwrap());
    let folder = run.read_manifest().unwrap().checkpoints;
    let newest = checkpoint::latest_valid(&folder)
        .checkpoint
        .unwrap()
        .path()
        .to_path_buf();
    let newest = newest.to_str().unwrap();
    let kept = deck.path("kept");
    let attack = [
        "attack",
        newest,
        "--attack",
        "fgsm",
        "--samples",
        "10",
        "--keep",
        "--out",
    ];
    deck.done(&[&attack[..], &[kept.to_str().unwrap()]].concat());
    let file = kept.join("subjects.json");
    let mut record: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert!(
        record["device"]["name"].is_string() && record["device"]["vectors"].is_string(),
        "{record}"
    );
    let replay = ["attack", newest, "--replay", kept.to_str().unwrap(), "--dry-run"];
    let said = || String::from_utf8(deck.output(&replay).stderr).unwrap();
    assert_eq!(said(), "");
    record["weights"]["0"] = "0".repeat(64).into();
    std::fs::write(&file, record.to_string()).unwrap();
    assert!(said().contains("other weights (sha256 "), "{}", said());
    // A record of an earlier version lacks the device and goes on as before.
    record.as_object_mut().unwrap().remove("device");
    record["weights"] = serde_json::json!({});
    std::fs::write(&file, record.to_string()).unwrap();
    assert_eq!(said(), "");
}
