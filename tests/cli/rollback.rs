//! Rolling back to a checkpoint, and forking a run from one: the ends are compared with those of a run that was left alone.

use crate::deck::{Deck, signal, until, until_gone, until_step, worker};
use spikedeck::run::command::{Order, When};
use spikedeck::run::event::{Event, EventKind};
use spikedeck::run::{RunDir, checkpoint, control, journal};
use std::path::Path;

const PATIENCE: &str = "100";

fn path(run: &RunDir) -> String {
    run.path().to_str().unwrap().to_string()
}

fn last(run: &RunDir) -> (u64, Vec<u8>) {
    let latest = checkpoint::latest_valid(&run.read_manifest().unwrap().checkpoints);
    let latest = latest.checkpoint.unwrap();
    (latest.meta.step, latest.read_file("model.safetensors").unwrap())
}

fn events(run: &RunDir) -> Vec<Event> {
    journal::read_all(&run.events())
}

fn rolled_back(run: &RunDir) -> Vec<(u64, u64)> {
    let back = |e: Event| match e.what {
        EventKind::RolledBack {
            from, command: Some(_), ..
        } => Some((from, e.step)),
        _ => None,
    };
    events(run).into_iter().filter_map(back).collect()
}

fn lambda(value: f64) -> Order {
    Order::Set {
        changes: vec![("objective.lambda".into(), value)],
    }
}

fn finish(deck: &Deck, run: &RunDir) {
    let (code, answer) = deck.json(&["wait", &path(run), "--timeout", PATIENCE]);
    assert_eq!((code, answer["state"].as_str()), (0, Some("finished")), "{answer}");
}

#[test]
fn a_run_that_rolled_back_ends_as_if_nothing_had_been_changed_since() {
    let deck = Deck::new();
    let whole = deck.create(&["train.epochs=4"]);
    assert!(deck.output(&["worker", &path(&whole)]).status.success());
    let run = deck.create(&["train.epochs=4"]);
    control::send(run.path(), lambda(0.5), When::Step(16)).unwrap();
    // The checkpoint that it returns to still holds it as scheduled; it must not roll back a second time.
    let checkpoint = "step-000000014".to_string();
    let back = control::send(run.path(), Order::Rollback { checkpoint }, When::Step(30)).unwrap();
    assert!(deck.output(&["worker", &path(&run)]).status.success());
    assert_eq!(rolled_back(&run), [(30, 14)]);
    let answer = control::answer_of(run.path(), &back.id).unwrap();
    assert_eq!(serde_json::to_value(answer.result).unwrap(), "applied", "{answer:?}");
    let folder = run.read_manifest().unwrap().checkpoints;
    let aside = folder.join(format!("superseded-{}", back.id));
    assert_eq!(checkpoint::list(&aside).len(), 2, "those of steps 21 and 28");
    // λ was scheduled before the checkpoint was saved, so it is set after the rollback as well.
    assert!(last(&whole) != last(&run));

    let run = deck.start(&["train.epochs=4", "probe.samples=20"]);
    until_step(&run, 15);
    let (code, answer) = deck.json(&["send", &path(&run), "pause", "--wait"]);
    assert_eq!(code, 0, "{answer}");
    for order in [lambda(0.5), Order::Checkpoint] {
        control::send(run.path(), order, When::Now).unwrap();
    }
    let (code, answer) = deck.json(&["send", &path(&run), "rollback", "7", "--wait"]);
    assert_eq!((code, answer["step"].as_u64()), (0, Some(7)), "{answer}");
    let status = run.read_status().unwrap().unwrap();
    assert_eq!(status.step, 7, "the status says at once where the run is");
    assert_eq!(status.tunables["objective.lambda"], 0.002);
    assert_eq!(serde_json::to_value(status.phase).unwrap(), "paused", "a pause stays");
    let (code, answer) = deck.json(&["send", &path(&run), "rollback", "21"]);
    assert_eq!(code, 2, "{answer}");
    assert_eq!(deck.json(&["send", &path(&run), "resume"]).0, 0);
    finish(&deck, &run);
    let plain = deck.create(&["train.epochs=4", "probe.samples=20"]);
    assert!(deck.output(&["worker", &path(&plain)]).status.success());
    assert!(last(&plain) == last(&run), "the weights differ");
}

