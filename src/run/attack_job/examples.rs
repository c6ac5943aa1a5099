//! `examples/`: attacked samples that a job kept, read one at a time. The files may be anybody's: names, headers, shapes
//! and sizes are checked, and no more is read than one sample and its logits.

use crate::input::{Label, MOST_CLASSES, Time};
use crate::run::{
    checkpoint::{Header, TensorInfo, read_header},
    error::RunError,
    files::{linked_folder, open_inside},
};
use std::{
    io::{Read, Seek, SeekFrom},
    ops::RangeInclusive,
    path::{Path, PathBuf},
};

/// The most files in the folder that are looked at.
const MOST_FILES: usize = 1_000_000;
/// Dimensions of a tensor of samples: without or with time.
const SAMPLES: RangeInclusive<usize> = 4..=5;
/// The most values of a sample: four times 512 × 512 pixels.
const MOST_VALUES: u64 = 4 << 18;

/// One sample, clean and attacked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Example {
    /// Whether it is an image or frames.
    pub time: Time,
    /// Channels, rows, columns: of the image, or of each frame.
    pub image: [usize; 3],
    /// The values as they were, frame by frame and channel by channel.
    pub clean: Vec<f32>,
    /// The values after the attack.
    pub adversarial: Vec<f32>,
    /// The true class, where it is recorded.
    pub label: Option<Label>,
    /// The image's place in its split.
    pub place: Option<i64>,
    /// The network's output on the clean image; empty where it was not kept.
    pub clean_logits: Vec<f32>,
    /// … and on the attacked one.
    pub adversarial_logits: Vec<f32>,
}

impl Example {
    /// The sum of a sample's frames, `[C, H, W]`; an image is its own.
    #[must_use]
    pub fn added(&self, values: &[f32]) -> Vec<f32> {
        let area = self.image.iter().product::<usize>().max(1);
        let mut frames = values.chunks(area);
        let mut sum = frames.next().unwrap_or_default().to_vec();
        frames.for_each(|frame| sum.iter_mut().zip(frame).for_each(|(s, v)| *s += v));
        sum
    }
}

/// Sample `index`, in the job's order, of cell `cell`; `None` where it was not kept (yet). A batch's file holds the
/// images that were `tried`, in order.
///
/// # Errors
/// When its file is not what a worker writes.
pub fn read_example(
    folder: &Path,
    cell: usize,
    index: usize,
    tried: impl Fn(usize) -> bool,
) -> Result<Option<Example>, RunError> {
    let found = file_of(folder, cell, index).filter(|_| tried(index));
    let Some((first, path)) = found else {
        return Ok(None);
    };
    let header = read_header(&path)?;
    let reader = Reader {
        values: values_begin(&path)?,
        path: &path,
        header: &header,
        at: (first..index).filter(|i| tried(*i)).count() as u64,
    };
    let Some((shape, clean)) = reader.row("clean", "F32", SAMPLES)? else {
        return Err(RunError::damaged(&path, "holds no tensor `clean`"));
    };
    if reader.at >= shape[0] {
        return Ok(None);
    }
    let Some((other, adversarial)) = reader.row("adversarial", "F32", SAMPLES)? else {
        return Err(RunError::damaged(&path, "holds no tensor `adversarial`"));
    };
    if other != shape {
        return Err(RunError::damaged(
            &path,
            format!("`clean` is {shape:?}, `adversarial` {other:?}"),
        ));
    }
    let bytes = |name, dtype| {
        Ok(reader
            .row(name, dtype, 1..=1)?
            .map(|(_, bytes)| bytes)
            .unwrap_or_default())
    };
    let logits = |name| {
        Ok(reader
            .row(name, "F32", 2..=2)?
            .map(|(_, bytes)| floats(&bytes))
            .unwrap_or_default())
    };
    let (time, image) = form(&shape);
    Ok(Some(Example {
        time,
        image,
        clean: floats(&clean),
        adversarial: floats(&adversarial),
        label: label(&reader)?,
        place: bytes("place", "I64")?.try_into().ok().map(i64::from_le_bytes),
        clean_logits: logits("clean_logits")?,
        adversarial_logits: logits("adversarial_logits")?,
    }))
}

