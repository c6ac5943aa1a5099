//! Loading from folders made up here: whole, partial, unpacked, missing and damaged.

use std::io::Write;
use std::path::Path;

use super::*;

/// An IDX Fashion-MNIST of `n` black training images (label i % 10) and one test image.
fn write_idx(root: &Path, n: u32, gzip: bool) {
    let folder = root.join("fashion-mnist");
    std::fs::create_dir_all(&folder).unwrap();
    for (stem, n) in [("train", n), ("t10k", 1)] {
        let mut images: Vec<u8> = [2051, n, 28, 28].iter().flat_map(|v: &u32| v.to_be_bytes()).collect();
        images.resize(16 + n as usize * 784, 7);
        let mut labels: Vec<u8> = [2049, n].iter().flat_map(|v: &u32| v.to_be_bytes()).collect();
        labels.extend((0..n).map(|i| (i % 10) as u8));
        for (kind, bytes) in [("images-idx3-ubyte", images), ("labels-idx1-ubyte", labels)] {
            if gzip {
                let file = std::fs::File::create(folder.join(format!("{stem}-{kind}.gz"))).unwrap();
                let mut writer = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
                writer.write_all(&bytes).unwrap();
                writer.finish().unwrap();
            } else {
                std::fs::write(folder.join(format!("{stem}-{kind}")), bytes).unwrap();
            }
        }
    }
}

/// A file of zeros that takes no room on the disk.
fn zeros(path: &Path, bytes: u64) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::File::create(path).unwrap().set_len(bytes).unwrap();
}

fn fault(name: &str, root: &Path) -> String {
    load(name, root).unwrap_err().to_string()
}

#[test]
fn gzip_and_plain_files_give_the_same_data() {
    let (packed, plain) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write_idx(packed.path(), 12, true);
    write_idx(plain.path(), 12, false);
    let a = load("fashion-mnist", packed.path()).unwrap();
    let b = load("fashion-mnist", plain.path()).unwrap();
    assert_eq!((&a.train, &a.test), (&b.train, &b.test));
    assert_eq!(
        (a.train.len(), a.test.len(), a.image, a.classes),
        (12, 1, [1, 28, 28], 10)
    );
    assert!(a.note.unwrap().contains("12 of 60000 training images and 1 of 10000"));
}

#[test]
fn a_missing_file_is_named_with_what_was_expected_and_the_command() {
    let root = tempfile::tempdir().unwrap();
    let text = fault("fashion-mnist", root.path());
    for words in [
        "train-images-idx3-ubyte.gz is missing",
        "26421880 bytes",
        "magic 2051",
        "spikedeck data fetch fashion-mnist --data",
    ] {
        assert!(text.contains(words), "{text}");
    }
    write_idx(root.path(), 3, true);
    std::fs::remove_file(root.path().join("fashion-mnist/train-labels-idx1-ubyte.gz")).unwrap();
    let text = fault("fashion-mnist", root.path());
    assert!(text.contains("train-labels-idx1-ubyte.gz is missing"), "{text}");
}

#[test]
fn a_truncated_or_altered_gzip_is_damaged() {
    let root = tempfile::tempdir().unwrap();
    write_idx(root.path(), 500, true);
    let path = root.path().join("fashion-mnist/train-images-idx3-ubyte.gz");
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let text = fault("fashion-mnist", root.path());
    assert!(
        text.contains("is damaged") && text.contains("breaks off") && text.contains("data fetch"),
        "{text}"
    );
    let mut altered = bytes.clone();
    let crc = altered.len() - 8;
    altered[crc] ^= 1;
    std::fs::write(&path, altered).unwrap();
    assert!(fault("fashion-mnist", root.path()).contains("is damaged"));
}

#[test]
fn counts_that_disagree_are_damage() {
    let root = tempfile::tempdir().unwrap();
    write_idx(root.path(), 12, false);
    let labels = root.path().join("fashion-mnist/train-labels-idx1-ubyte");
    let mut bytes = [2049u32, 11].iter().flat_map(|v| v.to_be_bytes()).collect::<Vec<_>>();
    bytes.extend([0; 11]);
    std::fs::write(labels, bytes).unwrap();
    assert!(fault("fashion-mnist", root.path()).contains("11 labels for 12 images"));
}

#[test]
fn a_part_of_cifar_10_is_used_and_says_so() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("cifar-10-batches-bin");
    assert!(fault("cifar-10", root.path()).contains("data_batch_1.bin is missing"));
    zeros(&folder.join("data_batch_3.bin"), 30_730_000);
    assert!(fault("cifar-10", root.path()).contains("test_batch.bin is missing"));
    zeros(&folder.join("test_batch.bin"), 30_730_000);
    let data = load("cifar-10", root.path()).unwrap();
    assert_eq!(
        (data.train.len(), data.test.len(), data.image),
        (10_000, 10_000, [3, 32, 32])
    );
    let note = data.note.unwrap();
    assert!(note.contains("10000 of 50000 training images") && note.contains("data_batch_1.bin, data_batch_2.bin"));
}

#[test]
fn a_truncated_cifar_10_batch_is_damaged_even_at_a_record_boundary() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("cifar-10-batches-bin");
    for bytes in [3073 * 5000, 1_000_000, 0, 30_730_001] {
        zeros(&folder.join("data_batch_1.bin"), bytes);
        let text = fault("cifar-10", root.path());
        assert!(
            text.contains(&format!("it has {bytes} bytes")) && text.contains("10000 records of 3073"),
            "{text}"
        );
    }
}

#[test]
fn a_part_of_cifar_100_is_a_shorter_file_of_whole_records() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("cifar-100-binary");
    zeros(&folder.join("train.bin"), 3074 * 20);
    zeros(&folder.join("test.bin"), 3074 * 10);
    let data = load("cifar-100", root.path()).unwrap();
    assert_eq!((data.train.len(), data.test.len(), data.classes), (20, 10, 100));
    assert!(data.note.unwrap().contains("20 of 50000"));
    zeros(&folder.join("train.bin"), 3074 * 20 + 1);
    assert!(fault("cifar-100", root.path()).contains("train.bin is damaged"));
}

#[test]
fn a_folder_in_a_files_place_is_an_error() {
    let root = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(root.path().join("mnist/train-images-idx3-ubyte.gz")).unwrap();
    assert!(fault("mnist", root.path()).contains("is a directory"));
}
