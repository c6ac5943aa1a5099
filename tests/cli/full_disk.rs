//! A disk that is full: the worker waits and continues by itself; asked to stop, it says why where there is room. Needs the
//! right to mount a small file system in memory.

use crate::deck::{Deck, metrics, signal, until, until_gone, until_step, worker};
use spikedeck::run::RunDir;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file system of two megabytes, gone when dropped.
struct Small(PathBuf);

impl Small {
    fn mounted(at: PathBuf) -> Option<Small> {
        std::fs::create_dir_all(&at).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=2m", "tmpfs"]).arg(&at);
        let done = mount.output().is_ok_and(|o| o.status.success());
        done.then_some(Small(at))
    }

    fn fill(&self) {
        let mut file = std::fs::File::create(self.0.join("filler")).unwrap();
        while file.write_all(&[1; 1024]).is_ok() {}
    }

    fn free(&self) {
        std::fs::remove_file(self.0.join("filler")).unwrap();
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).output();
    }
}

/// Waits for a status that says what the worker waits for.
fn problem(run: &RunDir) -> String {
    until(|| Some(run.read_status().ok()??.problem).filter(|p| !p.is_empty()))
}

#[test]
fn a_full_disk_is_waited_for_and_reported() {
    let deck = Deck::new();
    let Some(disk) = Small::mounted(deck.path("small")) else {
        println!("SKIPPED: no right to mount a file system here; run as root to test a full disk");
        return;
    };
    let verb = [
        "train",
        "experiments/tiny",
        "--runs",
        "small/runs",
        "--detach",
        "--set",
        "train.epochs=20000",
    ];
    let (code, answer) = deck.json(&verb);
    assert_eq!(code, 0, "{answer}");
    let run = RunDir::open(Path::new(answer["run"].as_str().unwrap())).unwrap();
    until_step(&run, 3);
    let pid = worker(&run);
    disk.fill();
    let why = problem(&run);
    assert!(why.contains("waiting") && why.contains("free some space"), "{why}");
    let (_, status) = deck.json(&["status", run.path().to_str().unwrap()]);
    assert_eq!(status["runs"][0]["state"], "paused", "{status}");
    disk.free();
    let step = metrics(&run).last().unwrap().step;
    until_step(&run, step + 3);
    until(|| run.read_status().ok().flatten().filter(|s| s.problem.is_empty()));
    disk.fill();
    problem(&run);
    signal(pid, "TERM");
    until_gone(pid);
    let exit = run.read_exit().unwrap().unwrap();
    assert!(
        exit.why.contains("free some space") && exit.why.contains("SIGTERM"),
        "{exit:?}"
    );
    // The checkpoints' disk had room: what was trained is there.
    let last = spikedeck::run::checkpoint::latest_valid(&run.read_manifest().unwrap().checkpoints);
    assert_eq!(last.checkpoint.unwrap().meta.step, exit.step);
    disk.free();
    let (code, answer) = deck.json(&["train", "--resume", run.path().to_str().unwrap(), "--detach"]);
    assert_eq!(code, 0, "{answer}");
    until_step(&run, exit.step + 3);
    let resumed = until(|| run.read_status().ok()?.filter(|s| s.incarnation == 2));
    signal(resumed.pid, "TERM");
    until_gone(resumed.pid);
}
