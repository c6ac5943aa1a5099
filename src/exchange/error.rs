//! Why weights cannot be read from a file.

/// Characters of a name from a file that a message shows.
const SHOWN: usize = 100;

/// Names that a message lists before it counts the rest.
const LISTED: usize = 10;

/// What is wrong with a file of weights; the caller names the file.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ExchangeError {
    /// Another known kind of file.
    #[error("{0}")]
    Foreign(&'static str),
    /// Neither an archive nor safetensors.
    #[error("is neither a PyTorch file nor safetensors ({0}); give what torch.save(model.state_dict(), …) wrote")]
    Unknown(String),
    /// A safetensors file whose header or layout is wrong.
    #[error("not a valid safetensors file: {0}")]
    Safetensors(String),
    /// The zip archive is broken, or not as PyTorch writes them.
    #[error("not a valid PyTorch archive: {0}")]
    Archive(String),
    /// The pickle is damaged, or not as torch.save writes it.
    #[error(
        "cannot be read at byte {at} of its pickle, and nothing of it was run: {why}; \
         save the state dict alone: torch.save(model.state_dict(), \"FILE.pth\")"
    )]
    Pickle {
        /// Where.
        at: usize,
        /// What.
        why: String,
    },
    /// The pickle is valid, but what it holds is no state dict.
    #[error("holds no state dict: {0}; save one with torch.save(model.state_dict(), \"FILE.pth\")")]
    Content(String),
    /// Which of the file's tensors are meant is not clear.
    #[error("{0}")]
    Choice(String),
    /// One tensor cannot be read.
    #[error("tensor {name}: {why}")]
    Tensor {
        /// Its name, shortened.
        name: String,
        /// What is wrong with it.
        why: String,
    },
}

impl ExchangeError {
    pub(super) fn tensor(name: &str, why: impl Into<String>) -> ExchangeError {
        ExchangeError::Tensor {
            name: shown(name),
            why: why.into(),
        }
    }

    pub(super) fn archive(why: impl Into<String>) -> ExchangeError {
        ExchangeError::Archive(why.into())
    }
}

/// Some names from a file as messages show them: each as [`shown`] does, the first ten, and how many more.
pub(super) fn listed(names: impl IntoIterator<Item = String>) -> String {
    let mut names = names.into_iter();
    let mut text = names.by_ref().take(LISTED).collect::<Vec<_>>().join(", ");
    match names.count() {
        0 => {}
        more => text += &format!(" and {more} more"),
    }
    text
}

/// A name from a file as messages show it: quoted, without control characters, not endless.
pub(super) fn shown(name: &str) -> String {
    match name.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?}…", &name[..end]),
        None => format!("{name:?}"),
    }
}
