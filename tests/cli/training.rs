//! The worker as a real process: it survives its viewers, applies commands, and a killed run continues as if nothing had
//! happened.

use crate::deck::{Deck, metrics, signal, until, until_gone, until_step, worker};
use spikedeck::run::checkpoint;
use spikedeck::run::command::{Order, When};
use spikedeck::run::event::{Event, EventKind};
use spikedeck::run::{RunDir, control, journal};

fn final_weights(run: &RunDir) -> Vec<u8> {
    let manifest = run.read_manifest().unwrap();
    let last = checkpoint::latest_valid(&manifest.checkpoints).checkpoint.unwrap();
    last.read_file("model.safetensors").unwrap()
}

fn events(run: &RunDir) -> Vec<Event> {
    journal::read_all(&run.events())
}

#[test]
fn train_answers_with_the_pinned_object() {
    let deck = Deck::new();
    let (code, answer) = deck.json(&["train", "experiments/tiny", "--set", "train.epochs=1"]);
    assert_eq!((code, answer["state"].as_str()), (0, Some("finished")), "{answer}");
    for key in [
        "train.ce",
        "val.accuracy",
        "test.accuracy",
        "gradient.l1",
        "gradient.l0",
        "layer.0.firing_rate",
    ] {
        assert!(answer["metrics"][key].is_number(), "{key}: {answer}");
    }
    assert_eq!(answer["epoch"], 1);
    // How many images accuracies are shares of, and of which weights the test accuracy is.
    let images = &answer["images"];
    assert_eq!(
        images["train"].as_u64().unwrap() + images["validation"].as_u64().unwrap(),
        240
    );
    assert_eq!(answer["tested"]["checkpoint"], answer["checkpoint"]);
    assert_eq!(answer["tested"]["images"], images["test"]);
    let right = answer["metrics"]["test.accuracy"].as_f64().unwrap() * images["test"].as_f64().unwrap();
    assert!((right - right.round()).abs() < 1e-6, "{answer}");
    let (_, status) = deck.json(&["status", answer["run"].as_str().unwrap()]);
    assert_eq!(&status["runs"][0]["images"], images);
    assert_eq!(status["runs"][0]["tested"], answer["tested"]);
    let (_, listed) = deck.json(&["checkpoint", "list", answer["run"].as_str().unwrap()]);
    assert_eq!(&listed["images"], images);
    let text = String::from_utf8(deck.output(&["status"]).stdout).unwrap();
    assert!(text.contains(&format!("(n {})", images["validation"])), "{text}");
    for key in ["run", "checkpoint", "best"] {
        assert!(std::path::Path::new(answer[key].as_str().unwrap()).is_dir(), "{key}");
    }
}

