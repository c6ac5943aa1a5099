//! A `.pth` file: an archive with `NAME/data.pkl` and one entry `NAME/data/KEY` per storage.

use super::{
    ExchangeError, Values,
    archive::Archive,
    error::shown,
    kind,
    pickle::{self, Heap, Value, cut},
    strided::View,
};
use std::collections::BTreeSet;

/// How many foreign names are remembered.
const NAMES: usize = 1_000;

/// A file whose pickle has been read; no value of a tensor is read yet.
#[derive(Debug)]
pub struct Contents<'a> {
    /// What the pickle holds.
    pub heap: Heap<'a>,
    /// The outermost of it.
    pub root: Value,
    folder: &'a str,
    archive: Archive<'a>,
    /// How many values may still be read: views may share a storage, but not without end.
    left: usize,
    /// The storage that was read last, with its bytes: its checksum is compared once.
    last: Option<(&'a str, &'a [u8])>,
}

/// Reads the pickle of a PyTorch file.
pub fn open(bytes: &[u8]) -> Result<Contents<'_>, ExchangeError> {
    let mut archive = Archive::open(bytes)?;
    let folders: Vec<&str> = archive
        .names()
        .filter_map(|n| n.strip_suffix("/data.pkl"))
        .take(2)
        .collect();
    let is_program = |folder: &str| archive.names().any(|n| n == format!("{folder}/constants.pkl"));
    let folder = match folders[..] {
        [folder] if is_program(folder) => {
            return Err(ExchangeError::archive(
                "it is a TorchScript program, code and all (torch.jit.save); nothing of it was run: save its weights alone with \
                 torch.save(torch.jit.load(\"OLD.pt\").state_dict(), \"NEW.pth\")",
            ));
        }
        [folder] => folder,
        [] => return Err(kind::archive(archive.names())),
        _ => return Err(ExchangeError::archive("it has more than one data.pkl")),
    };
    let order = format!("{folder}/byteorder");
    if archive.names().any(|n| n == order) && archive.read(&order)? != b"little" {
        return Err(ExchangeError::archive(
            "its numbers are big-endian; save it again on a little-endian machine",
        ));
    }
    let pickle = archive.read(&format!("{folder}/data.pkl"))?;
    from_pickle(pickle, folder, archive, bytes.len())
}

/// The contents with that pickle; at most `left` values may be read.
pub(super) fn from_pickle<'a>(
    pickle: &'a [u8],
    folder: &'a str,
    archive: Archive<'a>,
    left: usize,
) -> Result<Contents<'a>, ExchangeError> {
    let (heap, root) = pickle::run(pickle)?;
    Ok(Contents {
        heap,
        root,
        folder,
        archive,
        left,
        last: None,
    })
}

impl Contents<'_> {
    /// The classes and functions that the file names and that no tensor needs, sorted; nothing of them was run.
    pub fn foreign(&self) -> Vec<String> {
        let names = self.heap.foreign_names().iter();
        let mut distinct = BTreeSet::new();
        for (module, name) in names.filter(|(module, _)| *module != "torch") {
            if distinct.len() < NAMES {
                distinct.insert(format!("{}.{}", cut(module), cut(name)));
            }
        }
        distinct.into_iter().collect()
    }

    /// Numbers of tensors in the order in which their storages are read, each storage once.
    pub fn by_storage(&self, numbers: &mut [(usize, usize)]) {
        numbers.sort_by_key(|(_, number)| self.key(*number));
    }

    /// Whether two tensors are the same view of the same storage.
    pub fn are_same(&self, a: usize, b: usize) -> bool {
        let (x, y) = (&self.heap.tensors[a], &self.heap.tensors[b]);
        self.key(a) == self.key(b) && (x.offset, &x.shape, &x.strides) == (y.offset, &y.shape, &y.strides)
    }

    fn key(&self, number: usize) -> &str {
        self.heap.storages[self.heap.tensors[number].storage].key
    }

    /// The values of the tensor with that number, which messages call `name`.
    pub fn values(&mut self, number: usize, name: &str) -> Result<Values, ExchangeError> {
        let wrong = |why: String| ExchangeError::tensor(name, why);
        let tensor = &self.heap.tensors[number];
        let Some(size) = tensor.element.size() else {
            return Err(wrong(tensor.element.refusal()));
        };
        let storage = self.heap.storages[tensor.storage];
        let bytes = match self.last {
            Some((key, bytes)) if key == storage.key => bytes,
            _ => {
                let entry = format!("{}/data/{}", self.folder, cut(storage.key));
                self.archive.read(&entry).map_err(|e| match e {
                    ExchangeError::Archive(why) => ExchangeError::archive(format!("tensor {}: {why}", shown(name))),
                    other => other,
                })?
            }
        };
        self.last = Some((storage.key, bytes));
        let whole = tensor.elements.checked_mul(size);
        if whole.is_none_or(|n| n > bytes.len()) {
            return Err(wrong(format!(
                "its storage of {} elements has only {} bytes",
                tensor.elements,
                bytes.len()
            )));
        }
        let view = View::checked(tensor, tensor.elements).map_err(wrong)?;
        let left = self.left.checked_sub(view.count());
        self.left = left.ok_or_else(|| wrong("has more values than the file has bytes".into()))?;
        let values = tensor.element.gather(bytes, view.places());
        values.ok_or_else(|| wrong("holds a number that 64 bits with a sign cannot hold".into()))
    }
}
