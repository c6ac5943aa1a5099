//! A run's metrics as a table, as TensorBoard's file or as a picture of its charts.

use super::{ExportArgs, Format, file, give, metrics, rows::Rows, tensorboard};
use crate::{
    cli::{
        failure::{Code, usage},
        output::Output,
    },
    run::{RunDir, RunReader, clock, files::save, imported, place::absolute},
    tui::{
        TuiOptions,
        documents::snapshot::{frame, keys_of},
        picture::{Form, encode},
        terminal::key::parse_keys,
    },
};
use anyhow::{Context, Result, anyhow};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// Writes them.
///
/// # Errors
/// When the run cannot be read, for a format that is an attack's, and when the file cannot be written.
pub fn export(args: &ExportArgs, format: Format, out: Output) -> Result<Code> {
    let run = RunDir::at(absolute(&args.from)?);
    // Whether it is a run, and of a schema that can be read.
    let run = RunReader::open(run.path())?.dir().clone();
    let written = match format {
        Format::Csv => give(args, out, |to| metrics::csv(&Rows::of(&run.metrics()), to))?,
        Format::Json => give(args, out, |to| {
            metrics::json(&Rows::of(&run.metrics()), run.path(), &about(&run), to)
        })?,
        Format::Tensorboard => Some(events(args, &run)?),
        Format::Svg | Format::Png => Some(picture(args, &run, format)?),
        Format::Md | Format::Latex => {
            return Err(usage(format!(
                "{}: is a run, whose metrics are written as csv, json, tensorboard, svg or png, not as {}; give one of \
                 its attacks for a table of results",
                args.from.display(),
                format.word()
            )));
        }
    };
    if let Some((to, steps)) = written {
        out.say(format!("wrote {}: {steps} steps", to.display()));
        out.answer(&json!({ "run": run.path(), "to": to, "steps": steps }));
    }
    Ok(Code::Done)
}

/// Of an imported run: what its metrics are called where they come from, and how it was configured there.
fn about(run: &RunDir) -> Map<String, Value> {
    let mut about = Map::new();
    if let Some(from) = run.header().ok().and_then(|h| h.imported) {
        let record = imported::record(run.path());
        about.insert("imported".into(), json!(from));
        about.insert("series".into(), json!(record.series));
        about.insert("configuration".into(), json!(record.configuration));
    }
    about
}

/// Where to write what is no text.
fn needed<'a>(args: &'a ExportArgs, such_as: &str) -> Result<&'a Path> {
    args.to
        .as_deref()
        .ok_or_else(|| usage(format!("give what to write with --to, such as --to {such_as}")))
}

/// TensorBoard reads folders: where one is given, the file in it, by a name that it looks for.
fn events(args: &ExportArgs, run: &RunDir) -> Result<(PathBuf, u64)> {
    let asked = absolute(needed(args, "board")?)?;
    let is_file = asked
        .file_name()
        .is_some_and(|n| n.to_string_lossy().contains("tfevents"));
    let to = match is_file {
        true => asked,
        false => asked.join("events.out.tfevents.0.spikedeck"),
    };
    let made = new_folders(&to);
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("{}: cannot create the folder", folder.display()))?;
    }
    let written = file(&to, args.force).and_then(|to| {
        let steps = save(&to, args.force, |file| {
            tensorboard::events(&Rows::of(&run.metrics()), started(run), file)
        })?;
        Ok((to, steps))
    });
    if written.is_err() {
        // Innermost first; one in which something else was put meanwhile stays.
        made.iter().for_each(|folder| drop(std::fs::remove_dir(folder)));
    }
    written
}

/// The folders that would have to be made for this file, innermost first.
fn new_folders(file: &Path) -> Vec<PathBuf> {
    let above = file.ancestors().skip(1);
    above
        .take_while(|folder| !folder.exists())
        .map(Path::to_path_buf)
        .collect()
}

/// The second since 1970 at which the run was created; 0 where it does not say.
fn started(run: &RunDir) -> f64 {
    let created = run.header().ok().and_then(|h| clock::parse(&h.created));
    created.map_or(0.0, |t| t.as_millisecond() as f64 / 1000.0)
}

/// Its charts, as the screen draws them, and of how many steps.
fn picture(args: &ExportArgs, run: &RunDir, format: Format) -> Result<(PathBuf, u64)> {
    let to = file(needed(args, &format!("charts.{}", format.word()))?, args.force)?;
    let options = TuiOptions {
        roots: vec![run.path().to_path_buf()],
        ..TuiOptions::default()
    };
    let keys = parse_keys(keys_of("charts")?).map_err(|e| anyhow!(e))?;
    let (app, buffer) = frame(&options, (160, 45), &keys)?;
    let form = match format {
        Format::Png => Form::Png,
        _ => Form::Svg,
    };
    let bytes = encode(form, &buffer, &app.theme)?;
    let steps = Rows::of(&run.metrics()).each(|_| Ok(()))?;
    save(&to, args.force, |file| file.write_all(&bytes))?;
    Ok((to, steps))
}
