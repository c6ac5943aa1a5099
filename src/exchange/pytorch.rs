//! A `.pth` file: an archive with `NAME/data.pkl` and one entry `NAME/data/KEY` per storage.

use super::{
    ExchangeError, Tensor,
    archive::Archive,
    pickle::{self, Heap, TensorRef},
    state_dict,
    strided::View,
};
use std::collections::BTreeMap;

/// Reads the tensors of a PyTorch file.
pub fn read(bytes: &[u8]) -> Result<Vec<Tensor>, ExchangeError> {
    let mut archive = Archive::open(bytes)?;
    let roots: Vec<&str> = archive
        .names()
        .filter_map(|n| n.strip_suffix("/data.pkl"))
        .take(2)
        .collect();
    let root = match roots[..] {
        [root] => root,
        [] => {
            return Err(ExchangeError::archive(
                "it has no data.pkl, so torch.save did not write it",
            ));
        }
        _ => return Err(ExchangeError::archive("it has more than one data.pkl")),
    };
    let order = format!("{root}/byteorder");
    if archive.names().any(|n| n == order) && archive.read(&order)? != b"little" {
        return Err(ExchangeError::archive(
            "its numbers are big-endian; save it again on a little-endian machine",
        ));
    }
    let pickle = archive.read(&format!("{root}/data.pkl"))?;
    tensors(pickle, root, &mut archive, bytes.len())
}

/// The tensors that the pickle names, their values from the archive. At most as many values as the file has bytes:
/// views may share a storage, but not without end.
pub(super) fn tensors(
    pickle: &[u8],
    root: &str,
    archive: &mut Archive<'_>,
    mut values_left: usize,
) -> Result<Vec<Tensor>, ExchangeError> {
    let (heap, value) = pickle::run(pickle)?;
    let mut by_storage: BTreeMap<&str, Vec<(&str, &TensorRef)>> = BTreeMap::new();
    for (name, tensor) in state_dict::entries(&heap, value)? {
        let storage = &heap.storages[tensor.storage];
        by_storage.entry(storage.key).or_default().push((name, tensor));
    }
    let mut found = Vec::new();
    for (key, users) in by_storage {
        let bytes = archive.read(&format!("{root}/data/{key}"))?;
        for (name, tensor) in users {
            found.push(one(&heap, name, tensor, bytes, &mut values_left)?);
        }
    }
    Ok(found)
}

fn one(
    heap: &Heap<'_>,
    name: &str,
    tensor: &TensorRef,
    bytes: &[u8],
    values_left: &mut usize,
) -> Result<Tensor, ExchangeError> {
    let wrong = |why: String| ExchangeError::tensor(name, why);
    let storage = &heap.storages[tensor.storage];
    let whole = storage.elements.checked_mul(storage.element.size());
    if whole.is_none_or(|n| n > bytes.len()) {
        return Err(wrong(format!(
            "its storage of {} elements has only {} bytes",
            storage.elements,
            bytes.len()
        )));
    }
    let view = View::checked(tensor, storage.elements).map_err(wrong)?;
    *values_left = values_left
        .checked_sub(view.count())
        .ok_or_else(|| wrong("has more values than the file has bytes".into()))?;
    let values = storage.element.gather(bytes, view.places()).ok_or_else(|| {
        wrong(
            "is of a type that no weight has; weights are float32, float16, bfloat16 or float64, counters int64".into(),
        )
    })?;
    Ok(Tensor {
        name: name.to_string(),
        shape: tensor.shape.clone(),
        values,
    })
}
