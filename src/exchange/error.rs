//! Why a file's weights cannot be had.

/// Characters of a name from a file that a message shows.
const SHOWN: usize = 100;

/// What is wrong with a file of weights; the caller names the file.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ExchangeError {
    /// PyTorch's format of before 1.6.
    #[error(
        "is in PyTorch's old format, a bare pickle; load it in PyTorch and save it again with torch.save(state, \"NEW.pth\"), \
         which has written zip archives since 1.6"
    )]
    Legacy,
    /// Neither an archive nor safetensors.
    #[error("is neither a PyTorch file nor safetensors ({0}); give what torch.save(model.state_dict(), …) wrote")]
    Unknown(String),
    /// The zip archive is broken, or not as PyTorch writes them.
    #[error("not a sound PyTorch archive: {0}")]
    Archive(String),
    /// The pickle asks for something that no state dict needs; it was not done.
    #[error(
        "refused at byte {at} of its pickle, and nothing of it was run: {why}; \
         save the state dict alone: torch.save(model.state_dict(), \"FILE.pth\")"
    )]
    Pickle {
        /// Where.
        at: usize,
        /// What.
        why: String,
    },
    /// The pickle is sound, but what it holds is no state dict.
    #[error("holds no state dict: {0}; save one with torch.save(model.state_dict(), \"FILE.pth\")")]
    Content(String),
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

/// A name from a file as messages show it: quoted, without control characters, not endless.
pub(super) fn shown(name: &str) -> String {
    match name.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?}…", &name[..end]),
        None => format!("{name:?}"),
    }
}
