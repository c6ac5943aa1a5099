//! Agreement with the authors' reference code: every `*.expected.safetensors` in the given folders is recomputed on
//! every backend that is compiled in. Set `SPIKEDECK_GOLDEN` to a folder to compare other files of the same form, and
//! `SPIKEDECK_GOLDEN_DEVICE` to a device (`tch:cuda:0`) to compute on that one alone.
//!
//! It has its own `main` so that its lines are always seen, and it fails on a documented tensor it did not compare.

// A test that cannot continue says so by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod compare;
mod lif;
mod network;

use compare::{File, Tally};
use spikedeck::snn::backend::{Device, list};
use std::path::PathBuf;

/// Folders to read: the one asked for, or the project's own copies and, where it exists, the shared originals.
fn folders() -> Vec<PathBuf> {
    if let Some(folder) = std::env::var_os("SPIKEDECK_GOLDEN") {
        return vec![folder.into()];
    }
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    [here.join("tests/golden/data"), here.join("../shared/golden")]
        .into_iter()
        .filter(|f| f.is_dir())
        .collect()
}

fn files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in folders() {
        let entries = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        let mut here: Vec<PathBuf> = entries.map(|e| e.unwrap().path()).collect();
        here.retain(|p| p.to_string_lossy().ends_with(".expected.safetensors"));
        here.sort();
        found.extend(here);
    }
    // The shared folder repeats the project's copies: each file once.
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|p| seen.insert(p.file_name().unwrap().to_os_string()));
    found
}

/// The device asked for, or every one that lies in host memory: a GPU is tested where somebody says so.
fn devices() -> Vec<Device> {
    let names = match std::env::var("SPIKEDECK_GOLDEN_DEVICE") {
        Ok(name) => vec![name],
        Err(_) => list()
            .into_iter()
            .map(|d| d.name)
            .filter(|n| !n.contains("cuda"))
            .collect(),
    };
    let find = |name: String| Device::find(&name).unwrap_or_else(|e| panic!("SPIKEDECK_GOLDEN_DEVICE: {e}"));
    names.into_iter().map(find).collect()
}

fn main() {
    // Under `cargo test -- --list` and the like there is nothing to list.
    if std::env::args().any(|a| a == "--list") {
        return;
    }
    compare::check_tolerances();
    let files = files();
    assert!(!files.is_empty(), "no *.expected.safetensors in {:?}", folders());
    let mut tally = Tally::default();
    for device in devices() {
        let name = device.to_string();
        for path in &files {
            let file = File::read(path);
            tally.begin(&name, &file.name);
            match file.metadata.contains_key("network") {
                true => network::check(&file, &device, &mut tally),
                false => lif::check(&file, &device, &mut tally),
            }
            tally.end(&file);
        }
    }
    println!(
        "golden: {} tensors compared, {} wrong or not compared",
        tally.compared, tally.failed
    );
    let Tally {
        undecided, image_steps, ..
    } = tally;
    println!(
        "PGD: {undecided} of {image_steps} steps of an image went another way where a membrane lies within rounding of the threshold"
    );
    assert!(undecided * 20 <= image_steps, "too many to blame rounding");
    println!("{} passed, {} failed", tally.compared - tally.wrong, tally.failed);
    std::process::exit(i32::from(tally.failed > 0 || tally.compared == 0));
}
