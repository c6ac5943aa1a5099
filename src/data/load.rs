//! A data set by name: finds its original files under the data root and reads them into memory.
//!
//! A part of a data set is used as it is, with a note that says how much of it there is. A file that is missing or
//! damaged is an error that names the command that fixes it. Checksums are checked in [`super::check`]: they cost a
//! second pass over the bytes.

use std::path::Path;

use super::catalog::{Delivery, Known, KnownFile, Piece, find};
use super::dataset::{Dataset, Split};
use super::error::{DataError, shown};
use super::read::Expected;
use super::{cifar, glyphs, idx};

/// Read the data set called `name` from beneath `root` (which the embedded one does not need).
///
/// # Errors
/// An unknown name; a missing or damaged file, named, with what was expected and what fixes it.
pub fn load(name: &str, root: &Path) -> Result<Dataset, DataError> {
    let known = find(name)?;
    if matches!(known.delivery, Delivery::Embedded) {
        return Ok(glyphs::dataset());
    }
    let (train, absent) = read_split(known, known.train, root)?;
    let (test, _) = read_split(known, known.test, root)?;
    Ok(Dataset {
        name: known.name.to_owned(),
        image: known.image,
        frames: None,
        classes: known.classes(),
        class_names: known.class_names.iter().map(ToString::to_string).collect(),
        note: note(known, root, &train, &test, &absent),
        train,
        test,
    })
}

/// Every piece that is there, one after another, and the names of those that are not. With none there, the first is
/// an error.
fn read_split(known: &Known, pieces: &[Piece], root: &Path) -> Result<(Split, Vec<&'static str>), DataError> {
    let (mut split, mut absent, mut first_missing) = (Split::default(), Vec::new(), None);
    for piece in pieces {
        match read_piece(known, piece, root, &mut split) {
            Ok(()) => {}
            Err(missing @ DataError::Missing { .. }) => {
                absent.extend(piece.files().map(|file| file.name).take(1));
                first_missing.get_or_insert(missing);
            }
            Err(other) => return Err(other),
        }
    }
    match first_missing {
        Some(missing) if split.is_empty() => Err(missing),
        _ => Ok((split, absent)),
    }
}

fn read_piece(known: &Known, piece: &Piece, root: &Path, into: &mut Split) -> Result<(), DataError> {
    let [_, height, width] = known.image;
    match *piece {
        Piece::Idx {
            ref images,
            ref labels,
            count,
        } => {
            let file = locate(
                known,
                images,
                root,
                &format!("IDX images (magic 2051), up to {count} of {height}x{width}"),
            );
            let mut reader = file.open_content()?;
            into.pixels = idx::read_images(&mut *reader, count, [height, width]).map_err(|f| file.damaged(f))?;
            let n = into.pixels.len() / (height * width);
            let file = locate(known, labels, root, &format!("IDX labels (magic 2049), {n} of them"));
            let mut reader = file.open_content()?;
            into.labels = idx::read_labels(&mut *reader, count, known.classes()).map_err(|f| file.damaged(f))?;
            if into.labels.len() != n {
                return Err(file.damaged(format!("it holds {} labels for {n} images", into.labels.len())));
            }
        }
        Piece::Records {
            ref file,
            label_bytes,
            count,
            may_be_shorter,
        } => {
            let record = label_bytes + cifar::PIXELS;
            let file = locate(known, file, root, &format!("{count} records of {record} bytes"));
            let (handle, length) = file.open()?;
            let found = (length / record as u64) as usize;
            let whole = length % record as u64 == 0 && found > 0 && found <= count;
            if !whole || (found < count && !may_be_shorter) {
                return Err(file.damaged(format!("it has {length} bytes")));
            }
            let mut reader = std::io::BufReader::with_capacity(1 << 16, handle);
            cifar::read_records(&mut reader, found, label_bytes, known.classes(), into).map_err(|f| file.damaged(f))?;
        }
    }
    Ok(())
}

/// The file where it lies, with what is expected of it.
fn locate(known: &Known, file: &KnownFile, root: &Path, content: &str) -> Expected {
    let (path, is_unpacked) = file.locate(&root.join(known.folder));
    let bytes = file
        .unpacked
        .as_ref()
        .filter(|_| is_unpacked)
        .map_or(file.bytes, |unpacked| unpacked.bytes);
    Expected {
        path,
        expected: format!("{bytes} bytes: {content}"),
        fix: known.fix(root),
    }
}

/// What to say about a copy that is not the whole set.
fn note(known: &Known, root: &Path, train: &Split, test: &Split, absent: &[&str]) -> Option<String> {
    let whole = |pieces: &[Piece]| pieces.iter().map(Piece::count).sum::<usize>();
    let (all_train, all_test) = (whole(known.train), whole(known.test));
    if train.len() == all_train && test.len() == all_test {
        return None;
    }
    let mut words = format!("{}: {} of {all_train} training images", known.name, train.len());
    if test.len() != all_test {
        words += &format!(" and {} of {all_test} test images", test.len());
    }
    if !absent.is_empty() {
        words += &format!(" ({} not in {})", absent.join(", "), shown(&root.join(known.folder)));
    }
    Some(format!("{words}; `{}` brings the rest", known.fetch_command(root)))
}

#[cfg(test)]
mod tests;
