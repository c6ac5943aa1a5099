//! Safetensors in and out.

use super::{ExchangeError, Tensor, Values, element::Element};
use ::safetensors::{Dtype, SafeTensors, tensor::TensorView};

/// Reads every tensor of a safetensors file.
pub fn read(bytes: &[u8]) -> Result<Vec<Tensor>, ExchangeError> {
    let file = SafeTensors::deserialize(bytes).map_err(|e| ExchangeError::Unknown(e.to_string()))?;
    let tensor = |(name, view): (String, TensorView<'_>)| {
        let element = match view.dtype() {
            Dtype::F32 => Element::F32,
            Dtype::F16 => Element::F16,
            Dtype::BF16 => Element::Bf16,
            Dtype::F64 => Element::F64,
            Dtype::I64 => Element::I64,
            other => {
                let why = format!("is of type {other:?}; weights are F32, F16, BF16 or F64, counters I64");
                return Err(ExchangeError::tensor(&name, why));
            }
        };
        let (shape, data) = (view.shape().to_vec(), view.data());
        let values = element.gather(data, 0..data.len() / element.size());
        let values = values.ok_or_else(|| ExchangeError::tensor(&name, "is cut off"))?;
        Ok(Tensor { name, shape, values })
    };
    file.tensors().into_iter().map(tensor).collect()
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
