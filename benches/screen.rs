//! Micro-benchmarks of what the screen does most: reading lines, asking a pyramid, drawing a frame.
//!
//! `cargo bench --no-default-features --bench screen`; needs no tensor library.

// A benchmark that cannot continue says so by panicking.
#![allow(clippy::expect_used)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use spikedeck::{
    run::{RunDir, history::History, journal::Appender, manifest::Manifest, metric::Lines},
    spec::Experiment,
    tui::{self, App, TuiOptions, bench::synthetic, documents::snapshot, parse_keys},
};
use std::{hint::black_box, path::Path};

const LINES: u64 = 100_000;

fn like() -> Manifest {
    let text = include_str!("../experiments/demo/experiment.toml");
    let spec = Experiment::parse(text, "experiment.toml", "bench", &Vec::new()).expect("the demo's specification");
    synthetic::manifest(spec).expect("a manifest")
}

/// A run of so many lines in a folder.
fn run(folder: &Path) -> RunDir {
    let run = synthetic::run(folder, &like(), 0).expect("a run");
    let mut journal = Appender::open(&run.metrics()).expect("a journal");
    (1..=LINES).for_each(|step| synthetic::step(&mut journal, step).expect("a line"));
    synthetic::finish(&run, LINES).expect("an exit record");
    run
}

fn parsed(text: &str) -> Lines {
    let mut lines = Lines::default();
    for line in text.lines() {
        assert!(lines.push_text(line.as_bytes()));
    }
    lines
}

fn read(bench: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let text = std::fs::read_to_string(run(folder.path()).metrics()).expect("its lines");
    let mut group = bench.benchmark_group("read");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.sample_size(10);
    group.bench_function("100k lines", |b| b.iter(|| parsed(black_box(&text)).len()));
    let lines = parsed(&text);
    group.throughput(Throughput::Elements(LINES));
    group.bench_function("fold 100k lines into a history", |b| {
        b.iter(|| {
            let mut history = History::default();
            history.apply_lines(black_box(&lines));
            history.progress().step
        })
    });
    let mut history = History::default();
    history.apply_lines(&lines);
    let series = history.series("train.ce").expect("a metric of every line");
    group.throughput(Throughput::Elements(200));
    group.bench_function("ask the pyramid for 200 ranges of 100k points", |b| {
        let width = series.len() / 200;
        let is_broken = |n: &usize| series.summary(black_box(n * width..(n + 1) * width)).broken;
        b.iter(|| (0..200).filter(is_broken).count())
    });
    group.finish();
}

fn draw(bench: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    run(folder.path());
    let options = TuiOptions {
        roots: vec![folder.path().to_path_buf()],
        ..TuiOptions::default()
    };
    let state = |keys: &str| -> App {
        let keys = parse_keys(keys).expect("keys");
        snapshot::frame(&options, (200, 60), &keys).expect("a frame").0
    };
    // The last chart is a heat-map.
    for (name, keys) in [("grid", "tab"), ("one chart", "tab e"), ("heat-map", "tab G e")] {
        let app = state(keys);
        let mut cells = snapshot::draw(&app);
        bench.bench_function(&format!("draw {name} of 100k steps at 200x60"), |b| {
            b.iter(|| tui::draw(black_box(&app), &mut cells))
        });
    }
}

criterion_group!(benches, read, draw);
criterion_main!(benches);
