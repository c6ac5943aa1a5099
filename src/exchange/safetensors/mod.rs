//! Safetensors in and out.

mod header;
mod layout;
#[cfg(test)]
mod tests;

use super::{ExchangeError, Tensor, Values, error::listed, error::shown};
use ::safetensors::{Dtype, tensor::TensorView};
pub use header::{Described, is_plausible};

/// A file whose header and layout are valid; no value is read yet.
#[derive(Debug)]
pub struct Contents<'a> {
    /// Its tensors in the header's order.
    pub tensors: Vec<Described>,
    data: &'a [u8],
}

/// Reads the header, and holds it against the bytes behind it.
pub fn open(bytes: &[u8]) -> Result<Contents<'_>, ExchangeError> {
    let (tensors, data) = header::read(bytes)?;
    layout::check(&tensors, data.len() as u64)?;
    match tensors.is_empty() {
        false => Ok(Contents { tensors, data }),
        true => Err(ExchangeError::Safetensors(format!(
            "it holds no tensor: its header has none, and {} bytes follow; save the state dict with safetensors.torch.save_file",
            data.len()
        ))),
    }
}

impl Contents<'_> {
    /// The values of the tensor with that number.
    pub fn values(&self, number: usize) -> Result<Values, ExchangeError> {
        let tensor = &self.tensors[number];
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
        let bytes = self.data.get(place(tensor.begin)..place(tensor.end));
        let Some((bytes, size)) = bytes.zip(tensor.element.size()) else {
            return Err(ExchangeError::tensor(&tensor.name, tensor.element.refusal()));
        };
        let values = tensor.element.gather(bytes, 0..bytes.len() / size);
        values.ok_or_else(|| ExchangeError::tensor(&tensor.name, "holds a number that 64 bits with a sign cannot hold"))
    }

    /// The first names, for messages.
    pub fn names(&self) -> String {
        listed(self.tensors.iter().map(|t| shown(&t.name)))
    }
}

/// Writes tensors as safetensors: F32 and I64.
///
/// # Errors
/// When a shape and its number of values disagree.
pub fn encode(tensors: &[Tensor]) -> Result<Vec<u8>, ExchangeError> {
    let data: Vec<(Dtype, Vec<u8>)> = tensors
        .iter()
        .map(|t| match &t.values {
            Values::Floats(v) => (Dtype::F32, v.iter().flat_map(|x| x.to_le_bytes()).collect()),
            Values::Integers(v) => (Dtype::I64, v.iter().flat_map(|x| x.to_le_bytes()).collect()),
        })
        .collect();
    let views: Result<Vec<_>, _> = tensors
        .iter()
        .zip(&data)
        .map(|(t, (dtype, bytes))| TensorView::new(*dtype, t.shape.clone(), bytes).map(|v| (&t.name, v)))
        .collect();
    views
        .and_then(|v| ::safetensors::serialize(v, None))
        .map_err(|e| ExchangeError::Unknown(e.to_string()))
}
