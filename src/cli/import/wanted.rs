//! What an imported checkpoint says of itself: its network, a data set that fits it, and where it came from.

use crate::{
    cli::{failure::usage, output::Output},
    exchange::Tensor,
    run::{files::read_bounded, place::absolute},
    spec::{Experiment, PRESETS},
};
use anyhow::{Context, Result};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// The largest NETWORK.toml that is read, in bytes.
const LARGEST: u64 = 1 << 20;

/// The networks of the presets are those of the paper, for CIFAR: image, mean and deviation per channel.
const CIFAR_10: &str =
    "classes = 10\nimage = [3, 32, 32]\nmean = [0.4914, 0.4822, 0.4465]\nstd = [0.2023, 0.1994, 0.2010]";
const CIFAR_100: &str =
    "classes = 100\nimage = [3, 32, 32]\nmean = [0.5071, 0.4867, 0.4408]\nstd = [0.2675, 0.2565, 0.2761]";

/// The file that was imported: `source.json` in the checkpoint.
#[derive(Debug, Serialize)]
pub struct Source {
    /// Its absolute path.
    file: PathBuf,
    bytes: usize,
    /// Of the whole file, lower-case hexadecimal.
    pub sha256: String,
}

impl Source {
    /// Of that file with that content.
    pub fn of(file: &Path, bytes: &[u8]) -> Result<Source> {
        Ok(Source {
            file: absolute(file)?,
            bytes: bytes.len(),
            sha256: Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect(),
        })
    }
}

/// The folder to make: one that is not there, or empty. Nothing is ever overwritten.
pub fn target(out: &Path) -> Result<PathBuf> {
    let path = absolute(out)?;
    let shown = path.display();
    match std::fs::read_dir(&path).map(|mut inside| inside.next().is_none()) {
        Ok(true) => Ok(path),
        Ok(false) => Err(usage(format!(
            "{shown}: is not empty; choose another folder with --out"
        ))),
        Err(_) if std::fs::symlink_metadata(&path).is_ok() => {
            Err(usage(format!("{shown}: is no folder; choose another with --out")))
        }
        Err(_) => Ok(path),
    }
}

/// The specification that the checkpoint carries: what `--network` says, with a data set that fits where it names none.
pub fn specification(network: &str, set: &[String], tensors: &[Tensor], out: Output) -> Result<Experiment> {
    let (file, text) = match PRESETS.contains(&network) {
        true => (format!("--network {network}"), preset(network, tensors)),
        false => read(Path::new(network))?,
    };
    let parse = |text: &str| Experiment::parse(text, &file, "imported", set);
    let mut table: toml::Table = text.parse().with_context(|| file.clone())?;
    if !table.contains_key("network") {
        table = [("network".to_string(), toml::Value::Table(table))]
            .into_iter()
            .collect();
    }
    let names_data = table.contains_key("data") || set.iter().any(|s| s.trim_start().starts_with("data.name"));
    if names_data {
        return Ok(parse(&toml::to_string(&table)?)?);
    }
    let mut with_data = |name: &str| -> Result<Experiment> {
        let data = [("name".to_string(), toml::Value::String(name.into()))];
        table.insert("data".into(), toml::Value::Table(data.into_iter().collect()));
        Ok(parse(&toml::to_string(&table)?)?)
    };
    let spec = with_data("glyphs")?;
    let name = match (spec.network.image, spec.network.classes) {
        ([1, 16, 16], 10) => "glyphs",
        ([3, 32, 32], 10) => "cifar-10",
        ([3, 32, 32], 100) => "cifar-100",
        ([1, 28, 28], 10) => {
            out.note("taken to be for fashion-mnist; if it is for MNIST, import it with --set data.name=mnist");
            "fashion-mnist"
        }
        (image, classes) => {
            out.note(format!(
                "no data set known here has images {image:?} and {classes} classes: it can be exported, but not attacked"
            ));
            "cifar-10"
        }
    };
    with_data(name)
}

/// A preset with what it leaves open; the number of classes is that of the file's last linear layer.
fn preset(name: &str, tensors: &[Tensor]) -> String {
    let last = |t: &&Tensor| t.shape.len() == 1 && (t.name.starts_with("classifier.") || t.name.starts_with("fc."));
    let hundred = tensors.iter().rev().find(last).is_some_and(|t| t.shape == [100]);
    let open = if hundred { CIFAR_100 } else { CIFAR_10 };
    format!("[network]\npreset = {name:?}\n{open}\n")
}

fn read(path: &Path) -> Result<(String, String)> {
    let shown = path.display().to_string();
    let bytes = read_bounded(path, LARGEST).map_err(|e| {
        usage(format!(
            "--network: {e}; give a TOML file with [network], or one of {}",
            PRESETS.join(", ")
        ))
    })?;
    let text = String::from_utf8(bytes).map_err(|_| usage(format!("{shown}: is not a text file")))?;
    Ok((shown, text))
}

/// The record of a checkpoint that no run of ours wrote.
#[cfg(feature = "engine")]
pub fn record(spec: Experiment, folder: &Path) -> crate::run::checkpoint::CheckpointMeta {
    use crate::{
        run::{SCHEMA, checkpoint::CheckpointMeta, clock},
        spec::TUNABLES,
    };
    use std::collections::BTreeMap;
    CheckpointMeta {
        schema: SCHEMA,
        run: "imported".into(),
        run_dir: folder.to_path_buf(),
        incarnation: 0,
        step: 0,
        epoch: 0.0,
        wall: 0.0,
        created: clock::now_text(),
        tunables: TUNABLES.iter().map(|t| (t.key.to_string(), t.get(&spec))).collect(),
        spec,
        metrics: BTreeMap::new(),
        best: false,
        files: BTreeMap::new(),
    }
}
