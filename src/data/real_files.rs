//! The readers against the original files, where a data folder is at hand; elsewhere these tests say that they skip.
//!
//! The folder is that of `SPIKEDECK_DATA`, else `../shared/data`. Expected figures are the published ones of the data
//! sets, and, for recordings, the `TRUTH.tsv` that lies beside them.

use std::path::PathBuf;

use sha2::{Digest, Sha256};

use super::info::{FileInfo, info};
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
        let FileInfo::Images(file) = info(&folder.join("train-images-idx3-ubyte.gz"), None).unwrap() else {
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
    let FileInfo::Images(file) = info(&folder.join("data_batch_1.bin"), None).unwrap() else {
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

#[test]
fn recordings_agree_with_the_truth_beside_them() {
    let Some(table) = real("events/TRUTH.tsv") else { return };
    let text = std::fs::read_to_string(&table).unwrap();
    let mut checked = 0;
    for row in text.lines().skip(1).map(|line| line.split('\t').collect::<Vec<_>>()) {
        let known = ["40-bit", "aedat2.0", "aedat3.1"]
            .iter()
            .any(|format| row[1].starts_with(format));
        let path = table.parent().unwrap().join(row[0]);
        if known && path.exists() {
            assert_eq!(found(&path), row[3..12], "{}", row[0]);
            checked += 1;
        }
    }
    assert!(checked > 0);
}

/// The columns of the truth table, from our readers.
fn found(path: &std::path::Path) -> Vec<String> {
    let FileInfo::Events(file) = info(path, None).unwrap() else {
        panic!()
    };
    let s = file.summary;
    let row = |(t, x, y, p): (u64, u16, u16, u8)| format!("{t},{x},{y},{p}");
    let mut columns = vec![s.events.to_string(), s.on_events.to_string()];
    columns.extend([s.x_min, s.x_max, s.y_min, s.y_max].map(|v| v.unwrap().to_string()));
    columns.push(s.first.into_iter().map(row).collect::<Vec<_>>().join(";"));
    columns.push(row(s.last.unwrap()));
    columns.push(digest(path));
    columns
}

/// SHA-256 over every event: t u64, x u16, y u16, little-endian, p u8.
fn digest(path: &std::path::Path) -> String {
    use super::events::{aedat2, aedat3, nmnist};
    let mut reader = std::io::BufReader::new(std::fs::File::open(path).unwrap());
    let (mut sum, mut buffer) = (Sha256::new(), Vec::new());
    let mut visit = |e: super::events::Event| {
        buffer.extend(e.t.to_le_bytes());
        buffer.extend(e.x.to_le_bytes());
        buffer.extend(e.y.to_le_bytes());
        buffer.push(u8::from(e.on));
    };
    let name = path.to_string_lossy();
    match () {
        () if name.ends_with("aedat31.aedat") => aedat3::read(&mut reader, &mut visit).unwrap(),
        () if name.ends_with(".aedat") => drop(aedat2::read(&mut reader, None, &mut visit).unwrap()),
        () => nmnist::read(&mut reader, &mut visit).unwrap(),
    }
    sum.update(&buffer);
    sum.finalize().iter().map(|b| format!("{b:02x}")).collect()
}
