//! `bench ingest`: how fast each format's reader hands over events, file by file.

use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::{Value, json};

use crate::cli::failure::{Code, usage};
use crate::cli::output::Output;
use crate::data::info::{Given, open};

/// A file is read at least so often, and for so long.
const LEAST_PASSES: usize = 3;
const LEAST_TIME: Duration = Duration::from_secs(1);
/// And no more often than this: what is opened faster tells of opening, not of reading.
const MOST_PASSES: usize = 1000;

/// Measures the readers of `files`, one after another.
///
/// # Errors
/// No file, or one that is no recording.
pub(super) fn measure(files: &[PathBuf], given: Given, out: Output) -> Result<Code> {
    if files.is_empty() {
        return Err(usage("bench ingest reads recordings: give one file or more"));
    }
    let mut rows = Vec::new();
    for file in files {
        let row = one(file, given)?;
        let figure = |key: &str| row[key].as_f64().unwrap_or_default();
        out.say(format!(
            "{}: {}, {:.1} MB/s, {:.1} million events/s ({} bytes, {} events, median of {} passes)",
            file.display(),
            row["format"].as_str().unwrap_or_default(),
            figure("megabytes_per_second"),
            figure("events_per_second") / 1e6,
            row["bytes"],
            row["events"],
            row["passes"],
        ));
        rows.push(row);
    }
    out.say("One core, from the system's memory of files; MB are 10⁶ bytes of the file as it is.");
    out.answer(&json!({ "files": rows }));
    Ok(Code::Done)
}

/// Seconds that this thread was on a processor, where the system tells: beside other programs that is what a core
/// would have taken alone.
fn on_processor() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: u64 = text.split(' ').next()?.parse().ok()?;
    Some(nanoseconds as f64 / 1e9)
}

/// The middle one.
fn median(mut times: Vec<f64>) -> Option<f64> {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied()
}

/// Figures of one file.
fn one(file: &PathBuf, given: Given) -> Result<Value> {
    let (mut times, mut busy, mut batch) = (Vec::new(), Vec::new(), Vec::new());
    let start = Instant::now();
    let (format, bytes, events) = loop {
        let (pass, before) = (Instant::now(), on_processor());
        let mut recording = open(file, given)?;
        let mut events = 0u64;
        while recording.read(&mut batch)? {
            events += black_box(&batch).len() as u64;
        }
        times.push(pass.elapsed().as_secs_f64());
        busy.extend(on_processor().zip(before).map(|(after, before)| after - before));
        let is_enough = times.len() >= LEAST_PASSES && start.elapsed() >= LEAST_TIME;
        if is_enough || times.len() == MOST_PASSES {
            break (recording.format.word(), recording.bytes, events);
        }
    };
    let passes = times.len();
    let seconds = median(times).unwrap_or(f64::INFINITY);
    Ok(json!({
        "file": std::path::absolute(file).unwrap_or_else(|_| file.clone()),
        "format": format,
        "bytes": bytes,
        "events": events,
        "passes": passes,
        "median_seconds": seconds,
        "median_cpu_seconds": median(busy).filter(|&seconds| seconds > 0.0),
        "megabytes_per_second": bytes as f64 / 1e6 / seconds,
        "events_per_second": events as f64 / seconds,
    }))
}
