//! `control/launch.json`: what was started as a run's worker, written by whoever started it. It bridges the time until the
//! worker's first status, so that a worker that dies at once is known to be lost; and it says whom to ask about the worker
//! from then on.

use super::Handle;
use crate::run::{
    clock,
    error::RunError,
    files::{publish_json, read_json},
};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A started worker. Written flat: the time, `kind`, and the fields of that kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Launch {
    /// When it was started, RFC 3339 UTC.
    pub time: String,
    /// By whom, and how it is found again.
    #[serde(flatten)]
    pub handle: Handle,
}

impl Launch {
    /// Records a worker just started.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn record(job: &Path, handle: &Handle) -> Result<(), RunError> {
        let launch = Launch {
            time: clock::now_text(),
            handle: handle.clone(),
        };
        publish_json(&job.join("control/launch.json"), &launch)
    }

    /// The latest start; `None` where there was none or it cannot be read.
    pub fn read(job: &Path) -> Option<Launch> {
        let launch: Launch = read_json(&job.join("control/launch.json")).ok().flatten()?;
        launch.handle.is_usable().then_some(launch)
    }
}
