//! Image files in figures: counts, mean and deviation of the pixels, how often each label occurs.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use serde::Serialize;

use super::FileInfo;
use crate::data::{cifar, idx};

/// More unpacked pixel bytes than this are not read for a summary: a small gzip file can claim any number.
const MOST_BYTES: u64 = 1 << 32;

/// A file of images.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ImageFile {
    /// `idx`, `cifar-10` or `cifar-100`.
    pub format: &'static str,
    /// The file's length.
    pub bytes: u64,
    /// How many images.
    pub images: u64,
    /// `[channels, height, width]`.
    pub image: [u64; 3],
    /// Mean of each channel's pixels in \[0,1\].
    pub mean: Vec<f64>,
    /// Standard deviation of each channel's pixels.
    pub std: Vec<f64>,
    /// How many images each label has, where the file has labels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<Vec<u64>>,
}

/// A file of labels.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LabelFile {
    /// `idx`.
    pub format: &'static str,
    /// The file's length.
    pub bytes: u64,
    /// How often each label occurs, from 0 to the largest there is.
    pub labels: Vec<u64>,
}

/// Sums of one channel: pixels, their values, their squares. Exact in integers.
#[derive(Debug, Clone, Default)]
struct Moments {
    n: u64,
    sum: u64,
    squares: u64,
}

impl Moments {
    fn add(&mut self, bytes: &[u8]) {
        self.n += bytes.len() as u64;
        self.sum += bytes.iter().map(|&b| u64::from(b)).sum::<u64>();
        self.squares += bytes.iter().map(|&b| u64::from(b) * u64::from(b)).sum::<u64>();
    }

    fn mean(&self) -> f64 {
        self.sum as f64 / self.n.max(1) as f64 / 255.0
    }

    fn deviation(&self) -> f64 {
        let squares = self.squares as f64 / self.n.max(1) as f64 / (255.0 * 255.0);
        (squares - self.mean() * self.mean()).max(0.0).sqrt()
    }
}

/// An IDX file, unpacked already: images or labels, as its magic says.
pub(super) fn idx(reader: &mut dyn Read, bytes: u64) -> Result<FileInfo, String> {
    match idx::header::<2>(reader)? {
        [idx::IMAGES, count] => {
            let [height, width] = idx::header::<2>(reader)?;
            let size = u64::from(height)
                .checked_mul(u64::from(width))
                .and_then(|n| n.checked_mul(u64::from(count)));
            let Some(size) = size.filter(|&n| n <= MOST_BYTES) else {
                return Err(format!("its header says {count} images of {height}x{width}"));
            };
            let mut moments = Moments::default();
            stream(reader, size, &mut |chunk| moments.add(chunk))?;
            Ok(FileInfo::Images(ImageFile {
                format: "idx",
                bytes,
                images: u64::from(count),
                image: [1, u64::from(height), u64::from(width)],
                mean: vec![moments.mean()],
                std: vec![moments.deviation()],
                labels: None,
            }))
        }
        [idx::LABELS, count] => {
            let mut counts = vec![0; 256];
            stream(reader, u64::from(count), &mut |chunk| {
                chunk.iter().for_each(|&l| counts[usize::from(l)] += 1)
            })?;
            Ok(FileInfo::Labels(LabelFile {
                format: "idx",
                bytes,
                labels: up_to_last(counts),
            }))
        }
        [magic, _] => Err(format!("its magic number is {magic}")),
    }
}

/// CIFAR records with one label byte or two.
pub(super) fn records(reader: &mut dyn Read, bytes: u64, label_bytes: usize) -> Result<ImageFile, String> {
    let size = (label_bytes + cifar::PIXELS) as u64;
    if bytes == 0 || !bytes.is_multiple_of(size) {
        return Err(format!("it has {bytes} bytes, which is not a whole number of records"));
    }
    let classes = if label_bytes == 1 { 10 } else { 100 };
    let (mut moments, mut counts) = (vec![Moments::default(); 3], vec![0; classes]);
    let mut record = vec![0; size as usize];
    for at in 0..bytes / size {
        reader
            .read_exact(&mut record)
            .map_err(|e| format!("it breaks off in record {at} ({e})"))?;
        let (labels, pixels) = record.split_at(label_bytes);
        let label = labels.last().copied().unwrap_or(0);
        let count = counts
            .get_mut(usize::from(label))
            .ok_or(format!("record {at} has label {label}"))?;
        *count += 1;
        for (channel, plane) in moments.iter_mut().zip(pixels.chunks_exact(cifar::PIXELS / 3)) {
            channel.add(plane);
        }
    }
    Ok(ImageFile {
        format: if label_bytes == 1 { "cifar-10" } else { "cifar-100" },
        bytes,
        images: bytes / size,
        image: [3, 32, 32],
        mean: moments.iter().map(Moments::mean).collect(),
        std: moments.iter().map(Moments::deviation).collect(),
        labels: Some(counts),
    })
}

/// Whether the length fits records of this kind and every record begins with a label of its range.
pub(super) fn could_be_records(path: &Path, bytes: u64, label_bytes: usize) -> bool {
    let size = (label_bytes + cifar::PIXELS) as u64;
    let limits: &[u8] = if label_bytes == 1 { &[10] } else { &[20, 100] };
    let Ok(mut file) = File::open(path) else { return false };
    let mut label = vec![0; label_bytes];
    bytes > 0
        && bytes.is_multiple_of(size)
        && (0..bytes / size).all(|at| {
            let read = file
                .seek(SeekFrom::Start(at * size))
                .and_then(|_| file.read_exact(&mut label));
            read.is_ok() && label.iter().zip(limits).all(|(label, limit)| label < limit)
        })
}

/// Exactly `size` bytes in chunks, and then the end.
fn stream(reader: &mut dyn Read, size: u64, take: &mut dyn FnMut(&[u8])) -> Result<(), String> {
    let (mut left, mut buffer) = (size, vec![0; 1 << 16]);
    while left > 0 {
        let most = left.min(buffer.len() as u64) as usize;
        let read = reader.read(&mut buffer[..most]);
        let n = read.map_err(|e| format!("its content breaks off after {} of {size} bytes ({e})", size - left))?;
        if n == 0 {
            return Err(format!("its content ends after {} of {size} bytes", size - left));
        }
        take(&buffer[..n]);
        left -= n as u64;
    }
    match reader.read(&mut [0]) {
        Ok(0) => Ok(()),
        Ok(_) => Err(format!("there is more in it than the {size} bytes its header says")),
        Err(e) => Err(format!("its end cannot be read ({e})")),
    }
}

/// Without the zeros after the largest label.
fn up_to_last(mut counts: Vec<u64>) -> Vec<u64> {
    let used = counts.iter().rposition(|&n| n > 0).map_or(0, |last| last + 1);
    counts.truncate(used);
    counts
}
