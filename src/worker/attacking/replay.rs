//! Images that a finished job kept, to be counted on another checkpoint. Their files may come from anywhere: everything in
//! them is checked, and no more is read than such a batch can hold.

use super::target::Target;
use crate::attack::budget;
use crate::input::{Input, Label};
use crate::run::{
    attack::{AttackLine, MOST_BATCH, Replay},
    attack_job::{AttackDir, CellKey, Cells, list_examples},
    files::read_inside,
    journal,
    text::clean,
};
use crate::spec::Norm;
use anyhow::{Context, Result, anyhow, bail};
use safetensors::{Dtype, SafeTensors};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

/// Bytes that a file's header may have beside its tensors.
const HEADER: u64 = 1 << 20;

/// A finished job's kept images.
pub struct Replayed {
    examples: PathBuf,
    /// What it recorded.
    cells: Cells,
    /// Which of its checkpoints is replayed.
    checkpoint: usize,
    /// Files by cell number and position of the first image.
    files: BTreeMap<(usize, usize), PathBuf>,
    batch: usize,
    norm: Norm,
}

/// A batch of kept images, in the order of the job that replays them.
pub struct Batch {
    /// In the form of the target's samples.
    pub adversarial: Vec<f32>,
    /// True classes.
    pub labels: Vec<Label>,
    /// Whether the job itself went no further in this cell.
    pub is_last: bool,
}

impl Replayed {
    /// Opens the job and lists its files.
    ///
    /// # Errors
    /// When it is not there, is another one than was asked for, or kept nothing that can be replayed.
    pub fn open(replay: &Replay) -> Result<Replayed> {
        let job = AttackDir::open(&replay.attack)?;
        let manifest = job.read_manifest()?;
        let shown = replay.attack.display();
        if manifest.id != replay.id {
            bail!("{shown}: is another attack than the one that was to be replayed; start the replay again");
        }
        if let Err(why) = manifest.can_be_replayed() {
            bail!("{shown}: {why}");
        }
        let examples = job.examples();
        let mut cells = Cells::of(&manifest);
        for line in journal::read_all::<AttackLine>(&job.results()) {
            cells.apply(&line);
        }
        let files = list_examples(&examples)?.map(|(cell, first, path)| ((cell, first), path));
        Ok(Replayed {
            files: files.collect(),
            cells,
            checkpoint: replay.checkpoint,
            batch: manifest.batch.clamp(1, MOST_BATCH),
            norm: manifest.norm,
            examples,
        })
    }

    /// The kept images of a cell from position `first` on, joined to the target's images by their place.
    ///
    /// # Errors
    /// When they are not there, or are not what such a batch must be.
    pub fn read(&self, cell: &CellKey, first: usize, target: &Target) -> Result<Batch> {
        let key = CellKey {
            checkpoint: self.checkpoint,
            ..*cell
        };
        let number = self.cells.all().iter().position(|c| c.key == key);
        let found = number.and_then(|n| Some((self.cells.all().get(n)?, self.files.get(&(n, first))?)));
        let Some((recorded, path)) = found else {
            bail!(
                "{}: holds no image {first} of {} {} {}; attack again with --keep",
                self.examples.display(),
                cell.attack,
                cell.backward,
                cell.eps
            );
        };
        let shape = Shape {
            input: target.network.encoder.input(),
            classes: target.network.spec.classes,
            most: self.batch,
        };
        let bytes = read_inside(path, shape.bytes())?;
        let kept = parse(&bytes, cell, &shape).map_err(|why| anyhow!("{}: {why}", path.display()))?;
        let (adversarial, labels) = self
            .join(&kept, cell, first, target)
            .with_context(|| path.display().to_string())?;
        Ok(Batch {
            is_last: first + labels.len() >= recorded.done(),
            adversarial,
            labels,
        })
    }

