//! `spikedeck tag` and `spikedeck note`: what people call a run, also after it has ended.

use super::{
    failure::{Code, usage},
    output::Output,
    resolve,
};
use crate::run::{
    RunDir,
    labels::{self, Labels},
};
use anyhow::Result;
use clap::Args;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Show or change a run's tags
#[derive(Debug, Args)]
pub struct TagArgs {
    /// The run: its path, name, short id or id
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// +TAG adds a tag, -TAG takes it away; none only shows them
    #[arg(value_name = "+TAG|-TAG", allow_hyphen_values = true)]
    changes: Vec<String>,
}

/// Show or change a run's note
#[derive(Debug, Args)]
pub struct NoteArgs {
    /// The run: its path, name, short id or id
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// The note, in place of the one before; none only shows it
    #[arg(value_name = "TEXT", conflicts_with = "clear")]
    text: Vec<String>,
    /// Take the note away
    #[arg(long)]
    clear: bool,
}

/// Does it.
///
/// # Errors
/// When there is no run, a word is no tag, or the folder cannot be written.
pub fn tag(args: &TagArgs, out: Output) -> Result<Code> {
    let run = open(&args.run)?;
    // What begins with a hyphen is a tag here, but the flag of every command was meant as one.
    let changes: Vec<&String> = args.changes.iter().filter(|c| *c != "--json").collect();
    let change = |labels: &mut Labels| -> Result<()> {
        for change in &changes {
            match change.strip_prefix('-') {
                Some(word) => {
                    labels.tags.remove(&labels::tag(word).map_err(usage)?);
                }
                None => labels.add(change.strip_prefix('+').unwrap_or(change)).map_err(usage)?,
            }
        }
        Ok(())
    };
    let labels = match changes.is_empty() {
        true => Labels::read(&run),
        false => labels::change(run.path(), change)?,
    };
    let tags: Vec<String> = labels.tags.iter().map(|t| format!("#{t}")).collect();
    out.say(match tags.is_empty() {
        true => "no tags".into(),
        false => tags.join(" "),
    });
    Ok(answer(&run, &labels, out))
}

/// Does it.
///
/// # Errors
/// When there is no run, the note is too long, or the folder cannot be written.
pub fn note(args: &NoteArgs, out: Output) -> Result<Code> {
    let run = open(&args.run)?;
    let remark = |labels: &mut Labels| -> Result<()> { labels.remark(&args.text.join(" ")).map_err(usage) };
    let labels = match args.clear || !args.text.is_empty() {
        true => labels::change(run.path(), remark)?,
        false => Labels::read(&run),
    };
    out.say(match labels.note.as_str() {
        "" => "no note",
        note => note,
    });
    Ok(answer(&run, &labels, out))
}

fn open(run: &Path) -> Result<RunDir> {
    Ok(RunDir::open_to_view(&resolve::run(run)?)?)
}

fn answer(run: &RunDir, labels: &Labels, out: Output) -> Code {
    out.answer(&json!({ "run": run.path(), "tags": labels.tags, "note": labels.note }));
    Code::Done
}