/// Whether a tensor of samples, `[n, C, H, W]` or `[n, T, C, H, W]`, has frames, and the shape of an image or frame.
fn form(shape: &[u64]) -> (Time, [usize; 3]) {
    let side = |from_end: usize| shape.iter().rev().nth(from_end).map_or(0, |n| *n as usize);
    let time = match shape {
        [_, frames, _, _, _] => Time::Frames(*frames as usize),
        _ => Time::Static,
    };
    (time, [side(2), side(1), side(0)])
}

/// A byte, or two where there are more than 256 classes.
fn label(reader: &Reader<'_>) -> Result<Option<Label>, RunError> {
    let wide = reader.header.tensors.get("label").is_some_and(|t| t.dtype == "U16");
    let row = reader.row("label", if wide { "U16" } else { "U8" }, 1..=1)?;
    Ok(row.and_then(|(_, bytes)| match bytes[..] {
        [byte] => Some(Label::from(byte)),
        [low, high] => Some(Label::from_le_bytes([low, high])),
        _ => None,
    }))
}

/// The kept batches: cell number, position of the first image, file; other names are passed over.
///
/// # Errors
/// When the folder cannot be listed.
pub fn list_examples(folder: &Path) -> Result<impl Iterator<Item = (usize, usize, PathBuf)>, RunError> {
    if let Some(link) = linked_folder(&folder.join("file")) {
        return Err(RunError::refused(
            link,
            "is a link; kept images are not read through it",
        ));
    }
    let entries = std::fs::read_dir(folder).map_err(RunError::io(folder, "list the kept images"))?;
    Ok(entries.take(MOST_FILES).flatten().filter_map(|e| {
        let (cell, first) = parse(e.file_name().to_str()?)?;
        Some((cell, first, e.path()))
    }))
}

/// The file of a cell that begins with the last image not after `index`, with the position of its first image.
fn file_of(folder: &Path, cell: usize, index: usize) -> Option<(usize, PathBuf)> {
    let files = list_examples(folder).ok()?;
    let named = files.filter_map(|(number, first, path)| (number == cell && first <= index).then_some((first, path)));
    named.max()
}

/// `0003-0000064.safetensors` is cell 3 from image 64 on.
pub(super) fn name(cell: usize, first: usize) -> String {
    format!("{cell:04}-{first:07}.safetensors")
}

fn parse(name: &str) -> Option<(usize, usize)> {
    let (cell, first) = name.strip_suffix(".safetensors")?.split_once('-')?;
    let number = |t: &str| t.bytes().all(|b| b.is_ascii_digit()).then(|| t.parse().ok())?;
    Some((number(cell)?, number(first)?))
}

/// Where the values begin: behind the header's length and the header.
fn values_begin(path: &Path) -> Result<u64, RunError> {
    let mut length = [0; 8];
    open_inside(path)?
        .read_exact(&mut length)
        .map_err(RunError::io(path, "read"))?;
    Ok(u64::from_le_bytes(length).saturating_add(8))
}

/// A tensor's shape, and the bytes of one of its rows.
type Row = (Vec<u64>, Vec<u8>);

struct Reader<'a> {
    path: &'a Path,
    header: &'a Header,
    values: u64,
    /// Which row of every tensor is wanted.
    at: u64,
}