    /// The kept images at positions `first`, `first` + 1, … of the target's order.
    fn join(&self, kept: &Tensors, cell: &CellKey, first: usize, target: &Target) -> Result<(Vec<f32>, Vec<Label>)> {
        let n = kept.labels.len();
        let rows: HashMap<i64, usize> = kept.places.iter().enumerate().map(|(row, p)| (*p, row)).collect();
        let places = target.places.get(first..first + n).unwrap_or_default();
        let joined: Option<Vec<usize>> = places.iter().map(|p| rows.get(&i64::from(*p)).copied()).collect();
        let joined = joined.filter(|rows| rows.len() == n).ok_or_else(|| {
            anyhow!(
                "its images are not at the places {first} to {} of this split",
                first + n - 1
            )
        })?;
        let images = target.splits.images(target.of_test, places);
        let budget = budget::of(self.norm, cell.eps.value() as f32, images.input.range);
        let size = images.size();
        let mut adversarial = Vec::with_capacity(n * size);
        for (i, row) in joined.iter().enumerate() {
            let (was, is) = (&kept.clean[row * size..][..size], &images.values[i * size..][..size]);
            let place = places[i];
            if was != is || kept.labels[*row] != images.labels[i] {
                bail!("its image at place {place} is another one than that of this checkpoint's data and split");
            }
            let moved = &kept.adversarial[row * size..][..size];
            if !budget.holds(moved, is) {
                bail!(
                    "its image at place {place} lies outside the radius {} or outside {}",
                    cell.eps,
                    images.input.range
                );
            }
            adversarial.extend_from_slice(moved);
        }
        Ok((adversarial, images.labels))
    }
}

/// What a batch of the replayed checkpoint looks like.
struct Shape {
    input: Input,
    classes: usize,
    /// Images at most.
    most: usize,
}

impl Shape {
    /// Bytes that such a file can have.
    fn bytes(&self) -> u64 {
        let floats = 2 * (self.input.len() + self.classes);
        HEADER + (self.most * (4 * floats + 10)) as u64
    }
}

/// What a file holds.
struct Tensors {
    clean: Vec<f32>,
    adversarial: Vec<f32>,
    labels: Vec<Label>,
    places: Vec<i64>,
}

fn parse(bytes: &[u8], cell: &CellKey, shape: &Shape) -> Result<Tensors, String> {
    let wrong = |e: safetensors::SafeTensorError| format!("is not a safetensors file: {e}");
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(wrong)?;
    let file = SafeTensors::deserialize(bytes).map_err(wrong)?;
    let about = header.metadata().clone().unwrap_or_default();
    for (key, wanted) in [
        ("attack", cell.attack.to_string()),
        ("backward", cell.backward.to_string()),
        ("eps", cell.eps.to_string()),
    ] {
        let found = about.get(key).map_or("nothing", String::as_str);
        if found != wanted {
            let found: String = clean(found).chars().take(40).collect();
            return Err(format!("is of {key} {found}, wanted {wanted}"));
        }
    }
    let tensor = |name: &str, dtype: Dtype, dims: &[usize]| {
        let found = file.tensor(name).map_err(|_| format!("has no tensor {name}"))?;
        match found.dtype() == dtype && found.shape().get(1..) == Some(dims) {
            true => Ok(found),
            false => Err(format!(
                "{name} is {:?} {:?}; this checkpoint needs {dtype:?} [n{}]",
                found.dtype(),
                found.shape(),
                dims.iter().map(|d| format!(", {d}")).collect::<String>()
            )),
        }
    };
    let pixels =
        |name: &str| tensor(name, Dtype::F32, &shape.input.dimensions()).map(|t| (t.shape()[0], floats(t.data())));
    if file.tensor("clean_logits").is_ok() {
        tensor("clean_logits", Dtype::F32, &[shape.classes])?;
    }
    let ((n, clean), (moved, adversarial)) = (pixels("clean")?, pixels("adversarial")?);
    let places = tensor("place", Dtype::I64, &[])?;
    let wide = file.tensor("label").is_ok_and(|t| t.dtype() == Dtype::U16);
    let labels = tensor("label", if wide { Dtype::U16 } else { Dtype::U8 }, &[])?;
    if [moved, labels.shape()[0], places.shape()[0]] != [n; 3] || !(1..=shape.most).contains(&n) {
        return Err(format!(
            "its tensors must all have the same number of images, from 1 to {}",
            shape.most
        ));
    }
    let integer = |b: &[u8]| b.try_into().map(i64::from_le_bytes).unwrap_or(-1);
    Ok(Tensors {
        clean,
        adversarial,
        labels: match wide {
            true => labels
                .data()
                .chunks_exact(2)
                .map(|b| Label::from_le_bytes([b[0], b[1]]))
                .collect(),
            false => labels.data().iter().copied().map(Label::from).collect(),
        },
        places: places.data().chunks_exact(8).map(integer).collect(),
    })
}

fn floats(data: &[u8]) -> Vec<f32> {
    let float = |b: &[u8]| b.try_into().map(f32::from_le_bytes).unwrap_or(f32::NAN);
    data.chunks_exact(4).map(float).collect()
}

#[cfg(test)]
mod tests;
