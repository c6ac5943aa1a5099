//! Adversarial images on disk: one safetensors file per batch of a cell, `examples/CELL-FIRST.safetensors`.

use crate::attack::Images;
use crate::run::{
    attack_job::{AttackDir, CellKey},
    files::{create_folder, publish},
};
use anyhow::{Context, Result};
use safetensors::{Dtype, tensor::TensorView};
use std::collections::HashMap;

/// Writes `clean` and `adversarial` `[n, C, H, W]`, `label` `[n]` and `place` `[n]`, with the cell as metadata.
///
/// # Errors
/// When the file cannot be written.
pub fn keep(
    job: &AttackDir,
    (cell_number, first): (usize, usize),
    cell: &CellKey,
    image: [usize; 3],
    images: &Images,
    adversarial: &[f32],
    robust: &str,
) -> Result<()> {
    let n = images.len();
    let floats = |v: &[f32]| -> Vec<u8> { v.iter().flat_map(|v| v.to_le_bytes()).collect() };
    let (clean, moved) = (floats(&images.pixels), floats(adversarial));
    let places: Vec<u8> = images.places.iter().flat_map(|p| (*p as i64).to_le_bytes()).collect();
    let shape = vec![n, image[0], image[1], image[2]];
    let views = [
        ("clean", TensorView::new(Dtype::F32, shape.clone(), &clean)?),
        ("adversarial", TensorView::new(Dtype::F32, shape, &moved)?),
        ("label", TensorView::new(Dtype::U8, vec![n], &images.labels)?),
        ("place", TensorView::new(Dtype::I64, vec![n], &places)?),
    ];
    let about: HashMap<String, String> = [
        ("checkpoint", cell.checkpoint.to_string()),
        ("attack", cell.attack.to_string()),
        ("backward", cell.backward.to_string()),
        ("eps", cell.eps.to_string()),
        ("robust", robust.to_string()),
    ]
    .map(|(k, v)| (k.to_string(), v))
    .into();
    let bytes = safetensors::serialize(views, Some(about)).context("adversarial images")?;
    let folder = job.examples();
    create_folder(&folder)?;
    Ok(publish(
        &folder.join(format!("{cell_number:04}-{first:07}.safetensors")),
        &bytes,
    )?)
}
