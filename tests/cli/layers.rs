//! Who may import whom (ARCHITECTURE.md), held by reading the source.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Room → the rooms it may import.
const MAY: &[(&str, &[&str])] = &[
    ("units", &[]),
    ("spec", &["units"]),
    ("run", &["spec", "units"]),
    ("data", &["spec", "units"]),
    ("exchange", &[]),
    ("snn", &["spec", "units"]),
    ("train", &["snn", "data", "spec", "units"]),
    ("attack", &["snn", "data", "spec", "units"]),
    ("worker", &["train", "attack", "snn", "data", "run", "spec", "units"]),
    ("tui", &["run", "spec", "units"]),
    (
        "cli",
        &[
            "tui", "worker", "train", "attack", "snn", "exchange", "data", "run", "spec", "units",
        ],
    ),
];

/// Crate → the rooms that may name it.
const CRATES: &[(&str, &[&str])] = &[
    ("burn", &["snn", "train", "attack", "worker"]),
    ("burn_flex", &["snn"]),
    ("burn_tch", &["snn"]),
    ("tch", &["snn"]),
    ("gemm", &["snn"]),
    ("ratatui", &["tui"]),
    ("crossterm", &["tui"]),
    ("notify", &["tui"]),
    ("ab_glyph", &["tui"]),
    ("dejavu", &["tui"]),
    ("png", &["tui"]),
    ("ureq", &["data"]),
    ("flatbuffers", &["data"]),
    ("lz4_flex", &["data"]),
    ("roxmltree", &["data"]),
    ("ruzstd", &["data"]),
];

/// Every source file with the room it belongs to.
fn sources() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let inside = path.strip_prefix(&root).unwrap();
                let first = inside.components().next().unwrap().as_os_str().to_string_lossy();
                let room = first.trim_end_matches(".rs").to_string();
                let code: String = fs::read_to_string(&path)
                    .unwrap()
                    .lines()
                    .filter(|l| !l.trim_start().starts_with("//"))
                    .map(|l| format!("{l}\n"))
                    .collect();
                found.push((room, inside.to_path_buf(), code));
            }
        }
    }
    found
}

/// The rooms a file names as `crate::room`, also inside `use crate::{…}`.
fn imported(code: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    for part in code.split("crate::").skip(1) {
        match part.strip_prefix('{') {
            None => rooms.push(part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()),
            Some(list) => {
                let mut depth = 1;
                let mut top = String::new();
                for c in list.chars() {
                    match c {
                        '{' => depth += 1,
                        '}' => depth -= 1,
                        c if depth == 1 => top.push(c),
                        _ => {}
                    }
                    if depth == 0 {
                        break;
                    }
                }
                rooms.extend(
                    top.split(',')
                        .map(|r| r.trim().split("::").next().unwrap_or("").trim().to_string()),
                );
            }
        }
    }
    rooms
}

#[test]
fn rooms_import_only_what_the_architecture_allows() {
    let may: BTreeMap<_, _> = MAY.iter().copied().collect();
    let mut wrong = Vec::new();
    for (room, file, code) in sources()
        .into_iter()
        .filter(|(room, ..)| may.contains_key(room.as_str()))
    {
        for other in imported(&code)
            .into_iter()
            .filter(|o| may.contains_key(o.as_str()) && *o != room)
        {
            if !may[room.as_str()].contains(&other.as_str()) {
                wrong.push(format!("{} imports {other}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn libraries_stay_in_the_rooms_they_belong_to() {
    let mut wrong = Vec::new();
    for (room, file, code) in sources() {
        for (name, rooms) in CRATES {
            let path = format!("{name}::");
            let named = code.match_indices(&path).any(|(at, _)| {
                let before = code[..at].chars().next_back().unwrap_or(' ');
                !before.is_alphanumeric() && before != '_' && before != ':'
            });
            if named && !rooms.contains(&room.as_str()) {
                wrong.push(format!("{} names {name}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_file_begins_by_saying_what_it_is_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (_, file, _) in sources() {
        let text = fs::read_to_string(root.join(&file)).unwrap();
        assert!(text.starts_with("//!"), "{} does not begin with //!", file.display());
    }
}