#[test]
fn a_worker_killed_while_it_rolls_back_has_rolled_back_once_it_is_resumed() {
    let deck = Deck::new();
    let long = ["train.epochs=8"];
    let whole = deck.create(&long);
    assert!(deck.output(&["worker", &path(&whole)]).status.success());
    type IsReached = fn(&RunDir, &str) -> bool;
    let moments: [(&str, IsReached); 4] = [
        ("sent", |_, _| true),
        ("received", |run, id| {
            let received = |e: &Event| matches!(&e.what, EventKind::Received { command } if command.id == id);
            events(run).iter().any(received)
        }),
        ("checkpoints set aside", |run, id| {
            let folder = run.read_manifest().unwrap().checkpoints;
            folder.join(format!("superseded-{id}")).exists()
        }),
        ("recorded", |run, _| !rolled_back(run).is_empty()),
    ];
    for (moment, is_reached) in moments {
        let run = deck.start(&long);
        until_step(&run, 22);
        control::send(run.path(), lambda(0.5), When::Now).unwrap();
        until(|| {
            events(&run)
                .iter()
                .any(|e| matches!(e.what, EventKind::Applied { .. }))
                .then_some(())
        });
        let checkpoint = "step-000000007".to_string();
        let back = control::send(run.path(), Order::Rollback { checkpoint }, When::Now).unwrap();
        until(|| is_reached(&run, &back.id).then_some(()));
        let pid = worker(&run);
        signal(pid, "KILL");
        until_gone(pid);
        let (code, answer) = deck.json(&["train", "--resume", &path(&run)]);
        assert_eq!((code, answer["state"].as_str()), (0, Some("finished")), "{answer}");
        let answer = control::answer_of(run.path(), &back.id).unwrap();
        assert_eq!(serde_json::to_value(answer.result).unwrap(), "applied", "{answer:?}");
        assert!(
            last(&whole) == last(&run),
            "killed once it was {moment}: the weights differ"
        );
    }
}

#[test]
fn a_run_stopped_right_after_an_undo_does_not_undo_twice() {
    let deck = Deck::new();
    let run = deck.start(&["train.epochs=40"]);
    until_step(&run, 3);
    for order in [
        lambda(0.01),
        lambda(0.02),
        Order::Pause,
        Order::Undo { id: None },
        Order::Stop,
    ] {
        control::send(run.path(), order, When::Now).unwrap();
    }
    let (code, answer) = deck.json(&["wait", &path(&run), "--timeout", PATIENCE]);
    assert_eq!(answer["state"], "stopped", "{code} {answer}");
    let step = run.read_exit().unwrap().unwrap().step;
    let (code, answer) = deck.json(&["train", "--resume", &path(&run), "--detach"]);
    assert_eq!(code, 0, "{answer}");
    until_step(&run, step + 2);
    let now = run.read_status().unwrap().unwrap().tunables["objective.lambda"];
    assert_eq!(now, 0.01);
    assert_eq!(deck.json(&["send", &path(&run), "stop", "--wait"]).0, 0);
}

