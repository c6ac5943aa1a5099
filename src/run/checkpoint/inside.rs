//! A checkpoint's tensors one by one, and how far those of two are apart. Read only after every file was compared with its
//! checksum: so that the numbers are those of the checkpoint that was saved.

use super::{Checkpoint, Distance, MODEL, Numbers, Stats, open};
use crate::run::error::RunError;
use serde::Serialize;
use std::{collections::BTreeSet, path::Path};

/// One tensor of a checkpoint.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TensorNumbers {
    /// Its name.
    pub name: String,
    /// Its type, as safetensors call it: `F32`.
    pub dtype: String,
    /// Its shape.
    pub shape: Vec<u64>,
    /// Its numbers, summed up.
    pub stats: Stats,
}

/// One tensor of two checkpoints.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TensorApart {
    /// Its name.
    pub name: String,
    /// Its type in the first that has it.
    #[serde(skip)]
    pub dtype: String,
    /// Its shape in the first that has it.
    #[serde(skip)]
    pub shape: Vec<u64>,
    /// How far the two are apart.
    pub distance: Distance,
}

/// Opens a checkpoint and compares every file with its checksum.
///
/// # Errors
/// When there is none, or it is not as it was saved.
pub fn open_whole(folder: &Path) -> Result<Checkpoint, RunError> {
    let found = open(folder)?;
    found.verify()?;
    Ok(found)
}

/// Sums up every tensor of one of its files ([`MODEL`], [`super::OPTIMIZER`]), by name.
///
/// # Errors
/// When it does not list this file, or holds numbers of an unknown type.
pub fn tensors(found: &Checkpoint, file: &str) -> Result<Vec<TensorNumbers>, RunError> {
    // Listed in the record, and so covered by the checksums.
    found.tensors(file)?;
    let numbers = Numbers::open(&found.path().join(file))?;
    let of = |name: &String| {
        let info = &numbers.header.tensors[name];
        Ok(TensorNumbers {
            name: name.clone(),
            dtype: info.dtype.clone(),
            shape: info.shape.clone(),
            stats: numbers.stats(name)?,
        })
    };
    numbers.header.tensors.keys().map(of).collect()
}

/// How far the weights of `second` are from those of `first`, by name.
///
/// # Errors
/// As [`tensors`].
pub fn apart(first: &Checkpoint, second: &Checkpoint) -> Result<Vec<TensorApart>, RunError> {
    for found in [first, second] {
        found.tensors(MODEL)?;
    }
    let (a, b) = (
        Numbers::open(&first.path().join(MODEL))?,
        Numbers::open(&second.path().join(MODEL))?,
    );
    let (in_a, in_b) = (&a.header.tensors, &b.header.tensors);
    let names: BTreeSet<&String> = in_a.keys().chain(in_b.keys()).collect();
    let of = |name: &String| {
        let info = in_a.get(name).or_else(|| in_b.get(name));
        Ok(TensorApart {
            name: name.clone(),
            dtype: info.map(|i| i.dtype.clone()).unwrap_or_default(),
            shape: info.map(|i| i.shape.clone()).unwrap_or_default(),
            distance: a.distance(&b, name)?,
        })
    };
    names.into_iter().map(of).collect()
}
