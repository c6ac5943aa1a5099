//! An attack's results as a table: the same that the screen copies.

use super::{ExportArgs, Format, give};
use crate::{
    cli::{
        failure::{Code, usage},
        output::Output,
    },
    run::{
        Budget,
        attack::Split,
        attack_job::{AttackReader, AttackTable},
        provenance::Subjects,
    },
};
use anyhow::{Context, Result};
use serde_json::json;

/// Writes it.
///
/// # Errors
/// When the attack cannot be read or has no result yet, for a format that is a run's, and when the file cannot be written.
pub fn export(args: &ExportArgs, format: Format, out: Output) -> Result<Code> {
    let mut reader = AttackReader::open(&args.from)?;
    reader.poll(Budget::ALL);
    let table = AttackTable::of(&reader);
    let text = match format {
        Format::Csv => table.csv(),
        Format::Md => table.markdown(),
        Format::Latex => table.latex(),
        Format::Json => serde_json::to_string_pretty(&table.json()).context("the results")? + "\n",
        Format::Tensorboard | Format::Svg | Format::Png => {
            return Err(usage(format!(
                "{}: is an attack, whose results are written as csv, md, latex or json, not as {}",
                args.from.display(),
                format.word()
            )));
        }
    };
    let (done, all) = table.finished;
    if table.rows.is_empty() {
        return Err(usage(format!(
            "{}: has no result yet (0 of {all} cells); export it when its first cell has started",
            args.from.display()
        )));
    }
    let written = give(args, out, |to| to.write_all(text.as_bytes()))?;
    if done < all {
        out.note(format!(
            "not finished: {done} of {all} cells; each row says of how many images it is"
        ));
    }
    let of_test = reader.manifest().split == Split::Test;
    let remarks = Subjects::of_job(reader.dir().path()).remarks(of_test);
    remarks.into_iter().for_each(|remark| out.note(remark));
    if reader.skipped() > 0 {
        out.note(format!(
            "{} lines of {} were not readable and are left out",
            reader.skipped(),
            reader.dir().results().display()
        ));
    }
    if let Some((to, ())) = written {
        out.say(format!("wrote {}: {} rows", to.display(), table.rows.len()));
        out.answer(&json!({
            "attack": table.attack,
            "to": to,
            "rows": table.rows.len(),
            "cells_done": done,
            "cells": all,
        }));
    }
    Ok(Code::Done)
}
