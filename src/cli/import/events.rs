//! TensorBoard's event files become a run to look at: the same journals as a worker's, without a specification.

use super::{
    ImportArgs,
    folders::is_named_so,
    gather::{Gathered, gather, some},
    report, wanted,
};
use crate::{
    cli::{
        failure::{Code, usage},
        output::Output,
        status::no_end,
    },
    exchange::events::{self, End},
    run::{
        RunDir, RunError, clock,
        files::open_regular,
        imported::{self, Origin, Record},
        place::absolute,
        status::Outcome,
    },
};
use anyhow::{Result, anyhow};
use serde_json::json;
use std::{io::Read, path::Path};

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
/// When there are no events, none of the files can be read, or the folder cannot be written.
pub fn run(args: &ImportArgs, out: Output) -> Result<Code> {
    if args.network.is_some() || !args.set.is_empty() {
        return Err(usage(format!(
            "{}: event files hold metrics and no weights: leave out --network and --set",
            args.file.display()
        )));
    }
    let target = match args.force {
        true => absolute(&args.out)?,
        false => wanted::target(&args.out)?,
    };
    let found = gather(&args.file)?;
    if found.rows.len() == 0 {
        report::say(&found, &args.file, out);
        return Err(nothing(&args.file, &found));
    }
    let origin = origin(&args.file, &found)?;
    let (values, metrics, steps) = (found.rows.values, found.rows.names().len(), found.rows.len());
    let run = imported::write(&target, &origin, found.rows.metrics(), args.force).map_err(|e| unwritten(&target, e))?;
    report::say(&found, &args.file, out);
    let end = match origin.outcome {
        Outcome::NoEnd => format!("; {}", no_end(last(&found).map(clock::text).as_deref())),
        _ => String::new(),
    };
    out.say(format!(
        "imported {values} values of {metrics} metrics at {steps} steps, as {}{end}\n{}",
        origin.name,
        run.path().display()
    ));
    answer(&run, &origin, &found, out);
    Ok(Code::Done)
}

fn answer(run: &RunDir, origin: &Origin, found: &Gathered, out: Output) {
    let mut answer = report::answer(found);
    answer["run"] = json!(run.path());
    answer["name"] = json!(origin.name);
    answer["state"] = json!(crate::run::state::ended(origin.outcome));
    out.answer(&answer);
}

fn last(found: &Gathered) -> Option<clock::Timestamp> {
    clock::at(found.rows.last())
}

/// Why there is nothing to show.
fn nothing(file: &Path, found: &Gathered) -> anyhow::Error {
    let but = match found.skipped.is_empty() {
        true => String::new(),
        false => format!(", only {}", report::in_words(&found.skipped)),
    };
    let shown = file.display();
    match found.apart.is_empty() {
        true => anyhow!("{shown}: holds no scalar{but}: there is nothing to show"),
        false => {
            let names: Vec<String> = found.apart.iter().map(|f| file.join(f).display().to_string()).collect();
            usage(format!(
                "{shown}: its own event files hold no scalar{but}; a run is one folder's: import {} one by one",
                some(&names)
            ))
        }
    }
}

fn origin(file: &Path, found: &Gathered) -> Result<Origin> {
    let from = absolute(file)?;
    let rows = &found.rows;
    let (values, metrics, steps) = (rows.values, rows.names().len(), rows.len());
    let but = match found.skipped.is_empty() {
        true => String::new(),
        false => format!("; skipped {}", report::in_words(&found.skipped)),
    };
    let damaged: u64 = found.damaged.iter().map(|d| d.2).sum();
    let but = match damaged + found.unreadable.len() as u64 {
        0 => but,
        _ => format!(
            "{but}; left out {damaged} damaged places and {} files",
            found.unreadable.len()
        ),
    };
    Ok(Origin {
        name: name_of(&from),
        started: rows.started.and_then(clock::at),
        outcome: match found.end() {
            Some(End::Finished) => Outcome::Finished,
            Some(End::Failed) => Outcome::Failed,
            None => Outcome::NoEnd,
        },
        remark: format!(
            "imported {values} values of {metrics} metrics at {steps} steps from {}{but}",
            from.display()
        ),
        argv: std::env::args().collect(),
        record: Record {
            files: found.files.iter().map(|f| absolute(f)).collect::<Result<_, _>>()?,
            series: rows.series.clone(),
            configuration: found.configuration.clone(),
        },
        from,
    })
}

/// A run is called like its folder.
fn name_of(from: &Path) -> String {
    let folder = if from.is_dir() { Some(from) } else { from.parent() };
    let name = folder
        .and_then(Path::file_name)
        .map(|n| n.to_string_lossy().into_owned());
    name.unwrap_or_else(|| "imported".into())
}

/// What to do where the run could not be written: an import has no checkpoint to resume from.
fn unwritten(target: &Path, error: RunError) -> anyhow::Error {
    use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
    let shown = target.display();
    match &error {
        full if full.is_disk_full() => anyhow!(
            "{shown}: the disk is full: nothing was imported, and nothing is left of it; free some space there, or choose \
             another disk with --out, and import again"
        ),
        RunError::Io { path, doing, source } if matches!(source.kind(), PermissionDenied | ReadOnlyFilesystem) => {
            anyhow!(
                "{}: cannot {doing}: {source}; choose a folder that you can write with --out",
                path.display()
            )
        }
        _ => error.into(),
    }
}
