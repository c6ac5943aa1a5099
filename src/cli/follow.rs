//! Follows a training run from the command line until it ends. Prints only; Ctrl-C is passed on to the worker.

use super::{event_line::event_line, failure::Code, interrupt::Interrupts, job, output::Output};
use crate::{
    run::{
        Budget, RunDir, RunReader,
        command::{Order, When},
        control,
        event::Event,
        job_worker::worker_of,
        launcher::How,
        provenance::DataRecord,
        status::RunState,
    },
    units::{seconds, significant},
};
use anyhow::Result;
use serde_json::{Value, json};
use std::{
    path::Path,
    time::{Duration, Instant},
};

/// Between two looks.
const NAP: Duration = Duration::from_millis(100);

/// How the following ended.
#[derive(Debug)]
pub struct Ended {
    /// Everything read.
    pub reader: RunReader,
    /// The state it ended in.
    pub state: RunState,
    /// Whether Ctrl-C was pressed.
    pub interrupted: bool,
}

/// Prints what happens in `run` until its worker has ended. What `reader` has read already is not printed.
///
/// # Errors
/// When a command cannot be sent. The run continues then.
pub fn follow(mut reader: RunReader, out: Output, interrupts: &Interrupts) -> Result<Ended> {
    let run = reader.dir().clone();
    let mut handler = InterruptHandler::new(interrupts);
    let every = if out.is_terminal() || out.is_json() { 1 } else { 5 };
    let mut printed = (Instant::now(), reader.history().progress().step);
    loop {
        // Asked before the journals are read: what a worker wrote last is then surely among what is read.
        let dead = reader.exit().is_some() || job::is_dead(run.path());
        reader.poll(if dead { Budget::ALL } else { Budget::FRAME });
        reader.fresh_events().iter().for_each(|e| print_event(e, out));
        let step = reader.history().progress().step;
        if step != printed.1 && (dead || printed.0.elapsed() >= Duration::from_secs(every)) {
            print_progress(&reader, out);
            printed = (Instant::now(), step);
        }
        if dead && !reader.has_more() {
            let state = reader
                .exit()
                .map_or(RunState::Lost, |e| crate::run::state::ended(e.outcome));
            return Ok(Ended {
                interrupted: handler.was_interrupted(),
                state,
                reader,
            });
        }
        handler.check(run.path(), out)?;
        if !reader.has_more() {
            std::thread::sleep(NAP);
        }
    }
}

/// What Ctrl-C does: the first asks the worker to save and stop, the second ends it at once.
pub struct InterruptHandler<'a> {
    interrupts: &'a Interrupts,
    seen: usize,
}

