//! What a RUN, CKPT or attack argument means, for every command: a path, or what people call a run ([`find`]) among those that
//! the screen would list. A path that exists goes before a name.

use super::{
    failure::{Unclear, usage},
    user_config::run_folders,
};
use crate::run::{
    RunDir, RunError,
    attack_job::AttackDir,
    checkpoint,
    clock::now,
    discover,
    find::{self, Found, Named, choose},
    text::clean,
    watch::state_of,
};
use anyhow::Result;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// The most runs that an error lists.
const MOST_LISTED: usize = 12;

/// The absolute directory of the run that is meant.
///
/// # Errors
/// Wrong usage where there is none, or several: the message lists them.
pub fn run(word: &Path) -> Result<PathBuf> {
    match job(word)? {
        attack if AttackDir::is_attack(&attack) => Err(usage(format!("{}: is an attack, not a run", shown(word)))),
        run => Ok(run),
    }
}

/// A folder in which runs are looked for, or the one run that is meant.
///
/// # Errors
/// As [`run`].
pub fn folder(word: &Path) -> Result<PathBuf> {
    match word.is_dir() {
        true => Ok(word.to_path_buf()),
        false => run(word),
    }
}

/// The absolute directory of the run or attack that is meant; an attack by its path or its id.
///
/// # Errors
/// As [`run`].
pub fn job(word: &Path) -> Result<PathBuf> {
    if std::fs::symlink_metadata(word).is_ok() {
        return there(word);
    }
    let searched = searched()?;
    let text = word.to_string_lossy();
    if word.components().count() != 1 || text.is_empty() {
        return Err(usage(format!(
            "{}: no such run; `spikedeck status` lists the runs below a folder",
            shown(word)
        )));
    }
    let runs = find::all(&searched);
    match choose(&runs, &text) {
        Found::One(run) => Ok(run.dir.clone()),
        Found::Several(several) => Err(unclear(&text, &several)),
        Found::None(near) => attack(&runs, &text).ok_or_else(|| nothing(&text, &searched, &near)),
    }
}

/// The directory of the checkpoint that is meant: a path, or `RUN:best`, `RUN:latest` (also `RUN:last`) or `RUN:STEP`.
///
/// # Errors
/// As [`run`], and where the run has no such checkpoint.
pub fn checkpoint(word: &Path) -> Result<PathBuf> {
    if std::fs::symlink_metadata(word).is_ok() {
        return match RunDir::is_run(word) {
            false => Ok(word.to_path_buf()),
            true => Err(usage(format!(
                "{0}: is a run; give one of its checkpoints, such as {0}:best, {0}:latest or {0}:STEP",
                shown(word)
            ))),
        };
    }
    let text = word.to_string_lossy();
    let Some((of, which)) = text
        .rsplit_once(':')
        .filter(|(of, which)| !of.is_empty() && !which.is_empty())
    else {
        return Err(no_checkpoint(word));
    };
    let dir = RunDir::open_to_view(&run(Path::new(of))?)?;
    let found = checkpoint::find(&dir.read_manifest()?.checkpoints, which);
    found.map_err(|e| usage(format!("{}: {e}", shown(word))))
}

fn no_checkpoint(word: &Path) -> anyhow::Error {
    usage(format!(
        "{}: no checkpoint there; give a folder such as checkpoints/RUN/step-000001234, or RUN:best, RUN:latest or RUN:STEP",
        shown(word)
    ))
}

/// Wraps what went wrong with a checkpoint argument: a path that is none is wrong usage.
pub fn checkpoint_error(word: &Path, error: RunError) -> anyhow::Error {
    match error.is_missing() || matches!(error, RunError::NotA { .. }) {
        true => no_checkpoint(word),
        false => error.into(),
    }
}

/// The folders that the screen looks in when none is named.
fn searched() -> Result<Vec<PathBuf>> {
    run_folders()
}

/// A path that exists: a run or an attack, or else said what is there.
fn there(path: &Path) -> Result<PathBuf> {
    let found = std::fs::canonicalize(path).map_err(|e| usage(format!("{}: no such run ({e})", shown(path))))?;
    if RunDir::is_run(&found) || AttackDir::is_attack(&found) {
        return Ok(found);
    }
    let below: Vec<Named> = match found.is_dir() {
        true => find::all(std::slice::from_ref(&found)),
        false => Vec::new(),
    };
    let newest: Vec<&Named> = below.iter().rev().collect();
    let text = match newest.is_empty() {
        true => format!(
            "{}: is no run (there is no run.toml in it); `spikedeck status` lists the runs below a folder",
            shown(path)
        ),
        false => format!(
            "{}: is no run, but there are runs below it; give the id of one:",
            shown(path)
        ),
    };
    Err(listing(text, &newest))
}

/// The attack of this id on a checkpoint of one of the runs.
fn attack(runs: &[Named], id: &str) -> Option<PathBuf> {
    let is_id = ulid::Ulid::from_string(id).is_ok();
    let lies = |run: &Named| Some(RunDir::at(&run.dir).attacks().join(id)).filter(|dir| AttackDir::is_attack(dir));
    is_id.then(|| runs.iter().find_map(lies)).flatten()
}

/// The error for a word that fits several runs.
pub fn unclear(word: &str, several: &[&Named]) -> anyhow::Error {
    let one_id = several.iter().all(|r| r.id == several[0].id);
    let fix = if one_id { "the folder" } else { "the id" };
    let text = format!(
        "{:?} is {} runs; give {fix} of the one that is meant:",
        clean(word),
        several.len()
    );
    listing(text, several)
}

fn nothing(word: &str, searched: &[PathBuf], near: &[&Named]) -> anyhow::Error {
    let folders: Vec<String> = searched.iter().map(|f| shown(f)).collect();
    let hint = match near.is_empty() {
        true if discover(searched).is_empty() => {
            "there are no runs at all: go to the folder of the experiments, give a path, or set \
                  roots in the configuration"
        }
        true => "`spikedeck status` lists the runs",
        false => "nearly so are called:",
    };
    let text = format!(
        "{:?}: no such folder, and no run of that name or id below {}; {hint}",
        clean(word),
        folders.join(", ")
    );
    listing(text, near)
}

/// An error with runs: one a line for people, the same as objects for scripts.
fn listing(mut text: String, runs: &[&Named]) -> anyhow::Error {
    let mut candidates: Vec<Value> = Vec::new();
    for run in runs.iter().take(MOST_LISTED) {
        let state = state_of(&RunDir::at(&run.dir), now());
        text.push_str(&format!(
            "\n  {}  {:<8}  {}",
            clean(&run.id),
            state.label(),
            shown(&run.dir)
        ));
        candidates.push(json!({ "id": run.id, "name": run.name, "state": state.word(), "run": run.dir }));
    }
    if runs.len() > MOST_LISTED {
        text.push_str(&format!("\n  … and {} older ones", runs.len() - MOST_LISTED));
    }
    Unclear { text, candidates }.into()
}

fn shown(path: &Path) -> String {
    clean(&path.display().to_string()).into_owned()
}
