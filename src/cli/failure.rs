//! Exit codes, and which errors deserve which.

use crate::{run::RunError, spec::SpecError};
use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// Done.
    Done,
    /// Failed.
    Failed,
    /// Wrong usage or an invalid specification.
    Usage,
    /// The time asked for is over.
    TimedOut,
    /// Ctrl-C.
    Interrupted,
}

impl Code {
    /// The process's exit code.
    pub fn number(self) -> u8 {
        match self {
            Code::Done => 0,
            Code::Failed => 1,
            Code::Usage => 2,
            Code::TimedOut => 124,
            Code::Interrupted => 130,
        }
    }

    /// The code that an error deserves.
    pub fn of(error: &anyhow::Error) -> Code {
        let is_usage = |cause: &(dyn std::error::Error + 'static)| {
            cause.is::<Usage>()
                || cause.is::<Unclear>()
                || cause.is::<SpecError>()
                || cause
                    .downcast_ref::<RunError>()
                    .is_some_and(|e| matches!(e, RunError::NotA { .. }))
        };
        match error.chain().any(is_usage) {
            true => Code::Usage,
            false => Code::Failed,
        }
    }
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> ExitCode {
        ExitCode::from(code.number())
    }
}

/// Arguments that cannot be meant; the text says what to type instead.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Usage(pub String);

/// A name that fits no run, or several: which ones, for scripts.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub struct Unclear {
    /// For people, the runs included.
    pub text: String,
    /// The runs: `id`, `name`, `state` and `run`, their directory.
    pub candidates: Vec<serde_json::Value>,
}

/// An error for wrong arguments.
pub fn usage(text: impl Into<String>) -> anyhow::Error {
    Usage(text.into()).into()
}

/// An error for what a later version will do.
pub fn not_yet(what: &str) -> anyhow::Error {
    usage(format!("{what} is not available in this version"))
}

/// Refuses what needs a backend, where none is compiled in.
///
/// # Errors
/// In a build without a backend.
pub fn require_engine(command: &str) -> anyhow::Result<()> {
    match cfg!(feature = "engine") {
        true => Ok(()),
        false => Err(viewer_only(command)),
    }
}

/// Why this build cannot compute.
pub fn viewer_only(command: &str) -> anyhow::Error {
    usage(format!(
        "this build is the viewer only: it has no backend to {command} with; build one with `cargo build --release`"
    ))
}

/// What an error has to say beside its text: the runs that an argument may mean, or what `tensors` says.
pub fn lists(error: &anyhow::Error) -> serde_json::Map<String, serde_json::Value> {
    let mut lists = tensors(error);
    if let Some(unclear) = error.chain().find_map(|cause| cause.downcast_ref::<Unclear>()) {
        lists.insert("candidates".into(), unclear.candidates.clone().into());
    }
    lists
}

/// Which tensors do not fit a network, every one of them.
#[cfg(feature = "engine")]
fn tensors(error: &anyhow::Error) -> serde_json::Map<String, serde_json::Value> {
    use crate::snn::weights::WeightsError;
    use serde_json::{Value, json};
    let mismatch = error.chain().find_map(|cause| cause.downcast_ref::<WeightsError>());
    let Some(WeightsError::Mismatch {
        missing,
        unexpected,
        misshapen,
    }) = mismatch
    else {
        return serde_json::Map::new();
    };
    let misshapen: Vec<Value> = misshapen
        .iter()
        .map(|(name, found, wanted)| json!({ "name": name, "found": found, "wanted": wanted }))
        .collect();
    [
        ("missing".to_string(), json!(missing)),
        ("unexpected".to_string(), json!(unexpected)),
        ("misshapen".to_string(), json!(misshapen)),
    ]
    .into_iter()
    .collect()
}

/// Nothing in a build that reads no weights.
#[cfg(not(feature = "engine"))]
fn tensors(_: &anyhow::Error) -> serde_json::Map<String, serde_json::Value> {
    serde_json::Map::new()
}

/// The whole chain of an error on one line, without saying anything twice.
pub fn chain(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain() {
        let part = cause.to_string();
        if text.contains(&part) {
            continue;
        }
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&part);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context;

    #[test]
    fn wrong_arguments_and_specifications_exit_with_two_and_the_rest_with_one() {
        assert_eq!(Code::of(&usage("x")).number(), 2);
        assert_eq!(Code::of(&usage("x").context("while")).number(), 2);
        let missing = RunError::NotA {
            path: "x".into(),
            wanted: "run",
            file: "run.toml",
        };
        assert_eq!(Code::of(&missing.into()).number(), 2);
        assert_eq!(Code::of(&anyhow::anyhow!("disk")).number(), 1);
    }

    #[test]
    fn a_chain_says_nothing_twice() {
        let io = std::io::Error::other("no space");
        let error = RunError::io(std::path::Path::new("/m"), "write")(io);
        let error = Err::<(), _>(error).context("saving").unwrap_err();
        assert_eq!(chain(&error), "saving: /m: cannot write: no space");
    }
}
