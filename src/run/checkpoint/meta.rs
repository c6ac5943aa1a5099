//! `checkpoint.json`: what was saved, when and of which run.

use crate::run::provenance::Provenance;
use crate::spec::Experiment;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::PathBuf};

/// Everything known of a checkpoint without opening its tensors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckpointMeta {
    /// [`crate::run::SCHEMA`] of the writer.
    pub schema: u32,
    /// The run's id.
    pub run: String,
    /// The run's absolute directory when it was saved; may be gone.
    pub run_dir: PathBuf,
    /// Which incarnation of the run's worker saved it, from 1; 0 where the program that saved it did not say.
    #[serde(default)]
    pub incarnation: u32,
    /// Optimiser steps done.
    pub step: u64,
    /// Epochs done, as a fraction.
    pub epoch: f64,
    /// Seconds on the run's own clock.
    #[serde(default)]
    pub wall: f64,
    /// When it was saved, RFC 3339 UTC.
    pub created: String,
    /// The specification with every tweak applied until then.
    pub spec: Experiment,
    /// The metrics at that step.
    #[serde(with = "crate::run::metric::numbers")]
    pub metrics: BTreeMap<String, f64>,
    /// The tunables at that step.
    pub tunables: BTreeMap<String, f64>,
    /// Whether it was the best on the validation split when it was saved.
    pub best: bool,
    /// What it was computed from and by; empty where the program that saved it did not say. Its own weights' digest is
    /// among `files`.
    #[serde(default, skip_serializing_if = "Provenance::is_empty")]
    pub provenance: Provenance,
    /// Every file beside this one; filled in by [`super::Draft::publish`].
    #[serde(default)]
    pub files: BTreeMap<String, FileRecord>,
}

impl CheckpointMeta {
    /// What results of this checkpoint are computed from: its own weights, and what they were computed from.
    pub fn provenance(&self) -> Provenance {
        Provenance {
            model_sha256: self.files.get(super::MODEL).map(|f| f.sha256.clone()),
            ..self.provenance.clone()
        }
    }

    /// The metrics that are this checkpoint's own. A worker saves the latest value of each; what was measured on the
    /// validation split at the end of an epoch is of other weights, where it was saved within the next one.
    pub fn own_metrics(&self) -> BTreeMap<String, f64> {
        let validated = self.best || self.epoch.fract() == 0.0;
        let own = |(name, _): &(&String, &f64)| validated || !name.starts_with("val.");
        let own = self.metrics.iter().filter(own);
        own.map(|(name, value)| (name.clone(), *value)).collect()
    }
}

/// What a file must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, 64 lower-case hexadecimal digits.
    pub sha256: String,
}
