//! Resuming: never from nothing unless that is asked for, never twice at once, and with more epochs or other data.

use crate::deck::{Deck, metrics, signal, until, until_gone, until_step, worker};
use spikedeck::run::checkpoint;
use spikedeck::run::event::{Event, EventKind};
use spikedeck::run::{RunDir, journal};
use std::path::Path;

fn path(run: &RunDir) -> String {
    run.path().to_str().unwrap().to_string()
}

fn stop(deck: &Deck, run: &RunDir) -> u64 {
    assert_eq!(deck.json(&["send", &path(run), "stop", "--wait"]).0, 0);
    until(|| run.read_exit().unwrap()).step
}

fn newest(run: &RunDir) -> u64 {
    let folder = run.read_manifest().unwrap().checkpoints;
    checkpoint::latest_valid(&folder).checkpoint.unwrap().meta.step
}

/// The program's answer in words: exit code and what it said on standard error.
fn said(deck: &Deck, arguments: &[&str]) -> (i32, String) {
    let output = deck.output(arguments);
    let text = String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), text)
}

#[test]
fn a_resume_without_its_checkpoints_is_refused_and_starts_over_only_when_asked() {
    let deck = Deck::new();
    let run = deck.start(&["train.epochs=20000"]);
    until_step(&run, 10);
    let step = stop(&deck, &run);
    let folder = run.read_manifest().unwrap().checkpoints;
    let away = folder.with_extension("away");
    std::fs::rename(&folder, &away).unwrap();
    for verb in [
        &["train", "--resume", &path(&run)][..],
        &["train", "--resume", &path(&run), "--dry-run"],
    ] {
        let (code, text) = said(&deck, verb);
        assert_eq!(code, 1, "{text}");
        for words in [
            folder.to_str().unwrap(),
            "--from-scratch",
            "cannot be read",
            &format!("step {step}"),
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
    }
    assert_eq!(metrics(&run).last().unwrap().step, step, "nothing was trained");
    assert!(run.read_exit().unwrap().is_some(), "still what it was");
    let (code, answer) = deck.json(&["train", "--resume", &path(&run), "--from-scratch", "--detach"]);
    assert_eq!(code, 0, "{answer}");
    until(|| run.read_status().unwrap().filter(|s| s.incarnation == 2 && s.step > 7));
    let events: Vec<Event> = journal::read_all(&run.events());
    let resumed = events
        .iter()
        .rfind(|e| matches!(e.what, EventKind::Resumed { .. }))
        .unwrap();
    assert_eq!(resumed.step, 0, "it started over");
    let second = stop(&deck, &run);
    // The folder comes back, with a checkpoint of a higher step than the new line has.
    for entry in std::fs::read_dir(&away).unwrap().flatten() {
        let target = folder.join(entry.file_name());
        if !target.exists() {
            std::fs::rename(entry.path(), target).unwrap();
        }
    }
    let (code, answer) = deck.json(&["train", "--resume", &path(&run), "--detach"]);
    assert_eq!(code, 0, "{answer}");
    until(|| run.read_status().unwrap().filter(|s| s.incarnation == 3));
    stop(&deck, &run);
    let events: Vec<Event> = journal::read_all(&run.events());
    let resumed = events
        .iter()
        .rfind(|e| matches!(e.what, EventKind::Resumed { .. }))
        .unwrap();
    assert_eq!(resumed.step, second, "the line that counts continues");
}

#[test]
fn of_two_resumes_at_once_one_has_the_run_and_the_other_says_who() {
    let deck = Deck::new();
    let run = deck.start(&["train.epochs=20000"]);
    until_step(&run, 8);
    stop(&deck, &run);
    let text = path(&run);
    let results: Vec<(i32, String)> = std::thread::scope(|scope| {
        let one = || said(&deck, &["train", "--resume", &text, "--detach"]);
        let all: Vec<_> = (0..4).map(|_| scope.spawn(one)).collect();
        all.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let (won, lost): (Vec<_>, Vec<_>) = results.iter().partition(|(code, _)| *code == 0);
    assert_eq!(won.len(), 1, "{results:?}");
    let pid = worker(&run);
    for (code, text) in lost {
        assert_eq!(*code, 1, "{text}");
        assert!(
            text.contains("already has this run") && text.contains(&format!("process {pid}")),
            "{text}"
        );
    }
    stop(&deck, &run);
}

#[test]
fn one_command_starts_a_run_or_resumes_it() {
    let deck = Deck::new();
    let verb = [
        "train",
        "experiments/tiny",
        "--or-resume",
        "job-7",
        "--set",
        "checkpoint.every=3",
    ];
    let detached = [&verb[..], &["--detach", "--set", "train.epochs=20000"]].concat();
    assert_eq!(deck.json(&detached).0, 0);
    let run = RunDir::open(&deck.path("experiments/tiny/runs/job-7")).unwrap();
    until_step(&run, 5);
    let pid = worker(&run);
    signal(pid, "KILL");
    until_gone(pid);
    let (code, answer) = deck.json(&detached);
    assert_eq!(
        (code, answer["run"].as_str()),
        (0, Some(path(&run).as_str())),
        "{answer}"
    );
    until(|| run.read_status().unwrap().filter(|s| s.incarnation == 2));
    let (code, text) = said(&deck, &detached);
    assert!(code == 1 && text.contains("already has this run"), "{code} {text}");
    stop(&deck, &run);
    let (code, text) = said(&deck, &["train", "experiments/tiny", "--or-resume", "../x"]);
    assert!(code == 2 && text.contains("--or-resume"), "{text}");
    let done = [
        "train",
        "experiments/tiny",
        "--or-resume",
        "short",
        "--set",
        "train.epochs=1",
    ];
    for _ in 0..2 {
        let (code, answer) = deck.json(&done);
        assert_eq!((code, answer["state"].as_str()), (0, Some("finished")), "{answer}");
    }
}

#[test]
fn a_finished_run_is_extended_as_another_run() {
    let deck = Deck::new();
    let (_, first) = deck.json(&["train", "experiments/tiny", "--set", "train.epochs=1"]);
    let run = first["run"].as_str().unwrap();
    let (code, text) = said(&deck, &["train", "--resume", run]);
    assert!(code == 2 && text.contains("--extend"), "{text}");
    let both = ["train", "--resume", run, "--extend", "2", "--set", "train.epochs=9"];
    let (code, text) = said(&deck, &both);
    assert!(code == 2 && text.contains("give one of them"), "{text}");
    let (code, answer) = deck.json(&["train", "--resume", run, "--extend", "2", "--set", "lambda=0.01"]);
    assert_eq!((code, answer["state"].as_str()), (0, Some("finished")), "{answer}");
    assert_ne!(answer["run"], first["run"]);
    let new = RunDir::open(Path::new(answer["run"].as_str().unwrap())).unwrap();
    let manifest = new.read_manifest().unwrap();
    assert_eq!((manifest.spec.train.epochs, manifest.fork), (3, true));
    assert_eq!(manifest.spec.objective.lambda, 0.01);
    assert_eq!(answer["step"], 3 * 14);
}

#[test]
fn a_resume_is_told_where_the_data_are_now_and_remembers_it() {
    let deck = Deck::new();
    let run = deck.start(&["train.epochs=20000"]);
    until_step(&run, 8);
    stop(&deck, &run);
    std::fs::create_dir(deck.path("elsewhere")).unwrap();
    for data in [&["--data", "elsewhere"][..], &[]] {
        let (code, answer) = deck.json(&[&["train", "--resume", &path(&run), "--detach"][..], data].concat());
        assert_eq!(code, 0, "{answer}");
        until_step(&run, newest(&run) + 1);
        stop(&deck, &run);
    }
    let events: Vec<Event> = journal::read_all(&run.events());
    let best = events.iter().filter_map(|e| match &e.what {
        EventKind::Started { data, .. } => Some(data.as_ref().is_some_and(|d| d.ends_with("elsewhere"))),
        _ => None,
    });
    assert_eq!(best.collect::<Vec<_>>(), [false, true, false]);
}

#[test]
fn a_checkpoint_saved_by_hand_stays_and_what_retention_removes_is_recorded() {
    let deck = Deck::new();
    let run = deck.start(&["train.epochs=20000", "checkpoint.every=5", "checkpoint.keep=1"]);
    until_step(&run, 6);
    let (code, saved) = deck.json(&["send", &path(&run), "checkpoint", "--wait"]);
    assert_eq!(code, 0, "{saved}");
    let step = saved["step"].as_u64().unwrap();
    until_step(&run, step + 25);
    stop(&deck, &run);
    let folder = run.read_manifest().unwrap().checkpoints;
    let kept = checkpoint::step_folder(&folder, step);
    assert!(kept.is_dir() && checkpoint::is_pinned(&kept), "{}", kept.display());
    let events: Vec<Event> = journal::read_all(&run.events());
    let removed = events
        .iter()
        .filter(|e| matches!(e.what, EventKind::Pruned { .. }))
        .count();
    assert!(removed >= 3, "{removed}");
}

#[test]
fn a_folder_that_is_closed_for_a_moment_or_renamed_ends_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let deck = Deck::new();
    let run = deck.start(&["train.epochs=20000"]);
    until_step(&run, 3);
    let inbox = run.inbox();
    std::fs::set_permissions(&inbox, PermissionsExt::from_mode(0o770)).unwrap();
    let alert = |run: &RunDir, kind: &str| {
        journal::read_all::<Event>(&run.events())
            .iter()
            .any(|e| matches!(&e.what, EventKind::Alert { kind: k, .. } if k == kind))
    };
    until(|| alert(&run, "inbox").then_some(()));
    std::fs::set_permissions(&inbox, PermissionsExt::from_mode(0o700)).unwrap();
    assert_eq!(deck.json(&["send", &path(&run), "set", "lambda=0.01", "--wait"]).0, 0);
    let moved = RunDir::at(run.path().with_file_name("moved"));
    std::fs::rename(run.path(), moved.path()).unwrap();
    until(|| alert(&moved, "moved").then_some(()));
    let step = metrics(&moved).last().unwrap().step;
    until_step(&moved, step + 3);
    let (_, status) = deck.json(&["status", moved.path().to_str().unwrap()]);
    assert_eq!(status["runs"][0]["state"], "running", "{status}");
    let step = stop(&deck, &moved);
    assert_eq!(newest(&moved), step);
}

#[test]
fn one_name_in_two_experiments_is_two_runs_with_checkpoints_of_their_own() {
    let deck = Deck::new();
    let text = std::fs::read_to_string(deck.path("experiments/tiny/experiment.toml")).unwrap();
    std::fs::create_dir_all(deck.path("experiments/other")).unwrap();
    std::fs::write(deck.path("experiments/other/experiment.toml"), text).unwrap();
    let folders = ["experiments/tiny", "experiments/other"].map(|experiment| {
        let verb = ["train", experiment, "--or-resume", "same", "--set", "train.epochs=1"];
        let (code, answer) = deck.json(&verb);
        assert_eq!(code, 0, "{answer}");
        let run = RunDir::open(Path::new(answer["run"].as_str().unwrap())).unwrap();
        run.read_manifest().unwrap().checkpoints
    });
    assert_ne!(folders[0], folders[1]);
}

#[test]
fn a_copy_of_a_run_does_not_write_into_its_checkpoints() {
    let deck = Deck::new();
    let run = deck.start(&["train.epochs=20000"]);
    until_step(&run, 8);
    stop(&deck, &run);
    let copy = run.path().with_file_name("copy");
    let done = std::process::Command::new("cp")
        .arg("-r")
        .args([run.path(), &copy])
        .status();
    assert!(done.unwrap().success());
    let (code, text) = said(&deck, &["train", "--resume", copy.to_str().unwrap(), "--detach"]);
    assert!(code == 1 && text.contains("seems to be a copy"), "{code} {text}");
}

#[test]
fn a_worker_whose_folder_was_removed_ends_and_leaves_its_exit_record() {
    let deck = Deck::new();
    let run = deck.start(&["train.epochs=20000"]);
    until_step(&run, 8);
    let (pid, folder) = (worker(&run), run.read_manifest().unwrap().checkpoints);
    // Its worker may write into it at that very moment.
    until(|| {
        let _ = std::fs::remove_dir_all(run.path());
        (!run.path().exists()).then_some(())
    });
    until_gone(pid);
    let words = std::fs::read_to_string(folder.join("last-words.json")).unwrap();
    assert!(words.contains("was removed while its worker ran"), "{words}");
}

#[test]
fn a_newer_command_stands_against_an_older_one_that_is_replayed() {
    let deck = Deck::new();
    let run = deck.start(&["train.epochs=20000", "checkpoint.every=1000000"]);
    until_step(&run, 30);
    assert_eq!(deck.json(&["send", &path(&run), "set", "lambda=0.003", "--wait"]).0, 0);
    assert_eq!(deck.json(&["send", &path(&run), "set", "lr=0.004", "--wait"]).0, 0);
    let at = metrics(&run).last().unwrap().step;
    let pid = worker(&run);
    signal(pid, "KILL");
    until_gone(pid);
    assert_eq!(deck.json(&["train", "--resume", &path(&run), "--detach"]).0, 0);
    assert_eq!(deck.json(&["send", &path(&run), "set", "lambda=0.009", "--wait"]).0, 0);
    until(|| {
        run.read_status()
            .unwrap()
            .filter(|s| s.incarnation == 2 && s.step > at + 3)
    });
    let now = run.read_status().unwrap().unwrap().tunables;
    assert_eq!((now["objective.lambda"], now["train.lr"]), (0.009, 0.004));
    stop(&deck, &run);
}

#[test]
fn a_run_that_fails_at_once_is_not_said_to_run() {
    let deck = Deck::new();
    deck.change_spec("name = \"glyphs\"", "name = \"mnist\"");
    deck.change_spec("image = [1, 16, 16]", "image = [1, 28, 28]");
    let (code, answer) = deck.json(&["train", "experiments/tiny", "--data", "nowhere", "--detach"]);
    assert_eq!((code, answer["state"].as_str()), (1, Some("failed")), "{answer}");
    assert!(answer["why"].as_str().unwrap().contains("mnist"), "{answer}");
}

#[test]
fn a_run_that_continues_with_other_images_says_so_in_its_record() {
    let deck = Deck::new();
    let run = deck.create(&["train.epochs=3"]);
    let path = run.path().to_str().unwrap().to_string();
    let mut child = deck.spawn(&["worker", &path]);
    until_step(&run, 16);
    child.kill().unwrap();
    child.wait().unwrap();
    // As if the run had been started with fewer images.
    let events = std::fs::read_to_string(run.events()).unwrap();
    let fewer = events
        .split("\"train\":")
        .map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit()));
    std::fs::write(run.events(), fewer.collect::<Vec<_>>().join("\"train\":7")).unwrap();
    let output = deck.output(&["train", "--resume", &path]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("--accept-data"), "{said}");
    let (code, answer) = deck.json(&["train", "--resume", &path, "--accept-data"]);
    assert_eq!((code, answer["state"].as_str()), (0, Some("finished")), "{answer}");
    let events: Vec<Event> = journal::read_all(&run.events());
    let alert = events.iter().find_map(|e| match &e.what {
        EventKind::Alert { kind, why } if kind == "data" => Some(why.clone()),
        _ => None,
    });
    assert!(
        alert.as_ref().is_some_and(|why| why.contains("7 to train")),
        "{alert:?}"
    );
}