#[test]
fn a_fork_continues_as_the_run_would_have_and_no_longer_needs_it() {
    let deck = Deck::new();
    let mother = deck.create(&["train.epochs=3"]);
    assert!(deck.output(&["worker", &path(&mother)]).status.success());
    let fork = |words: &[&str]| deck.json(&[&["send", &path(&mother), "fork"][..], words].concat());
    let (code, answer) = fork(&["latest", "epochs=4"]);
    assert_eq!((code, answer["step"].as_u64()), (0, Some(42)), "{answer}");
    let (code, answer) = fork(&["best", "epochs=4"]);
    let best = answer["step"].as_u64().unwrap();
    assert!(code == 0 && best % 14 == 0, "{answer}");
    let (code, answer) = fork(&["14"]);
    assert_eq!((code, answer["step"].as_u64()), (0, Some(14)), "{answer}");
    let same = RunDir::open(Path::new(answer["run"].as_str().unwrap())).unwrap();
    finish(&deck, &same);
    assert!(last(&mother) == last(&same), "the weights differ");
    let manifest = same.read_manifest().unwrap();
    let from = manifest.parent.unwrap();
    assert!(manifest.fork && from.ends_with("step-000000014"));
    assert_eq!(same.path().parent(), mother.path().parent(), "beside the run");

    let (code, answer) = fork(&["14", "lambda=0.05", "epochs=60"]);
    assert_eq!(code, 0, "{answer}");
    let other = RunDir::open(Path::new(answer["run"].as_str().unwrap())).unwrap();
    let saved = other.read_manifest().unwrap().checkpoints;
    until(|| (!checkpoint::list(&saved).is_empty()).then_some(()));
    std::fs::rename(&from, deck.path("gone")).unwrap();
    let pid = worker(&other);
    signal(pid, "KILL");
    until_gone(pid);
    let (code, answer) = deck.json(&["train", "--resume", &path(&other), "--detach"]);
    assert_eq!(code, 0, "{answer}");
    until_step(&other, 17);
    let status = other.read_status().unwrap().unwrap();
    assert_eq!(
        (status.total_steps, status.tunables["objective.lambda"]),
        (60 * 14, 0.05)
    );
    let steps: Vec<u64> = crate::deck::metrics(&other).iter().map(|m| m.step).collect();
    assert_eq!(steps[0], 15, "it has no past of its own");
    assert_eq!(deck.json(&["send", &path(&other), "stop", "--wait"]).0, 0);
}

#[test]
fn checkpoints_that_cannot_be_rolled_back_to_or_forked_are_refused_with_the_fix() {
    let deck = Deck::new();
    let run = deck.create(&["train.epochs=1"]);
    assert!(deck.output(&["worker", &path(&run)]).status.success());
    for (words, says) in [
        (&["rollback", "9"][..], "there are steps 14, 7"),
        (&["rollback", "../step-000000007"], "not one of this run's"),
        (&["fork", "9"], "there are steps 14, 7"),
        (&["fork", "14"], "epochs=11"),
        (&["fork", "7", "network.steps=4"], "resume-weights"),
        (&["fork", "7", "lambda=-1"], "objective.lambda"),
        (&["fork", "7", "nonsense=1"], "nonsense"),
        (&["fork", "7", "--at", "step:9"], "--at"),
    ] {
        let output = deck.output(&[&["send", &path(&run)][..], words].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.code() == Some(2) && said.contains(says),
            "{words:?}: {said}"
        );
    }
    let (code, answer) = deck.json(&["send", &path(&run), "rollback", "7"]);
    let why = answer["why"].as_str().unwrap();
    assert!(
        code == 1 && why.contains("--resume") && why.contains("fork step-000000007"),
        "{answer}"
    );
    // A damaged one is refused by a worker that is alive, which continues where it is.
    let run = deck.start(&["train.epochs=60"]);
    until_step(&run, 15);
    let folder = checkpoint::step_folder(&run.read_manifest().unwrap().checkpoints, 7);
    let model = folder.join("model.safetensors");
    let mut bytes = std::fs::read(&model).unwrap();
    let end = bytes.len() - 1;
    bytes[end] ^= 1;
    std::fs::write(&model, bytes).unwrap();
    let (code, answer) = deck.json(&["send", &path(&run), "rollback", "7", "--wait"]);
    let why = answer["why"].as_str().unwrap();
    assert!(
        code == 1 && answer["result"] == "rejected" && why.contains("model.safetensors"),
        "{answer}"
    );
    assert!(rolled_back(&run).is_empty());
    assert_eq!(deck.json(&["send", &path(&run), "stop", "--wait"]).0, 0);
}
