//! Saving, reading back, damage, pruning.

use super::*;
use crate::run::{error::RunError, testing};
use std::collections::BTreeMap;

fn meta(step: u64) -> CheckpointMeta {
    CheckpointMeta {
        schema: crate::run::SCHEMA,
        run: "r".into(),
        run_dir: "/r".into(),
        incarnation: 0,
        step,
        epoch: 1.0,
        wall: 2.0,
        created: "2026-11-23T10:00:00.000Z".into(),
        spec: testing::experiment(),
        metrics: [("val.accuracy".to_string(), f64::NAN)].into(),
        tunables: BTreeMap::new(),
        best: false,
        provenance: Default::default(),
        files: BTreeMap::new(),
    }
}

fn save(root: &Path, step: u64) -> PathBuf {
    let mut draft = begin(&step_folder(root, step)).unwrap();
    draft.write(MODEL, format!("weights {step}").as_bytes()).unwrap();
    draft.write(OPTIMIZER, b"momentum").unwrap();
    draft.publish(meta(step)).unwrap()
}

#[test]
fn what_was_saved_is_read_back() {
    let root = tempfile::tempdir().unwrap();
    let folder = save(root.path(), 1234);
    assert!(folder.ends_with("step-000001234"));
    let checkpoint = open(&folder).unwrap();
    checkpoint.verify().unwrap();
    assert_eq!(checkpoint.read_file(MODEL).unwrap(), b"weights 1234");
    assert_eq!((checkpoint.meta.step, checkpoint.bytes()), (1234, 20));
    assert!(checkpoint.meta.metrics["val.accuracy"].is_nan());
    assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 1);
}

#[test]
fn only_the_newest_of_those_that_were_the_best_is_the_best() {
    let root = tempfile::tempdir().unwrap();
    let save = |step: u64, best: bool| {
        let mut draft = begin(&step_folder(root.path(), step)).unwrap();
        draft.write(MODEL, b"w").unwrap();
        draft.publish(CheckpointMeta { best, ..meta(step) }).unwrap()
    };
    save(10, true);
    let second = save(20, true);
    save(30, false);
    assert_eq!(best_of(&list(root.path())), Some(&second));
    assert_eq!(best_of(&[]), None);
}

#[test]
fn an_accuracy_of_the_epoch_before_is_not_a_checkpoints_own() {
    let metrics = [("val.accuracy", 0.5), ("val.robust_accuracy", 0.2), ("train.ce", 1.0)];
    let at = |epoch: f64, best: bool| CheckpointMeta {
        epoch,
        best,
        metrics: metrics.map(|(k, v)| (k.to_string(), v)).into(),
        ..meta(1)
    };
    assert_eq!(at(2.0, false).own_metrics().len(), 3);
    assert_eq!(at(2.5, true).own_metrics().len(), 3, "it was validated within an epoch");
    let within = at(2.5, false).own_metrics();
    assert_eq!(within.keys().collect::<Vec<_>>(), ["train.ce"]);
}

#[test]
fn a_draft_that_is_given_up_leaves_nothing() {
    let root = tempfile::tempdir().unwrap();
    let mut draft = begin(&step_folder(root.path(), 1)).unwrap();
    draft.write(MODEL, b"x").unwrap();
    assert!(
        draft
            .write("../escape", b"x")
            .unwrap_err()
            .to_string()
            .contains("plain")
    );
    assert!(draft.write(META, b"x").is_err());
    assert!(list(root.path()).is_empty());
    drop(draft);
    assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 0);
}

#[test]
fn saving_again_at_the_same_step_replaces_the_whole() {
    let root = tempfile::tempdir().unwrap();
    save(root.path(), 5);
    let mut draft = begin(&step_folder(root.path(), 5)).unwrap();
    draft.write(MODEL, b"anew").unwrap();
    let checkpoint = open(&draft.publish(meta(5)).unwrap()).unwrap();
    assert_eq!(checkpoint.meta.files.len(), 1);
    assert_eq!(checkpoint.read_file(MODEL).unwrap(), b"anew");
    assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 1);
}

