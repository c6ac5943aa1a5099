//! A fake worker that only records and trains nothing: for tests of viewers, without the engine.

use crate::deck::Deck;
use spikedeck::run::event::{Event, EventKind};
use spikedeck::run::journal::Appender;
use spikedeck::run::metric::Metric;
use spikedeck::run::status::{Exit, Outcome, Phase, Status};
use spikedeck::run::{RunDir, clock, files, process};

pub struct FakeWorker {
    pub run: RunDir,
    metrics: Appender,
    events: Appender,
    step: u64,
}

impl FakeWorker {
    /// A run whose worker seems to be this process.
    pub fn new(deck: &Deck, set: &[&str]) -> FakeWorker {
        let run = deck.create(set);
        let mut worker = FakeWorker {
            metrics: Appender::open(&run.metrics()).unwrap(),
            events: Appender::open(&run.events()).unwrap(),
            run,
            step: 0,
        };
        worker.happened(EventKind::Started {
            incarnation: 1,
            device: "cpu".into(),
            total_steps: 100_000,
            steps_per_epoch: 400,
            data: None,
            images: None,
            provenance: None,
        });
        worker.report();
        worker
    }

    pub fn happened(&mut self, what: EventKind) {
        let event = Event {
            time: clock::now_text(),
            step: self.step,
            wall: self.step as f64 * 0.05,
            what,
        };
        self.events.append(&event).unwrap();
    }

    /// Records a step.
    pub fn step(&mut self) {
        self.step += 1;
        let t = self.step as f64;
        let noise = |salt: f64| ((t * 12.9898 + salt).sin() * 43758.547).fract();
        let fall = (-t / 2000.0).exp();
        let values = [
            ("train.ce", 2.0 * fall + 0.3 + 0.1 * noise(1.0)),
            ("train.r", 0.9 * fall + 0.05 * noise(2.0)),
            ("train.loss", 2.1 * fall + 0.3 + 0.1 * noise(3.0)),
            ("train.accuracy", 0.9 - 0.8 * fall + 0.05 * noise(4.0)),
            ("train.lr", 0.05),
            ("train.lambda", 0.002),
            ("train.gradient_norm", 1.0 + fall + 0.2 * noise(5.0)),
            ("train.images_per_second", 320.0 + 10.0 * noise(6.0)),
        ];
        let metric = Metric {
            step: self.step,
            epoch: t / 400.0,
            wall: t * 0.05,
            values: values.into_iter().map(|(k, v)| (k.to_string(), v)).collect(),
        };
        self.metrics.append(&metric).unwrap();
    }

    /// Writes a status, with the next one due in an hour.
    pub fn report(&self) {
        let me = process::here();
        let status = Status {
            schema: 1,
            phase: Phase::Running,
            step: self.step,
            total_steps: 100_000,
            epoch: self.step as f64 / 400.0,
            epochs: 250,
            rate: 320.0,
            eta: 3000.0,
            time: clock::now_text(),
            uptime: 0.0,
            problem: String::new(),
            host: me.host,
            boot: me.boot,
            pid: me.pid,
            process_start: me.process_start,
            device: "cpu".into(),
            incarnation: 1,
            next_report_s: 3600.0,
            scheduled: Vec::new(),
            tunables: [("objective.lambda".to_string(), 0.002)].into(),
        };
        files::publish_json(&self.run.status(), &status).unwrap();
    }

    /// The exit record of a worker that was stopped.
    pub fn stop(&self) {
        let exit = Exit {
            outcome: Outcome::Stopped,
            time: clock::now_text(),
            step: self.step,
            incarnation: 1,
            why: "SIGTERM".into(),
        };
        files::publish_json(&self.run.exit(), &exit).unwrap();
    }
}
