//! `run.toml`: what a run is, written once before its worker starts.

use crate::spec::Experiment;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The run's identity and everything needed to run it again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`super::SCHEMA`] of the writer.
    pub schema: u32,
    /// The run's id: the last component of its directory, sortable by start.
    pub id: String,
    /// The experiment's name.
    pub name: String,
    /// When the run was created, RFC 3339 UTC.
    pub created: String,
    /// Version of the program that created it.
    pub version: String,
    /// Git revision of the working directory, if it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// The command line.
    pub argv: Vec<String>,
    /// Absolute folder that holds this run's checkpoints: `<checkpoints>/<run id>`.
    pub checkpoints: PathBuf,
    /// Absolute folder of data sets.
    pub data: PathBuf,
    /// The checkpoint whose weights the run starts from, and its run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<PathBuf>,
    /// Whether it continues from the parent's step with its optimiser and its controls too, and not from weights alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fork: bool,
    /// The specification, resolved: what the run starts with.
    pub spec: Experiment,
}
