//! What other programs wrote. Weights: PyTorch state dicts and safetensors become named tensors of plain numbers. Metrics:
//! TensorBoard's event files become named numbers by step (`events`).
//!
//! Files come from untrusted sources, so nothing in them is ever run. A PyTorch file is a zip archive (`archive`) whose
//! pickle is read by a machine that can build dictionaries of tensors and nothing else (`pickle`); every size is held
//! against the size of the file before anything is reserved. What the names mean to a network is not known here; which
//! names it has is given by the caller, and a wrapper's parts are taken from the file's names so that they fit (`fit`).

mod archive;
mod element;
mod error;
pub mod events;
mod file;
mod fit;
mod group;
mod kind;
mod pickle;
mod pytorch;
mod safetensors;
mod strided;

#[cfg(test)]
mod tests;

pub use error::ExchangeError;
pub use file::{Chosen, File};
pub use fit::Wanted;
pub use safetensors::encode;

/// The largest file that is read, in bytes: five times the reference's VGG-19 in f64.
pub const LARGEST: u64 = 4 << 30;

/// A named tensor.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// Its name in the state dict.
    pub name: String,
    /// Its shape; empty for a single number.
    pub shape: Vec<usize>,
    /// Its values in row-major order.
    pub values: Values,
}

/// The values of a tensor.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Weights and statistics, whatever their width was in the file.
    Floats(Vec<f32>),
    /// Counters such as `num_batches_tracked`.
    Integers(Vec<i64>),
}

/// Reads the tensors of a file that has one dictionary of them, sorted by name, under the names that it gives them. The
/// content decides which kind of file it is, not its name.
///
/// # Errors
/// As [`File::open`] and [`File::choose`].
pub fn read(bytes: &[u8]) -> Result<Vec<Tensor>, ExchangeError> {
    Ok(File::open(bytes)?.choose(None, None)?.tensors)
}
