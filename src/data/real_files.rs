//! The readers against the original files, where a data folder is at hand; elsewhere these tests say that they skip.
//!
//! The folder is that of `SPIKEDECK_DATA`, else `../shared/data`. Expected figures are the published ones of the data
//! sets, and, for recordings, the `TRUTH.tsv` that lies beside them.

use std::path::{Path, PathBuf};

use super::info::{FileInfo, Given, Recording, info};
use super::{catalog, check, load};

/// A file or folder of the data folder, or a word that there is none.
fn real(what: &str) -> Option<PathBuf> {
    let root = std::env::var_os("SPIKEDECK_DATA").map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from);
    let path = root.join(what);
    if !path.exists() {
        eprintln!("skipped: {} is not there (set SPIKEDECK_DATA)", path.display());
        return None;
    }
    Some(path)
}

#[test]
fn fashion_mnist_and_mnist_have_their_published_figures() {
    for (name, mean, std, first) in [
        ("fashion-mnist", 0.2860, 0.3530, [9, 0, 0, 3, 0]),
        ("mnist", 0.1307, 0.3081, [5, 0, 4, 1, 9]),
    ] {
        let Some(folder) = real(name) else { continue };
        let root = folder.parent().unwrap();
        let data = load(name, root).unwrap();
        assert_eq!((data.train.len(), data.test.len(), data.note), (60_000, 10_000, None));
        assert_eq!(data.train.labels[..5], first);
        let FileInfo::Images(file) = info(&folder.join("train-images-idx3-ubyte.gz"), Given::default()).unwrap() else {
            panic!()
        };
        assert_eq!((file.images, file.image), (60_000, [1, 28, 28]));
        assert!(
            (file.mean[0] - mean).abs() < 1e-4 && (file.std[0] - std).abs() < 1e-4,
            "{file:?}"
        );
        let (state, files) = check::check(catalog::find(name).unwrap(), root, check::Depth::Verify);
        assert_eq!(state, check::SetState::Whole, "{files:?}");
    }
}

#[test]
fn a_cifar_10_batch_has_its_published_figures() {
    let Some(folder) = real("cifar-10-batches-bin") else {
        return;
    };
    let data = load("cifar-10", folder.parent().unwrap()).unwrap();
    assert!(data.train.len() >= 10_000 && data.test.len() == 10_000);
    assert_eq!(data.note.is_some(), data.train.len() < 50_000);
    let FileInfo::Images(file) = info(&folder.join("data_batch_1.bin"), Given::default()).unwrap() else {
        panic!()
    };
    assert_eq!(
        file.labels.unwrap(),
        [1005, 974, 1032, 1016, 999, 937, 1030, 1001, 1025, 981]
    );
    for (found, expected) in file.mean.iter().zip([0.49346, 0.48338, 0.44718]) {
        assert!((found - expected).abs() < 1e-5, "{found} {expected}");
    }
    let (state, _) = check::check(
        catalog::find("cifar-10").unwrap(),
        folder.parent().unwrap(),
        check::Depth::Verify,
    );
    assert!(state.is_usable());
}

fn recording(path: &Path) -> Recording {
    match info(path, Given::default()) {
        Ok(FileInfo::Events(file)) => *file,
        other => panic!("{}: {other:?}", path.display()),
    }
}

/// The rows of a truth table for the formats that are read, by the words that `is_read` finds in a row.
fn truths(table: &Path, is_read: impl Fn(&[&str]) -> bool) -> Vec<(PathBuf, Vec<String>)> {
    let text = std::fs::read_to_string(table).unwrap();
    let rows = text.lines().skip(1).map(|line| line.split('\t').collect::<Vec<_>>());
    rows.filter(|row| is_read(row))
        .map(|row| {
            (
                table.with_file_name(row[0]),
                row.iter().map(|&cell| cell.to_owned()).collect(),
            )
        })
        .filter(|(path, _): &(PathBuf, _)| path.exists())
        .collect()
}

#[test]
fn recordings_agree_with_the_truth_beside_them() {
    let Some(table) = real("events/TRUTH.tsv") else { return };
    let truths = truths(&table, |row| {
        ["40-bit", "aedat2.0", "aedat3.1"]
            .iter()
            .any(|format| row[1].starts_with(format))
    });
    assert!(!truths.is_empty());
    for (path, row) in truths {
        assert_eq!(columns(&recording(&path)), row[3..12], "{}", row[0]);
    }
}

#[test]
fn small_recordings_agree_with_the_truth_beside_them() {
    let Some(table) = real("events/samples/TRUTH.tsv") else {
        return;
    };
    let truths = truths(&table, |row| row[0].ends_with(".bin") || row[0].ends_with(".aedat"));
    assert!(!truths.is_empty());
    for (path, row) in truths {
        let file = recording(&path);
        let s = &file.summary;
        let mut found = vec![s.events.to_string(), s.on_events.to_string()];
        found.extend([s.t_first, s.t_last, s.t_min, s.t_max].map(|t| t.unwrap().to_string()));
        found.extend([s.x_min, s.x_max, s.y_min, s.y_max].map(|v| v.unwrap().to_string()));
        found.push(file.sha256.clone());
        assert_eq!(found, row[2..13], "{}", row[0]);
        assert_eq!((file.tally.out_of_range, &file.tally.cut), (0, &None), "{}", row[0]);
    }
}

#[test]
fn recordings_that_are_not_read_yet_are_named() {
    let Some(table) = real("events/samples/TRUTH.tsv") else {
        return;
    };
    let mut names: Vec<PathBuf> = ["prophesee", "aedat4", "samples"]
        .iter()
        .filter_map(|folder| std::fs::read_dir(table.parent()?.with_file_name(folder)).ok())
        .flatten()
        .map(|entry| entry.unwrap().path())
        .collect();
    names.sort();
    for path in names {
        let words: &[&str] = match path.extension().and_then(|e| e.to_str()) {
            Some("raw") => &["Prophesee RAW recording, EVT", "not supported yet"],
            Some("dat") => &["Prophesee DAT recording", "of 8 bytes, version 2", "not supported yet"],
            Some("aedat4") => &["AEDAT 4.0", "not supported yet"],
            Some("npy") => &["NumPy array"],
            _ => continue,
        };
        let text = info(&path, Given::default()).unwrap_err().to_string();
        assert!(words.iter().all(|word| text.contains(word)), "{text}");
    }
}

/// The columns of the truth table, from our readers.
fn columns(file: &Recording) -> Vec<String> {
    let s = &file.summary;
    let row = |(t, x, y, p): (u64, u16, u16, u8)| format!("{t},{x},{y},{p}");
    let mut columns = vec![s.events.to_string(), s.on_events.to_string()];
    columns.extend([s.x_min, s.x_max, s.y_min, s.y_max].map(|v| v.unwrap().to_string()));
    columns.push(s.first.iter().copied().map(row).collect::<Vec<_>>().join(";"));
    columns.push(row(s.last.unwrap()));
    columns.push(file.sha256.clone());
    columns
}
