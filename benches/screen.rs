//! Micro-benchmarks of what the screen does most: reading lines, asking a pyramid, drawing a frame.
//!
//! `cargo bench --no-default-features --bench screen`; needs no tensor library.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use spikedeck::{
    run::{history::History, metric::Lines},
    tui::{TuiOptions, input::parse_keys, snapshot},
};
use std::{fmt::Write as _, hint::black_box, path::Path};

const LINES: u64 = 100_000;

/// Lines of the journal of a run, as its worker writes them.
fn journal(lines: u64) -> String {
    let mut text = String::new();
    for step in 1..=lines {
        let t = step as f64;
        let noise = (t * 12.9898).sin() * 0.1;
        let _ = writeln!(
            text,
            r#"{{"step":{step},"epoch":{},"wall":{},"values":{{"layer.0.firing_rate":{},"train.accuracy":{},"train.ce":{},"train.lr":0.05}}}}"#,
            t / 1000.0,
            t * 0.05,
            0.2 + noise,
            0.5 + noise,
            1.0 + noise
        );
    }
    text
}

fn parsed(text: &str) -> Lines {
    let mut lines = Lines::default();
    for line in text.lines() {
        lines.push_text(line.as_bytes());
    }
    lines
}

fn read(bench: &mut Criterion) {
    let text = journal(LINES);
    let mut group = bench.benchmark_group("read");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.sample_size(10);
    group.bench_function("100k lines", |b| b.iter(|| parsed(black_box(&text)).len()));
    let lines = parsed(&text);
    group.throughput(Throughput::Elements(4 * LINES));
    group.bench_function("fold 100k lines into a history", |b| {
        b.iter(|| {
            let mut history = History::default();
            history.apply_lines(black_box(&lines));
            history.revision()
        })
    });
    group.finish();
}

fn ask(bench: &mut Criterion) {
    let mut history = History::default();
    history.apply_lines(&parsed(&journal(LINES)));
    let Some(series) = history.series("train.ce") else {
        return;
    };
    bench.bench_function("ask the pyramid for 200 ranges of 100k points", |b| {
        b.iter(|| {
            let width = series.len() / 200;
            (0..200)
                .filter(|n| series.summary(black_box(n * width..(n + 1) * width)).broken)
                .count()
        })
    });
}

/// A folder with one run of so many lines.
fn workspace(folder: &Path, lines: u64) -> std::io::Result<()> {
    let run = folder.join("experiments/bench/runs/20261123-120000-bench-0001");
    std::fs::create_dir_all(run.join("control/inbox"))?;
    let spec = include_str!("../experiments/demo/experiment.toml");
    std::fs::write(
        run.join("run.toml"),
        format!("schema = 1\nid = \"20261123-120000-bench-0001\"\nname = \"bench\"\n{spec}"),
    )?;
    std::fs::write(run.join("metrics.jsonl"), journal(lines))
}

fn draw(bench: &mut Criterion) {
    let Ok(folder) = tempfile::tempdir() else { return };
    if workspace(folder.path(), LINES).is_err() {
        return;
    }
    let options = TuiOptions {
        roots: vec![folder.path().to_path_buf()],
        ..TuiOptions::default()
    };
    for (name, keys) in [
        ("grid", "tab"),
        ("one chart", "tab e"),
        ("heat-map", "tab j j j j j j j j j e"),
    ] {
        let Ok(Ok((app, _))) = parse_keys(keys).map(|keys| snapshot::frame(&options, (200, 60), &keys)) else {
            continue;
        };
        bench.bench_function(&format!("draw {name} of 100k steps at 200x60"), |b| {
            b.iter(|| snapshot::draw(black_box(&app)))
        });
    }
}

criterion_group!(benches, read, ask, draw);
criterion_main!(benches);
