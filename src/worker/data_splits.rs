//! The data set of a run, divided once into training, validation and test images: its batches and its probe batch.

use super::prefetch::Prefetch;
use crate::data::events::sensor::Sensor;
use crate::data::frames::{Convention, How, Split};
use crate::data::recordings::{self, FrameRule};
use crate::data::{self, Augment, DataError, Dataset};
use crate::input::Batch;
use crate::run::provenance::DataRecord;
use crate::spec::{AugmentKind, Experiment, FrameConvention, FrameResize, FramesBy, is_recordings};
use std::path::Path;
use std::sync::Arc;

/// Images per evaluation batch.
const EVALUATION_BATCH: usize = 100;

/// A data set with the validation part held out of the training part.
pub struct DataSplits {
    dataset: Arc<Dataset>,
    train: Vec<u32>,
    validation: Vec<u32>,
    augment: Augment,
    seed: u64,
    batch: usize,
    /// The order of one epoch, kept while it lasts.
    order: Option<(u64, Vec<u32>)>,
    prefetch: Prefetch,
}

/// A data set that does not fit the network, or could not be read.
#[derive(Debug, thiserror::Error)]
pub enum DataSplitsError {
    /// It could not be read.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Its images or classes are not those of the network.
    #[error(
        "network.image = {wanted:?} and network.classes = {classes}, but {name} has images {found:?} and \
         {found_classes} classes; write network.image = {found:?} and network.classes = {found_classes}"
    )]
    Shape {
        /// The data set.
        name: String,
        /// The network's image.
        wanted: [usize; 3],
        /// The data set's image.
        found: [usize; 3],
        /// The network's classes.
        classes: usize,
        /// The data set's classes.
        found_classes: usize,
    },
}

/// How the recordings of a specification become frames; none where its data are images.
fn frame_rule(spec: &Experiment) -> Result<Option<FrameRule>, DataError> {
    if !is_recordings(&spec.data.name) {
        return Ok(None);
    }
    let frames = u32::try_from(spec.network.steps).unwrap_or(u32::MAX);
    let sensor = spec.data.sensor.as_deref().map(Sensor::parse).transpose()?;
    let [_, height, width] = spec.network.image;
    Ok(Some(FrameRule {
        split: match spec.data.frames.unwrap_or_default() {
            FramesBy::Number => Split::Number(frames),
            FramesBy::Time => Split::Time(frames),
        },
        convention: match spec.data.convention.unwrap_or_default() {
            FrameConvention::SpikingJelly => Convention::SpikingJelly,
            FrameConvention::Tonic => Convention::Tonic,
        },
        size: [height, width],
        resize: match spec.data.resize.unwrap_or_default() {
            FrameResize::Nearest => How::Nearest,
            FrameResize::Sum => How::Sum,
        },
        sensor,
    }))
}

impl DataSplits {
    /// Loads and divides the data set of a specification.
    pub fn load(spec: &Experiment, root: &Path) -> Result<DataSplits, DataSplitsError> {
        let dataset = match frame_rule(spec)? {
            Some(rule) => recordings::load(&spec.data.name, root, &rule, spec.network.steps)?,
            None => data::load(&spec.data.name, root)?,
        };
        if dataset.input() != spec.network.input() || dataset.classes != spec.network.classes {
            return Err(DataSplitsError::Shape {
                name: spec.data.name.clone(),
                wanted: spec.network.image,
                found: dataset.image,
                classes: spec.network.classes,
                found_classes: dataset.classes,
            });
        }
        let all = dataset.train.labels.len();
        let used = if spec.data.limit == 0 {
            all
        } else {
            spec.data.limit.min(all)
        };
        let labels = &dataset.train.labels[..used];
        let (train, validation) = data::split::hold_out(labels, spec.data.validation, spec.split_seed())?;
        let augment = match spec.data.augment {
            AugmentKind::None => Augment::None,
            AugmentKind::Crop => Augment::Crop { pad: 4 },
            AugmentKind::CropFlip => Augment::CropFlip { pad: 4 },
            AugmentKind::Event => Augment::Event,
        };
        let (seed, batch) = (spec.train.seed, spec.train.batch);
        Ok(DataSplits {
            dataset: Arc::new(dataset),
            train,
            validation,
            augment,
            seed,
            batch,
            order: None,
            prefetch: Prefetch::default(),
        })
    }

