//! Who may import whom (ARCHITECTURE.md), held by reading the source.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Room → the rooms it may import.
const MAY: &[(&str, &[&str])] = &[
    ("units", &[]),
    ("random", &[]),
    ("input", &[]),
    ("spec", &["input", "units"]),
    ("run", &["spec", "input", "units"]),
    ("data", &["spec", "random", "input", "units"]),
    ("exchange", &[]),
    ("measure", &["input"]),
    ("snn", &["spec", "random", "input", "units"]),
    ("train", &["snn", "measure", "data", "spec", "random", "input", "units"]),
    (
        "attack",
        &["snn", "measure", "data", "spec", "random", "input", "units"],
    ),
    (
        "worker",
        &[
            "train", "attack", "snn", "measure", "data", "run", "spec", "random", "input", "units",
        ],
    ),
    ("tui", &["run", "spec", "input", "units"]),
    (
        "cli",
        &[
            "tui", "worker", "train", "attack", "snn", "exchange", "data", "run", "spec", "random", "input", "units",
        ],
    ),
];

/// Room of the screen → the rooms of the screen that it may use; the lower first.
const SCREEN: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("theme", &["text"]),
    ("terminal", &["text", "theme"]),
    ("plot", &["theme"]),
    ("picture", &["theme"]),
    ("player", &["text", "theme", "terminal", "plot", "picture"]),
    ("keys", &["text", "terminal"]),
    ("model", &["theme", "plot"]),
    ("watcher", &["model"]),
    ("settings", &["text", "theme", "terminal", "plot", "keys", "model"]),
    ("state", &["theme", "terminal", "plot", "keys", "model", "settings"]),
    ("charts", &["plot", "model", "state"]),
    (
        "actions",
        &[
            "text", "theme", "terminal", "plot", "picture", "keys", "model", "settings", "state", "charts",
        ],
    ),
    (
        "update",
        &["terminal", "keys", "model", "settings", "state", "charts", "actions"],
    ),
    (
        "effects",
        &["theme", "terminal", "picture", "model", "watcher", "settings", "state"],
    ),
    (
        "screens",
        &[
            "text", "theme", "terminal", "plot", "keys", "model", "state", "charts", "actions",
        ],
    ),
];

/// What joins the rooms of the screen, and may use all of them: the files at its top, and those that show it otherwise.
const JOINING: &[&str] = &["open", "event_loop", "wake", "plain", "documents", "bench"];

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
    ("rand_chacha", &["random"]),
    ("flatbuffers", &["data"]),
    ("lz4_flex", &["data"]),
    ("roxmltree", &["data"]),
    ("ruzstd", &["data"]),
];

/// Every source file, from `src` on.
pub fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut found, mut folders) = (Vec::new(), vec![root.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path.strip_prefix(&root).unwrap().to_path_buf());
            }
        }
    }
    found
}

/// The text of a source file.
pub fn text_of(file: &Path) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file)).unwrap()
}

/// Every source file with the room it belongs to.
fn sources() -> Vec<(String, PathBuf, String)> {
    let source = |file: PathBuf| {
        let first = file.components().next().unwrap().as_os_str().to_string_lossy();
        let room = first.trim_end_matches(".rs").to_string();
        let text = text_of(&file);
        let code = text.lines().filter(|l| !l.trim_start().starts_with("//"));
        let code = code.map(|l| format!("{l}\n")).collect();
        (room, file, code)
    };
    files().into_iter().map(source).collect()
}

