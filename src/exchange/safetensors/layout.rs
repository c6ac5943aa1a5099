//! Whether the tensors of a header lie in the bytes behind it as the format wants: each as long as its shape says, one
//! after the other, from the first byte to the last.

use super::header::Described;
use crate::exchange::{ExchangeError, error::shown};

/// Checks the places of all tensors in `data` bytes.
pub fn check(tensors: &[Described], data: u64) -> Result<(), ExchangeError> {
    tensors.iter().try_for_each(check_size)?;
    let mut in_order: Vec<&Described> = tensors.iter().collect();
    in_order.sort_by_key(|t| (t.begin, t.end));
    let wrong = |why: String| Err(ExchangeError::Safetensors(why));
    let mut before: Option<&Described> = None;
    for tensor in in_order {
        let (name, at) = (shown(&tensor.name), before.map_or(0, |b| b.end));
        let previous = before.map_or_else(|| "the header".into(), |b| format!("tensor {}", shown(&b.name)));
        if tensor.begin < at {
            return wrong(format!(
                "tensor {name} at bytes {} to {} overlaps {previous}, which ends at byte {at}; save the file again with safetensors.torch.save_file",
                tensor.begin, tensor.end
            ));
        }
        if tensor.begin > at {
            return wrong(format!(
                "the {} bytes from {at} to {}, between {previous} and tensor {name}, belong to no tensor; save the file again \
                 with safetensors.torch.save_file",
                tensor.begin - at,
                tensor.begin
            ));
        }
        before = Some(tensor);
    }
    let Some(last) = before else { return Ok(()) };
    match last.end.checked_sub(data) {
        Some(0) => Ok(()),
        Some(missing) => wrong(format!(
            "{missing} bytes are missing at its end: tensor {} ends at byte {} of the data, and the file has {data}; it is cut \
             off, so copy it again",
            shown(&last.name),
            last.end
        )),
        None => wrong(format!(
            "{} bytes follow its last tensor {}, which ends at byte {} of {data}, and belong to no tensor; copy it again, or \
             save it again with safetensors.torch.save_file",
            data - last.end,
            shown(&last.name),
            last.end
        )),
    }
}

/// Whether a tensor has as many bytes as its type and shape need.
fn check_size(tensor: &Described) -> Result<(), ExchangeError> {
    let Described {
        name,
        dtype,
        shape,
        begin,
        end,
        ..
    } = tensor;
    let wrong = |why: String| Err(ExchangeError::tensor(name, why));
    let Some(there) = end.checked_sub(*begin) else {
        return wrong(format!(
            "ends at byte {end}, before it begins at byte {begin}; save the file again with safetensors.torch.save_file"
        ));
    };
    let bits = shape.iter().try_fold(tensor.bits, |n, d| n.checked_mul(*d as u64));
    let Some(bits) = bits else {
        return wrong(format!("is larger than any memory, with shape {shape:?}"));
    };
    let needed = bits.div_ceil(8);
    match needed == there {
        true => Ok(()),
        false => wrong(format!(
            "of type {dtype} and shape {shape:?} needs {needed} bytes, but its data_offsets [{begin}, {end}] hold {there}; save \
             the file again with safetensors.torch.save_file"
        )),
    }
}
