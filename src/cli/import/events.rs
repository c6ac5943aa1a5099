//! TensorBoard's event files become a run to look at: the same journals as a worker's, without a specification.

use super::{ImportArgs, rows::Rows};
use crate::{
    cli::{
        failure::{Code, usage},
        output::Output,
    },
    exchange::events,
    run::{
        clock,
        files::{open_regular, read_bounded},
        imported::{self, Origin},
        place::absolute,
    },
};
use anyhow::{Context, Result};
use serde_json::json;
use std::{
    collections::BTreeMap,
    io::Read,
    path::{Path, PathBuf},
};

/// The most folders that are named where the given one holds no events itself.
const NAMED: usize = 5;

/// Whether this is for us: a folder, a file that TensorBoard would read by its name, or one that begins as its files do.
pub fn is_events(path: &Path) -> bool {
    let begins_so = || {
        let mut head = Vec::new();
        let read = open_regular(path).map(|file| file.take(64).read_to_end(&mut head));
        matches!(read, Ok(Ok(_))) && events::begins_so(&head)
    };
    path.is_dir() || is_named_so(path) || begins_so()
}

/// Makes the run.
///
/// # Errors
/// When there are no events, one of the files is damaged, or the folder cannot be written.
pub fn run(args: &ImportArgs, target: &Path, out: Output) -> Result<Code> {
    if args.network.is_some() || !args.set.is_empty() {
        return Err(usage(format!(
            "{}: event files hold metrics and no weights: leave out --network and --set",
            args.file.display()
        )));
    }
    let (rows, told) = gather(&args.file, out)?;
    let from = absolute(&args.file)?;
    let skipped = in_words(&told.skipped);
    if rows.len() == 0 {
        let but = if skipped.is_empty() {
            String::new()
        } else {
            format!(", only {skipped}")
        };
        anyhow::bail!(
            "{}: holds no scalar{but}: there is nothing to show",
            args.file.display()
        );
    }
    let (values, metrics, steps) = (rows.values, rows.names().len(), rows.len());
    let summary = format!("{values} values of {metrics} metrics at {steps} steps");
    let but = if skipped.is_empty() {
        String::new()
    } else {
        format!("; skipped {skipped}")
    };
    let origin = Origin {
        name: name_of(&from),
        began: rows.began.and_then(clock::at),
        remark: format!("imported {summary} from {}{but}", from.display()),
        argv: std::env::args().collect(),
        from,
    };
    let run = imported::write(target, &origin, rows.metrics())?;
    if !skipped.is_empty() {
        out.note(format!("skipped {skipped}: only scalars become metrics"));
    }
    if rows.left_out > 0 {
        out.note(format!(
            "left out {} values: a run keeps {metrics} metrics",
            rows.left_out
        ));
    }
    if rows.renamed() > 0 {
        let n = rows.renamed();
        out.note(format!(
            "{n} tags have a number behind their names, which other tags have already"
        ));
    }
    out.say(format!(
        "imported {summary}, as {}\n{}",
        origin.name,
        run.path().display()
    ));
    out.answer(&json!({
        "run": run.path(),
        "name": origin.name,
        "files": told.files,
        "steps": steps,
        "values": values,
        "metrics": rows.names(),
        "skipped": told.skipped,
        "left_out": rows.left_out,
        "torn": told.torn,
    }));
    Ok(Code::Done)
}

/// What there is to say beside the scalars.
#[derive(Debug, Default)]
struct Told {
    files: Vec<PathBuf>,
    skipped: BTreeMap<&'static str, u64>,
    torn: Vec<PathBuf>,
}

/// Every file's events, the oldest file first.
fn gather(path: &Path, out: Output) -> Result<(Rows, Told)> {
    let (mut rows, mut told) = (Rows::default(), Told::default());
    for file in files(path)? {
        let bytes = read_bounded(&file, events::LARGEST).map_err(|e| match e.is_missing() {
            true => usage(format!("{}: no such file", file.display())),
            false => e.into(),
        })?;
        let events = events::read(&bytes).with_context(|| file.display().to_string())?;
        rows.add(&events);
        for (kind, count) in events.skipped {
            *told.skipped.entry(kind).or_default() += count;
        }
        if events.torn > 0 {
            out.note(format!(
                "{}: its last {} bytes are a record that is not whole yet, or was cut off; what is before is imported",
                file.display(),
                events.torn
            ));
            told.torn.push(file.clone());
        }
        told.files.push(file);
    }
    Ok((rows, told))
}

/// The event files of a run: the file, or those in the folder by name, which begins with the time.
fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let inside = entries(path)?;
    let mut found: Vec<PathBuf> = inside
        .iter()
        .filter(|p| is_named_so(p) && p.is_file())
        .cloned()
        .collect();
    found.sort();
    if !found.is_empty() {
        return Ok(found);
    }
    let has_some =
        |folder: &&PathBuf| folder.is_dir() && entries(folder).is_ok_and(|all| all.iter().any(|p| is_named_so(p)));
    let mut below: Vec<String> = inside
        .iter()
        .filter(has_some)
        .map(|p| p.display().to_string())
        .collect();
    below.sort();
    let shown = path.display();
    Err(match below.len() {
        0 => usage(format!(
            "{shown}: holds no event files; give the folder in which events.out.tfevents… lies, or a file"
        )),
        n => usage(format!(
            "{shown}: holds no event files itself; a run is one folder's: import {}{} one by one",
            below[..n.min(NAMED)].join(", "),
            if n > NAMED {
                format!(" and {} others", n - NAMED)
            } else {
                String::new()
            }
        )),
    })
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let inside = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    Ok(inside.flatten().map(|entry| entry.path()).collect())
}

/// As TensorBoard finds its files.
fn is_named_so(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|n| n.to_string_lossy().contains("tfevents"))
}

/// A run is called like its folder.
fn name_of(from: &Path) -> String {
    let folder = if from.is_dir() { Some(from) } else { from.parent() };
    let name = folder
        .and_then(Path::file_name)
        .map(|n| n.to_string_lossy().into_owned());
    name.unwrap_or_else(|| "imported".into())
}

/// `3 histograms, 1 images`.
fn in_words(skipped: &BTreeMap<&'static str, u64>) -> String {
    let words: Vec<String> = skipped.iter().map(|(kind, n)| format!("{n} {kind}")).collect();
    words.join(", ")
}
