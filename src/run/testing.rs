//! Made-up runs for the unit tests of this room and of those that read runs.

use super::{SCHEMA, checkpoint::CheckpointMeta, manifest::Manifest, metric::Metric, status::*};
use crate::spec::Experiment;

/// A small valid specification.
pub fn experiment() -> Experiment {
    let text = r#"
        [data]
        name = "glyphs"
        [network]
        family = "vgg"
        blocks = [[8, "pool"]]
        classes = 10
        image = [1, 16, 16]
        mean = [0.2]
        std = [0.3]
        steps = 4
    "#;
    Experiment::parse(text, "experiment.toml", "here", &Vec::new()).unwrap()
}

/// A manifest with that id.
pub fn manifest(id: &str) -> Manifest {
    Manifest {
        schema: SCHEMA,
        id: id.into(),
        name: "here".into(),
        created: "2026-11-23T09:45:12.000Z".into(),
        version: "0.1.0".into(),
        revision: None,
        argv: vec!["spikedeck".into()],
        checkpoints: "/tmp/checkpoints".into(),
        data: "/tmp/data".into(),
        parent: None,
        fork: false,
        spec: experiment(),
    }
}

/// A status written by this process at `time`, silent for at most 5 seconds.
pub fn status(time: &str, step: u64) -> Status {
    let me = super::process::here();
    Status {
        schema: SCHEMA,
        phase: Phase::Running,
        step,
        total_steps: 100,
        epoch: step as f64 / 10.0,
        epochs: 10,
        rate: 100.0,
        eta: 1.0,
        time: time.into(),
        uptime: 0.0,
        problem: String::new(),
        host: me.host,
        boot: me.boot,
        pid: me.pid,
        process_start: me.process_start,
        device: "cpu".into(),
        incarnation: 1,
        next_report_s: 5.0,
        scheduled: Vec::new(),
        tunables: [("objective.lambda".to_string(), 0.002)].into(),
    }
}

/// A checkpoint's record without files.
pub fn checkpoint_meta(step: u64) -> CheckpointMeta {
    CheckpointMeta {
        schema: SCHEMA,
        run: "20261123-094512-here-0abc".into(),
        run_dir: "/tmp/runs/here".into(),
        incarnation: 1,
        step,
        epoch: step as f64 / 10.0,
        wall: step as f64,
        created: "2026-11-23T09:45:12.000Z".into(),
        spec: experiment(),
        metrics: Default::default(),
        tunables: Default::default(),
        best: false,
        provenance: Default::default(),
        files: Default::default(),
    }
}

/// One line of metrics with a single value.
pub fn metric(step: u64, name: &str, value: f64) -> Metric {
    Metric {
        step,
        epoch: step as f64 / 10.0,
        wall: step as f64,
        values: [(name.to_string(), value)].into(),
    }
}