impl<'a> InterruptHandler<'a> {
    /// No interrupt was seen yet.
    pub fn new(interrupts: &'a Interrupts) -> InterruptHandler<'a> {
        InterruptHandler { interrupts, seen: 0 }
    }

    /// Whether Ctrl-C was pressed.
    pub fn was_interrupted(&self) -> bool {
        self.seen > 0
    }

    /// Acts on what was pressed since the last look.
    ///
    /// # Errors
    /// When the order to stop cannot be sent.
    pub fn check(&mut self, job: &Path, out: Output) -> Result<()> {
        let count = self.interrupts.count();
        if count == self.seen {
            return Ok(());
        }
        if self.seen == 0 {
            out.note("Stopping: what is done is being saved. Ctrl-C again ends it at once.");
            control::send(job, Order::Stop, When::Now)?;
        }
        if count > 1 {
            out.note("Ended at once; what was not saved is lost.");
            end_at_once(job, out);
        }
        self.seen = count;
        Ok(())
    }
}

fn end_at_once(job: &Path, out: Output) {
    let Some(who) = worker_of(job) else { return };
    if let Err(e) = who.end(job, How::Ask) {
        out.note(e.to_string());
        return;
    }
    std::thread::sleep(Duration::from_millis(300));
    // Gone by itself in the meantime is just as well.
    let _ = who.end(job, How::AtOnce);
}

/// The object that `train --json` ends with.
pub fn result_json(ended: &Ended) -> Value {
    let history = ended.reader.history();
    let path = |s: Option<&crate::run::history::Saved>| s.map(|s| s.checkpoint.clone());
    let progress = history.progress();
    let why = ended.reader.exit().map(|e| e.why.clone()).filter(|w| !w.is_empty());
    json!({
        "run": ended.reader.dir().path(),
        "checkpoint": path(history.last_checkpoint()),
        "best": path(history.best_checkpoint().or(history.last_checkpoint())),
        "state": ended.state,
        "step": progress.step,
        "epoch": progress.epoch.floor() as u64,
        "seconds": progress.wall,
        "metrics": history.latest(),
        "images": history.images().map(images_json),
        "tested": history.tested(),
        "why": why,
    })
}

/// How many images accuracies are shares of, by split.
pub fn images_json(images: &DataRecord) -> Value {
    json!({ "train": images.train, "validation": images.validation, "test": images.test })
}

/// Says how it ended and what to do next; returns the exit code.
pub fn conclude(ended: &Ended, out: Output) -> Code {
    let run = ended.reader.dir();
    let shown = run.path().display();
    let why = ended.reader.exit().map(|e| e.why.clone()).unwrap_or_default();
    match ended.state {
        RunState::Finished => {
            let checkpoint = ended
                .reader
                .history()
                .best_checkpoint()
                .or(ended.reader.history().last_checkpoint());
            let checkpoint = checkpoint
                .map(|s| format!("\nbest checkpoint {}", s.checkpoint))
                .unwrap_or_default();
            let why = if why.is_empty() {
                String::new()
            } else {
                format!(", {why}")
            };
            out.say(format!("finished{why}{checkpoint}"));
            Code::Done
        }
        RunState::Failed => {
            out.note(format!("error: the run failed: {why}\nrecord: {shown}"));
            Code::Failed
        }
        RunState::Stopped => {
            out.say(format!("stopped; `spikedeck train --resume {shown}` resumes it"));
            if ended.interrupted {
                Code::Interrupted
            } else {
                Code::Failed
            }
        }
        _ => {
            let words = job::log_tail(&run.stderr_log());
            let cause = job::guess(&words);
            out.note(format!(
                "{cause}\n{words}\n`spikedeck train --resume {shown}` resumes it from its last checkpoint"
            ));
            if ended.interrupted {
                Code::Interrupted
            } else {
                Code::Failed
            }
        }
    }
}

fn print_event(event: &Event, out: Output) {
    out.event(event);
    if let Some(line) = event_line(event).filter(|_| !out.is_json()) {
        out.say(line);
    }
}

/// Metrics worth a place in a line, with their short names.
const SHORT: [(&str, &str); 6] = [
    ("train.ce", "CE"),
    ("train.r", "R"),
    ("train.accuracy", "accuracy"),
    ("val.accuracy", "validation"),
    ("gradient.l1", "‖g‖₁"),
    ("train.images_per_second", "images/s"),
];

fn print_progress(reader: &RunReader, out: Output) {
    let history = reader.history();
    let (progress, latest) = (history.progress(), history.latest());
    if out.is_json() {
        let (step, epoch) = (progress.step, progress.epoch);
        out.event(&json!({ "event": "metrics", "step": step, "epoch": epoch, "values": latest }));
        return;
    }
    let mut line = format!(
        "step {}/{}  epoch {:.2}",
        progress.step, progress.total_steps, progress.epoch
    );
    for (name, short) in SHORT {
        if let Some(value) = latest.get(name) {
            line.push_str(&format!("  {short} {}", significant(*value)));
            if let (true, Some(images)) = (name == "val.accuracy", history.images()) {
                line.push_str(&format!(" (n {})", images.validation));
            }
        }
    }
    if let Some(eta) = reader.status().map(|s| s.eta).filter(|eta| *eta > 0.0) {
        line.push_str(&format!("  left {}", seconds(eta)));
    }
    out.say(line);
}

/// A reader that has read everything there is, so that following prints only what comes.
///
/// # Errors
/// When the run cannot be opened.
pub fn caught_up(run: &RunDir) -> Result<RunReader> {
    let mut reader = RunReader::open(run.path())?;
    reader.poll(Budget::ALL);
    Ok(reader)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{
        clock,
        event::EventKind,
        files::publish_json,
        journal::Appender,
        launcher::{Handle, LOCAL, Launch},
        process,
        status::{Exit, Outcome},
        testing,
    };
    use std::process::{Child, Command};

    /// A run whose "worker" is a process that only sleeps.
    fn run(folder: &Path) -> (RunDir, Child) {
        let run = RunDir::create(folder, &testing::manifest("20261123-094512-here-0abc")).unwrap();
        let child = Command::new("sleep").arg("60").spawn().unwrap();
        Launch::record(run.path(), &Handle::new(LOCAL, &process::of(child.id()))).unwrap();
        (run, child)
    }

    fn follow_quietly(run: &RunDir) -> Ended {
        follow(caught_up(run).unwrap(), Output::new(false), &Interrupts::default()).unwrap()
    }

    #[test]
    fn a_run_is_followed_to_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let (run, mut child) = run(folder.path());
        let writer = run.clone();
        let worker = std::thread::spawn(move || {
            let event = |step, what| Event {
                time: clock::now_text(),
                step,
                wall: step as f64,
                what,
            };
            let mut metrics = Appender::open(&writer.metrics()).unwrap();
            let mut events = Appender::open(&writer.events()).unwrap();
            for step in 1..=20 {
                metrics
                    .append(&testing::metric(step, "train.ce", 1.0 / step as f64))
                    .unwrap();
                std::thread::sleep(Duration::from_millis(10));
            }
            let saved = |n: u64, best| EventKind::Saved {
                checkpoint: format!("/c/{n}"),
                metrics: [].into(),
                best,
            };
            events.append(&event(10, saved(10, true))).unwrap();
            events.append(&event(20, saved(20, false))).unwrap();
            let metrics = [("test.accuracy".to_string(), 0.75)].into();
            events
                .append(&event(20, EventKind::Finished { metrics, tested: None }))
                .unwrap();
            let (time, why) = (clock::now_text(), String::new());
            let exit = Exit {
                outcome: Outcome::Finished,
                time,
                step: 20,
                incarnation: 1,
                why,
            };
            publish_json(&writer.exit(), &exit).unwrap();
        });
        let ended = follow_quietly(&run);
        worker.join().unwrap();
        let json = result_json(&ended);
        assert_eq!(
            (json["state"].as_str(), json["step"].as_u64()),
            (Some("finished"), Some(20))
        );
        assert_eq!(
            (json["checkpoint"].as_str(), json["best"].as_str()),
            (Some("/c/20"), Some("/c/10"))
        );
        assert_eq!(
            (json["metrics"]["test.accuracy"].as_f64(), json["seconds"].as_f64()),
            (Some(0.75), Some(20.0))
        );
        assert_eq!(conclude(&ended, Output::new(false)), Code::Done);
        child.kill().unwrap();
        child.wait().unwrap();
    }

