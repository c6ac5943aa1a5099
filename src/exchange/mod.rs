//! What other programs wrote. Weights: PyTorch state dicts and safetensors become named tensors of plain numbers. Metrics:
//! TensorBoard's event files become named numbers by step (`events`).
//!
//! Files come from strangers, so nothing in them is ever run. A PyTorch file is a zip archive (`archive`) whose
//! pickle is read by a machine that can build a state dict and nothing else (`pickle`); every size is held against
//! the size of the file before anything is reserved. What the names mean to a network is not known here.

mod archive;
mod element;
mod error;
pub mod events;
mod pickle;
mod pytorch;
mod safetensors;
mod state_dict;
mod strided;

#[cfg(test)]
mod tests;

pub use error::ExchangeError;
pub use safetensors::encode;

/// The largest file that is read, in bytes: five times the reference's VGG-19 in f64.
pub const LARGEST: u64 = 4 << 30;

/// A named tensor.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// Its name in the state dict, without a wrapper's `module.`.
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

/// Reads the tensors of a file, sorted by name. The content decides which kind of file it is, not its name.
///
/// # Errors
/// When it is of neither kind, damaged, asks for anything that a state dict does not need, or holds a value that is
/// not finite.
pub fn read(bytes: &[u8]) -> Result<Vec<Tensor>, ExchangeError> {
    let mut tensors = match bytes {
        [b'P', b'K', 3, 4, ..] => pytorch::read(bytes)?,
        // A bare pickle of a long number, with and without a frame. As the length of a safetensors header it would be
        // more than the format allows.
        [0x80, 2..=5, 0x8a, 0x0a, ..] | [0x80, 4..=5, 0x95, 0x0d, ..] => return Err(ExchangeError::Legacy),
        _ => safetensors::read(bytes)?,
    };
    for tensor in &tensors {
        if let Values::Floats(values) = &tensor.values
            && values.iter().any(|v| !v.is_finite())
        {
            return Err(ExchangeError::tensor(&tensor.name, "holds NaN or infinity in f32"));
        }
    }
    tensors.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(tensors)
}
