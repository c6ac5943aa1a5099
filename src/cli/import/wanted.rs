//! What an imported checkpoint says of itself: its network, a data set that fits it, and where it came from.

use crate::{
    cli::{failure::usage, output::Output},
    exchange::Chosen,
    run::{RunError, files::read_bounded, place::absolute},
    spec::{Experiment, PRESETS},
};
use anyhow::Result;
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

/// Data sets with their images and classes; of two that are alike, the first is taken.
const KNOWN: [(&str, [usize; 3], usize); 5] = [
    ("glyphs", [1, 16, 16], 10),
    ("cifar-10", [3, 32, 32], 10),
    ("cifar-100", [3, 32, 32], 100),
    ("fashion-mnist", [1, 28, 28], 10),
    ("mnist", [1, 28, 28], 10),
];
/// Keys without which no network is read, so that a file that leaves them to `--set` has to be given them first.
const NEEDED: [&str; 4] = ["classes", "image", "mean", "std"];

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

/// The specification that the checkpoint carries: what `--network` and `--set` say, with a data set that fits where
/// neither names one. `shapes` are the names and shapes of the file's tensors.
pub fn specification<'t>(
    network: &str,
    set: &[String],
    shapes: impl Iterator<Item = (&'t str, &'t [usize])>,
    out: Output,
) -> Result<Experiment> {
    let (file, text) = match PRESETS.contains(&network) {
        true => (format!("--network {network}"), preset(network, set, shapes)),
        false => read(Path::new(network))?,
    };
    let (text, names_data) = whole(&file, &text, set)?;
    let parse = |text: &str| Experiment::parse(text, &file, "imported", set);
    if names_data {
        let spec = parse(&text)?;
        compare(&spec, out);
        return Ok(spec);
    }
    let with_data = |name: &str| parse(&format!("{text}\n[data]\nname = {name:?}\n"));
    let spec = with_data("glyphs")?;
    let name = match (spec.network.image, spec.network.classes) {
        ([1, 28, 28], 10) => {
            out.note("taken to be for fashion-mnist; if it is for MNIST, import it with --set data.name=mnist");
            "fashion-mnist"
        }
        (image, classes) => match KNOWN.iter().find(|k| (k.1, k.2) == (image, classes)) {
            Some((name, ..)) => name,
            None => {
                out.note(format!(
                    "no data set known here has images {image:?} and {classes} classes: it can be exported, but not attacked"
                ));
                "cifar-10"
            }
        },
    };
    Ok(with_data(name)?)
}

/// The text with what it needs to be read: a `[network]` around bare keys, and keys that it leaves to `--set`. Also
/// whether it, or `--set`, names a data set.
fn whole(file: &str, text: &str, set: &[String]) -> Result<(String, bool)> {
    let table: toml::Table = text.parse().map_err(|e| usage(format!("{file}: {e}")))?;
    let mut text = text.to_string();
    let mut network = table.get("network").and_then(toml::Value::as_table).cloned();
    if network.is_none() {
        if let Some(other) = ["data", "train", "objective", "attack"]
            .iter()
            .find(|t| table.contains_key(**t))
        {
            return Err(usage(format!(
                "{file}: has [{other}] but no [network]; write a table [network] with family, blocks, classes, image, mean and std, \
                 or with preset = \"small\""
            )));
        }
        let inner = toml::Value::Table(table.clone());
        text = toml::to_string(&toml::Table::from_iter([("network".to_string(), inner)]))?;
        network = Some(table.clone());
    }
    let mut given = network.unwrap_or_default();
    let is_left = |key: &str| NEEDED.contains(&key) && !given.contains_key(key);
    let left: Vec<(&str, &str)> = set
        .iter()
        .filter_map(|s| in_table(s, "network").filter(|(k, _)| is_left(k)))
        .collect();
    if !left.is_empty() {
        for (key, value) in left {
            given.insert(key.to_string(), value_of(value));
        }
        let mut table: toml::Table = text.parse()?;
        table.insert("network".into(), toml::Value::Table(given));
        text = toml::to_string(&table)?;
    }
    let mut table: toml::Table = text.parse()?;
    let asked = data_name(set);
    let in_file = table
        .get("data")
        .and_then(toml::Value::as_table)
        .is_some_and(|d| d.contains_key("name"));
    match (asked, table.get_mut("data")) {
        (Some(name), None) => text += &format!("\n[data]\nname = {}\n", value_of(name)),
        // A [data] without a name, which --set gives.
        (Some(name), Some(toml::Value::Table(data))) if !in_file => {
            data.insert("name".into(), value_of(name));
            text = toml::to_string(&table)?;
        }
        (None, Some(toml::Value::Table(_))) if !in_file => {
            return Err(usage(format!(
                "{file}: [data] has no name; write for example name = \"cifar-10\" in it, or give --set data.name=cifar-10"
            )));
        }
        _ => {}
    }
    Ok((text, in_file || asked.is_some()))
}

