//! Into the trash and back, and what is refused.

use super::*;
use crate::run::{
    SCHEMA,
    attack::{AttackManifest, AttackStatus},
    clock,
    files::publish_json,
    manifest::Manifest,
    process,
    status::{Exit, Outcome},
    testing,
};

const ID: &str = "20261123-094512-here-0abc";

/// A failed run with one checkpoint.
fn run(home: &Path, id: &str, parent: Option<PathBuf>) -> RunDir {
    let manifest = Manifest {
        checkpoints: home.join("checkpoints").join(id),
        parent,
        ..testing::manifest(id)
    };
    let run = RunDir::create(&home.join("runs"), &manifest).unwrap();
    std::fs::create_dir_all(manifest.checkpoints.join("step-000000005")).unwrap();
    std::fs::write(manifest.checkpoints.join("step-000000005/model"), "12345").unwrap();
    let exit = Exit {
        outcome: Outcome::Failed,
        time: clock::now_text(),
        step: 0,
        incarnation: 1,
        why: "no data".into(),
    };
    publish_json(&run.exit(), &exit).unwrap();
    run
}

fn home() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let home = std::fs::canonicalize(folder.path()).unwrap();
    (folder, home)
}

#[test]
fn a_removed_run_is_in_the_trash_with_its_checkpoints_and_comes_back_whole() {
    let (_folder, home) = home();
    let run = run(&home, ID, None);
    let roots = [home.clone()];
    let removal = plan(&run, &super::super::discover(&roots), false).unwrap();
    assert!(removal.bytes() > 5);
    let removed = removal.to_trash().unwrap();
    assert_eq!(removed.run, home.join("runs/.trash").join(ID));
    assert_eq!(removed.checkpoints, Some(home.join("checkpoints/.trash").join(ID)));
    assert!(
        super::super::discover(&roots).is_empty(),
        "what is in the trash is not listed"
    );
    assert!(!home.join("checkpoints").join(ID).exists());
    assert_eq!(trashed(&[home.join("runs")]), std::slice::from_ref(&removed.run));
    let back = restore(&removed.run).unwrap();
    assert_eq!(back.run, run.path());
    assert!(home.join("checkpoints").join(ID).join("step-000000005/model").is_file());
    assert!(trashed(&[home.join("runs")]).is_empty());
}

#[test]
fn what_is_purged_is_gone_and_only_from_a_trash() {
    let (_folder, home) = home();
    let run = run(&home, ID, None);
    assert!(purge(run.path()).unwrap_err().to_string().contains(".trash"));
    let removed = plan(&run, &[], false).unwrap().to_trash().unwrap();
    purge(&removed.run).unwrap();
    assert!(!removed.run.exists() && !removed.checkpoints.unwrap().exists());
}

#[test]
fn a_live_run_is_refused_with_the_fix() {
    let (_folder, home) = home();
    let run = run(&home, ID, None);
    std::fs::remove_file(run.exit()).unwrap();
    assert!(plan(&run, &[], false).is_ok(), "it was never started");
    publish_json(&run.status(), &testing::status(&clock::now_text(), 3)).unwrap();
    let said = plan(&run, &[], true).unwrap_err().to_string();
    assert!(said.contains("is running") && said.contains("stop"), "{said}");
    let mut elsewhere = testing::status("2020-11-23T10:00:00.000Z", 3);
    elsewhere.host = "elsewhere".into();
    publish_json(&run.status(), &elsewhere).unwrap();
    let said = plan(&run, &[], false).unwrap_err().to_string();
    assert!(said.contains("stalled") && said.contains("--force"), "{said}");
    assert!(plan(&run, &[], true).is_ok());
}

#[test]
fn checkpoints_that_another_run_started_from_are_not_removed_unasked() {
    let (_folder, home) = home();
    let mother = run(&home, ID, None);
    let parent = home.join("checkpoints").join(ID).join("step-000000005");
    let child = run(&home, "20261123-100000-here-1111", Some(parent));
    let others = super::super::discover(std::slice::from_ref(&home));
    let said = plan(&mother, &others, false).unwrap_err().to_string();
    assert!(said.contains("1111") && said.contains("--force"), "{said}");
    assert!(plan(&mother, &others, true).is_ok() && plan(&child, &others, false).is_ok());
}

#[test]
fn a_folder_that_is_not_surely_its_own_stays() {
    let (_folder, home) = home();
    let run = run(&home, ID, None);
    let checkpoints = home.join("checkpoints").join(ID);
    std::fs::write(checkpoints.join("thesis.tex"), "x").unwrap();
    let removal = plan(&run, &[], false).unwrap();
    assert!(removal.staying.as_ref().unwrap().contains("thesis.tex"));
    drop(removal);
    std::fs::remove_file(checkpoints.join("thesis.tex")).unwrap();
    let text = std::fs::read_to_string(run.manifest()).unwrap();
    std::fs::write(
        run.manifest(),
        text.replace(checkpoints.to_str().unwrap(), home.to_str().unwrap()),
    )
    .unwrap();
    let removal = plan(&run, &[], false).unwrap();
    assert!(removal.checkpoints().is_none() && removal.staying.is_some());
    removal.to_trash().unwrap();
    assert!(checkpoints.exists() && home.exists());
}

