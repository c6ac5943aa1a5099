//! What can go wrong with data: one kind per thing a person can do about it.
//!
//! Every message names the file, what was expected of it and what to type next. Names that came from outside are
//! passed through [`shown`], so no control character of a file name reaches the terminal.

use std::path::{Path, PathBuf};

/// A failure to find, read, fetch or understand data.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// The name is none of those in the catalogue.
    #[error("no data set is called `{}`; known are: {known}", shown_text(.name))]
    UnknownName {
        /// The name as it was given.
        name: String,
        /// The names there are, separated by commas.
        known: String,
    },
    /// The data set lives in the program and has no files.
    #[error("`{name}` is embedded in the program: there is nothing to {verb}")]
    Embedded {
        /// The data set.
        name: &'static str,
        /// What was asked for, such as `fetch`.
        verb: &'static str,
    },
    /// A file that should be there is not.
    #[error("{} is missing: expected {expected}. {fix}", shown(.path))]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
        /// What should have been there: size, magic, records.
        expected: String,
        /// The command that fixes it.
        fix: String,
    },
    /// A file is there and is not what it should be.
    #[error("{} is damaged: {}; expected {expected}. {fix}", shown(.path), shown_text(.found))]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found in it.
        found: String,
        /// What should have been found.
        expected: String,
        /// What to do about it.
        fix: String,
    },
    /// What is there is no regular file: a directory, a pipe, a device.
    #[error("{} is {what}. {fix}", shown(.path))]
    NotAFile {
        /// Where it is.
        path: PathBuf,
        /// What it is.
        what: &'static str,
        /// What to do about it.
        fix: String,
    },
    /// The file is whole as far as one can tell, and of a kind that is not read.
    #[error("{}: {}", shown(.path), shown_text(.why))]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// What it is, and what is read instead.
        why: String,
    },
    /// The operating system refused.
    #[error("cannot {doing} {}: {source}", shown(.path))]
    Io {
        /// What was being done, such as `read`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// No room left for a download.
    #[error(
        "no space left for {}: {have} bytes are kept{}. Free some space and give the same command again: it continues from there",
        shown(.path), .need.map(|n| format!(" of {n}")).unwrap_or_default()
    )]
    DiskFull {
        /// The file being written.
        path: PathBuf,
        /// Bytes written so far, and kept.
        have: u64,
        /// Bytes the whole file has, where known.
        need: Option<u64>,
    },
    /// The server could not be reached, or did not give the file.
    #[error("cannot fetch {}: {}. {fix}", shown_text(.url), shown_text(.why))]
    Download {
        /// The address.
        url: String,
        /// What happened.
        why: String,
        /// What to do about it.
        fix: String,
    },
    /// Another process is writing the same download.
    #[error("{} is being written by another fetch: let it finish, or stop it", shown(.path))]
    Busy {
        /// The partial file.
        path: PathBuf,
    },
    /// An argument is out of its range.
    #[error("{what} is {value}: {allowed}")]
    OutOfRange {
        /// Which argument.
        what: &'static str,
        /// What was given.
        value: String,
        /// The allowed range.
        allowed: &'static str,
    },
}

impl DataError {
    /// An [`std::io::Error`] with the file and the deed.
    pub fn io(doing: &'static str, path: &Path, source: std::io::Error) -> Self {
        Self::Io {
            doing,
            path: path.to_path_buf(),
            source,
        }
    }
}

/// A path as it may be printed: control characters escaped.
#[must_use]
pub fn shown(path: &Path) -> String {
    shown_text(&path.to_string_lossy())
}

/// Text from outside as it may be printed: control characters escaped, nothing else changed.
#[must_use]
pub fn shown_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        // Bidirectional controls are no `Cc`, and can still turn a line of the terminal around.
        if c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_character_of_a_file_name_does_not_reach_the_terminal() {
        let error = DataError::io("read", Path::new("a\u{1b}[2Jb"), std::io::Error::other("x"));
        assert_eq!(error.to_string(), "cannot read a\\u{1b}[2Jb: x");
    }
}
