//! The readers against the original files, where a data folder is at hand; elsewhere these tests say that they skip.
//!
//! The folder is that of `SPIKEDECK_DATA`, else `../shared/data`. Expected figures are the published ones of the data
//! sets, and, for recordings, the `TRUTH.tsv` that lies beside them.

use std::path::{Path, PathBuf};

use super::info::{FileInfo, Format, Given, Recording, info};
use super::{catalog, check, load, recordings};

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

fn recording(path: &Path, given: Given) -> Recording {
    match info(path, given) {
        Ok(FileInfo::Events(file)) => *file,
        other => panic!("{}: {other:?}", path.display()),
    }
}

/// The rows of the truth table `table`, each with the file that it is about.
fn truths(table: &Path) -> Vec<(PathBuf, Vec<String>)> {
    let text = std::fs::read_to_string(table).unwrap();
    let rows = text
        .lines()
        .skip(1)
        .map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
    let rows: Vec<_> = rows.map(|row| (table.with_file_name(&row[0]), row)).collect();
    assert!(!rows.is_empty());
    rows
}

#[test]
fn recordings_agree_with_the_truth_beside_them() {
    let Some(table) = real("events/TRUTH.tsv") else { return };
    for (path, row) in truths(&table) {
        let file = recording(&path, Given::default());
        assert_eq!(columns(&file), row[3..12], "{}", row[0]);
        assert_eq!((file.tally.out_of_range, &file.tally.cut), (0, &None), "{}", row[0]);
    }
}

#[test]
fn small_recordings_agree_with_the_truth_beside_them() {
    let Some(table) = real("events/samples/TRUTH.tsv") else {
        return;
    };
    for (path, row) in truths(&table) {
        let name = &row[0][..];
        if name == "unusual/version1.dat" {
            let text = info(&path, Given::default()).unwrap_err().to_string();
            assert!(text.contains("DAT recording of version 1"), "{text}");
            continue;
        }
        let given = Given {
            stream: Some(&row[1][..]).filter(|name| !name.is_empty()),
            format: (name == "unusual/evt3_no_header.raw").then_some(Format::Evt3),
            sensor: None,
        };
        let file = recording(&path, given);
        let s = &file.summary;
        let mut found = vec![s.events.to_string(), s.on_events.to_string()];
        found.extend([s.t_first, s.t_last, s.t_min, s.t_max].map(|t| t.unwrap().to_string()));
        found.extend([s.x_min, s.x_max, s.y_min, s.y_max].map(|v| v.unwrap().to_string()));
        found.push(file.sha256.clone());
        assert_eq!(found, row[2..13], "{name}");
        assert_eq!(file.tally.out_of_range, 0, "{name}");
        assert_eq!(
            file.tally.cut.is_some(),
            name.starts_with("damaged/"),
            "{name}: {:?}",
            file.tally.cut
        );
    }
}

#[test]
fn what_is_skipped_in_small_recordings_is_counted_by_what_it_is() {
    for (name, skipped) in [
        ("evt3_starts_mid.raw", &[("before_time", 2)][..]),
        (
            "evt3_triggers.raw",
            &[("continued", 24), ("others", 8), ("trigger", 12)],
        ),
        ("nmnist_overflow.bin", &[("overflow", 11)]),
        ("mixed_packets.aedat", &[("imu6", 4), ("invalid", 40), ("special", 1)]),
        ("dv_two_event_streams.aedat4", &[("other_stream", 700), ("trigger", 4)]),
    ] {
        let Some(path) = real(&format!("events/samples/{name}")) else {
            return;
        };
        let found = recording(&path, Given::default()).tally.skipped;
        assert_eq!(found.into_iter().collect::<Vec<_>>(), skipped, "{name}");
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

#[test]
fn the_recordings_of_nmnist_are_found_in_mnists_order() {
    let Some(folder) = real("events/nmnist") else { return };
    let root = folder.parent().and_then(Path::parent).unwrap();
    let found = recordings::find("n-mnist", root, None).unwrap();
    assert_eq!((found.train.len(), found.test.len()), (1000, 100));
    let first: Vec<u16> = found.train.iter().take(5).map(|r| r.label).collect();
    assert_eq!(first, [5, 0, 4, 1, 9]);
}
