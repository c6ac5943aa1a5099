//! The result of an attack as JSON, in the form that scripts rely on.

use super::{AttackReader, Measured, Summary, masking};
use crate::run::attack::AttackManifest;
use serde_json::{Value, json};

/// The object that `spikedeck attack --json` ends with, except for the state, which the caller adds.
pub fn result_json(reader: &AttackReader, dataset: &str) -> Value {
    let manifest = reader.manifest();
    let cells: Vec<Value> = reader
        .cells()
        .summaries()
        .iter()
        .map(|s| {
            let mut cell = summary_json(s, manifest);
            if let Some(why) = reader.stopped().filter(|_| s.open && s.attack.is_some()) {
                cell["stopped"] = json!(why);
            }
            cell
        })
        .collect();
    json!({
        "attack": reader.dir().path(),
        "checkpoints": manifest.checkpoints,
        "dataset": dataset,
        "split": manifest.split,
        "order": manifest.order,
        "samples": manifest.samples,
        "seed": manifest.seed,
        "cells": cells,
        "norm": manifest.norm,
        "target": manifest.target,
        "transfer_from": manifest.transfer_from,
        "twin": manifest.twin,
        "eot": manifest.eot,
        "worst_case": manifest.worst_case,
        "precision": manifest.precision,
        "replay": manifest.replay,
        "stopped": reader.stopped(),
        "sanity": reader.sanity(),
        "masking": masking(manifest),
        "vulnerability": vulnerability(reader),
    })
}

/// One entry per checkpoint that was measured.
fn vulnerability(reader: &AttackReader) -> Vec<Value> {
    let entry = |m: &Measured| {
        let mut entry = serde_json::to_value(m.vulnerability.as_ref()?).ok()?;
        entry["checkpoint"] = json!(reader.manifest().checkpoints.get(m.checkpoint));
        Some(entry)
    };
    reader.measured().iter().filter_map(entry).collect()
}

/// One entry of `cells`. The worst over backward modes has `"backward": "worst"`, the worst over all attacks
/// `"attack": "worst"` too; an attack without a gradient has `"backward": "none"`. A cell of a worst-case job has
/// `"of": "survivors"`: its share is of the `n` images that the cells before it left. A worst row over cells that have
/// not met the same images has `"of": "common"`: its share is of the `n` images that all of them have done. One that
/// ended before its last image has `"stopped"`.
pub fn summary_json(summary: &Summary, manifest: &AttackManifest) -> Value {
    let (low, high) = summary.tally.interval();
    let backward = match (summary.backward, summary.attack) {
        (Some(mode), _) => mode.to_string(),
        (None, Some(attack)) if !attack.uses_gradient() => "none".into(),
        (None, _) => "worst".into(),
    };
    let mut cell = json!({
        "checkpoint": manifest.checkpoints.get(summary.checkpoint),
        "attack": summary.attack.map_or_else(|| "worst".to_string(), |a| a.to_string()),
        "backward": backward,
        "eps": summary.eps,
        "accuracy": summary.tally.accuracy(),
        "low": low,
        "high": high,
        "n": summary.tally.n,
        "seconds": summary.tally.seconds,
    });
    if summary.of_survivors {
        cell["of"] = json!("survivors");
    }
    if summary.unequal {
        cell["of"] = json!("common");
    }
    if let Some(why) = summary.ended {
        cell["stopped"] = json!(why);
    }
    cell
}
