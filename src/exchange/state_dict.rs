//! From what the pickle held to named tensors: through a training script's wrapper, without `DataParallel`'s prefix.

use super::{
    ExchangeError,
    error::shown,
    pickle::{Heap, TensorRef, Value},
};
use std::collections::BTreeSet;

/// Where training scripts put the state dict among other things.
const WRAPPERS: [&str; 5] = ["state_dict", "model_state_dict", "model", "net", "network"];
/// What `torch.nn.DataParallel` puts before every name.
const PREFIX: &str = "module.";

/// The named tensors of the state dict in `root`.
pub fn entries<'h>(heap: &'h Heap<'_>, root: Value) -> Result<Vec<(&'h str, &'h TensorRef)>, ExchangeError> {
    let wrong = |why: String| ExchangeError::Content(why);
    let top = heap.dict(root).ok_or_else(|| wrong(format!("it is {}", root.kind())))?;
    let inside = |name: &&str| {
        let found = top.iter().find(|(key, _)| heap.text(*key) == Some(*name))?;
        heap.dict(found.1)
    };
    let dict = WRAPPERS.iter().find_map(inside).unwrap_or(top);
    let mut entries = Vec::with_capacity(dict.len());
    for (key, value) in dict {
        let name = heap
            .text(*key)
            .ok_or_else(|| wrong(format!("one of its names is {}", key.kind())))?;
        let tensor = heap
            .tensor(*value)
            .ok_or_else(|| wrong(format!("{} is {}", shown(name), value.kind())))?;
        entries.push((name, tensor));
    }
    if entries.is_empty() {
        return Err(wrong("it is empty".into()));
    }
    if entries.iter().all(|(name, _)| name.starts_with(PREFIX)) {
        entries.iter_mut().for_each(|(name, _)| *name = &name[PREFIX.len()..]);
    }
    let mut seen = BTreeSet::new();
    match entries.iter().find(|(name, _)| !seen.insert(*name)) {
        Some((name, _)) => Err(wrong(format!("it has {} twice", shown(name)))),
        None => Ok(entries),
    }
}
