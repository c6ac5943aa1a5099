//! `spikedeck checkpoint list`.

use crate::{
    cli::{failure::Code, follow::images_json, output::Output, resolve},
    run::{
        RunDir, checkpoint, clock,
        event::{Event, EventKind},
        journal,
        provenance::DataRecord,
    },
};
use anyhow::Result;
use serde_json::{Value, json};
use std::path::Path;

/// Lists them, oldest first.
///
/// # Errors
/// When there is no run. A damaged checkpoint is a line of the list, and makes the command fail.
pub fn list(run: &Path, verify: bool, out: Output) -> Result<Code> {
    let run = RunDir::open_to_view(&resolve::run(run)?)?;
    let root = run.read_manifest()?.checkpoints;
    let images = images(&run);
    let mut all: Vec<Value> = Vec::new();
    let mut damaged = 0;
    let folders = checkpoint::list(&root);
    let best = checkpoint::best_of(&folders).cloned();
    for folder in folders {
        let is_best = best.as_ref() == Some(&folder);
        let found = checkpoint::open(&folder).and_then(|c| match verify {
            true => c.verify().map(|()| c),
            false => Ok(c),
        });
        let pinned = checkpoint::is_pinned(&folder);
        match found {
            Ok(c) => {
                let metrics = c.meta.own_metrics();
                let accuracy = metrics.get("val.accuracy").copied();
                let percent = accuracy.map_or_else(|| "–".into(), |a| format!("{:.1} %", a * 100.0));
                let marks = [(is_best, "best"), (pinned, "pinned"), (verify, "whole")];
                let marks: Vec<&str> = marks.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
                out.say(format!(
                    "step {:>9}  epoch {:>7.2}  {}  {:>9.1} kB  val {percent:>7}  {}",
                    c.meta.step,
                    c.meta.epoch,
                    clock::shown(&c.meta.created, "%Y-%m-%d %H:%M:%S").unwrap_or_else(|| "–".into()),
                    c.bytes() as f64 / 1e3,
                    marks.join(", ")
                ));
                all.push(json!({
                    "path": folder, "step": c.meta.step, "epoch": c.meta.epoch, "created": c.meta.created,
                    "bytes": c.bytes(), "best": is_best, "pinned": pinned, "metrics": metrics,
                    "tunables": c.meta.tunables, "problem": null,
                }));
            }
            Err(error) => {
                damaged += 1;
                let step = checkpoint::step_of(&folder);
                out.say(format!("step {:>9}  {error}", step.unwrap_or_default()));
                all.push(json!({ "path": folder, "step": step, "pinned": pinned, "problem": error.to_string() }));
            }
        }
    }
    if !all.is_empty() {
        out.say(format!("times in {}", clock::zone_name()));
        if let Some(images) = &images {
            out.say(format!("val: of {} images", images.validation));
        }
    }
    if all.is_empty() {
        out.say(format!("no checkpoint in {}", root.display()));
    }
    out.answer(
        &json!({ "folder": root, "checkpoints": all, "damaged": damaged, "images": images.as_ref().map(images_json) }),
    );
    Ok(if damaged == 0 { Code::Done } else { Code::Failed })
}

/// How many images the accuracies are shares of, as the worker recorded it.
fn images(run: &RunDir) -> Option<DataRecord> {
    let events: Vec<Event> = journal::read_all(&run.events());
    events.into_iter().rev().find_map(|event| match event.what {
        EventKind::Started { images, .. } => images,
        _ => None,
    })
}
