//! `spikedeck remove`: a run that is not wanted goes into the trash beside it, with its checkpoints, and can come back;
//! or it is deleted for good.

use super::{
    failure::{Code, usage},
    output::Output,
    resolve,
    user_config::run_folders,
};
use crate::{
    run::{
        Discovery, RunDir,
        find::{self, Found, choose},
        names::TRASH,
        remove::{self, Removal},
        text::clean,
    },
    units::bytes,
};
use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};
use std::{
    io::{BufRead, IsTerminal, Write},
    path::{Path, PathBuf},
};

/// Remove runs that have ended: into .trash/ beside them, with their checkpoints
#[derive(Debug, Args)]
pub struct RemoveArgs {
    /// Runs, by path, name, short id or id; with --purge none means everything in the trash
    #[arg(value_name = "RUN", required_unless_present_any = ["purge", "list"])]
    runs: Vec<PathBuf>,
    /// Do it without a question
    #[arg(long)]
    yes: bool,
    /// Delete for good, also what is in the trash already
    #[arg(long, conflicts_with_all = ["undo", "list"])]
    purge: bool,
    /// Bring runs back from the trash
    #[arg(long, conflicts_with = "list")]
    undo: bool,
    /// List what is in the trash
    #[arg(long, conflicts_with = "runs")]
    list: bool,
    /// Also where another run continued from its checkpoints, or its silent worker is on a machine that cannot be asked
    #[arg(long)]
    force: bool,
}

/// Does it.
///
/// # Errors
/// When there is no such run, it is live or needed, nobody says yes, or a folder cannot be moved.
pub fn run(args: &RemoveArgs, out: Output) -> Result<Code> {
    let mut discovery = Discovery::new(run_folders()?);
    let all = discovery.look().to_vec();
    let mut homes = discovery.homes();
    homes.extend(args.runs.iter().filter_map(|r| std::fs::canonicalize(r.parent()?).ok()));
    let trash: Vec<find::Named> = remove::trashed(&homes).into_iter().map(find::named).collect();
    match args {
        RemoveArgs { list: true, .. } => Ok(list(&trash, out)),
        RemoveArgs { undo: true, .. } => undo(&args.runs, &trash, out),
        RemoveArgs { purge: true, runs, .. } if runs.is_empty() => {
            let all: Vec<PathBuf> = trash.into_iter().map(|t| t.dir).collect();
            delete(&all, args.yes, out)
        }
        _ => take_away(args, all, &trash, out),
    }
}

fn list(trash: &[find::Named], out: Output) -> Code {
    if trash.is_empty() {
        out.say("nothing is in the trash");
    }
    for run in trash {
        out.say(clean(&run.dir.display().to_string()));
    }
    let all: Vec<Value> = trash
        .iter()
        .map(|t| json!({ "run": t.dir, "id": t.id, "name": t.name }))
        .collect();
    out.answer(&json!({ "trash": all }));
    Code::Done
}

fn undo(words: &[PathBuf], trash: &[find::Named], out: Output) -> Result<Code> {
    let chosen = words.iter().map(|w| in_trash(w, trash)).collect::<Result<Vec<_>>>()?;
    let mut back = Vec::new();
    for dir in chosen {
        let there = remove::restore(&dir)?;
        out.say(format!("back: {}", there.run.display()));
        back.push(json!({ "run": there.run, "checkpoints": there.checkpoints }));
    }
    out.answer(&json!({ "restored": back }));
    Ok(Code::Done)
}

/// The run in the trash that is meant.
fn in_trash(word: &Path, trash: &[find::Named]) -> Result<PathBuf> {
    if let Ok(path) = std::fs::canonicalize(word)
        && RunDir::is_run(&path)
    {
        return Ok(path);
    }
    let text = word.to_string_lossy();
    match choose(trash, &text) {
        Found::One(run) => Ok(run.dir.clone()),
        Found::Several(several) => Err(resolve::unclear(&text, &several)),
        Found::None(_) => Err(usage(format!(
            "{:?}: no such run in the trash; `spikedeck remove --list` lists it",
            clean(&text)
        ))),
    }
}

fn take_away(args: &RemoveArgs, others: Vec<PathBuf>, trash: &[find::Named], out: Output) -> Result<Code> {
    let (removals, gone) = chosen(args, &others, trash)?;
    let question: Vec<String> = removals.iter().map(|(run, removal)| about(run, removal)).collect();
    if !removals.is_empty() && !allowed(args, &question, out)? {
        return Ok(Code::Failed);
    }
    let mut removed = Vec::new();
    for (run, removal) in removals {
        removed.push(take_one_away(&run, removal, args.purge, out)?);
    }
    if !args.purge {
        out.say(
            "`spikedeck remove --undo RUN` brings it back, `spikedeck remove --purge` deletes what is in the trash",
        );
    }
    if !gone.is_empty() {
        return delete(&gone, args.yes, out);
    }
    out.answer(&json!({ "removed": removed, "purged": args.purge }));
    Ok(Code::Done)
}

