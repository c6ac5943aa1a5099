//! Specifications that a run can be started from, with a summary of each.

use crate::{
    run::{
        files::read_bounded,
        text::{clean, clean_lines},
    },
    spec::{Experiment, SPEC_FILE, recipe_in_words},
    tui::model::SpecRow,
    units::significant,
};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// The largest file that is kept to be changed in the form, in bytes.
const LARGEST: u64 = 64 << 10;
/// The most specifications listed.
const MOST: usize = 500;

/// `experiment.toml` in each root, in its folders, and in those of its `experiments/`; sorted by name. `missing`
/// says how a data set comes that is not there.
pub fn find(roots: &[PathBuf], missing: impl Fn(&str) -> Option<String>) -> Vec<SpecRow> {
    let mut found = BTreeSet::new();
    for root in roots {
        let nested = folders(&root.join("experiments"));
        for folder in std::iter::once(root.clone()).chain(folders(root)).chain(nested) {
            let file = folder.join(SPEC_FILE);
            // A pipe or a device is none: it would be waited for.
            if file.is_file() && found.len() < MOST {
                found.insert(std::fs::canonicalize(&file).unwrap_or(file));
            }
        }
    }
    let mut rows: Vec<SpecRow> = found.into_iter().map(|path| row(path, &missing)).collect();
    rows.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.path.cmp(&b.path)));
    rows
}

fn folders(root: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(root) else {
        return Vec::new();
    };
    entries
        .take(10_000)
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.is_dir())
        .collect()
}

fn row(path: PathBuf, missing: impl Fn(&str) -> Option<String>) -> SpecRow {
    let name = path
        .parent()
        .and_then(Path::file_name)
        .map(|n| n.to_string_lossy().into_owned());
    let read = Experiment::load(&path, &Vec::new());
    let missing = read.as_ref().ok().and_then(|e| missing(&e.data.name));
    let summary = read.map(|e| summary(&e)).map_err(|e| clean_lines(&e.to_string()));
    let text = read_bounded(&path, LARGEST)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    SpecRow {
        name: clean(&name.unwrap_or_default()).into_owned(),
        summary,
        missing,
        text: text.unwrap_or_default(),
        path,
    }
}

/// What a specification says, as name and value.
pub fn summary(spec: &Experiment) -> Vec<(String, String)> {
    let list = |items: Vec<String>| items.join(", ");
    let limit = match spec.data.limit {
        0 => String::new(),
        n => format!(", the first {n} images"),
    };
    let validation = significant(spec.data.validation * 100.0);
    let attacks = list(spec.attack.attacks.iter().map(ToString::to_string).collect());
    let radii = list(spec.attack.eps.iter().map(ToString::to_string).collect());
    let lines = [
        ("name", spec.name.clone()),
        ("about", spec.description.clone()),
        (
            "data",
            format!("{}{limit}, {validation} % held out for validation", spec.data.name),
        ),
        ("network", spec.network.label()),
        ("recipe", recipe_in_words(spec)),
        (
            "training",
            format!(
                "{} epochs, batch {}, lr {}, seed {}, on {}",
                spec.train.epochs,
                spec.train.batch,
                significant(spec.train.lr),
                spec.train.seed,
                spec.train.device
            ),
        ),
        (
            "attack",
            format!("{attacks} at {radii}, {} images", spec.attack.samples),
        ),
    ];
    let said = lines.into_iter().filter(|(_, value)| !value.is_empty());
    said.map(|(name, value)| (name.to_string(), clean(&value).into_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_specification_is_neither_read_whole_nor_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| {
            let folder = folder.path().join(name);
            std::fs::create_dir(&folder).unwrap();
            folder.join("experiment.toml")
        };
        // Three gigabytes that take no room.
        std::fs::File::create(at("huge")).unwrap().set_len(3 << 30).unwrap();
        // Larger than what the form keeps, and a specification all the same.
        let padded = format!(
            "{}\n{}",
            include_str!("../../../experiments/demo/experiment.toml"),
            "# x\n".repeat(20_000)
        );
        std::fs::write(at("padded"), padded).unwrap();
        let pipe = at("pipe");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        let began = std::time::Instant::now();
        let rows = find(&[folder.path().to_path_buf()], |_| None);
        let names: Vec<&str> = rows.iter().map(|r| r.name.as_str()).collect();
        assert_eq!(names, ["huge", "padded"]);
        assert!(
            rows[0].summary.as_ref().is_err_and(|why| why.contains("at most")),
            "{:?}",
            rows[0]
        );
        assert!(rows[1].summary.is_ok() && rows.iter().all(|r| r.text.is_empty()));
        assert!(began.elapsed().as_secs() < 5);
    }
}
