//! What the machine can hold: small values, and indices into a heap.

use super::globals::Global;
use crate::exchange::element::Element;

/// A value. Texts, sequences, dictionaries, storages and tensors lie on the [`Heap`] under that number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A double, or an integer that does not fit; no state dict asks for its value.
    Number,
    /// A text.
    Text(usize),
    /// A tuple.
    Tuple(usize),
    /// A list.
    List(usize),
    /// A dictionary, ordered or not.
    Dict(usize),
    /// A known name.
    Global(Global),
    /// A storage.
    Storage(usize),
    /// A tensor.
    Tensor(usize),
}

/// A storage, not yet read.
#[derive(Debug)]
pub struct StorageRef<'a> {
    /// The type of its elements.
    pub element: Element,
    /// Its entry in the archive.
    pub key: &'a str,
    /// How many elements it has.
    pub elements: usize,
}

/// A tensor, not yet read.
#[derive(Debug)]
pub struct TensorRef {
    /// The number of its storage.
    pub storage: usize,
    /// Its first element.
    pub offset: usize,
    /// Its shape.
    pub shape: Vec<usize>,
    /// Elements to the next along each dimension.
    pub strides: Vec<usize>,
}

/// Where values of any size live.
#[derive(Debug, Default)]
pub struct Heap<'a> {
    texts: Vec<&'a str>,
    /// Tuples and lists.
    sequences: Vec<Vec<Value>>,
    /// Keys and values in order of insertion.
    dicts: Vec<Vec<(Value, Value)>>,
    /// Storages.
    pub storages: Vec<StorageRef<'a>>,
    tensors: Vec<TensorRef>,
}

impl Value {
    /// A size, offset or stride.
    pub fn size(self) -> Option<usize> {
        match self {
            Value::Int(n) => usize::try_from(n).ok(),
            _ => None,
        }
    }

    /// What it is, for messages.
    pub fn kind(self) -> &'static str {
        match self {
            Value::None => "None",
            Value::Bool(_) => "a truth value",
            Value::Int(_) | Value::Number => "a number",
            Value::Text(_) => "a text",
            Value::Tuple(_) => "a tuple",
            Value::List(_) => "a list",
            Value::Dict(_) => "a dictionary",
            Value::Global(_) => "a class or function",
            Value::Storage(_) => "a storage",
            Value::Tensor(_) => "a tensor",
        }
    }
}

impl<'a> Heap<'a> {
    pub fn text(&self, value: Value) -> Option<&'a str> {
        match value {
            Value::Text(i) => self.texts.get(i).copied(),
            _ => None,
        }
    }

    pub fn tuple(&self, value: Value) -> Option<&[Value]> {
        match value {
            Value::Tuple(i) => self.sequences.get(i).map(Vec::as_slice),
            _ => None,
        }
    }

    pub fn dict(&self, value: Value) -> Option<&[(Value, Value)]> {
        match value {
            Value::Dict(i) => self.dicts.get(i).map(Vec::as_slice),
            _ => None,
        }
    }

    pub fn tensor(&self, value: Value) -> Option<&TensorRef> {
        match value {
            Value::Tensor(i) => self.tensors.get(i),
            _ => None,
        }
    }

    pub fn list_mut(&mut self, value: Value) -> Option<&mut Vec<Value>> {
        match value {
            Value::List(i) => self.sequences.get_mut(i),
            _ => None,
        }
    }

    pub fn dict_mut(&mut self, value: Value) -> Option<&mut Vec<(Value, Value)>> {
        match value {
            Value::Dict(i) => self.dicts.get_mut(i),
            _ => None,
        }
    }

    pub fn new_text(&mut self, text: &'a str) -> Value {
        self.texts.push(text);
        Value::Text(self.texts.len() - 1)
    }

    pub fn new_tuple(&mut self, values: Vec<Value>) -> Value {
        self.sequences.push(values);
        Value::Tuple(self.sequences.len() - 1)
    }

    pub fn new_list(&mut self) -> Value {
        self.sequences.push(Vec::new());
        Value::List(self.sequences.len() - 1)
    }

    pub fn new_dict(&mut self) -> Value {
        self.dicts.push(Vec::new());
        Value::Dict(self.dicts.len() - 1)
    }

    pub fn new_storage(&mut self, storage: StorageRef<'a>) -> Value {
        self.storages.push(storage);
        Value::Storage(self.storages.len() - 1)
    }

    pub fn new_tensor(&mut self, tensor: TensorRef) -> Value {
        self.tensors.push(tensor);
        Value::Tensor(self.tensors.len() - 1)
    }
}