#[test]
fn a_run_killed_at_any_step_and_resumed_ends_with_the_same_weights() {
    let deck = Deck::new();
    let longer = ["train.epochs=12"];
    let whole = deck.create(&longer);
    let killed = deck.create(&longer);
    for run in [&whole, &killed] {
        // A change on its way: the resumed run must make it at the same step.
        let order = Order::Set {
            changes: vec![("objective.lambda".into(), 0.05)],
        };
        control::send(run.path(), order, When::Step(30)).unwrap();
    }
    let path = |run: &RunDir| run.path().to_str().unwrap().to_string();
    deck.spawn(&["worker", &path(&whole)]).wait().unwrap();
    let steps = random_steps(5, 110);
    println!("killed at steps {steps:?} or soon after");
    for step in steps {
        let mut child = deck.spawn(&["worker", &path(&killed)]);
        until_step_since(&killed, step);
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let (code, answer) = deck.json(&["train", "--resume", &path(&killed)]);
    assert_eq!((code, answer["state"].as_str()), (0, Some("finished")), "{answer}");
    assert!(
        events(&killed)
            .iter()
            .any(|e| matches!(e.what, EventKind::Resumed { .. }))
    );
    let lambda = |run: &RunDir| {
        metrics(run)
            .iter()
            .rev()
            .find_map(|m| m.values.get("train.lambda").copied())
    };
    assert_eq!(lambda(&killed), Some(0.05));
    assert!(final_weights(&whole) == final_weights(&killed), "the weights differ");
}

#[test]
fn a_run_of_adamw_killed_and_resumed_ends_with_the_same_weights() {
    let deck = Deck::new();
    let adamw = [
        "train.optimizer=adamw",
        "train.lr=0.002",
        "train.decay_norms_and_biases=false",
        "train.label_smoothing=0.1",
    ];
    let (whole, killed) = (deck.create(&adamw), deck.create(&adamw));
    let path = |run: &RunDir| run.path().to_str().unwrap().to_string();
    assert!(deck.output(&["worker", &path(&whole)]).status.success());
    for step in random_steps(2, 50) {
        let mut child = deck.spawn(&["worker", &path(&killed)]);
        until_step_since(&killed, step);
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let (code, answer) = deck.json(&["train", "--resume", &path(&killed)]);
    assert_eq!((code, answer["state"].as_str()), (0, Some("finished")), "{answer}");
    assert!(final_weights(&whole) == final_weights(&killed), "the weights differ");
}

/// Steps and values of a metric, in the order recorded; a step that was taken again counts as it was last.
fn curve(run: &RunDir, name: &str) -> Vec<(u64, f64)> {
    let values = metrics(run)
        .into_iter()
        .filter_map(|m| Some((m.step, *m.values.get(name)?)));
    let last: std::collections::BTreeMap<u64, f64> = values.collect();
    last.into_iter().collect()
}

#[test]
fn an_attack_at_every_checkpoint_is_a_curve_and_moves_no_weight() {
    let deck = Deck::new();
    let probe = [
        "probe.attack=pgd:3",
        "probe.attack_eps=16/255",
        "probe.attack_samples=20",
    ];
    let set = ["train.epochs=3"];
    let probed = [&set[..], &probe].concat();
    let (plain, whole, killed) = (deck.create(&set), deck.create(&probed), deck.create(&probed));
    let path = |run: &RunDir| run.path().to_str().unwrap().to_string();
    for run in [&plain, &whole] {
        assert!(deck.output(&["worker", &path(run)]).status.success());
    }
    let mut child = deck.spawn(&["worker", &path(&killed)]);
    until_step_since(&killed, 17);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(deck.output(&["worker", &path(&killed)]).status.success());
    let weights = final_weights(&plain);
    assert!(weights == final_weights(&whole) && weights == final_weights(&killed));
    let robust = curve(&whole, "val.robust_accuracy");
    let steps: Vec<u64> = robust.iter().map(|(step, _)| *step).collect();
    assert_eq!(steps, [7, 14, 21, 28, 35, 42], "one for each checkpoint");
    assert_eq!(robust, curve(&killed, "val.robust_accuracy"));
    assert!(curve(&plain, "val.robust_accuracy").is_empty());
    for (_, value) in &robust {
        assert!(
            (0.0..=1.0).contains(value) && (value * 20.0 - (value * 20.0).round()).abs() < 1e-9,
            "{value}"
        );
    }
    let last = checkpoint::latest_valid(&whole.read_manifest().unwrap().checkpoints)
        .checkpoint
        .unwrap();
    assert_eq!(
        last.meta.metrics.get("val.robust_accuracy"),
        robust.last().map(|(_, v)| v)
    );
}

#[test]
fn a_dry_run_estimates_the_attack_at_every_checkpoint() {
    let deck = Deck::new();
    let dry_run = |set: &[&str]| deck.json(&[&["train", "experiments/tiny", "--dry-run"], set].concat());
    let (code, answer) = dry_run(&["--set", "probe.attack=pgd:3", "--set", "probe.attack_samples=20"]);
    assert_eq!(code, 0, "{answer}");
    assert!(
        answer["estimate"]["attack_probe_seconds"].as_f64().unwrap() > 0.0,
        "{answer}"
    );
    let (code, answer) = dry_run(&["--set", "probe.attack_samples=0"]);
    assert!(
        code == 2 && answer.to_string().contains("between 1 and 10000"),
        "{answer}"
    );
}

/// Waits until the present incarnation has taken the step, or has ended.
fn until_step_since(run: &RunDir, step: u64) {
    let before = metrics(run).len();
    until(|| {
        let taken = metrics(run).iter().skip(before).any(|m| m.step >= step);
        (taken || run.exit().exists()).then_some(())
    });
}

/// Other steps each time, ascending, so that each kill meets a run that has continued.
fn random_steps(count: u64, most: u64) -> Vec<u64> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let seed = u64::from(now.unwrap().subsec_nanos()) | 1;
    // The high bits of a multiplicative sequence are random enough to pick steps.
    let pick = |i: u64| 1 + (seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_mul(2 * i + 1) >> 33) % most;
    let mut steps: Vec<u64> = (0..count).map(pick).collect();
    steps.sort_unstable();
    steps
}

#[test]
fn the_same_seed_gives_the_same_weights_whatever_the_number_of_threads() {
    let deck = Deck::new();
    let runs: Vec<RunDir> = ["1", "3"]
        .iter()
        .map(|threads| {
            let run = deck.create(&["train.epochs=2"]);
            let mut command = deck.command(&["worker", run.path().to_str().unwrap()]);
            assert!(command.env("RAYON_NUM_THREADS", threads).status().unwrap().success());
            run
        })
        .collect();
    assert!(final_weights(&runs[0]) == final_weights(&runs[1]));
}

#[test]
fn a_change_is_applied_between_two_steps_and_recorded() {
    let deck = Deck::new();
    let run = deck.start(&["train.epochs=40"]);
    let path = run.path().to_str().unwrap().to_string();
    until_step(&run, 5);
    let (code, answer) = deck.json(&["send", &path, "set", "lambda=0.01", "lr=0.001", "--wait"]);
    assert_eq!((code, answer["result"].as_str()), (0, Some("applied")), "{answer}");
    let step = answer["step"].as_u64().unwrap();
    until_step(&run, step + 2);
    for line in metrics(&run).iter().filter(|m| m.values.contains_key("train.lambda")) {
        let wanted = if line.step <= step { 0.002 } else { 0.01 };
        assert_eq!(line.values["train.lambda"], wanted, "step {}", line.step);
    }
    let (code, answer) = deck.json(&["send", &path, "set", "lambda=-1", "--wait"]);
    assert!(
        code != 0 && answer.to_string().contains("between 0 and 1000"),
        "{answer}"
    );
    let (_, answer) = deck.json(&["send", &path, "undo", "--wait"]);
    assert_eq!(answer["result"], "applied", "{answer}");
    let (_, earlier) = deck.json(&["send", &path, "set", "lambda=0.03", "--wait"]);
    deck.json(&["send", &path, "set", "lr=0.003", "--wait"]);
    let (_, answer) = deck.json(&["send", &path, "undo", earlier["id"].as_str().unwrap(), "--wait"]);
    assert_eq!(answer["result"], "applied", "{answer}");
    // The change that was named, and not the latest.
    assert_eq!(
        (&answer["old"], &answer["new"]),
        (&earlier["new"], &earlier["old"]),
        "{answer}"
    );
    let (code, answer) = deck.json(&["send", &path, "stop", "--wait"]);
    assert_eq!((code, answer["result"].as_str()), (0, Some("applied")), "{answer}");
    let (code, _) = deck.json(&["wait", &path, "--timeout", "60"]);
    assert_eq!(code, 1, "a stopped run has not finished");
    let (_, status) = deck.json(&["status", "experiments"]);
    assert_eq!(status["runs"][0]["state"], "stopped");
}

#[test]
fn a_paused_worker_takes_no_step_and_still_applies_commands() {
    let deck = Deck::new();
    let run = deck.start(&["train.epochs=40"]);
    let path = run.path().to_str().unwrap().to_string();
    until_step(&run, 3);
    let (_, answer) = deck.json(&["send", &path, "pause", "--wait"]);
    assert_eq!(answer["result"], "applied");
    let at = metrics(&run).last().unwrap().step;
    let (_, saved) = deck.json(&["send", &path, "checkpoint", "--wait"]);
    assert_eq!(
        (saved["result"].as_str(), saved["step"].as_u64()),
        (Some("applied"), Some(at)),
        "{saved}"
    );
    let (_, status) = deck.json(&["status", "experiments"]);
    assert_eq!(status["runs"][0]["state"], "paused");
    assert_eq!(metrics(&run).last().unwrap().step, at);
    deck.json(&["send", &path, "resume", "--wait"]);
    until_step(&run, at + 1);
    deck.json(&["send", &path, "stop", "--wait"]);
}

#[test]
fn killing_the_viewer_leaves_the_run_alone() {
    let deck = Deck::new();
    let mut viewer = deck.spawn(&["train", "experiments/tiny"]);
    let run = deck.only_run();
    until_step(&run, 2);
    viewer.kill().unwrap();
    viewer.wait().unwrap();
    let (code, _) = deck.json(&["wait", run.path().to_str().unwrap(), "--timeout", "100"]);
    assert_eq!(code, 0, "the run continued to its end");
}

#[test]
fn ctrl_c_saves_and_stops_and_the_run_can_be_resumed() {
    let deck = Deck::new();
    let mut viewer = deck.spawn(&["train", "experiments/tiny", "--set", "train.epochs=40"]);
    let run = deck.only_run();
    until_step(&run, 4);
    signal(viewer.id(), "INT");
    assert_eq!(viewer.wait().unwrap().code(), Some(130));
    let exit = run.read_exit().unwrap().unwrap();
    let last = checkpoint::latest_valid(&run.read_manifest().unwrap().checkpoints)
        .checkpoint
        .unwrap();
    assert_eq!(last.meta.step, exit.step, "what was trained was saved");
}

#[test]
fn a_worker_that_vanished_is_reported_as_lost() {
    let deck = Deck::new();
    let run = deck.start(&["train.epochs=40"]);
    until_step(&run, 2);
    let pid = worker(&run);
    signal(pid, "KILL");
    until_gone(pid);
    let state = || {
        deck.json(&["status", "experiments"]).1["runs"][0]["state"]
            .as_str()
            .map(str::to_string)
    };
    until(|| (state().as_deref() == Some("lost")).then_some(()));
}

#[test]
fn a_dry_run_tells_what_a_run_needs_and_leaves_nothing_behind() {
    let deck = Deck::new();
    let (code, answer) = deck.json(&["train", "experiments/tiny", "--dry-run"]);
    assert_eq!((code, answer["steps"].as_u64()), (0, Some(84)), "{answer}");
    // Two 3×3 convolutions with biases and batch norms, 1 → 4 → 8, and 8·4·4 → 10.
    assert_eq!(answer["parameters"], 4 * 9 + 4 + 8 + 8 * 4 * 9 + 8 + 16 + 1290);
    for key in ["seconds", "macs_per_step", "memory_bytes"] {
        assert!(answer[key].as_f64().is_some_and(|v| v > 0.0), "{key}: {answer}");
    }
    assert!(!deck.path("experiments/tiny/runs").exists() && !deck.path("checkpoints").exists());
    let (code, answer) = deck.json(&["train", "experiments/tiny", "--dry-run", "--set", "data.name=mnist"]);
    assert_eq!(code, 0, "{answer}");
    assert!(
        answer["estimate"].is_null() && answer["why"].as_str().unwrap().contains("mnist"),
        "{answer}"
    );
}
