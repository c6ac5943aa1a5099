//! What the machine can hold: small values, and indices into a heap.

use super::globals::Global;
use crate::exchange::{element::Element, error::shown};

/// A value. Texts, sequences, dictionaries, storages, tensors and objects lie on the [`Heap`] under that number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A double, or an integer that does not fit; no tensor asks for its value.
    Number,
    /// Bytes, sets and the like, whose content no tensor asks for.
    Plain(Plain),
    /// A text.
    Text(usize),
    /// A tuple.
    Tuple(usize),
    /// A list.
    List(usize),
    /// A dictionary, ordered or not.
    Dict(usize),
    /// A name that tensors need.
    Global(Global),
    /// Any other name. Nothing of Python stands behind it, and it can only be carried about.
    Foreign(usize),
    /// A storage.
    Storage(usize),
    /// A tensor.
    Tensor(usize),
    /// What a foreign name would have made.
    Object(usize),
}

/// Values without content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plain {
    /// Bytes.
    Bytes,
    /// A set, frozen or not.
    Set,
    /// A text that is not UTF-8.
    Text,
    /// A class or function that only the writing program's number names.
    Extension,
}

/// A storage, not yet read.
#[derive(Debug, Clone, Copy)]
pub struct StorageRef<'a> {
    /// The type of its elements.
    pub element: Element,
    /// Its entry in the archive.
    pub key: &'a str,
    /// How many elements it has.
    pub elements: usize,
}

/// A tensor, not yet read.
#[derive(Debug, PartialEq)]
pub struct TensorRef {
    /// The number of its storage.
    pub storage: usize,
    /// The type of its elements.
    pub element: Element,
    /// How many of them its storage has.
    pub elements: usize,
    /// Its first element.
    pub offset: usize,
    /// Its shape.
    pub shape: Vec<usize>,
    /// Elements to the next along each dimension.
    pub strides: Vec<usize>,
}

/// What a foreign name would have made.
#[derive(Debug)]
pub struct Object {
    /// Who.
    pub made: Made,
    /// Whether it was given the attributes of a `torch.nn.Module`.
    pub is_module: bool,
    /// What was set by key, as in a subclass of `dict`.
    items: Vec<(Value, Value)>,
}

/// Where an object comes from.
#[derive(Debug, Clone, Copy)]
pub enum Made {
    /// A foreign name, by its number.
    Foreign(usize),
    /// A known name with arguments that it cannot have; why.
    Not(&'static str),
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
    /// Tensors.
    pub tensors: Vec<TensorRef>,
    /// Modules and names.
    foreign: Vec<(&'a str, &'a str)>,
    objects: Vec<Object>,
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
            Value::Plain(Plain::Bytes) => "bytes",
            Value::Plain(Plain::Set) => "a set",
            Value::Text(_) | Value::Plain(Plain::Text) => "a text",
            Value::Tuple(_) => "a tuple",
            Value::List(_) => "a list",
            Value::Dict(_) => "a dictionary",
            Value::Global(_) | Value::Foreign(_) | Value::Plain(Plain::Extension) => "a class or function",
            Value::Storage(_) => "a storage",
            Value::Tensor(_) => "a tensor",
            Value::Object(_) => "an object",
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

    /// What a tuple or list holds.
    pub fn sequence(&self, value: Value) -> Option<&[Value]> {
        match value {
            Value::Tuple(i) | Value::List(i) => self.sequences.get(i).map(Vec::as_slice),
            _ => None,
        }
    }

    /// What a dictionary holds, or an object of a class that is one.
    pub fn dict(&self, value: Value) -> Option<&[(Value, Value)]> {
        match value {
            Value::Dict(i) => self.dicts.get(i).map(Vec::as_slice),
            Value::Object(i) => {
                let items = self.objects.get(i).map(|o| o.items.as_slice());
                items.filter(|i| !i.is_empty())
            }
            _ => None,
        }
    }

    /// The module and name of a foreign value.
    pub fn foreign(&self, value: Value) -> Option<(&'a str, &'a str)> {
        match value {
            Value::Foreign(i) => self.foreign.get(i).copied(),
            _ => None,
        }
    }

    /// Every foreign name, as often as the file says it.
    pub fn foreign_names(&self) -> &[(&'a str, &'a str)] {
        &self.foreign
    }

    pub fn object(&self, value: Value) -> Option<&Object> {
        match value {
            Value::Object(i) => self.objects.get(i),
            _ => None,
        }
    }

    pub fn object_mut(&mut self, value: Value) -> Option<&mut Object> {
        match value {
            Value::Object(i) => self.objects.get_mut(i),
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
            Value::Object(i) => self.objects.get_mut(i).map(|o| &mut o.items),
            _ => None,
        }
    }

    /// What a value is, for messages: an object by the name that would have made it.
    pub fn describe(&self, value: Value) -> String {
        let name = |i: usize| {
            let (module, name) = self.foreign.get(i).copied().unwrap_or_default();
            (module, name, shown(&format!("{}.{}", cut(module), cut(name))))
        };
        match (value, self.object(value).map(|o| o.made)) {
            (_, Some(Made::Not(why))) => why.to_string(),
            (_, Some(Made::Foreign(i))) => match name(i) {
                ("_codecs", "encode", _) => "bytes".into(),
                ("torch._utils", "_rebuild_sparse_tensor", _) => {
                    "a sparse tensor; save it with tensor.to_dense()".into()
                }
                ("torch._utils", "_rebuild_qtensor", _) => {
                    "a quantised tensor; save it with tensor.dequantize()".into()
                }
                ("torch._utils", "_rebuild_meta_tensor_no_storage", _) => {
                    "a tensor of the meta device, which has no values".into()
                }
                (module, "_reconstruct", _) if module.ends_with("multiarray") => {
                    "an array of NumPy; save it with torch.from_numpy(array)".into()
                }
                (_, _, name) => format!("an object of {name}"),
            },
            (Value::Foreign(i), _) => format!("the class or function {}", name(i).2),
            _ => value.kind().to_string(),
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

    pub fn new_foreign(&mut self, module: &'a str, name: &'a str) -> Value {
        self.foreign.push((module, name));
        Value::Foreign(self.foreign.len() - 1)
    }

    pub fn new_object(&mut self, made: Made) -> Value {
        self.objects.push(Object {
            made,
            is_module: false,
            items: Vec::new(),
        });
        Value::Object(self.objects.len() - 1)
    }
}

/// The beginning of a name, so that no message copies a long one.
pub fn cut(name: &str) -> &str {
    let end = name.char_indices().nth(200).map_or(name.len(), |(end, _)| end);
    &name[..end]
}
