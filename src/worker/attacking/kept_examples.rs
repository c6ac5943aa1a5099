//! Adversarial images on disk: one safetensors file per batch of a cell, `examples/CELL-FIRST.safetensors`, with the
//! logits that were counted before and after.

use crate::attack::{Draws, counted_logits};
use crate::input::{Batch, Label};
use crate::run::{
    attack_job::{AttackDir, CellKey},
    files::{create_folder, publish},
};
use crate::snn::Network;
use anyhow::{Context, Result};
use safetensors::{Dtype, tensor::TensorView};
use std::collections::HashMap;

/// A batch of a cell as it was counted.
pub struct Kept<'a> {
    /// The cell's number in the job's plan, and the position of the batch's first image.
    pub number: (usize, usize),
    /// Which cell.
    pub cell: &'a CellKey,
    /// The images, clean.
    pub images: &'a Batch,
    /// The same, attacked.
    pub adversarial: &'a [f32],
    /// One character per image, as recorded.
    pub robust: &'a str,
}

/// Writes `clean` and `adversarial` `[n, C, H, W]` or `[n, T, C, H, W]`, `clean_logits` and `adversarial_logits` `[n, K]`, `label` `[n]` and
/// `place` `[n]`, with the cell as metadata. The logits cost two more forward passes.
///
/// # Errors
/// When the file cannot be written.
pub fn keep(job: &AttackDir, network: &Network, draws: Draws, kept: &Kept<'_>) -> Result<()> {
    let (images, cell, n) = (kept.images, kept.cell, kept.images.len());
    if n == 0 {
        return Ok(());
    }
    let logits = |pixels: &[f32]| bytes(&counted_logits(network, pixels, &images.places, draws));
    let (clean, moved) = (bytes(&images.values), bytes(kept.adversarial));
    let (before, after) = (logits(&images.values), logits(kept.adversarial));
    let (label_type, labels) = packed(&images.labels);
    let places: Vec<u8> = images.places.iter().flat_map(|p| (*p as i64).to_le_bytes()).collect();
    let samples = [&[n], &images.input.dimensions()[..]].concat();
    let classes = vec![n, network.spec.classes];
    let views = [
        ("clean", TensorView::new(Dtype::F32, samples.clone(), &clean)?),
        ("adversarial", TensorView::new(Dtype::F32, samples, &moved)?),
        ("clean_logits", TensorView::new(Dtype::F32, classes.clone(), &before)?),
        ("adversarial_logits", TensorView::new(Dtype::F32, classes, &after)?),
        ("label", TensorView::new(label_type, vec![n], &labels)?),
        ("place", TensorView::new(Dtype::I64, vec![n], &places)?),
    ];
    let about: HashMap<String, String> = [
        ("checkpoint", cell.checkpoint.to_string()),
        ("attack", cell.attack.to_string()),
        ("backward", cell.backward.to_string()),
        ("eps", cell.eps.to_string()),
        ("robust", kept.robust.to_string()),
    ]
    .map(|(k, v)| (k.to_string(), v))
    .into();
    let bytes = safetensors::serialize(views, Some(about)).context("adversarial images")?;
    create_folder(&job.examples())?;
    let (number, first) = kept.number;
    Ok(publish(&job.example(number, first), &bytes)?)
}

/// Classes as a byte each where that is enough, which every reader knows, else as two.
fn packed(labels: &[Label]) -> (Dtype, Vec<u8>) {
    let narrow: Result<Vec<u8>, _> = labels.iter().map(|l| u8::try_from(*l)).collect();
    match narrow {
        Ok(bytes) => (Dtype::U8, bytes),
        Err(_) => (Dtype::U16, labels.iter().flat_map(|l| l.to_le_bytes()).collect()),
    }
}

fn bytes(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attack::classified_rightly;
    use crate::snn::backend::Device;
    use crate::spec::NetworkSpec;
    use safetensors::SafeTensors;

    #[test]
    fn what_is_kept_holds_the_logits_that_were_counted() {
        let spec: NetworkSpec = serde_json::from_value(serde_json::json!({
            "family": "vgg", "blocks": [[4]], "hidden": [], "classes": 3, "image": [1, 4, 4],
            "mean": [0.5], "std": [0.25], "steps": 2,
        }))
        .unwrap();
        let network = Network::new(&spec, &Device::find("cpu").unwrap(), 1).unwrap();
        let images = Batch {
            input: spec.input(),
            values: (0..32).map(|i| i as f32 / 32.0).collect(),
            labels: vec![0, 2],
            places: vec![7, 5],
        };
        let adversarial: Vec<f32> = images.values.iter().map(|p| 1.0 - p).collect();
        let folder = tempfile::tempdir().unwrap();
        let job = AttackDir::at(folder.path());
        let cell = CellKey {
            checkpoint: 0,
            attack: "fgsm".parse().unwrap(),
            backward: "bptt:triangle:1".parse().unwrap(),
            eps: "8/255".parse().unwrap(),
        };
        let kept = Kept {
            number: (3, 64),
            cell: &cell,
            images: &images,
            adversarial: &adversarial,
            robust: "10",
        };
        keep(&job, &network, Draws::ONE, &kept).unwrap();
        let file = std::fs::read(job.examples().join("0003-0000064.safetensors")).unwrap();
        let tensors = SafeTensors::deserialize(&file).unwrap();
        for (name, pixels) in [("clean_logits", &images.values), ("adversarial_logits", &adversarial)] {
            let found = tensors.tensor(name).unwrap();
            assert_eq!((found.dtype(), found.shape()), (Dtype::F32, &[2, 3][..]), "{name}");
            let logits: Vec<f32> = found
                .data()
                .chunks_exact(4)
                .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
                .collect();
            assert_eq!(
                logits,
                counted_logits(&network, pixels, &images.places, Draws::ONE),
                "{name}"
            );
            let right = |i: usize| {
                let z = &logits[i * 3..][..3];
                let best = (0..3).fold(0, |best, k| if z[k] > z[best] { k } else { best });
                best == usize::from(images.labels[i])
            };
            assert_eq!(
                classified_rightly(&network, pixels, &images.labels, &images.places, Draws::ONE),
                [right(0), right(1)]
            );
        }
    }
}
