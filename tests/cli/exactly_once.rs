//! A command is applied once, whatever the instant at which the worker was killed: for each kind of order, the record is cut
//! after every event between the command's arrival and the next step, as a kill there leaves it, and the resumed run must
//! end with the weights of the run that was never killed.

use crate::deck::{Deck, metrics, until_step};
use spikedeck::run::checkpoint;
use spikedeck::run::command::{Command, Order, Verdict, When};
use spikedeck::run::control::{answer_of, await_answer, send};
use spikedeck::run::event::{Event, EventKind};
use spikedeck::run::{RunDir, journal};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

const LONG: Duration = Duration::from_secs(100);

fn set(key: &str, value: f64) -> Order {
    Order::Set {
        changes: vec![(key.into(), value)],
    }
}

/// Every kind of order that a worker applies, and whether the run itself ends differently for it.
fn orders() -> Vec<Order> {
    vec![
        set("train.lr", 0.004),
        Order::Ramp {
            key: "train.lr".into(),
            from: 0.03,
            to: 0.001,
            steps: 60,
        },
        Order::Undo { id: None },
        Order::Annotate { text: "here".into() },
        Order::Checkpoint,
        Order::Evaluate,
        Order::Pause,
        Order::Stop,
        Order::Rollback { checkpoint: "7".into() },
    ]
}

/// A run that was given an order at some step, and continued to its end.
struct Whole {
    deck: Deck,
    run: RunDir,
    command: Command,
    weights: Vec<u8>,
}

fn last_weights(checkpoints: &Path) -> Vec<u8> {
    let last = checkpoint::latest_valid(checkpoints).checkpoint.unwrap();
    last.read_file("model.safetensors").unwrap()
}

fn checkpoints(run: &RunDir) -> PathBuf {
    run.read_manifest().unwrap().checkpoints
}

fn work(deck: &Deck, run: &RunDir) {
    deck.spawn(&["worker", run.path().to_str().unwrap()]).wait().unwrap();
}

impl Whole {
    fn of(order: Order) -> Whole {
        let deck = Deck::new();
        let run = deck.create(&["train.epochs=60", "checkpoint.keep=500"]);
        let mut child = deck.spawn(&["worker", run.path().to_str().unwrap()]);
        until_step(&run, 9);
        let applied = |order: Order| {
            let command = send(run.path(), order, When::Now).unwrap();
            let answer = await_answer(run.path(), &command.id, LONG).unwrap();
            assert_eq!(answer.result, Verdict::Applied, "{answer:?}");
            command
        };
        // Something to take back, twice.
        applied(set("objective.lambda", 0.004));
        applied(set("objective.lambda", 0.006));
        let command = applied(order.clone());
        match order {
            Order::Pause => drop(applied(Order::Resume)),
            Order::Stop => {
                child.wait().unwrap();
                work(&deck, &run);
            }
            _ => {}
        }
        child.wait().unwrap();
        assert!(run.read_exit().unwrap().is_some());
        let weights = last_weights(&checkpoints(&run));
        Whole {
            deck,
            run,
            command,
            weights,
        }
    }

    /// The lines of the record up to the one that received the command, and up to every later one of the same step.
    fn cuts(&self) -> Vec<usize> {
        let events: Vec<Event> = journal::read_all(&self.run.events());
        let mine = |e: &Event| matches!(&e.what, EventKind::Received { command } if command.id == self.command.id);
        let arrived = events.iter().position(mine).unwrap();
        let step = events[arrived].step;
        let same = |e: &&Event| {
            let at_once = e.step == step && !matches!(e.what, EventKind::Started { .. } | EventKind::Continued);
            at_once || matches!(e.what, EventKind::RolledBack { .. })
        };
        let after = events[arrived + 1..].iter().take_while(same).count();
        (arrived + 1..=arrived + 1 + after).collect()
    }

    /// The run as a kill after so many events leaves it, under a name of its own: the command recorded, not answered.
    fn killed_after(&self, lines: usize, name: &str) -> RunDir {
        let events: Vec<Event> = journal::read_all(&self.run.events());
        let kept = &events[..lines];
        let step = kept.last().map_or(0, |e| e.step).max(metrics_step(kept));
        let (from, run) = (checkpoints(&self.run), self.run.path().with_file_name(name));
        let to = from.with_file_name(name);
        copy(self.run.path(), &run);
        copy(&from, &to);
        let toml = run.join("run.toml");
        let text = fs::read_to_string(&toml).unwrap();
        fs::write(&toml, text.replace(&self.run.id(), name)).unwrap();
        let text = fs::read_to_string(self.run.events()).unwrap();
        let text: String = text.lines().take(lines).map(|l| format!("{l}\n")).collect();
        fs::write(run.join("events.jsonl"), text).unwrap();
        let text = fs::read_to_string(self.run.metrics()).unwrap();
        let past = |l: &&str| {
            serde_json::from_str::<serde_json::Value>(l).unwrap()["step"]
                .as_u64()
                .unwrap()
                <= step
        };
        let text: String = text.lines().take_while(past).map(|l| format!("{l}\n")).collect();
        fs::write(run.join("metrics.jsonl"), text).unwrap();
        let _ = fs::remove_file(run.join("exit.json"));
        let _ = fs::remove_file(run.join("exit.1.json"));
        only_saved(&to, kept, &self.command.id);
        let id = &self.command.id;
        let _ = fs::remove_file(run.join(format!("control/done/{id}.json")));
        let asked = serde_json::to_vec(&self.command).unwrap();
        fs::write(run.join(format!("control/inbox/{id}.json")), asked).unwrap();
        let run = RunDir::at(run);
        let mut status = run.read_status().unwrap().unwrap();
        (status.incarnation, status.step) = (1, step);
        fs::write(run.status(), serde_json::to_vec(&status).unwrap()).unwrap();
        run
    }
}

