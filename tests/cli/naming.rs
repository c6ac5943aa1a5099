//! Runs by what people call them, what is said of them, and how they are removed.

use crate::deck::Deck;
use spikedeck::run::{
    RunDir, clock, files,
    status::{Exit, Outcome},
};

fn id(run: &RunDir) -> String {
    run.id()
}

fn fail(run: &RunDir, why: &str) {
    let exit = Exit {
        outcome: Outcome::Failed,
        time: clock::now_text(),
        step: 0,
        incarnation: 1,
        why: why.into(),
    };
    files::publish_json(&run.exit(), &exit).unwrap();
}

#[test]
fn every_verb_takes_a_name_a_short_id_or_an_id_and_says_which_runs_a_word_may_mean() {
    let deck = Deck::new();
    let (first, second) = (deck.create(&[]), deck.create(&["name=other"]));
    fail(&first, "no data");
    let short = id(&first).rsplit('-').next().unwrap().to_string();
    for word in [
        id(&first).as_str(),
        &short,
        &format!("tiny-{short}"),
        "tiny",
        first.path().to_str().unwrap(),
    ] {
        let (code, answer) = deck.json(&["tag", word, "+paper"]);
        assert_eq!(
            (code, answer["run"].as_str()),
            (0, first.path().to_str()),
            "{word}: {answer}"
        );
        for verb in [&["note", word][..], &["checkpoint", "list", word], &["status", word]] {
            assert_eq!(deck.json(verb).0, 0, "{verb:?}");
        }
        assert_eq!(deck.json(&["wait", word]).0, 1, "it has failed");
        let (code, answer) = deck.json(&["send", word, "pause"]);
        assert!(
            code == 1 && answer["why"].as_str().unwrap().contains("failed"),
            "{answer}"
        );
        let (code, answer) = deck.json(&["export", &format!("{word}:best"), "--to", "w.safetensors"]);
        assert!(
            code == 2 && answer["error"].as_str().unwrap().contains("best"),
            "{answer}"
        );
    }
    let (code, answer) = deck.json(&["wait", "tiyn"]);
    assert!(
        code == 2 && answer["candidates"][0]["run"].as_str() == first.path().to_str(),
        "{answer}"
    );
    let third = deck.create(&[]);
    let (code, answer) = deck.json(&["tag", "tiny", "+x"]);
    assert_eq!(
        (code, answer["candidates"].as_array().unwrap().len()),
        (2, 2),
        "{answer}"
    );
    assert!(answer["candidates"].to_string().contains(&id(&third)), "{answer}");
    assert!(answer["error"].as_str().unwrap().contains("failed"), "{answer}");
    // A folder of that name goes before it, and where it is no run says so.
    std::fs::create_dir(deck.path("other")).unwrap();
    let (code, answer) = deck.json(&["note", "other", "x"]);
    assert!(
        code == 2 && answer["error"].as_str().unwrap().contains("is no run"),
        "{answer}"
    );
    assert_eq!(deck.json(&["note", &id(&second), "x"]).0, 0);
}

#[test]
fn a_run_that_failed_at_once_goes_into_the_trash_and_comes_back() {
    let deck = Deck::new();
    let run = deck.create(&[]);
    fail(&run, "no\ndata");
    let (_, answer) = deck.json(&["status", "tiny"]);
    assert_eq!(answer["runs"][0]["reason"], "no␊data");
    assert_eq!(answer["runs"][0]["health"], serde_json::json!([]));
    let text = String::from_utf8(deck.output(&["status"]).stdout).unwrap();
    assert!(text.contains("(no␊data)") && text.lines().count() == 1, "{text}");
    let (code, answer) = deck.json(&["remove", "tiny"]);
    assert!(
        code == 2 && answer["error"].as_str().unwrap().contains("--yes"),
        "{answer}"
    );
    let (code, answer) = deck.json(&["remove", "tiny", "--yes"]);
    assert_eq!(code, 0, "{answer}");
    let trash = answer["removed"][0]["trash"].as_str().unwrap().to_string();
    assert!(trash.contains("/runs/.trash/") && std::path::Path::new(&trash).is_dir() && !run.path().exists());
    assert_eq!(deck.json(&["status"]).1["runs"], serde_json::json!([]));
    assert_eq!(deck.json(&["remove", "--list"]).1["trash"][0]["run"], trash);
    assert_eq!(deck.json(&["remove", "--undo", "tiny"]).0, 0);
    assert!(run.path().is_dir());
    assert_eq!(deck.json(&["remove", &id(&run), "--yes", "--purge"]).0, 0);
    assert!(!run.path().exists() && !std::path::Path::new(&trash).exists());
    assert_eq!(deck.json(&["remove", "--purge", "--yes"]).0, 0);
}
