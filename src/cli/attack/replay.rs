//! `attack --replay`: the manifest of a job that counts another's kept images, and what must hold for it.

use super::AttackArgs;
use crate::{
    cli::failure::usage,
    run::{
        Budget, SCHEMA,
        attack::{AttackManifest, Replay},
        attack_job::AttackReader,
        checkpoint::{self, Checkpoint},
        clock,
        status::Outcome,
    },
};
use anyhow::Result;
use std::path::Path;

/// The manifest: the grid, the images and their order are the kept job's, so that its cells keep their names.
///
/// # Errors
/// When the job has not finished, kept nothing, or its images do not fit the checkpoints.
pub fn manifest(args: &AttackArgs, attack: &Path, checkpoints: &[Checkpoint], id: String) -> Result<AttackManifest> {
    let mut reader = AttackReader::open(attack).map_err(|e| match e.is_missing() {
        true => usage(format!(
            "--replay {}: there is no such folder; give the directory of a finished attack made with --keep",
            attack.display()
        )),
        false => e.into(),
    })?;
    reader.poll(Budget::ALL);
    let kept = reader.manifest().clone();
    let path = reader.dir().path().to_path_buf();
    let refuse = |why: &str| usage(format!("--replay {}: {why}", path.display()));
    if reader.exit().map(|e| e.outcome) != Some(Outcome::Finished) {
        return Err(refuse("the attack has not finished; --out with that folder resumes it"));
    }
    kept.can_be_replayed().map_err(refuse)?;
    let made_on = match (args.replay_of, kept.checkpoints.len()) {
        (None, 1) => 0,
        (None, n) => {
            return Err(refuse(&format!(
                "was made on {n} checkpoints; choose one with --replay-of 1 to {n}"
            )));
        }
        (Some(k), n) if k <= n => k - 1,
        (Some(k), n) => return Err(refuse(&format!("has no checkpoint {k}; it was made on {n}"))),
    };
    let origin = kept.checkpoints.get(made_on).cloned().unwrap_or_default();
    for checkpoint in checkpoints {
        fits(&origin, checkpoint).map_err(|why| refuse(&why))?;
    }
    let clean = reader.cells().clean(made_on).map(|c| c.tally()).unwrap_or_default();
    Ok(AttackManifest {
        schema: SCHEMA,
        id,
        created: clock::now_text(),
        argv: std::env::args().collect(),
        checkpoints: checkpoints.iter().map(|c| c.path().to_path_buf()).collect(),
        data: crate::data::root::resolve(args.data.as_deref()),
        batch: args.batch,
        steps: args.steps.or(kept.steps),
        eot: args.eot.unwrap_or(kept.eot),
        keep: false,
        max_seconds: args.max_seconds,
        device: args.device.clone(),
        precision: None,
        replay: Some(Replay {
            attack: path.clone(),
            id: kept.id.clone(),
            checkpoint: made_on,
            made_on: origin,
            unattacked: clean.n - clean.robust,
        }),
        ..kept
    })
}

/// Whether the checkpoint takes such images, as far as the one that they were made on is still there to be asked. The
/// worker looks at the images themselves.
fn fits(origin: &Path, checkpoint: &Checkpoint) -> Result<(), String> {
    let Ok(origin) = checkpoint::open(origin) else {
        return Ok(());
    };
    let of = |c: &Checkpoint| {
        let spec = &c.meta.spec;
        (
            spec.data.name.clone(),
            spec.network.input().dimensions(),
            spec.network.classes,
        )
    };
    let ((data, image, classes), (other, wanted, known)) = (of(&origin), of(checkpoint));
    match (&data, &image, classes) == (&other, &wanted, known) {
        true => Ok(()),
        false => Err(format!(
            "its images are of {data}, {image:?} with {classes} classes; {} takes {other}, {wanted:?} with {known}",
            checkpoint.path().display()
        )),
    }
}