fn metrics_step(kept: &[Event]) -> u64 {
    kept.iter()
        .rev()
        .find(|e| !matches!(e.what, EventKind::RolledBack { .. }))
        .map_or(0, |e| e.step)
}

/// Leaves the checkpoints that these events say were saved, back where they were if no event set them aside.
fn only_saved(root: &Path, kept: &[Event], id: &str) {
    let mut steps: Vec<u64> = Vec::new();
    let mut back = false;
    for event in kept {
        match event.what {
            EventKind::Saved { .. } => steps.push(event.step),
            EventKind::RolledBack { .. } => {
                back = true;
                steps.retain(|s| *s <= event.step);
            }
            _ => {}
        }
    }
    let aside = root.join(format!("superseded-{id}"));
    for folder in checkpoint::list(root) {
        let step = checkpoint::step_of(&folder).unwrap();
        if !steps.contains(&step) || (aside.is_dir() && step > 7) {
            fs::remove_dir_all(folder).unwrap();
        }
    }
    if aside.is_dir() && !back {
        for entry in fs::read_dir(&aside).unwrap().flatten() {
            fs::rename(entry.path(), root.join(entry.file_name())).unwrap();
        }
        fs::remove_dir(aside).unwrap();
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
}

/// How often the surviving line of the record says that the command changed something, beyond the first value of a ramp.
fn applied(run: &RunDir, id: &str) -> usize {
    let events: Vec<Event> = journal::read_all(&run.events());
    let resumed = events
        .iter()
        .rposition(|e| matches!(e.what, EventKind::Resumed { .. }))
        .unwrap();
    let from = events[resumed].step;
    // A checkpoint of the very step at which a change arrived was saved before it.
    let survives = |(n, e): &(usize, &Event)| *n > resumed || e.step < from;
    let mine = |e: &Event| matches!(&e.what, EventKind::Applied { command, .. } if command == id);
    events
        .iter()
        .enumerate()
        .filter(survives)
        .filter(|(_, e)| mine(e))
        .count()
}

fn check(order: Order) {
    let whole = Whole::of(order.clone());
    let expected = match order {
        Order::Set { .. } | Order::Undo { .. } => Some(1),
        Order::Ramp { .. } => Some(2),
        _ => None,
    };
    for lines in whole.cuts() {
        let killed = whole.killed_after(lines, &format!("killed-after-{lines}"));
        let about = format!("{} killed after event {lines}", order.name());
        work(&whole.deck, &killed);
        let exit = killed.read_exit().unwrap().unwrap();
        assert_eq!(format!("{:?}", exit.outcome), "Finished", "{about}: {exit:?}");
        let answer = answer_of(killed.path(), &whole.command.id);
        let result = answer.as_ref().map(|a| a.result);
        assert_eq!(result, Some(Verdict::Applied), "{about}: {answer:?}");
        assert_eq!(
            fs::read_dir(killed.inbox()).unwrap().count(),
            0,
            "{about}: still in the inbox"
        );
        if let Some(times) = expected {
            assert_eq!(applied(&killed, &whole.command.id), times, "{about}");
        }
        let notes = journal::read_all::<Event>(&killed.events());
        let notes = notes
            .iter()
            .filter(|e| matches!(e.what, EventKind::Annotated { .. }))
            .count();
        assert_eq!(notes, usize::from(matches!(order, Order::Annotate { .. })), "{about}");
        let steps: Vec<u64> = metrics(&killed).iter().map(|m| m.step).collect();
        assert_eq!(steps.last(), Some(&840), "{about}");
        assert!(
            last_weights(&checkpoints(&killed)) == whole.weights,
            "{about}: the weights differ"
        );
    }
}

#[test]
fn a_command_recorded_but_not_answered_is_applied_once() {
    // Several at a time: most of it is waiting for workers of one thread's work.
    let orders = orders();
    for pair in orders.chunks(2) {
        std::thread::scope(|scope| {
            for order in pair {
                scope.spawn(|| check(order.clone()));
            }
        });
    }
}