impl Reader<'_> {
    /// One row of a tensor, with the tensor's shape; nothing where there is no such tensor. A row beyond the tensor's
    /// end is empty.
    fn row(&self, name: &str, dtype: &str, dimensions: RangeInclusive<usize>) -> Result<Option<Row>, RunError> {
        let Some(info) = self.header.tensors.get(name) else {
            return Ok(None);
        };
        let wrong = |why: String| RunError::damaged(self.path, format!("`{name}` {why}"));
        if info.dtype != dtype || !dimensions.contains(&info.shape.len()) {
            let wanted = match (dimensions.start(), dimensions.end()) {
                (least, most) if least == most => least.to_string(),
                (least, most) => format!("{least} or {most}"),
            };
            let found = format!("is {} {:?}, not {dtype} of {wanted} dimensions", info.dtype, info.shape);
            return Err(wrong(found));
        }
        let bytes = row_bytes(info, dtype).ok_or_else(|| wrong(format!("cannot have the shape {:?}", info.shape)))?;
        let from = self
            .at
            .checked_mul(bytes)
            .and_then(|b| b.checked_add(info.data_offsets.0));
        if self.at >= info.shape[0] {
            return Ok(Some((info.shape.clone(), Vec::new())));
        }
        let from = from.and_then(|b| b.checked_add(self.values));
        let from = from.ok_or_else(|| wrong("lies beyond the file".into()))?;
        let mut file = open_inside(self.path)?;
        file.seek(SeekFrom::Start(from))
            .map_err(RunError::io(self.path, "read"))?;
        let mut row = vec![0; bytes as usize];
        file.read_exact(&mut row).map_err(RunError::io(self.path, "read"))?;
        Ok(Some((info.shape.clone(), row)))
    }
}

