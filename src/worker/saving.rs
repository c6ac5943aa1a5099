//! Checkpoints: everything that a run needs to go on as if it had never stopped.
//!
//! Order, crops and noise are pure functions of seed, epoch and step, so there is no random-number state to save:
//! weights, statistics, optimiser, controls and the place reached are all.

use super::controls::Controls;
use super::recorder::Progress;
use crate::run::{RunError, checkpoint};
use crate::snn::{backend::download, weights};
use crate::train::Trainer;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Files of a checkpoint.
pub const MODEL: &str = "model.safetensors";
const OPTIMIZER: &str = "optimizer.safetensors";
const WORKER: &str = "worker.json";

/// The worker's own state in a checkpoint.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WorkerState {
    /// Optimiser steps done.
    pub step: u64,
    /// The optimiser's own count.
    pub optimizer_steps: u64,
    /// Hyper-parameters as tweaked, and commands still to come into force.
    pub controls: Controls,
    /// Best validation accuracy so far.
    pub best: Option<f64>,
    /// The latest value of each metric.
    pub latest: BTreeMap<String, f64>,
}

/// Why a checkpoint could not be written or read back.
#[derive(Debug, thiserror::Error)]
pub enum SavingError {
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

/// Publishes a checkpoint and returns its directory.
pub fn save(
    root: &Path,
    run: (&str, &Path),
    trainer: &Trainer,
    state: &WorkerState,
    at: Progress,
    is_best: bool,
) -> Result<PathBuf, SavingError> {
    let wrong = |source| SavingError::Weights { checkpoint: root.to_path_buf(), source };
    let mut draft = checkpoint::begin(root, at.step)?;
    draft.write(MODEL, &trainer.network.to_safetensors().map_err(wrong)?)?;
    let tensors: Vec<_> = trainer
        .optimizer
        .state(&trainer.network)
        .map(|(name, array)| (name, array.dims().to_vec(), download(array)))
        .collect();
    draft.write(OPTIMIZER, &weights::encode(&tensors).map_err(wrong)?)?;
    let text = serde_json::to_vec(state).map_err(|e| damaged(root, e))?;
    draft.write(WORKER, &text)?;
    let about = checkpoint::About {
        run_id: run.0.to_string(),
        run_dir: run.1.to_path_buf(),
        step: at.step,
        epoch: at.epoch(),
        spec: state.controls.experiment.clone(),
        metrics: state.latest.clone(),
        best: is_best,
    };
    Ok(draft.publish(about)?)
}

fn damaged(checkpoint: &Path, what: impl ToString) -> SavingError {
    SavingError::State { checkpoint: checkpoint.to_path_buf(), what: what.to_string() }
}

/// Puts a checkpoint's weights, statistics and optimiser into the trainer, and returns the worker's state.
pub fn restore(from: &checkpoint::Checkpoint, trainer: &mut Trainer) -> Result<WorkerState, SavingError> {
    let path = from.path();
    let text = from.read_file(WORKER)?;
    let state: WorkerState = serde_json::from_slice(&text).map_err(|e| damaged(path, format!("{WORKER}: {e}")))?;
    let wrong = |source| SavingError::Weights { checkpoint: path.to_path_buf(), source };
    trainer.network.load_safetensors(&from.read_file(MODEL)?).map_err(wrong)?;
    let tensors = weights::decode(&from.read_file(OPTIMIZER)?).map_err(wrong)?;
    let get = |name: &str| tensors.get(name).map(|(_, v)| v.clone());
    match trainer.optimizer.restore(&trainer.network, state.optimizer_steps, get) {
        true => Ok(state),
        false => Err(damaged(path, format!("{OPTIMIZER} does not fit the network"))),
    }
}
