//! The few names that a state dict may use, and what calling them gives.

use super::value::{Heap, StorageRef, TensorRef, Value};
use crate::exchange::element::Element;

/// A name that is known. Nothing of Python stands behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Global {
    /// `collections.OrderedDict`.
    OrderedDict,
    /// `torch._utils._rebuild_tensor_v2`.
    RebuildTensor,
    /// `torch._utils._rebuild_parameter`.
    RebuildParameter,
    /// `torch.FloatStorage` and its like.
    Storage(Element),
}

impl Global {
    /// The global of that module and name, if it is known.
    pub fn find(module: &str, name: &str) -> Option<Global> {
        match (module, name) {
            ("collections", "OrderedDict") => Some(Global::OrderedDict),
            ("torch._utils", "_rebuild_tensor_v2") => Some(Global::RebuildTensor),
            ("torch._utils", "_rebuild_parameter") => Some(Global::RebuildParameter),
            ("torch", class) => Element::of_storage(class).map(Global::Storage),
            _ => None,
        }
    }

    /// What calling it with these arguments gives; `Err` says what was expected.
    pub fn call(self, heap: &mut Heap<'_>, arguments: Value) -> Result<Value, &'static str> {
        let given = heap.tuple(arguments).ok_or("a call without a tuple of arguments")?;
        match (self, given) {
            (Global::OrderedDict, []) => Ok(heap.new_dict()),
            (Global::OrderedDict, _) => Err("OrderedDict with arguments"),
            // The third is a dictionary of hooks, which are not looked at.
            (Global::RebuildParameter, [tensor @ Value::Tensor(_), _, _]) => Ok(*tensor),
            (Global::RebuildParameter, _) => Err("_rebuild_parameter without (tensor, requires_grad, hooks)"),
            (Global::RebuildTensor, [storage, offset, shape, strides, rest @ ..]) if matches!(rest.len(), 2 | 3) => {
                let tensor = tensor(heap, *storage, *offset, *shape, *strides);
                let tensor = tensor.ok_or(
                    "_rebuild_tensor_v2 without (storage, offset, shape, strides, …), or with more than 8 dimensions",
                )?;
                Ok(heap.new_tensor(tensor))
            }
            (Global::RebuildTensor, _) => Err("_rebuild_tensor_v2 with the wrong number of arguments"),
            (Global::Storage(_), _) => Err("a call of a storage class"),
        }
    }
}

/// The most dimensions of a tensor. Arguments may be shared by many calls, so they must not be long.
const DIMENSIONS: usize = 8;

fn tensor(heap: &Heap<'_>, storage: Value, offset: Value, shape: Value, strides: Value) -> Option<TensorRef> {
    let Value::Storage(storage) = storage else { return None };
    let sizes = |v| {
        let sizes = heap.tuple(v).filter(|s| s.len() <= DIMENSIONS)?;
        sizes.iter().map(|n| n.size()).collect::<Option<Vec<usize>>>()
    };
    Some(TensorRef {
        storage,
        offset: offset.size()?,
        shape: sizes(shape)?,
        strides: sizes(strides)?,
    })
}

/// The storage that a persistent id describes: `("storage", class, key, location, elements)`.
pub fn storage<'a>(heap: &Heap<'a>, id: Value) -> Option<StorageRef<'a>> {
    let [kind, Value::Global(Global::Storage(element)), key, _, elements] = heap.tuple(id)? else {
        return None;
    };
    (heap.text(*kind)? == "storage").then_some(())?;
    Some(StorageRef {
        element: *element,
        key: heap.text(*key)?,
        elements: elements.size()?,
    })
}
