//! Weights to and from safetensors, under the reference's state-dict names.

use super::backend::download;
use super::network::Network;
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use std::collections::{BTreeMap, BTreeSet};

/// Why a set of tensors cannot be a network's weights.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// Not a safetensors file.
    #[error("not a safetensors file: {0}")]
    Format(#[from] safetensors::SafeTensorError),
    /// The wrong tensors.
    #[error("the tensors do not fit the network:{}", mismatch(.missing, .unexpected, .misshapen))]
    Mismatch {
        /// Names the network has and the file has not.
        missing: Vec<String>,
        /// Names the file has and the network has not.
        unexpected: Vec<String>,
        /// Name, found, wanted.
        misshapen: Vec<(String, String, String)>,
    },
}

/// The most tensors that a message lists of each kind of mismatch.
const LISTED: usize = 20;
/// Characters of a name, which may come from a stranger's file, that a message shows.
const SHOWN: usize = 100;

fn mismatch(missing: &[String], unexpected: &[String], misshapen: &[(String, String, String)]) -> String {
    let mut text = String::new();
    let mut list = |what: &str, names: Vec<String>, between: &str| {
        let all = names.len();
        if all > 0 {
            let shown: Vec<String> = names.into_iter().take(LISTED).collect();
            let more = match all - shown.len() {
                0 => String::new(),
                n => format!(" and {n} more"),
            };
            text += &format!("\n  {what} ({all}): {}{more}", shown.join(between));
        }
    };
    list("missing", missing.to_vec(), ", ");
    list("unexpected", unexpected.iter().map(|n| shortened(n)).collect(), ", ");
    let wrong = |(n, f, w): &(String, String, String)| format!("{n} is {f}, wanted {w}");
    list("misshapen", misshapen.iter().map(wrong).collect(), "; ");
    text
}

fn shortened(name: &str) -> String {
    match name.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_string(),
    }
}

fn bytes(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes
        .as_chunks::<4>()
        .0
        .iter()
        .map(|b| f32::from_le_bytes(*b))
        .collect()
}

/// Shape and values by name.
pub type Tensors = BTreeMap<String, (Vec<usize>, Vec<f32>)>;

/// Writes named f32 tensors as safetensors.
///
/// # Errors
/// When shapes and lengths disagree.
pub fn encode(tensors: &[(String, Vec<usize>, Vec<f32>)]) -> Result<Vec<u8>, WeightsError> {
    let data: Vec<_> = tensors
        .iter()
        .map(|(n, s, v)| (n.clone(), Dtype::F32, s.clone(), bytes(v)))
        .collect();
    serialize(&data)
}

fn serialize(data: &[(String, Dtype, Vec<usize>, Vec<u8>)]) -> Result<Vec<u8>, WeightsError> {
    let views: Result<Vec<_>, _> = data
        .iter()
        .map(|(n, d, s, b)| TensorView::new(*d, s.clone(), b).map(|v| (n.clone(), v)))
        .collect();
    Ok(safetensors::serialize(views?, None)?)
}

/// Reads named f32 tensors.
///
/// # Errors
/// When it is not safetensors or a tensor is not f32.
pub fn decode(bytes: &[u8]) -> Result<Tensors, WeightsError> {
    let file = SafeTensors::deserialize(bytes)?;
    let mut found = BTreeMap::new();
    for (name, view) in file.tensors() {
        if view.dtype() == Dtype::F32 {
            found.insert(name, (view.shape().to_vec(), floats(view.data())));
        }
    }
    Ok(found)
}

impl Network {
    /// All weights and batch-norm statistics as safetensors with the reference's names.
    ///
    /// # Errors
    /// When the encoder refuses a tensor.
    pub fn to_safetensors(&self) -> Result<Vec<u8>, WeightsError> {
        let mut data = Vec::new();
        for p in &self.parameters {
            data.push((p.name.clone(), Dtype::F32, p.shape.clone(), bytes(&download(&p.value))));
        }
        for b in &self.buffers {
            let (mean, variance) = (download(&b.mean), download(&b.variance));
            data.push((
                format!("{}.running_mean", b.name),
                Dtype::F32,
                vec![mean.len()],
                bytes(&mean),
            ));
            data.push((
                format!("{}.running_var", b.name),
                Dtype::F32,
                vec![variance.len()],
                bytes(&variance),
            ));
            let count = (b.batches as i64).to_le_bytes().to_vec();
            data.push((format!("{}.num_batches_tracked", b.name), Dtype::I64, vec![], count));
        }
        serialize(&data)
    }

    /// Takes over weights and statistics; all or nothing. `num_batches_tracked` may be absent.
    ///
    /// # Errors
    /// [`WeightsError::Mismatch`] with every missing, unexpected and misshapen tensor.
    pub fn load_safetensors(&mut self, bytes: &[u8]) -> Result<(), WeightsError> {
        let file = SafeTensors::deserialize(bytes)?;
        self.fits(&file)?;
        for p in &mut self.parameters {
            p.value = self.device.upload(floats(file.tensor(&p.name)?.data()));
        }
        for b in &mut self.buffers {
            b.mean = self
                .device
                .upload(floats(file.tensor(&format!("{}.running_mean", b.name))?.data()));
            b.variance = self
                .device
                .upload(floats(file.tensor(&format!("{}.running_var", b.name))?.data()));
            let count = file.tensor(&format!("{}.num_batches_tracked", b.name)).ok();
            b.batches = count
                .and_then(|c| Some(i64::from_le_bytes(c.data().try_into().ok()?)))
                .unwrap_or(0)
                .max(0) as u64;
        }
        Ok(())
    }

    fn fits(&self, file: &SafeTensors<'_>) -> Result<(), WeightsError> {
        let mut wanted: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for p in &self.parameters {
            wanted.insert(p.name.clone(), p.shape.clone());
        }
        for b in &self.buffers {
            let n = b.mean.dims().to_vec();
            wanted.insert(format!("{}.running_mean", b.name), n.clone());
            wanted.insert(format!("{}.running_var", b.name), n);
        }
        let there: BTreeSet<&str> = file.names().into_iter().collect();
        let missing: Vec<String> = wanted.keys().filter(|n| !there.contains(n.as_str())).cloned().collect();
        let counter = |n: &str| {
            n.strip_suffix(".num_batches_tracked")
                .is_some_and(|b| self.buffers.iter().any(|x| x.name == b))
        };
        let unexpected: Vec<String> = there
            .iter()
            .filter(|n| !wanted.contains_key(**n) && !counter(n))
            .map(|n| n.to_string())
            .collect();
        let mut misshapen = Vec::new();
        for (name, shape) in &wanted {
            if let Ok(view) = file.tensor(name)
                && (view.shape() != shape.as_slice() || view.dtype() != Dtype::F32)
            {
                misshapen.push((
                    name.clone(),
                    format!("{:?} {:?}", view.dtype(), view.shape()),
                    format!("F32 {shape:?}"),
                ));
            }
        }
        for b in &self.buffers {
            let name = format!("{}.num_batches_tracked", b.name);
            if let Ok(view) = file.tensor(&name)
                && (view.dtype() != Dtype::I64 || view.data().len() != 8)
            {
                let found = format!("{:?} {:?}", view.dtype(), view.shape());
                misshapen.push((name, found, "I64 []".into()));
            }
        }
        match missing.is_empty() && unexpected.is_empty() && misshapen.is_empty() {
            true => Ok(()),
            false => Err(WeightsError::Mismatch {
                missing,
                unexpected,
                misshapen,
            }),
        }
    }
}
