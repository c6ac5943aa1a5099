//! What a run is resumed from: the newest checkpoint of its current line whose files are the ones that were saved.
//!
//! The record decides what must be there. Where it says that checkpoints were saved and none can be used (a folder that is
//! not mounted, or was moved), a resume is refused: to start again from step 0 must be asked for. A checkpoint that an
//! incarnation saved behind which the run was later resumed, from an older one or from the beginning, is of a line
//! that no longer counts.

use super::{
    RunDir,
    checkpoint::{self, Checkpoint, step_of},
    error::RunError,
    event::{Event, EventKind},
    journal::read_all,
};
use std::path::{Path, PathBuf};

/// Where a run is resumed.
#[derive(Debug, Default)]
pub struct ResumePoint {
    /// The checkpoint; `None` where none was ever saved.
    pub checkpoint: Option<Checkpoint>,
    /// Newer ones that cannot be used, newest first, each with the reason.
    pub damaged: Vec<(PathBuf, RunError)>,
    /// Newer ones of a line that no longer counts, newest first.
    pub superseded: Vec<PathBuf>,
}

/// Finds where `run`, whose checkpoints are in `root`, is resumed.
///
/// # Errors
/// When the record says that checkpoints were saved, and none can be used.
pub fn resume_point(run: &RunDir, root: &Path) -> Result<ResumePoint, RunError> {
    let line = Line::read(run);
    let mut found = ResumePoint::default();
    for folder in checkpoint::list(root).into_iter().rev() {
        match checkpoint::open(&folder).and_then(|c| c.verify().map(|()| c)) {
            Ok(one) if line.superseded(one.meta.incarnation, one.meta.step) => found.superseded.push(folder),
            Ok(one) => {
                found.checkpoint = Some(one);
                return Ok(found);
            }
            Err(e) => found.damaged.push((folder, e)),
        }
    }
    match line.saved.iter().max() {
        None => Ok(found),
        Some(newest) => Err(refusal((run, root), &line, *newest, &found)),
    }
}

fn refusal((run, root): (&RunDir, &Path), line: &Line, newest: u64, found: &ResumePoint) -> RunError {
    let state = match (std::fs::read_dir(root), found.damaged.first()) {
        (Err(e), _) => format!("the folder cannot be read ({e})"),
        (Ok(_), None) => "the folder holds none of them".to_string(),
        (Ok(_), Some((_, why))) => format!("none of the {} that are there is intact: {why}", found.damaged.len()),
    };
    let why = format!(
        "the run's record says that {} checkpoints were saved there, the newest of step {newest}, but {state}. Mount or \
         restore that folder and resume again, or start over from step 0 with: spikedeck train --resume {} --from-scratch",
        line.saved.len(),
        run.path().display()
    );
    RunError::refused(root, why)
}

/// Which checkpoints the record's current line has, and where the line was broken.
#[derive(Debug, Default)]
struct Line {
    /// Steps of checkpoints saved and neither pruned nor superseded.
    saved: Vec<u64>,
    /// For every resume: the incarnation, and the step resumed from.
    resumes: Vec<(u32, u64)>,
}

impl Line {
    fn read(run: &RunDir) -> Line {
        let mut line = Line::default();
        let mut incarnation = 0;
        for event in read_all::<Event>(&run.events()) {
            match event.what {
                EventKind::Started { incarnation: i, .. } => incarnation = i,
                EventKind::Resumed { .. } => {
                    line.resumes.push((incarnation, event.step));
                    line.saved.retain(|s| *s <= event.step);
                }
                EventKind::RolledBack { .. } => line.saved.retain(|s| *s <= event.step),
                EventKind::Saved { .. } => {
                    line.saved.retain(|s| *s != event.step);
                    line.saved.push(event.step);
                }
                EventKind::Pruned { checkpoints } => {
                    let gone: Vec<u64> = checkpoints.iter().filter_map(|c| step_of(Path::new(c))).collect();
                    line.saved.retain(|s| !gone.contains(s));
                }
                _ => {}
            }
        }
        line
    }

