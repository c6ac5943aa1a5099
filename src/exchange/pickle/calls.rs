//! What calling a known name gives: tensors, storages, dictionaries. Nothing is run, and a call that PyTorch never
//! writes gives an object that says so.

use super::globals::Global;
use super::value::{Heap, Made, StorageRef, TensorRef, Value};
use crate::exchange::element::{Element, Other};

impl Global {
    /// What calling it with these arguments gives. Arguments that PyTorch never writes give an object that says so:
    /// it may stand beside the weights, and is named where it stands among them.
    pub fn call(self, heap: &mut Heap<'_>, arguments: Value) -> Value {
        match self.made(heap, arguments) {
            Ok(value) => value,
            Err(why) => heap.new_object(Made::Not(why)),
        }
    }

    fn made(self, heap: &mut Heap<'_>, arguments: Value) -> Result<Value, &'static str> {
        let given = heap.tuple(arguments).ok_or("a call without a tuple of arguments")?;
        match (self, given) {
            (Global::OrderedDict, []) => Ok(heap.new_dict()),
            (Global::OrderedDict, _) => Err("an OrderedDict with arguments"),
            // What comes after the tensor are switches, hooks and attributes, which are not looked at.
            (Global::RebuildParameter, [tensor @ Value::Tensor(_), _, _])
            | (Global::RebuildParameterWithState, [tensor @ Value::Tensor(_), _, _, _]) => Ok(*tensor),
            (Global::RebuildParameter | Global::RebuildParameterWithState, [object @ Value::Object(_), ..]) => {
                Ok(*object)
            }
            (Global::RebuildParameter | Global::RebuildParameterWithState, _) => {
                Err("a parameter without (tensor, requires_grad, hooks)")
            }
            (Global::RebuildTensor, [storage, offset, shape, strides, rest @ ..]) if matches!(rest.len(), 2 | 3) => {
                let tensor = tensor(heap, *storage, *offset, [*shape, *strides], None);
                Ok(heap.new_tensor(tensor?))
            }
            (Global::RebuildTyped, [storage, offset, shape, strides, _, _, dtype, ..]) => {
                let element = heap.foreign(*dtype).filter(|(module, _)| *module == "torch");
                let element = element.map_or(Element::Other(Other::Unknown), |(_, name)| Element::of_dtype(name));
                let tensor = tensor(heap, *storage, *offset, [*shape, *strides], Some(element));
                Ok(heap.new_tensor(tensor?))
            }
            (Global::RebuildTensor | Global::RebuildTyped, _) => Err("a tensor with the wrong number of arguments"),
            // Not of itself again, so that one call is one call.
            (Global::RebuildFromType, [Value::Global(inner), _, arguments, ..])
                if matches!(inner, Global::RebuildTensor | Global::RebuildTyped) =>
            {
                let (inner, arguments) = (*inner, *arguments);
                inner.made(heap, arguments)
            }
            (Global::RebuildFromType, _) => Err("a tensor of a class of its own"),
            (Global::Storage(_), _) => Err("a storage that is made by a call"),
        }
    }
}

/// The most dimensions of a tensor. Arguments may be shared by many calls, so they must not be long.
const DIMENSIONS: usize = 8;

fn tensor(
    heap: &Heap<'_>,
    storage: Value,
    offset: Value,
    [shape, strides]: [Value; 2],
    element: Option<Element>,
) -> Result<TensorRef, &'static str> {
    let Value::Storage(storage) = storage else {
        return Err("a tensor without a storage");
    };
    let found = heap.storages.get(storage).ok_or("a tensor without a storage")?;
    let element = element.unwrap_or(found.element);
    let elements = match (found.element.size(), element.size()) {
        (Some(from), Some(to)) if from != to => found.elements.saturating_mul(from) / to,
        _ => found.elements,
    };
    let sizes = |v| {
        let sizes = heap.tuple(v).filter(|s| s.len() <= DIMENSIONS)?;
        sizes.iter().map(|n| n.size()).collect::<Option<Vec<usize>>>()
    };
    let wrong = "a tensor whose shape or strides are no tuple of sizes, or of more than 8 dimensions";
    Ok(TensorRef {
        storage,
        element,
        elements,
        offset: offset.size().ok_or("a tensor whose offset is no size")?,
        shape: sizes(shape).ok_or(wrong)?,
        strides: sizes(strides).ok_or(wrong)?,
    })
}

/// The storage that a persistent id describes: `("storage", class, key, location, elements)`.
pub fn storage<'a>(heap: &Heap<'a>, id: Value) -> Option<StorageRef<'a>> {
    let [kind, class, key, _, elements] = heap.tuple(id)? else {
        return None;
    };
    let element = match class {
        Value::Global(Global::Storage(element)) => *element,
        Value::Foreign(_) => Element::Other(Other::Unknown),
        _ => return None,
    };
    (heap.text(*kind)? == "storage").then_some(())?;
    Some(StorageRef {
        element,
        key: heap.text(*key)?,
        elements: elements.size()?,
    })
}
