//! `imported.json`: what the metrics of an imported run are called where they came from, and how it was configured there.

use crate::run::{RunDir, error::RunError, files::read_bounded, names};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// The largest such file that is read, in bytes: 4,096 metrics with tags of 500 letters.
const LARGEST: u64 = 32 << 20;

/// `imported.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The files that it was read from, oldest first.
    #[serde(default)]
    pub files: Vec<PathBuf>,
    /// Where each metric comes from, by its name.
    #[serde(default)]
    pub series: BTreeMap<String, Series>,
    /// With what the run was configured, where its files say that: hyper-parameters by name.
    #[serde(default)]
    pub configuration: BTreeMap<String, serde_json::Value>,
}

/// Where a metric comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// Its tag, as it was written; a very long one is cut.
    pub tag: String,
    /// The folder below the run's that it lay in; empty for the run's own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub folder: String,
}

impl Record {
    /// What a metric is called in the files that it came from, as it was spelled there: `loss`, or `loss (loss_train)` where
    /// it lay in a folder below. Not yet fit for a terminal.
    pub fn original(&self, metric: &str) -> Option<String> {
        let series = self.series.get(metric)?;
        Some(match series.folder.as_str() {
            "" => series.tag.clone(),
            folder => format!("{} ({folder})", series.tag),
        })
    }
}

pub(super) fn file(run: &RunDir) -> PathBuf {
    run.path().join(names::IMPORTED)
}

/// What is recorded of an imported run; nothing of one that has no such file, or one that cannot be read.
pub fn record(run: &Path) -> Record {
    let read = || -> Result<Record, RunError> {
        let path = file(&RunDir::at(run));
        let bytes = read_bounded(&path, LARGEST)?;
        serde_json::from_slice(&bytes).map_err(|e| RunError::damaged(&path, e))
    };
    read().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_says_what_it_was_called() {
        let series = |tag: &str, folder: &str| Series {
            tag: tag.into(),
            folder: folder.into(),
        };
        let record = Record {
            series: [
                ("a_b".to_string(), series("a b", "")),
                ("loss.train".to_string(), series("loss", "loss_train")),
            ]
            .into(),
            ..Record::default()
        };
        assert_eq!(record.original("a_b").as_deref(), Some("a b"));
        assert_eq!(record.original("loss.train").as_deref(), Some("loss (loss_train)"));
        assert_eq!(record.original("c"), None);
        assert_eq!(super::record(Path::new("/nowhere")), Record::default());
    }
}