#[test]
fn a_damaged_file_names_both_checksums_and_the_older_checkpoint() {
    let root = tempfile::tempdir().unwrap();
    let older = save(root.path(), 5);
    let folder = save(root.path(), 10);
    std::fs::write(folder.join(MODEL), b"weights XX").unwrap();
    let checkpoint = open(&folder).unwrap();
    for error in [
        checkpoint.verify().unwrap_err(),
        checkpoint.read_file(MODEL).unwrap_err(),
    ] {
        let said = error.to_string();
        let expected = &checkpoint.meta.files[MODEL].sha256;
        for part in [MODEL, expected, "sha256 is", older.to_str().unwrap()] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
    let latest = latest_valid(root.path());
    assert_eq!(latest.checkpoint.unwrap().meta.step, 5);
    assert_eq!(latest.damaged.len(), 1);
}

#[test]
fn a_shortened_file_or_record_is_found_on_opening() {
    let root = tempfile::tempdir().unwrap();
    let folder = save(root.path(), 10);
    std::fs::write(folder.join(OPTIMIZER), b"mom").unwrap();
    let said = open(&folder).unwrap_err().to_string();
    assert!(
        said.contains("3 bytes, expected 8") && said.contains("no older"),
        "{said}"
    );
    std::fs::write(folder.join(META), "{").unwrap();
    assert!(open(&folder).unwrap_err().to_string().contains(META));
    std::fs::remove_file(folder.join(META)).unwrap();
    assert!(matches!(open(&folder), Err(RunError::NotA { .. })));
    assert!(latest_valid(root.path()).checkpoint.is_none());
}

#[test]
fn a_record_that_points_elsewhere_is_refused() {
    let root = tempfile::tempdir().unwrap();
    let folder = save(root.path(), 10);
    let text = std::fs::read_to_string(folder.join(META)).unwrap();
    for name in ["../../etc/passwd", "/etc/passwd", ".hidden", "a/b"] {
        std::fs::write(folder.join(META), text.replace(MODEL, name)).unwrap();
        assert!(open(&folder).unwrap_err().to_string().contains("plain"), "{name}");
    }
    std::fs::write(folder.join(META), &text).unwrap();
    std::fs::remove_file(folder.join(MODEL)).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", folder.join(MODEL)).unwrap();
    assert!(open(&folder).unwrap_err().to_string().contains("regular"));
}

#[test]
fn pruning_keeps_the_newest_and_the_best_and_touches_nothing_else() {
    let root = tempfile::tempdir().unwrap();
    let all: Vec<PathBuf> = (1..=6).map(|n| save(root.path(), n)).collect();
    std::fs::create_dir(root.path().join("step-notes")).unwrap();
    std::fs::create_dir(root.path().join("step-000000099")).unwrap();
    let gone = prune(
        root.path(),
        Pruning {
            keep: 2,
            best: Some(&all[1]),
        },
    )
    .unwrap();
    assert_eq!(gone, [all[0].clone(), all[2].clone(), all[3].clone()]);
    assert_eq!(list(root.path()), [all[1].clone(), all[4].clone(), all[5].clone()]);
    assert!(root.path().join("step-notes").exists() && root.path().join("step-000000099").exists());
    assert!(prune(root.path(), Pruning { keep: 0, best: None }).unwrap().len() == 2);
}

#[test]
fn a_pinned_checkpoint_is_never_pruned_until_the_pin_is_taken_away() {
    let root = tempfile::tempdir().unwrap();
    let all: Vec<PathBuf> = (1..=4).map(|n| save(root.path(), n)).collect();
    let one = Pruning { keep: 1, best: None };
    pin(&all[0], true).unwrap();
    pin(&all[0], true).unwrap();
    assert_eq!(prune(root.path(), one).unwrap(), all[1..3]);
    assert_eq!(list(root.path()), [all[0].clone(), all[3].clone()]);
    open(&all[0]).unwrap().verify().unwrap();
    pin(&all[0], false).unwrap();
    pin(&all[0], false).unwrap();
    assert_eq!(prune(root.path(), one).unwrap(), all[..1]);
    assert!(matches!(pin(root.path(), true), Err(RunError::NotA { .. })));
}

#[test]
fn a_pin_stays_when_a_resumed_run_saves_that_step_again() {
    let root = tempfile::tempdir().unwrap();
    pin(&save(root.path(), 5), true).unwrap();
    assert!(is_pinned(&save(root.path(), 5)));
    assert!(!is_pinned(&save(root.path(), 6)));
    assert!(
        begin(&step_folder(root.path(), 7))
            .unwrap()
            .write("pinned", b"")
            .is_err()
    );
}

proptest::proptest! {
    #[test]
    fn no_record_makes_the_reader_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join(META), bytes).unwrap();
        let _ = open(root.path());
    }
}

#[test]
fn what_killed_workers_left_is_swept_and_what_was_whole_is_put_back() {
    let root = tempfile::tempdir().unwrap();
    let (seven, eight) = (save(root.path(), 7), save(root.path(), 8));
    // Killed while it replaced 7, while it pruned 8, and while it wrote 9.
    std::fs::rename(&seven, root.path().join(".step-000000007.old")).unwrap();
    std::fs::rename(&eight, root.path().join(".step-000000008.pruned")).unwrap();
    std::fs::create_dir(root.path().join(".step-000000009.partial")).unwrap();
    std::fs::create_dir(root.path().join(".somebody's.partial")).unwrap();
    assert_eq!(sweep(root.path()), 2);
    assert_eq!(list(root.path()), std::slice::from_ref(&seven));
    open(&seven).unwrap().verify().unwrap();
    assert!(root.path().join(".somebody's.partial").is_dir());
    // A checkpoint saved again replaces the one of before, and leaves nothing beside it.
    save(root.path(), 7);
    assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 2);
}
