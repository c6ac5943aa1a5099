//! Whether a specification's data set is present. Whoever opens the screen supplies the answer; the screen does not
//! read data sets.

/// Answers, for a data set's name and the arguments that processes are started with, with the command that brings its
/// files where they cannot be used as they are. By default nothing is missing.
#[derive(Debug, Clone, Copy)]
pub struct MissingData(pub fn(&str, &[String]) -> Option<String>);

impl Default for MissingData {
    fn default() -> Self {
        MissingData(|_, _| None)
    }
}