/// The runs to remove, each with what that takes, and those to delete that are in the trash already.
type Chosen = (Vec<(RunDir, Removal)>, Vec<PathBuf>);

fn chosen(args: &RemoveArgs, others: &[PathBuf], trash: &[find::Named]) -> Result<Chosen> {
    let mut removals: Vec<(RunDir, Removal)> = Vec::new();
    let mut gone: Vec<PathBuf> = Vec::new();
    for word in &args.runs {
        // What is in the trash can only be deleted.
        match resolve::run(word) {
            Ok(dir) if !is_in_trash(&dir) => {
                let run = RunDir::open_to_view(&dir)?;
                if removals.iter().all(|(known, _)| *known != run) {
                    removals.push((run.clone(), remove::plan(&run, &siblings(&run, others), args.force)?));
                }
            }
            Ok(dir) if args.purge => gone.push(dir),
            Ok(dir) => {
                return Err(usage(format!(
                    "{}: is in the trash already; --purge deletes it",
                    dir.display()
                )));
            }
            Err(none) if args.purge => gone.push(in_trash(word, trash).map_err(|_| none)?),
            Err(none) => return Err(none),
        }
    }
    Ok((removals, gone))
}

/// Moves a run into the trash, and deletes it there where it is to be gone for good; returns its part of the answer.
fn take_one_away(run: &RunDir, removal: Removal, purge: bool, out: Output) -> Result<Value> {
    let staying = removal.staying.clone();
    let to = removal.to_trash()?;
    staying.iter().for_each(|why| out.note(format!("note: {why}")));
    if purge {
        remove::purge(&to.run)?;
        out.say(format!("deleted: {}", run.path().display()));
    } else {
        out.say(format!("in the trash: {}", to.run.display()));
        to.checkpoints
            .iter()
            .for_each(|c| out.say(format!("its checkpoints: {}", c.display())));
    }
    let trash = (!purge).then_some(&to);
    Ok(json!({
        "run": run.path(), "trash": trash.map(|t| &t.run), "checkpoints_trash": trash.and_then(|t| t.checkpoints.as_ref()),
        "checkpoints_stay": staying,
    }))
}

/// Every run known, those beside it included: it may lie outside of what the screen shows.
fn siblings(run: &RunDir, others: &[PathBuf]) -> Vec<PathBuf> {
    let beside = run.path().parent().map(Path::to_path_buf);
    let mut all: Vec<PathBuf> = others
        .iter()
        .cloned()
        .chain(crate::run::discover(beside.as_slice()))
        .collect();
    all.sort();
    all.dedup();
    all
}

fn is_in_trash(dir: &Path) -> bool {
    dir.parent().is_some_and(|p| p.file_name().is_some_and(|n| n == TRASH))
}

fn about(run: &RunDir, removal: &Removal) -> String {
    let checkpoints = match removal.checkpoints() {
        Some(folder) => format!(", its checkpoints {}", folder.display()),
        None => String::new(),
    };
    format!("{}{checkpoints} ({})", run.path().display(), bytes(removal.bytes()))
}

/// Deletes what is in the trash.
fn delete(trashed: &[PathBuf], yes: bool, out: Output) -> Result<Code> {
    let question: Vec<String> = trashed.iter().map(|p| p.display().to_string()).collect();
    if trashed.is_empty() {
        out.say("nothing is in the trash");
    } else if !yes && !asked("Delete for good", &question, out)? {
        return Ok(Code::Failed);
    }
    for dir in trashed {
        remove::purge(dir)?;
        out.say(format!("deleted: {}", dir.display()));
    }
    out.answer(&json!({ "removed": trashed.iter().map(|t| json!({ "run": t, "trash": null })).collect::<Vec<_>>(), "purged": true }));
    Ok(Code::Done)
}

fn allowed(args: &RemoveArgs, what: &[String], out: Output) -> Result<bool> {
    let deed = if args.purge {
        "Delete for good"
    } else {
        "Move into the trash"
    };
    Ok(args.yes || asked(deed, what, out)?)
}

/// Asks on the terminal.
///
/// # Errors
/// Where nobody can be asked: --yes is needed.
fn asked(deed: &str, what: &[String], out: Output) -> Result<bool> {
    for line in what {
        out.note(format!("  {}", clean(line)));
    }
    if out.is_json() || !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Err(usage(
            "nothing was removed: nobody can be asked here; --yes does it without a question",
        ));
    }
    let mut to = std::io::stderr().lock();
    let _ = write!(to, "{deed}? [y/N] ").and_then(|()| to.flush());
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    let yes = matches!(answer.trim().to_lowercase().as_str(), "y" | "yes");
    if !yes {
        out.say("nothing was removed");
    }
    Ok(yes)
}
