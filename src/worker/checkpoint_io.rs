//! Checkpoints: everything that a run needs to continue as if it had never stopped.
//!
//! Order, crops and noise are pure functions of seed, epoch and step, so there is no random-number state to save:
//! weights, statistics, optimiser, controls and the place reached are all.

use super::controls::Controls;
use super::progress::Progress;
use super::selection::Selection;
use crate::run::{
    RunError, SCHEMA,
    checkpoint::{self, CheckpointMeta},
    clock,
    names::{MODEL, OPTIMIZER, WORKER},
    provenance::Provenance,
};
use crate::snn::{backend::download, weights};
use crate::spec::TUNABLES;
use crate::train::Trainer;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The worker's own state in a checkpoint.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WorkerState {
    /// Optimiser steps done.
    pub step: u64,
    /// The optimiser's own count.
    pub optimizer_steps: u64,
    /// Hyper-parameters as tweaked, and commands still to come into force.
    pub controls: Controls,
    /// The best epoch so far.
    #[serde(flatten)]
    pub selection: Selection,
    /// How often the run was rolled back because its numbers diverged.
    #[serde(default)]
    pub rollbacks: u32,
    /// The latest value of each metric.
    #[serde(with = "crate::run::metric::numbers")]
    pub latest: BTreeMap<String, f64>,
}

/// Why a checkpoint could not be written or read back.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The files.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The tensors.
    #[error("{checkpoint}: {source}; resume from an older checkpoint or start again")]
    Weights {
        /// Which checkpoint.
        checkpoint: PathBuf,
        /// What is wrong.
        source: weights::WeightsError,
    },
    /// The rest.
    #[error("{checkpoint}: {what}; resume from an older checkpoint or start again")]
    State {
        /// Which checkpoint.
        checkpoint: PathBuf,
        /// What is wrong.
        what: String,
    },
}

/// Which run a checkpoint is of, and where it stands.
pub struct CheckpointContext<'a> {
    /// The folder of the run's checkpoints.
    pub root: &'a Path,
    /// The run's id.
    pub id: &'a str,
    /// The run's directory.
    pub directory: &'a Path,
    /// Which incarnation of its worker this is.
    pub incarnation: u32,
    /// What the run computes from and by.
    pub provenance: &'a Provenance,
    /// How far it is.
    pub at: Progress,
    /// Seconds on the run's own clock.
    pub wall: f64,
    /// Whether it is the best so far on the validation split.
    pub best: bool,
    /// Whether a person asked for it: it is pinned, so that it stays until a person removes it.
    pub pinned: bool,
}

/// Publishes a checkpoint and returns its directory.
pub fn save(on: &CheckpointContext<'_>, trainer: &Trainer, state: &WorkerState) -> Result<PathBuf, CheckpointError> {
    let target = checkpoint::step_folder(on.root, on.at.step);
    let wrong = |source| CheckpointError::Weights {
        checkpoint: target.clone(),
        source,
    };
    let mut draft = checkpoint::begin(&target)?;
    draft.write(MODEL, &trainer.network.to_safetensors().map_err(wrong)?)?;
    let tensors: Vec<_> = trainer
        .optimizer
        .state(&trainer.network)
        .map(|(name, array)| (name, array.dims().to_vec(), download(array)))
        .collect();
    draft.write(OPTIMIZER, &weights::encode(&tensors).map_err(wrong)?)?;
    draft.write(WORKER, &serde_json::to_vec(state).map_err(|e| damaged(&target, e))?)?;
    if on.pinned {
        draft.pin()?;
    }
    let experiment = &state.controls.experiment;
    Ok(draft.publish(CheckpointMeta {
        schema: SCHEMA,
        run: on.id.to_string(),
        run_dir: on.directory.to_path_buf(),
        incarnation: on.incarnation,
        step: on.at.step,
        epoch: on.at.epoch(),
        wall: on.wall,
        created: clock::now_text(),
        spec: experiment.clone(),
        metrics: state.latest.clone(),
        tunables: TUNABLES
            .iter()
            .map(|t| (t.key.to_string(), t.get(experiment)))
            .collect(),
        best: on.best,
        provenance: Provenance {
            model_sha256: None,
            ..on.provenance.clone()
        },
        files: BTreeMap::new(),
    })?)
}

fn damaged(checkpoint: &Path, what: impl ToString) -> CheckpointError {
    CheckpointError::State {
        checkpoint: checkpoint.to_path_buf(),
        what: what.to_string(),
    }
}

/// Puts a checkpoint's weights, statistics and optimiser into the trainer, and returns the worker's state.
pub fn restore(from: &checkpoint::Checkpoint, trainer: &mut Trainer) -> Result<WorkerState, CheckpointError> {
    let path = from.path();
    let text = from.read_file(WORKER)?;
    let state: WorkerState = serde_json::from_slice(&text).map_err(|e| damaged(path, format!("{WORKER}: {e}")))?;
    let wrong = |source| CheckpointError::Weights {
        checkpoint: path.to_path_buf(),
        source,
    };
    trainer
        .network
        .load_safetensors(&from.read_file(MODEL)?)
        .map_err(wrong)?;
    let tensors = weights::decode(&from.read_file(OPTIMIZER)?).map_err(wrong)?;
    let get = |name: &str| tensors.get(name).map(|(_, v)| v.clone());
    match trainer.optimizer.restore(&trainer.network, state.optimizer_steps, get) {
        true => Ok(state),
        false => Err(damaged(path, format!("{OPTIMIZER} does not fit the network"))),
    }
}