/// Key and value of a `--set` for a key of that table.
fn in_table<'s>(set: &'s str, table: &str) -> Option<(&'s str, &'s str)> {
    let (key, value) = set.split_once('=')?;
    Some((key.trim().strip_prefix(table)?.strip_prefix('.')?, value.trim()))
}

/// A value of `--set`: TOML where it is, else a text.
fn value_of(text: &str) -> toml::Value {
    let parsed = format!("v = {text}").parse::<toml::Table>().ok();
    let value = parsed.and_then(|mut table| table.remove("v"));
    value.unwrap_or_else(|| toml::Value::String(text.to_string()))
}

/// Says so where the data set that was asked for has other images or classes than the network.
fn compare(spec: &Experiment, out: Output) {
    let (image, classes) = (spec.network.image, spec.network.classes);
    if let Some((name, images, has)) = KNOWN.iter().find(|k| k.0 == spec.data.name)
        && (*images, *has) != (image, classes)
    {
        out.note(format!(
            "{name} has images {images:?} and {has} classes, and the network takes {image:?} and has {classes}: it can be exported, \
             but not attacked on {name}"
        ));
    }
}

/// A preset with what it leaves open; the number of classes is that of the data set asked for, else of the file's last
/// linear layer.
fn preset<'t>(name: &str, set: &[String], shapes: impl Iterator<Item = (&'t str, &'t [usize])>) -> String {
    let is_last = |name: &str| name.split('.').any(|part| part == "classifier" || part == "fc");
    let hundred = match data_name(set) {
        Some(name) => value_of(name).as_str() == Some("cifar-100"),
        None => {
            let last = shapes.filter(|(name, shape)| shape.len() == 1 && is_last(name)).last();
            last.is_some_and(|(_, shape)| shape == [100])
        }
    };
    let open = if hundred { CIFAR_100 } else { CIFAR_10 };
    format!("[network]\npreset = {name:?}\n{open}\n")
}

/// The value of the last `--set data.name=`.
fn data_name(set: &[String]) -> Option<&str> {
    let names = set.iter().filter_map(|s| in_table(s, "data"));
    names
        .filter(|(key, _)| *key == "name")
        .map(|(_, name)| name)
        .next_back()
}

/// How many names a remark lists.
const LISTED: usize = 5;

/// What was done to the file's names, and what was passed over, behind the line that says that it was imported.
#[cfg_attr(not(feature = "engine"), allow(dead_code))]
pub fn remarks(chosen: &Chosen) -> String {
    let mut text = String::new();
    if !chosen.key.is_empty() {
        text += &format!("\ntaken from {:?}", chosen.key);
    }
    if let Some(taken) = &chosen.taken {
        text += &format!("\ntaken away, as a wrapper put it there: {taken}");
    }
    let names = &chosen.foreign;
    if !names.is_empty() {
        let shown = names
            .iter()
            .take(LISTED)
            .map(|n| n.escape_debug().to_string())
            .collect::<Vec<_>>()
            .join(", ");
        let more = match names.len().saturating_sub(LISTED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        text += &format!("\npassed over beside the weights, and never run: {shown}{more}");
    }
    text
}

/// What a full disk, or a folder that cannot be written, means for an import: nothing was made, and what to do.
#[cfg_attr(not(feature = "engine"), allow(dead_code))]
pub fn unwritten(error: RunError, target: &Path, bytes: u64) -> anyhow::Error {
    let shown = target.display();
    match error.is_disk_full() {
        true => anyhow::anyhow!(
            "{shown}: the disk is full, and no checkpoint was made; free about {} MB there, or choose a folder on another disk with \
             --out, and give the same command again",
            bytes.div_ceil(1_000_000)
        ),
        false => error.into(),
    }
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
        provenance: Default::default(),
        files: BTreeMap::new(),
    }
}

#[cfg(test)]
mod tests;
