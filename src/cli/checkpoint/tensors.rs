//! `spikedeck checkpoint tensors` and `diff`: read number by number, after the checksums were compared.

use crate::{
    cli::{
        failure::Code,
        output::Output,
        resolve::{self, checkpoint_error},
    },
    run::checkpoint::{self, Checkpoint, Distance, MODEL, OPTIMIZER},
    units::significant,
};
use anyhow::Result;
use serde_json::json;
use std::path::Path;

fn open(path: &Path) -> Result<Checkpoint> {
    checkpoint::open_whole(&resolve::checkpoint(path)?).map_err(|e| checkpoint_error(path, e))
}

/// Says what is in one.
///
/// # Errors
/// When there is no checkpoint, it is damaged, or a tensor's type is not known.
pub fn show(path: &Path, optimizer: bool, out: Output) -> Result<Code> {
    let found = open(path)?;
    let file = if optimizer { OPTIMIZER } else { MODEL };
    let all = checkpoint::tensors(&found, file)?;
    let (mut count, mut zeros) = (0, 0);
    for tensor in &all {
        let stats = &tensor.stats;
        count += stats.count;
        zeros += stats.zeros;
        let bad = match stats.not_finite {
            0 => String::new(),
            n => format!("  {n} NaN or infinite"),
        };
        out.say(format!(
            "{:<40} {:<5} {:<18} ‖·‖₂ {:>10}  max {:>10}  {:>5.1} % zero{bad}",
            tensor.name,
            tensor.dtype,
            format!("{:?}", tensor.shape),
            significant(stats.l2),
            significant(stats.max),
            share(stats.zeros, stats.count)
        ));
    }
    out.say(format!("{count} numbers, {:.1} % of them zero", share(zeros, count)));
    out.answer(&json!({ "checkpoint": found.path(), "file": file, "tensors": all }));
    Ok(Code::Done)
}

fn share(part: u64, of: u64) -> f64 {
    100.0 * part as f64 / of.max(1) as f64
}

/// Says how far two are apart.
///
/// # Errors
/// As [`show`].
pub fn diff(first: &Path, second: &Path, out: Output) -> Result<Code> {
    let (a, b) = (open(first)?, open(second)?);
    let all = checkpoint::apart(&a, &b)?;
    for tensor in &all {
        let apart = match &tensor.distance {
            Distance::Apart {
                relative,
                max,
                not_finite,
            } => {
                let bad = match not_finite {
                    0 => String::new(),
                    n => format!("  {n} NaN or infinite"),
                };
                format!(
                    "‖a−b‖/‖a‖ {:>10}  max |a−b| {:>10}{bad}",
                    significant(*relative),
                    significant(*max)
                )
            }
            Distance::Reshaped => "shapes differ".into(),
            Distance::OnlyFirst => "only in the first".into(),
            Distance::OnlySecond => "only in the second".into(),
        };
        out.say(format!("{:<40} {apart}", tensor.name));
    }
    out.answer(&json!({ "first": a.path(), "second": b.path(), "tensors": all }));
    Ok(Code::Done)
}
