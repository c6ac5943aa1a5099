//! Names of files in runs, attack jobs and checkpoints are written out once, in `src/run/names.rs`, and that of a specification
//! in `src/spec/experiment.rs`. Held by reading the source.

use crate::layers::product_code;
use std::collections::BTreeSet;

#[test]
fn names_of_files_are_written_out_once() {
    let homes = ["run/names.rs", "spec/experiment.rs"];
    let sources = product_code();
    let quoted = |line: &str| line.split('"').nth(1).map(str::to_string);
    let is_constant = |line: &&str| line.starts_with("pub const ") && line.contains(": &str = ");
    let names: BTreeSet<String> = sources
        .iter()
        .filter(|(_, file, _)| homes.contains(&file.as_str()))
        .flat_map(|(_, _, code)| code.lines().filter(is_constant).filter_map(quoted).collect::<Vec<_>>())
        // Folders have common words for names.
        .filter(|name| name.contains('.'))
        .collect();
    assert!(names.len() > 20 && names.contains("experiment.toml"), "{names:?}");
    let mut wrong = Vec::new();
    for (_, file, code) in sources.iter().filter(|(_, file, _)| !homes.contains(&file.as_str())) {
        for name in names.iter().filter(|name| code.contains(&format!("\"{name}\""))) {
            wrong.push(format!("src/{file} writes out {name}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