/// Bytes of one row, where the shape is possible, small enough, and what the tensor's place in the file says.
fn row_bytes(info: &TensorInfo, dtype: &str) -> Option<u64> {
    let size = match dtype {
        "F32" => 4,
        "I64" => 8,
        "U16" => 2,
        _ => 1,
    };
    let (rows, inner) = info.shape.split_first()?;
    let values = inner
        .iter()
        .try_fold(1u64, |n, d| n.checked_mul(*d).filter(|n| *n > 0))?;
    let most = if inner.len() == 1 {
        MOST_CLASSES.into()
    } else {
        MOST_VALUES
    };
    let bytes = values.checked_mul(size).filter(|_| values <= most)?;
    let (from, to) = info.data_offsets;
    (rows.checked_mul(bytes)? == to.checked_sub(from)?).then_some(bytes)
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    let value = |b: &[u8]| f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
    bytes.chunks_exact(4).map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use safetensors::{Dtype, serialize, tensor::TensorView};

    fn bytes(values: impl IntoIterator<Item = f32>) -> Vec<u8> {
        values.into_iter().flat_map(f32::to_le_bytes).collect()
    }

    /// Three images of 2 × 2 pixels from image 4 on, in cell 7.
    fn folder(with_logits: bool) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let (clean, moved) = (bytes((0..12).map(|i| i as f32)), bytes((0..12).map(|i| i as f32 + 0.5)));
        let places: Vec<u8> = [70i64, 71, 72].iter().flat_map(|p| p.to_le_bytes()).collect();
        let logits = bytes((0..6).map(|i| i as f32 / 10.0));
        let mut views = vec![
            ("clean", TensorView::new(Dtype::F32, vec![3, 1, 2, 2], &clean).unwrap()),
            (
                "adversarial",
                TensorView::new(Dtype::F32, vec![3, 1, 2, 2], &moved).unwrap(),
            ),
            ("label", TensorView::new(Dtype::U8, vec![3], &[9, 8, 7]).unwrap()),
            ("place", TensorView::new(Dtype::I64, vec![3], &places).unwrap()),
        ];
        if with_logits {
            views.push((
                "clean_logits",
                TensorView::new(Dtype::F32, vec![3, 2], &logits).unwrap(),
            ));
        }
        let file = folder.path().join("0007-0000004.safetensors");
        std::fs::write(file, serialize(views, None).unwrap()).unwrap();
        folder
    }

    #[test]
    fn one_image_is_found_by_cell_and_position() {
        let folder = folder(true);
        let found = read_example(folder.path(), 7, 5, |_| true).unwrap().unwrap();
        assert_eq!((found.image, found.label, found.place), ([1, 2, 2], Some(8), Some(71)));
        assert_eq!(found.clean, [4.0, 5.0, 6.0, 7.0]);
        assert_eq!(found.adversarial[0], 4.5);
        assert_eq!((found.clean_logits, found.adversarial_logits), (vec![0.2, 0.3], vec![]));
        for (cell, index) in [(7, 3), (7, 7), (6, 5)] {
            assert_eq!(
                read_example(folder.path(), cell, index, |_| true).unwrap(),
                None,
                "{cell} {index}"
            );
        }
    }

    #[test]
    fn samples_of_frames_are_told_by_their_dimensions_and_added_up() {
        let folder = tempfile::tempdir().unwrap();
        let values = bytes((0..24).map(|i| i as f32));
        let view = || TensorView::new(Dtype::F32, vec![2, 3, 1, 2, 2], &values).unwrap();
        let file = folder.path().join("0000-0000000.safetensors");
        std::fs::write(
            file,
            serialize([("clean", view()), ("adversarial", view())], None).unwrap(),
        )
        .unwrap();
        let found = read_example(folder.path(), 0, 1, |_| true).unwrap().unwrap();
        assert_eq!((found.time, found.image), (Time::Frames(3), [1, 2, 2]));
        assert_eq!(found.clean, (12..24).map(|i| i as f32).collect::<Vec<_>>());
        assert_eq!(found.added(&found.clean), [48.0, 51.0, 54.0, 57.0]);
    }

    #[test]
    fn where_only_some_images_of_a_batch_were_tried_the_others_take_no_place() {
        let folder = folder(false);
        let odd = |i: usize| i % 2 == 1;
        let label = |index| {
            let found = read_example(folder.path(), 7, index, odd).unwrap();
            found.and_then(|e| e.label)
        };
        assert_eq!(
            [4, 5, 6, 7, 8, 9].map(label),
            [None, Some(9), None, Some(8), None, Some(7)]
        );
    }

    #[test]
    fn a_job_from_before_logits_were_kept_is_read() {
        let found = read_example(folder(false).path(), 7, 4, |_| true).unwrap().unwrap();
        assert!(found.clean_logits.is_empty() && found.label == Some(9));
    }

    #[test]
    fn a_folder_that_is_not_there_holds_nothing() {
        assert_eq!(
            read_example(Path::new("/nowhere/at/all"), 0, 0, |_| true).unwrap(),
            None
        );
    }

    #[test]
    fn impossible_files_are_refused_before_anything_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("0000-0000000.safetensors");
        let pair = |shape: &str, to: u64| {
            let one = format!(r#"{{"dtype":"F32","shape":{shape},"data_offsets":[0,{to}]}}"#);
            format!(r#"{{"clean":{one},"adversarial":{one}}}"#)
        };
        let headers = [
            pair("[1,3,2,2]", 8),
            pair("[1,1048576,1048576,1048576]", 16),
            pair("[18446744073709551615,1,1,4]", 16),
            pair("[1,0,2,2]", 0),
            pair("[4]", 16),
            r#"{"clean":{"dtype":"U8","shape":[1,1,4,4],"data_offsets":[0,16]}}"#.to_string(),
            "{}".to_string(),
        ];
        for header in headers {
            let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
            bytes.extend(header.as_bytes());
            bytes.extend([0; 16]);
            std::fs::write(&file, bytes).unwrap();
            assert!(read_example(folder.path(), 0, 0, |_| true).is_err(), "{header}");
        }
    }

    #[test]
    fn only_names_that_a_worker_writes_are_taken() {
        assert_eq!(name(3, 64), "0003-0000064.safetensors");
        for (cell, first) in [(3, 64), (0, 0), (99_999, 12_345_678)] {
            assert_eq!(parse(&name(cell, first)), Some((cell, first)));
        }
        for wrong in [
            "3.safetensors",
            "+3-1.safetensors",
            "0003-0000064.bin",
            "a-b.safetensors",
            "-.safetensors",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
