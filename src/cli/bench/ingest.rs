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

/// Figures of one file.
fn one(file: &PathBuf, given: Given) -> Result<Value> {
    let (mut times, mut batch) = (Vec::new(), Vec::new());
    let begun = Instant::now();
    let (format, bytes, events) = loop {
        let pass = Instant::now();
        let mut recording = open(file, given)?;
        let mut events = 0u64;
        while recording.read(&mut batch)? {
            events += black_box(&batch).len() as u64;
        }
        times.push(pass.elapsed().as_secs_f64());
        let is_enough = times.len() >= LEAST_PASSES && begun.elapsed() >= LEAST_TIME;
        if is_enough || times.len() == MOST_PASSES {
            break (recording.format.word(), recording.bytes, events);
        }
    };
    times.sort_by(f64::total_cmp);
    let median = times[times.len() / 2];
    Ok(json!({
        "file": std::path::absolute(file).unwrap_or_else(|_| file.clone()),
        "format": format,
        "bytes": bytes,
        "events": events,
        "passes": times.len(),
        "median_seconds": median,
        "megabytes_per_second": bytes as f64 / 1e6 / median,
        "events_per_second": events as f64 / median,
    }))
}
