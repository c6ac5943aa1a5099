//! Forks: another run that continues from a run's checkpoint, with changes. It has the checkpoint's weights, optimiser, step
//! and ramps, and its hyper-parameters as they were then; what is changed must leave all of these meaningful.

use super::{
    RunDir, SCHEMA, checkpoint, clock,
    error::RunError,
    manifest::Manifest,
    place::{absolute, new_run_id},
    revision,
};
use crate::spec::Experiment;
use std::path::{Path, PathBuf};

/// A fork that was checked and is not there yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Fork {
    /// Its manifest.
    pub manifest: Manifest,
    /// The step it begins at.
    pub step: u64,
    /// Epochs done by then, as a fraction.
    pub epoch: f64,
    runs: PathBuf,
}

/// Plans a fork of `run` from its checkpoint `words` ([`checkpoint::find`]) with `KEY=VALUE` changes of its
/// specification. It goes beside the run, and its checkpoints beside the run's.
///
/// # Errors
/// When there is no such checkpoint or it is damaged, a change is none, or it would not fit what the checkpoint holds.
pub fn plan(run: &RunDir, words: &str, changes: &[String], argv: Vec<String>) -> Result<Fork, RunError> {
    let mother = run.read_manifest()?;
    let found = checkpoint::open(&checkpoint::find(&mother.checkpoints, words)?)?;
    found.verify()?;
    let old = &found.meta.spec;
    let spec = changed(found.path(), old, changes)?;
    if let Some(why) = misfit(old, &spec, found.meta.epoch) {
        return Err(RunError::refused(found.path(), why));
    }
    let now = clock::now();
    let id = new_run_id(&spec.name, now);
    let beside = |path: &Path| path.parent().map(Path::to_path_buf).unwrap_or_default();
    Ok(Fork {
        step: found.meta.step,
        epoch: found.meta.epoch,
        runs: beside(&absolute(run.path())?),
        manifest: Manifest {
            schema: SCHEMA,
            name: spec.name.clone(),
            created: clock::text(now),
            version: env!("CARGO_PKG_VERSION").into(),
            revision: revision::of_working_folder(),
            argv,
            checkpoints: beside(&mother.checkpoints).join(&id),
            data: mother.data,
            parent: Some(found.path().to_path_buf()),
            fork: true,
            spec,
            id,
        },
    })
}

/// Whether a run of this specification can be resumed from a checkpoint so many epochs in with these changes; reads
/// nothing, for what is typed.
///
/// # Errors
/// When a change is none, or it would not fit what the checkpoint holds.
pub fn check(old: &Experiment, epoch: f64, changes: &[String]) -> Result<(), String> {
    let new = parsed(old, changes).map_err(|e| format!("no fork: {e}"))?;
    misfit(old, &new, epoch).map_or(Ok(()), Err)
}

impl Fork {
    /// Creates its directory. No worker is started.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn create(&self) -> Result<RunDir, RunError> {
        RunDir::create(&self.runs, &self.manifest)
    }
}

fn changed(checkpoint: &Path, old: &Experiment, changes: &[String]) -> Result<Experiment, RunError> {
    parsed(old, changes).map_err(|e| RunError::refused(checkpoint, format!("no fork: {e}")))
}

fn parsed(old: &Experiment, changes: &[String]) -> Result<Experiment, String> {
    let text = toml::to_string(old).map_err(|e| e.to_string())?;
    let mut new =
        Experiment::parse(&text, "the changed specification", &old.name, changes).map_err(|e| e.to_string())?;
    if old.data.split_seed.is_none() && !changes.iter().any(|c| c.contains("split_seed")) {
        // A run of before there was this key: its split stays what it was.
        new.data.split_seed = None;
    }
    Ok(new)
}

/// Why a checkpoint of `old`, so many epochs in, cannot be resumed from as `new`.
fn misfit(old: &Experiment, new: &Experiment, epoch: f64) -> Option<String> {
    let fixed = [
        ("network", "the checkpoint's network"),
        ("data", "the data that the steps so far were counted on"),
        ("train.batch", "the batch that the steps so far were counted by"),
        ("train.optimizer", "the optimiser whose state the checkpoint holds"),
    ];
    for (key, what) in fixed {
        if let Some(changed) = differing(old, new, key) {
            return Some(format!(
                "no fork: {changed} is not that of {what}; train SPEC --resume-weights CKPT starts from the weights alone"
            ));
        }
    }
    (epoch >= new.train.epochs as f64).then(|| {
        format!(
            "no fork: it is at epoch {epoch} of {}: nothing would be left to train; set more, for example train.epochs={}",
            new.train.epochs,
            epoch.floor() as u64 + 10
        )
    })
}

/// The first key at or below this one in which two specifications differ.
fn differing(old: &Experiment, new: &Experiment, key: &str) -> Option<String> {
    let values = [old, new].map(|spec| toml::Value::try_from(spec).ok());
    let [Some(old), Some(new)] = values else { return None };
    let at = |spec: &toml::Value| {
        key.split('.')
            .try_fold(spec.clone(), |table, part| table.get(part).cloned())
    };
    let (old, new) = (at(&old), at(&new));
    if old == new {
        return None;
    }
    let table = |value: &Option<toml::Value>| {
        value
            .as_ref()
            .and_then(toml::Value::as_table)
            .cloned()
            .unwrap_or_default()
    };
    let (old, new) = (table(&old), table(&new));
    let names = old.keys().chain(new.keys().filter(|name| !old.contains_key(*name)));
    let mut changed = names.filter(|name| old.get(*name) != new.get(*name));
    Some(
        changed
            .next()
            .map_or_else(|| key.to_string(), |name| format!("{key}.{name}")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::testing;

    fn apply(changes: &[&str]) -> Result<Experiment, RunError> {
        let changes: Vec<String> = changes.iter().map(|c| c.to_string()).collect();
        changed(Path::new("/c"), &testing::experiment(), &changes)
    }

    #[test]
    fn what_the_checkpoint_holds_cannot_be_changed() {
        let old = testing::experiment();
        for (change, says) in [
            ("network.steps=7", "network.steps is not that of the checkpoint"),
            ("data.limit=77", "steps"),
            ("batch=3", "steps"),
            ("epochs=1", "nothing would be left"),
        ] {
            let why = misfit(&old, &apply(&[change]).unwrap(), 1.0).unwrap();
            assert!(why.contains(says) && why.contains("no fork"), "{change}: {why}");
        }
        assert_eq!(
            misfit(&old, &apply(&["lr=0.5", "epochs=99", "seed=9"]).unwrap(), 1.0),
            None
        );
    }

    #[test]
    fn a_change_that_is_none_names_the_key() {
        for (change, says) in [("lambada=1", "lambada"), ("lr=-1", "train.lr"), ("lr", "KEY=VALUE")] {
            let said = apply(&[change]).unwrap_err().to_string();
            assert!(said.contains(says), "{change}: {said}");
        }
    }
}
