//! Where a new run and its checkpoints go, and what the run is called.

use super::{clock, error::RunError};
use std::path::{Path, PathBuf};
use ulid::Ulid;

/// The folder that a new run is created in: `--runs`, else `runs` beside the specification.
pub fn runs_folder(spec: &Path, asked: Option<&Path>) -> Result<PathBuf, RunError> {
    match asked {
        Some(folder) => absolute(folder),
        None => Ok(absolute(&folder_of(spec))?.join("runs")),
    }
}

/// The folder that holds every run's checkpoints: `--checkpoints`, else `X/checkpoints` for a specification at
/// `X/experiments/NAME/experiment.toml`, else `./checkpoints`.
pub fn checkpoints_folder(spec: &Path, asked: Option<&Path>) -> Result<PathBuf, RunError> {
    if let Some(folder) = asked {
        return absolute(folder);
    }
    let experiment = absolute(&folder_of(spec))?;
    let home = experiment
        .parent()
        .filter(|p| p.file_name().is_some_and(|n| n == "experiments"));
    match home.and_then(Path::parent) {
        Some(home) => Ok(home.join("checkpoints")),
        None => absolute(Path::new("checkpoints")),
    }
}

/// `20261123-094512-<name>-<4 random characters>`: sorts by start, says what it is, and is not guessed twice.
pub fn new_run_id(name: &str, at: clock::Timestamp) -> String {
    let time: String = clock::text(at).chars().take(19).filter(char::is_ascii_digit).collect();
    let (day, clock) = time.split_at(time.len().min(8));
    let random = Ulid::generate().to_string().to_lowercase();
    let random = random.get(22..).unwrap_or("0000");
    format!("{day}-{clock}-{}-{random}", slug(name))
}

/// The experiment's name as part of a file name: lower-case ASCII letters, digits and single hyphens.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars().take(60) {
        match c.to_ascii_lowercase() {
            c if c.is_ascii_alphanumeric() => slug.push(c),
            _ if !slug.ends_with('-') && !slug.is_empty() => slug.push('-'),
            _ => {}
        }
    }
    match slug.trim_end_matches('-') {
        "" => "run".into(),
        slug => slug.into(),
    }
}

/// The folder that holds the specification, which may itself be given as a folder.
fn folder_of(spec: &Path) -> PathBuf {
    match spec.parent() {
        _ if spec.is_dir() => spec.to_path_buf(),
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// Absolute, with links and dots resolved as far as the path exists.
pub fn absolute(path: &Path) -> Result<PathBuf, RunError> {
    match std::fs::canonicalize(path) {
        Ok(path) => Ok(path),
        Err(_) => std::path::absolute(path).map_err(RunError::io(path, "find")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checkpoints_of_an_experiment_lie_beside_the_experiments() {
        let spec = Path::new("/no/such/experiments/one/experiment.toml");
        assert_eq!(
            checkpoints_folder(spec, None).unwrap(),
            Path::new("/no/such/checkpoints")
        );
        assert_eq!(
            runs_folder(spec, None).unwrap(),
            Path::new("/no/such/experiments/one/runs")
        );
        assert_eq!(
            checkpoints_folder(spec, Some(Path::new("/a"))).unwrap(),
            Path::new("/a")
        );
        assert_eq!(runs_folder(spec, Some(Path::new("/b"))).unwrap(), Path::new("/b"));
    }

    #[test]
    fn checkpoints_of_a_loose_specification_lie_in_the_working_folder() {
        let here = std::fs::canonicalize(".").unwrap();
        assert_eq!(
            checkpoints_folder(Path::new("/no/such/one.toml"), None).unwrap(),
            here.join("checkpoints")
        );
        assert_eq!(runs_folder(Path::new("one.toml"), None).unwrap(), here.join("runs"));
    }

    #[test]
    fn ids_sort_by_start_and_are_plain_file_names() {
        let at = clock::parse("2026-11-23T09:45:12.3Z").unwrap();
        let id = new_run_id("Größe/../x", at);
        assert!(id.starts_with("20261123-094512-gr-e-x-"), "{id}");
        assert_eq!(id.len(), "20261123-094512-gr-e-x-".len() + 4);
        assert_ne!(id, new_run_id("Größe/../x", at));
        assert!(new_run_id("λ", at).starts_with("20261123-094512-run-"));
    }
}