    #[test]
    fn a_worker_that_dies_without_a_result_is_lost_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let (run, mut child) = run(folder.path());
        std::fs::write(run.stderr_log(), "thread main panicked\n").unwrap();
        child.kill().unwrap();
        let started = Instant::now();
        let ended = follow_quietly(&run);
        child.wait().unwrap();
        assert_eq!(ended.state, RunState::Lost);
        assert!(started.elapsed() < Duration::from_secs(5));
        assert_eq!(conclude(&ended, Output::new(false)), Code::Failed);
        assert_eq!(job::log_tail(&run.stderr_log()), "thread main panicked");
    }

    #[test]
    fn a_first_interrupt_asks_and_a_second_ends_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let (run, mut child) = run(folder.path());
        let interrupts = Interrupts::default();
        let mut handler = InterruptHandler::new(&interrupts);
        let out = Output::new(false);
        handler.check(run.path(), out).unwrap();
        assert!(!handler.was_interrupted());
        interrupts.press();
        handler.check(run.path(), out).unwrap();
        let sent = control::Inbox::open(run.path()).unwrap().poll(0).unwrap().commands;
        assert_eq!(sent.iter().map(|c| c.order.clone()).collect::<Vec<_>>(), [Order::Stop]);
        assert!(handler.was_interrupted() && child.try_wait().unwrap().is_none());
        interrupts.press();
        handler.check(run.path(), out).unwrap();
        assert!(!child.wait().unwrap().success());
    }
}
