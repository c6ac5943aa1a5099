//! A specification that a run can be started from, and whether its data set is present. Whoever opens the screen
//! supplies the latter; the screen does not read data sets.

use std::path::PathBuf;

/// A specification that a run can be started from.
#[derive(Debug, Clone, PartialEq)]
pub struct SpecRow {
    /// The file.
    pub path: PathBuf,
    /// The folder's name.
    pub name: String,
    /// What it says, line by line; or why it cannot be used.
    pub summary: Result<Vec<(String, String)>, String>,
    /// The command that brings its data, where they are not there.
    pub missing: Option<String>,
    /// What the file says; empty where it is too large to be changed on the screen.
    pub text: String,
}

impl SpecRow {
    /// Whether its name or what it says has this word, already in lower case.
    pub fn has(&self, word: &str) -> bool {
        let said = |lines: &Vec<(String, String)>| lines.iter().any(|(_, value)| value.to_lowercase().contains(word));
        self.name.to_lowercase().contains(word) || self.summary.as_ref().is_ok_and(said)
    }
}

/// Answers, for a data set's name and the arguments that processes are started with, with the command that brings its
/// files where they cannot be used as they are. By default nothing is missing.
#[derive(Debug, Clone, Copy)]
pub struct MissingData(pub fn(&str, &[String]) -> Option<String>);

impl Default for MissingData {
    fn default() -> Self {
        MissingData(|_, _| None)
    }
}
