//! Follows an attack from the command line until it ends.

use crate::{
    cli::{follow::InterruptHandler, interrupt::Interrupts, job, output::Output},
    run::{
        Budget,
        attack::{AttackManifest, Split},
        attack_job::{AttackDir, AttackReader, Check, Summary, Verdict, masking, summary_json},
        provenance::Subjects,
        state::ended,
        status::RunState,
    },
    spec::AttackKind,
    units::seconds,
};
use anyhow::Result;
use serde_json::json;
use std::time::{Duration, Instant};

/// How the following ended.
#[derive(Debug)]
pub struct Ended {
    /// Everything read.
    pub reader: AttackReader,
    /// The state it ended in.
    pub state: RunState,
    /// Whether Ctrl-C was pressed.
    pub interrupted: bool,
}

/// Prints progress until the job's worker has ended.
///
/// # Errors
/// When a command cannot be sent. The job continues then.
pub fn follow(dir: &AttackDir, out: Output, interrupts: &Interrupts) -> Result<Ended> {
    let mut reader = AttackReader::open(dir.path())?;
    let mut handler = InterruptHandler::new(interrupts);
    let mut finished = 0;
    let mut printed = Instant::now();
    loop {
        // Asked before the results are read: what a worker wrote last is then surely among what is read.
        let dead = reader.exit().is_some() || job::is_dead(dir.path());
        let changed = reader.poll(if dead { Budget::ALL } else { Budget::FRAME });
        let cells = reader.cells();
        for cell in cells.all().iter().skip(finished).take_while(|c| cells.is_finished(c)) {
            finished += 1;
            print_cell(&reader, cell, out);
        }
        if changed && printed.elapsed() >= Duration::from_secs(2) {
            print_progress(&reader, out);
            printed = Instant::now();
        }
        if dead && !reader.has_more() {
            let state = reader.exit().map_or(RunState::Lost, |e| ended(e.outcome));
            return Ok(Ended {
                interrupted: handler.was_interrupted(),
                state,
                reader,
            });
        }
        handler.check(dir.path(), out)?;
        if !reader.has_more() {
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

/// The result as a table for people, and whether to believe it.
pub fn print_table(reader: &AttackReader, out: Output) {
    let several = reader.manifest().checkpoints.len() > 1;
    out.say(format!(
        "\n{:<12} {:<22} {:>9}  accuracy   95 % interval    images",
        "attack", "backward", "radius"
    ));
    let summaries = reader.cells().summaries();
    for summary in summaries.iter().filter(|s| says_something(s, reader.manifest())) {
        let checkpoint = match several {
            true => format!("  checkpoint {}", summary.checkpoint + 1),
            false => String::new(),
        };
        out.say(format!("{}{checkpoint}", row(reader, summary)));
    }
    print_sanity(&reader.sanity(), out);
    if let Some(masking) = masking(reader.manifest()).filter(|m| !m.looked_for) {
        out.say(format!("\nNote: {}.", masking.why));
    }
    let of_test = reader.manifest().split == Split::Test;
    let remarks = Subjects::of_job(reader.dir().path()).remarks(of_test);
    remarks
        .into_iter()
        .for_each(|remark| out.say(format!("\nNote: {remark}.")));
}

/// The worst over one mode, or over one attack, only repeats its line.
fn says_something(summary: &Summary, manifest: &AttackManifest) -> bool {
    let attacks = manifest.attacks.iter().filter(|a| **a != AttackKind::None).count();
    match (summary.attack, summary.backward) {
        (None, _) => attacks > 1 || manifest.worst_case,
        (Some(attack), None) => !attack.uses_gradient() || manifest.backward.len() > 1,
        (Some(_), Some(_)) => true,
    }
}

fn print_sanity(checks: &[Check], out: Output) {
    out.say("\nSanity checks");
    for check in checks.iter().filter(|c| c.state != Verdict::Skipped) {
        let word = match check.state {
            Verdict::Pass => "pass",
            Verdict::Warn => "WARN",
            _ => "FAIL",
        };
        out.say(format!("  {word}  {:<32} {}", check.check, check.why));
    }
    let skipped = checks.iter().filter(|c| c.state == Verdict::Skipped);
    for check in skipped {
        out.say(format!("  –     {:<32} {}", check.check, check.why));
    }
}

fn row(reader: &AttackReader, summary: &Summary) -> String {
    let json = summary_json(summary, reader.manifest());
    let text = |key: &str| json[key].as_str().unwrap_or_default().to_string();
    let (low, high) = summary.tally.interval();
    let remark = match (summary.of_survivors, json["stopped"].as_str()) {
        _ if summary.unequal => " done in all cells",
        (true, _) => " that were left",
        (false, Some("precision")) => " (precise enough)",
        (false, Some("kept")) => " kept",
        (false, _) => "",
    };
    let accuracy = match summary.tally.n {
        0 => "–".to_string(),
        _ => format!("{:.2}", 100.0 * summary.tally.accuracy()),
    };
    format!(
        "{:<12} {:<22} {:>9}  {accuracy:>7} %  {:>5.1} to {:>5.1} %  {:>7}{remark}",
        text("attack"),
        text("backward"),
        text("eps"),
        100.0 * low,
        100.0 * high,
        summary.tally.n
    )
}

fn print_cell(reader: &AttackReader, cell: &crate::run::attack_job::Cell, out: Output) {
    let summary = reader.cells().summary(cell);
    if out.is_json() {
        let mut event = summary_json(&summary, reader.manifest());
        event["event"] = json!("cell");
        out.event(&event);
        return;
    }
    out.say(row(reader, &summary));
}

fn print_progress(reader: &AttackReader, out: Output) {
    let Some(status) = reader.status() else { return };
    if out.is_json() {
        out.event(&json!({
            "event": "progress",
            "cells_done": status.cells_done,
            "cells": status.cells,
            "images_done": status.images_done,
            "current": status.current,
            "eta": status.eta,
        }));
    } else if out.is_terminal() {
        let left = seconds(status.eta);
        let (done, all, images) = (status.cells_done, status.cells, status.images_done);
        out.say(format!(
            "  {} · {images} images · cell {done} of {all} · left {left}",
            status.current
        ));
    }
}
