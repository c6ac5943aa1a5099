//! IDX, the format of MNIST and its kin: a big-endian header and bytes.
//!
//! Images: magic 2051, count, height, width, then `count·height·width` bytes. Labels: magic 2049, count, then a byte
//! each. Counts are checked against what is allowed before anything is allocated, and the content must end where the
//! header says. A fault comes back as words; the caller knows the file.

use crate::input::Label;
use std::io::Read;

pub(super) const IMAGES: u32 = 2051;
pub(super) const LABELS: u32 = 2049;

/// Read the images: at most `most`, each of exactly `[height, width]`.
pub(super) fn read_images(reader: &mut dyn Read, most: usize, [h, w]: [usize; 2]) -> Result<Vec<u8>, String> {
    let [magic, count, height, width] = header(reader)?;
    check_magic(magic, IMAGES, "images")?;
    check_count(count, most)?;
    if (height as usize, width as usize) != (h, w) {
        return Err(format!("the images are {height}x{width}"));
    }
    body(reader, count as usize * h * w)
}

/// Read the labels: at most `most`, each below `classes`.
pub(super) fn read_labels(reader: &mut dyn Read, most: usize, classes: usize) -> Result<Vec<Label>, String> {
    let [magic, count] = header(reader)?;
    check_magic(magic, LABELS, "labels")?;
    check_count(count, most)?;
    let labels = body(reader, count as usize)?;
    match labels.iter().position(|&l| usize::from(l) >= classes) {
        Some(at) => Err(format!(
            "label {at} is {}, above the last class {}",
            labels[at],
            classes - 1
        )),
        None => Ok(labels.into_iter().map(Label::from).collect()),
    }
}

/// `N` big-endian numbers.
pub(super) fn header<const N: usize>(reader: &mut dyn Read) -> Result<[u32; N], String> {
    let mut numbers = [0; N];
    for number in &mut numbers {
        let mut bytes = [0; 4];
        reader
            .read_exact(&mut bytes)
            .map_err(|e| format!("its header cannot be read ({e})"))?;
        *number = u32::from_be_bytes(bytes);
    }
    Ok(numbers)
}

fn check_magic(found: u32, wanted: u32, what: &str) -> Result<(), String> {
    if found == wanted {
        Ok(())
    } else {
        Err(format!("its magic number is {found}, not {wanted} (IDX {what})"))
    }
}

fn check_count(count: u32, most: usize) -> Result<(), String> {
    match count as usize {
        0 => Err("its header says it holds nothing".to_owned()),
        n if n > most => Err(format!("its header says {n} records")),
        _ => Ok(()),
    }
}

/// Exactly `length` bytes and then the end. The end is always asked for: that is when gzip checks its sum.
fn body(reader: &mut dyn Read, length: usize) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(length);
    let read = Read::take(&mut *reader, length as u64).read_to_end(&mut bytes);
    read.map_err(|e| format!("its content breaks off after {} of {length} bytes ({e})", bytes.len()))?;
    if bytes.len() < length {
        return Err(format!("its content ends after {} of {length} bytes", bytes.len()));
    }
    match reader.read(&mut [0]) {
        Ok(0) => Ok(bytes),
        Ok(_) => Err(format!("there is more in it than the {length} bytes its header says")),
        Err(e) => Err(format!("its end cannot be read ({e})")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn file(numbers: &[u32], content: &[u8]) -> Vec<u8> {
        let mut bytes: Vec<u8> = numbers.iter().flat_map(|n| n.to_be_bytes()).collect();
        bytes.extend_from_slice(content);
        bytes
    }

    #[test]
    fn images_and_labels_are_read_as_written() {
        let images = file(&[2051, 2, 2, 2], &[1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(
            read_images(&mut &images[..], 9, [2, 2]).unwrap(),
            [1, 2, 3, 4, 5, 6, 7, 8]
        );
        let labels = file(&[2049, 3], &[0, 9, 1]);
        assert_eq!(read_labels(&mut &labels[..], 9, 10).unwrap(), [0, 9, 1]);
    }

    #[test]
    fn every_fault_is_named() {
        for (bytes, words) in [
            (file(&[2049, 2, 2, 2], &[0; 8]), "magic"),
            (file(&[2051, 2, 2, 2], &[0; 7]), "ends after 7 of 8"),
            (file(&[2051, 2, 2, 2], &[0; 9]), "more in it"),
            (file(&[2051, 2, 3, 2], &[0; 12]), "3x2"),
            (file(&[2051, 10, 2, 2], &[0; 40]), "says 10 records"),
            (file(&[2051, 0, 2, 2], &[]), "holds nothing"),
            (file(&[2051, 2], &[]), "header cannot be read"),
        ] {
            let fault = read_images(&mut &bytes[..], 9, [2, 2]).unwrap_err();
            assert!(fault.contains(words), "{fault:?} should say {words:?}");
        }
        let labels = file(&[2049, 2], &[0, 10]);
        assert!(
            read_labels(&mut &labels[..], 9, 10)
                .unwrap_err()
                .contains("label 1 is 10")
        );
    }

    proptest! {
        #[test]
        fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64), count in any::<u32>()) {
            let _ = read_images(&mut &bytes[..], 60_000, [28, 28]);
            let _ = read_images(&mut &file(&[2051, count, 28, 28], &bytes)[..], 60_000, [28, 28]);
            let _ = read_labels(&mut &file(&[2049, count], &bytes)[..], 60_000, 10);
        }
    }
}