#[test]
fn the_checkpoints_of_a_run_stay_where_a_copy_of_it_is_removed() {
    let (_folder, home) = home();
    let original = run(&home, ID, None);
    let checkpoints = home.join("checkpoints").join(ID);
    checkpoint::claim(&checkpoints, &original).unwrap();
    let copy = RunDir::at(home.join("copies").join(ID));
    std::fs::create_dir_all(copy.path()).unwrap();
    for file in [original.manifest(), original.exit()] {
        std::fs::copy(&file, copy.path().join(file.file_name().unwrap())).unwrap();
    }
    // Nobody knows of the original here.
    let removal = plan(&copy, &[], false).unwrap();
    assert!(removal.staying.as_ref().unwrap().contains("is a copy"));
    removal.to_trash().unwrap();
    assert!(checkpoints.join("step-000000005/model").is_file());
    assert!(plan(&original, &[], false).unwrap().checkpoints().is_some());
}

#[test]
fn runs_of_one_name_lie_in_the_trash_beside_one_another_and_each_comes_back_with_its_checkpoints() {
    let (_folder, home) = home();
    let trash = |run: &RunDir| plan(run, &[], false).unwrap().to_trash().unwrap();
    trash(&run(&home, ID, None));
    let again = run(&home, ID, None);
    std::fs::write(home.join("checkpoints").join(ID).join("step-000000005/model"), "second").unwrap();
    let removed = trash(&again);
    assert_eq!(removed.run, home.join(format!("runs/.trash/{ID}~2")));
    assert_eq!(
        removed.checkpoints,
        Some(home.join(format!("checkpoints/.trash/{ID}~2")))
    );
    let third = trash(&run(&home, ID, None));
    assert_eq!(third.run, home.join(format!("runs/.trash/{ID}~3")));
    assert_eq!(trashed(&[home.join("runs")]).len(), 3);
    let back = restore(&removed.run).unwrap();
    assert_eq!(back.run, again.path());
    let model = back.checkpoints.unwrap().join("step-000000005/model");
    assert_eq!(std::fs::read_to_string(model).unwrap(), "second");
    let said = restore(&third.run).unwrap_err().to_string();
    assert!(said.contains("there again"), "{said}");
    purge(&third.run).unwrap();
    assert!(!third.checkpoints.unwrap().exists() && home.join("checkpoints/.trash").join(ID).exists());
}

#[test]
fn a_run_whose_name_ends_like_a_number_of_the_trash_keeps_its_end() {
    let (_folder, home) = home();
    let made = run(&home, ID, None);
    let named = home.join("runs/mine~7");
    std::fs::rename(made.path(), &named).unwrap();
    let removed = plan(&RunDir::at(&named), &[], false).unwrap().to_trash().unwrap();
    assert_eq!(restore(&removed.run).unwrap().run, named);
}

fn attack_on(folder: &Path, checkpoint: PathBuf) -> AttackDir {
    let manifest = AttackManifest {
        checkpoints: vec![checkpoint],
        ..crate::run::attack_job::tests::manifest("fgsm", "rate")
    };
    AttackDir::create(folder, &manifest).unwrap()
}

/// Of a process of this machine, just now.
fn attack_status(pid: u32) -> AttackStatus {
    let worker = process::of(pid);
    AttackStatus {
        schema: SCHEMA,
        cells_done: 0,
        cells: 2,
        images_done: 0,
        images: 4,
        current: String::new(),
        eta: 0.0,
        time: clock::now_text(),
        host: worker.host,
        boot: worker.boot,
        pid: worker.pid,
        process_start: worker.process_start,
        next_report_s: 60.0,
        stopped: None,
    }
}

#[test]
fn a_run_that_an_attack_recorded_elsewhere_works_on_is_refused() {
    let (_folder, home) = home();
    let run = run(&home, ID, None);
    let checkpoint = home.join("checkpoints").join(ID).join("step-000000005");
    let attack = attack_on(&home.join("elsewhere/attack"), checkpoint);
    // A process whose command line is a worker's.
    let mut worker = std::process::Command::new("sh")
        .args(["-c", "read line; :", "attack-worker"])
        .arg(attack.path())
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    publish_json(&attack.status(), &attack_status(worker.id())).unwrap();
    let said = plan(&run, &[], true).unwrap_err().to_string();
    assert!(
        said.contains("an attack works on it") && said.contains("elsewhere/attack"),
        "{said}"
    );
    drop(worker.stdin.take());
    worker.wait().unwrap();
    assert!(plan(&run, &[], false).is_ok());
}
