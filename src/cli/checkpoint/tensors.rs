//! `spikedeck checkpoint tensors` and `diff`: read number by number, after the checksums were compared.

use crate::{
    cli::{failure::Code, job::checkpoint_error, output::Output},
    run::checkpoint::{self, Checkpoint, Distance, MODEL, Numbers, OPTIMIZER},
    units::significant,
};
use anyhow::Result;
use serde_json::{Value, json};
use std::{collections::BTreeSet, path::Path};

fn open(path: &Path) -> Result<Checkpoint> {
    let found = checkpoint::open(path).map_err(|e| checkpoint_error(path, e))?;
    found.verify()?;
    Ok(found)
}

/// Says what is in one.
///
/// # Errors
/// When there is no checkpoint, it is damaged, or a tensor's type is not known.
pub fn show(path: &Path, optimizer: bool, out: Output) -> Result<Code> {
    let found = open(path)?;
    let file = if optimizer { OPTIMIZER } else { MODEL };
    // Listed in the record, and so covered by the checksums.
    found.tensors(file)?;
    let numbers = Numbers::open(&found.path().join(file))?;
    let mut all: Vec<Value> = Vec::new();
    let (mut count, mut zeros) = (0, 0);
    for (name, info) in &numbers.header.tensors {
        let stats = numbers.stats(name)?;
        count += stats.count;
        zeros += stats.zeros;
        let bad = match stats.not_finite {
            0 => String::new(),
            n => format!("  {n} NaN or infinite"),
        };
        out.say(format!(
            "{name:<40} {:<5} {:<18} ‖·‖₂ {:>10}  max {:>10}  {:>5.1} % zero{bad}",
            info.dtype,
            format!("{:?}", info.shape),
            significant(stats.l2),
            significant(stats.max),
            share(stats.zeros, stats.count)
        ));
        all.push(json!({ "name": name, "dtype": info.dtype, "shape": info.shape, "stats": stats }));
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
    let (x, y) = (
        Numbers::open(&a.path().join(MODEL))?,
        Numbers::open(&b.path().join(MODEL))?,
    );
    let names: BTreeSet<&String> = x.header.tensors.keys().chain(y.header.tensors.keys()).collect();
    let mut all: Vec<Value> = Vec::new();
    for name in names {
        let distance = x.distance(&y, name)?;
        let told = match &distance {
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
        out.say(format!("{name:<40} {told}"));
        all.push(json!({ "name": name, "distance": distance }));
    }
    out.answer(&json!({ "first": a.path(), "second": b.path(), "tensors": all }));
    Ok(Code::Done)
}