    /// What the images are, to be compared when a run is resumed.
    pub fn record(&self) -> DataRecord {
        DataRecord {
            train: self.train.len() as u64,
            validation: self.validation.len() as u64,
            test: self.dataset.test.len() as u64,
            train_sha256: self.dataset.train.digest(),
            test_sha256: self.dataset.test.digest(),
        }
    }

    /// Number and SHA-256 of the images that test or validation images are taken from.
    pub fn origin(&self, of_test: bool) -> (u64, String) {
        let split = if of_test {
            &self.dataset.test
        } else {
            &self.dataset.train
        };
        (self.size(of_test) as u64, split.digest())
    }

    /// A remark about the data, such as that only some of its files are there.
    pub fn note(&self) -> Option<&str> {
        self.dataset.note.as_deref()
    }

    /// Steps per epoch; a last batch of one image, on which batch norm has no variance, is left out.
    pub fn steps_per_epoch(&self) -> u64 {
        let whole = self.train.len() / self.batch;
        let rest = usize::from(self.train.len() % self.batch >= 2);
        (whole + rest).max(1) as u64
    }

    /// The batch of an epoch at a position, augmented, with each image's place in the training file. The one behind it is
    /// gathered meanwhile.
    pub fn batch(&mut self, epoch: u64, position: u64) -> Batch {
        if self.order.as_ref().is_none_or(|(e, _)| *e != epoch) {
            self.order = Some((epoch, data::batches::order(&self.train, self.seed, epoch)));
        }
        let order = self.order.as_ref().map_or(&[][..], |(_, o)| o);
        let chosen = |position: u64| {
            let from = (position as usize).saturating_mul(self.batch).min(order.len());
            order[from..(from + self.batch).min(order.len())].to_vec()
        };
        let gather = |chosen: Vec<u32>| {
            let (dataset, augment, seed) = (self.dataset.clone(), self.augment, self.seed);
            move || {
                let (split, input) = (&dataset.train, dataset.input());
                data::batches::gather(split, input, &chosen, augment, seed, epoch)
            }
        };
        let images = self
            .prefetch
            .take((epoch, position))
            .unwrap_or_else(gather(chosen(position)));
        let next = chosen(position + 1);
        if !next.is_empty() {
            self.prefetch.begin((epoch, position + 1), gather(next));
        }
        images
    }

    /// The first `n` training images as they are: what probes measure on.
    pub fn probe(&self, n: usize) -> Batch {
        self.plain(&self.dataset.train, &self.train[..n.min(self.train.len())])
    }

    fn plain(&self, split: &data::Split, indices: &[u32]) -> Batch {
        data::batches::gather(split, self.dataset.input(), indices, Augment::None, 0, 0)
    }

    /// The validation images in batches.
    pub fn validation(&self) -> impl Iterator<Item = Batch> {
        self.validation
            .chunks(EVALUATION_BATCH)
            .map(|c| self.plain(&self.dataset.train, c))
    }

    /// The test images in batches.
    pub fn test(&self) -> impl Iterator<Item = Batch> {
        let all: Vec<u32> = (0..self.dataset.test.labels.len() as u32).collect();
        let chunks: Vec<Vec<u32>> = all.chunks(EVALUATION_BATCH).map(<[u32]>::to_vec).collect();
        chunks.into_iter().map(|c| self.plain(&self.dataset.test, &c))
    }

    /// Test or validation images at `indices` of that split's own order.
    pub fn images(&self, of_test: bool, places: &[u32]) -> Batch {
        let found = match of_test {
            true => self.plain(&self.dataset.test, places),
            false => {
                let chosen: Vec<u32> = places
                    .iter()
                    .filter_map(|p| self.validation.get(*p as usize).copied())
                    .collect();
                self.plain(&self.dataset.train, &chosen)
            }
        };
        Batch {
            places: places.iter().map(|p| u64::from(*p)).collect(),
            ..found
        }
    }

    /// Images in the test set or the validation part.
    pub fn size(&self, of_test: bool) -> usize {
        if of_test {
            self.dataset.test.labels.len()
        } else {
            self.validation.len()
        }
    }
}