    /// Whether a later incarnation continued from before this checkpoint.
    fn superseded(&self, incarnation: u32, step: u64) -> bool {
        // 0: saved by a program that did not say; the newest counts, as it did then.
        incarnation > 0 && self.resumes.iter().any(|(i, from)| *i > incarnation && *from < step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{checkpoint::begin, checkpoint::step_folder, clock, journal::Appender, testing};

    struct Fixture {
        folder: tempfile::TempDir,
        run: RunDir,
    }

    impl Fixture {
        fn new() -> Fixture {
            let folder = tempfile::tempdir().unwrap();
            let run = RunDir::create(folder.path(), &testing::manifest("20261123-094512-here-0abc")).unwrap();
            Fixture { folder, run }
        }

        fn root(&self) -> PathBuf {
            self.folder.path().join("checkpoints")
        }

        fn event(&self, step: u64, what: EventKind) {
            let time = clock::now_text();
            let event = Event {
                time,
                step,
                wall: 0.0,
                what,
            };
            Appender::open(&self.run.events()).unwrap().append(&event).unwrap();
        }

        fn started(&self, incarnation: u32) {
            let device = "cpu".into();
            let (total_steps, steps_per_epoch) = (100, 10);
            let (data, images) = (None, None);
            self.event(
                0,
                EventKind::Started {
                    incarnation,
                    device,
                    total_steps,
                    steps_per_epoch,
                    data,
                    images,
                    provenance: None,
                },
            );
        }

        fn saved(&self, step: u64, incarnation: u32) -> PathBuf {
            let folder = step_folder(&self.root(), step);
            let mut meta = testing::checkpoint_meta(step);
            meta.incarnation = incarnation;
            let mut draft = begin(&folder).unwrap();
            draft.write("model.safetensors", b"weights").unwrap();
            draft.publish(meta).unwrap();
            let (checkpoint, metrics) = (folder.display().to_string(), Default::default());
            self.event(
                step,
                EventKind::Saved {
                    checkpoint,
                    metrics,
                    best: false,
                },
            );
            folder
        }

        fn resumed(&self, step: u64, incarnation: u32) {
            self.started(incarnation);
            self.event(
                step,
                EventKind::Resumed {
                    checkpoint: String::new(),
                },
            );
        }

        fn step(&self) -> Option<u64> {
            resume_point(&self.run, &self.root())
                .unwrap()
                .checkpoint
                .map(|c| c.meta.step)
        }

        fn said(&self) -> String {
            resume_point(&self.run, &self.root()).unwrap_err().to_string()
        }
    }

    #[test]
    fn a_run_that_saved_nothing_starts_from_the_beginning() {
        assert_eq!(Fixture::new().step(), None);
    }

    #[test]
    fn checkpoints_that_were_saved_and_are_gone_are_asked_for() {
        let f = Fixture::new();
        f.started(1);
        f.saved(10, 1);
        f.saved(20, 1);
        assert_eq!(f.step(), Some(20));
        std::fs::rename(f.root(), f.folder.path().join("away")).unwrap();
        let said = f.said();
        for words in ["2 checkpoints", "step 20", "cannot be read", "--from-scratch", "Mount"] {
            assert!(said.contains(words), "{words}: {said}");
        }
        std::fs::create_dir(f.root()).unwrap();
        assert!(f.said().contains("holds none of them"));
    }

    #[test]
    fn damaged_ones_are_passed_over_and_all_of_them_are_a_reason_to_stop() {
        let f = Fixture::new();
        f.started(1);
        let (a, b) = (f.saved(10, 1), f.saved(20, 1));
        std::fs::write(b.join("model.safetensors"), b"weighty").unwrap();
        let found = resume_point(&f.run, &f.root()).unwrap();
        assert_eq!((found.checkpoint.unwrap().meta.step, found.damaged.len()), (10, 1));
        std::fs::write(a.join("model.safetensors"), b"weighty").unwrap();
        assert!(f.said().contains("none of the 2 that are there is intact"));
    }

    #[test]
    fn superseded_checkpoints_are_not_resumed_from_when_their_folder_comes_back() {
        let f = Fixture::new();
        f.started(1);
        f.saved(10, 1);
        f.saved(90, 1);
        f.resumed(0, 2);
        f.saved(30, 2);
        assert_eq!(f.step(), Some(30), "that of step 90 is of the line before");
        f.saved(95, 2);
        f.resumed(30, 3);
        assert_eq!(f.step(), Some(30));
    }

    #[test]
    fn what_was_pruned_is_not_missed() {
        let f = Fixture::new();
        f.started(1);
        let gone = f.saved(10, 1);
        std::fs::remove_dir_all(&gone).unwrap();
        f.event(
            10,
            EventKind::Pruned {
                checkpoints: vec![gone.display().to_string()],
            },
        );
        assert_eq!(f.step(), None);
    }
}