/// The code of every file but tests, without lines that are comments: (room, file, code).
pub fn product_code() -> Vec<(String, String, String)> {
    let is_test = |file: &str| {
        ["tests", "fixture", "testing"]
            .iter()
            .any(|part| file.split(['/', '.']).any(|p| p == *part || p.ends_with("_tests")))
    };
    let named = sources().into_iter().map(|(room, file, code)| {
        let code = code
            .split("#[cfg(test)]\nmod tests {")
            .next()
            .unwrap_or_default()
            .to_string();
        (room, file.display().to_string(), code)
    });
    named.filter(|(_, file, _)| !is_test(file)).collect()
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
    let products = sources()
        .into_iter()
        .filter(|(_, file, _)| !file.display().to_string().ends_with("_tests.rs"));
    for (room, file, code) in products {
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

/// Ways to open a file that know nothing of links, pipes and bounds.
const PLAIN_WAYS: &[&str] = &[
    "File::open(",
    "File::create(",
    "File::options(",
    "OpenOptions",
    "fs::read(",
    "fs::read_to_string(",
    "fs::write(",
    "fs::copy(",
];

/// Who may use them, and for what. Everything else opens files by `run/files.rs`.
const MAY_OPEN: &[(&str, &str)] = &[
    ("run/files.rs", "the one way itself"),
    ("run/process.rs", "/proc"),
    (
        "run/checkpoint/draft.rs",
        "new files in a folder that this process has just made",
    ),
    ("run/checkpoint/pin.rs", "an empty new file; O_EXCL follows no link"),
    ("worker/disk_reserve.rs", "a new file; O_EXCL follows no link"),
    (
        "worker/recorder.rs",
        "the run's own folder, to see where it was renamed to",
    ),
    ("worker/bench.rs", "/proc"),
    ("cli/bench/ingest.rs", "/proc"),
    ("tui/bench/meter.rs", "/proc"),
    ("tui/bench/synthetic.rs", "runs that the bench makes up"),
    (
        "tui/text/toml_file.rs",
        "a user's themes, keys and layouts: bounded there, pipes refused",
    ),
];

#[test]
fn files_of_a_run_are_opened_in_one_way() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut used = std::collections::BTreeSet::new();
    for (room, path, _) in sources() {
        let inside = path.display().to_string();
        let is_test = inside.contains("tests") || inside.ends_with("testing.rs") || inside.ends_with("fixture.rs");
        if !["run", "worker", "tui", "cli"].contains(&room.as_str()) || is_test {
            continue;
        }
        let text = fs::read_to_string(root.join(&path)).unwrap();
        // Unit tests stand at the end of a file.
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for (n, line) in code.lines().enumerate() {
            let is_code = !line.trim_start().starts_with("//");
            // exchange::File is no file of the disk.
            let line = line.replace("exchange::File::open(", "");
            if !is_code || !PLAIN_WAYS.iter().any(|way| line.contains(way)) {
                continue;
            }
            let allowed = MAY_OPEN.iter().find(|(file, _)| *file == inside);
            assert!(
                allowed.is_some(),
                "src/{inside}:{}: opens a file by itself; use run::files, which goes through no link, waits for no pipe and \
                 reads within a bound: {line}",
                n + 1
            );
            used.insert(inside.clone());
        }
    }
    let named: Vec<_> = MAY_OPEN.iter().filter(|(file, _)| !used.contains(*file)).collect();
    assert!(named.is_empty(), "exceptions that nobody needs: {named:?}");
}

#[test]
fn rooms_of_the_screen_use_only_what_the_architecture_allows() {
    let may: BTreeMap<_, _> = SCREEN.iter().copied().collect();
    let room = |module: &[String]| match module {
        [tui, room, ..] if tui == "tui" => Some(room.clone()),
        _ => None,
    };
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (module, used) in crate::circles::graph() {
        let Some(own) = room(&module).filter(|r| !JOINING.contains(&r.as_str())) else {
            continue;
        };
        let Some(allowed) = may.get(own.as_str()) else {
            wrong.push(format!("{own}: is in no table"));
            continue;
        };
        for other in used.iter().filter_map(|m| room(m)).filter(|other| *other != own) {
            seen += 1;
            if !allowed.contains(&other.as_str()) {
                wrong.push(format!("{} uses {other}", module.join("/")));
            }
        }
    }
    assert!(seen > 300, "{seen}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_top_of_the_screen_holds_rooms_and_the_files_that_tell_its_story() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tui");
    let mut files: Vec<String> = fs::read_dir(top)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.is_file())
        .map(|p| p.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    files.sort();
    assert_eq!(files, ["event_loop.rs", "mod.rs", "open.rs", "wake.rs"]);
}

/// Questions about a process of this machine: everybody but its launcher asks a worker.
const PROCESS_QUESTIONS: &[&str] = &["process::alive(", "attack_workers(", "pidfd_open", "pidfd_send_signal"];

#[test]
fn only_the_local_launcher_looks_at_processes() {
    let mut wrong = Vec::new();
    for (_, file, code) in sources() {
        let name = file.display().to_string();
        let product = code.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        if ["run/launcher/local.rs", "run/process.rs"].contains(&name.as_str()) {
            continue;
        }
        let asked = PROCESS_QUESTIONS.iter().filter(|question| product.contains(**question));
        wrong.extend(asked.map(|question| format!("{name}: {question}")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
