//! Runs created, opened, taken over and left alone.

use super::*;
use crate::run::testing;

#[test]
fn a_created_run_opens_and_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = testing::manifest("20261123-094512-here-0abc");
    let run = RunDir::create(folder.path(), &manifest).unwrap();
    assert_eq!(RunDir::open(run.path()).unwrap(), run);
    assert_eq!(run.read_manifest().unwrap(), manifest);
    assert!(run.inbox().is_dir() && run.done().is_dir() && run.attacks().is_dir());
    let said = RunDir::create(folder.path(), &manifest).unwrap_err().to_string();
    assert!(said.contains("0abc"), "{said}");
}

#[test]
fn what_a_killed_process_left_of_a_run_is_taken_over_and_nothing_else_is() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = testing::manifest("job-7");
    let path = folder.path().join("job-7");
    std::fs::create_dir(&path).unwrap();
    create_control(&path).unwrap();
    std::fs::write(path.join(".run.toml.01.partial"), "schema").unwrap();
    let run = RunDir::create(folder.path(), &manifest).unwrap();
    assert_eq!(run.read_manifest().unwrap(), manifest);
    assert!(!path.join(".run.toml.01.partial").exists());
    let said = RunDir::create(folder.path(), &manifest).unwrap_err().to_string();
    assert!(said.contains("job-7"), "{said}");
    let other = folder.path().join("job-8");
    std::fs::create_dir(&other).unwrap();
    std::fs::write(other.join("thesis.tex"), "mine").unwrap();
    assert!(RunDir::create(folder.path(), &testing::manifest("job-8")).is_err());
    assert_eq!(std::fs::read_to_string(other.join("thesis.tex")).unwrap(), "mine");
}

#[test]
fn a_run_of_a_newer_schema_can_be_looked_at_but_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("run.toml"),
        "schema = 9\nid = \"x\"\nname = \"later\"\nnew = [1]",
    )
    .unwrap();
    let said = RunDir::open(folder.path()).unwrap_err().to_string();
    assert!(said.contains("schema 9") && said.contains("read-only"), "{said}");
    let run = RunDir::open_to_view(folder.path()).unwrap();
    assert_eq!(run.header().unwrap().name, "later");
    assert!(matches!(
        run.read_manifest(),
        Err(RunError::NewerSchema { found: 9, .. })
    ));
}

#[test]
fn an_ordinary_folder_is_not_a_run() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(RunDir::open(folder.path()), Err(RunError::NotA { .. })));
    assert!(
        RunDir::open(&folder.path().join("nowhere"))
            .unwrap_err()
            .to_string()
            .contains("nowhere")
    );
}

#[test]
fn each_resume_sets_the_exit_record_aside() {
    let folder = tempfile::tempdir().unwrap();
    let run = RunDir::at(folder.path());
    run.archive_exit().unwrap();
    for n in 1..=2 {
        std::fs::write(run.exit(), format!("{n}")).unwrap();
        run.archive_exit().unwrap();
        assert_eq!(
            std::fs::read_to_string(folder.path().join(format!("exit.{n}.json"))).unwrap(),
            n.to_string()
        );
    }
    assert!(!run.exit().exists());
}

proptest::proptest! {
    #[test]
    fn no_manifest_makes_the_reader_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("run.toml"), &bytes).unwrap();
        let run = RunDir::at(folder.path());
        let _ = run.header();
        let _ = run.read_manifest();
    }
}
