//! What must be said before an attack that uses what others made: kept images of another job, gradients of another
//! network. Remarks only; what cannot be is refused elsewhere.

use crate::run::{
    attack::{AttackManifest, Split},
    checkpoint::{self, Checkpoint},
    provenance::{Program, Provenance, Subjects, Use, compare},
};

/// The remarks, as sentences. What is not recorded or not there any more is not compared.
pub fn notes(manifest: &AttackManifest, checkpoints: &[Checkpoint]) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(replay) = &manifest.replay {
        let of_test = manifest.split == Split::Test;
        let before = Subjects::of_job(&replay.attack).provenance(replay.checkpoint, of_test);
        let origin = checkpoint::open(&replay.made_on).ok();
        let mut now = Provenance {
            model_sha256: origin.and_then(|o| o.meta.provenance().model_sha256),
            program: Some(Program::here()),
            ..Provenance::default()
        };
        for checkpoint in checkpoints {
            now.data = checkpoint.meta.provenance.data.clone();
            let found = compare(&now, &before, Use::Replay).into_iter();
            notes.extend(found.map(|d| format!("--replay {}: {d}", replay.attack.display())));
        }
        notes.dedup();
    }
    let source = manifest.transfer_from.as_deref().filter(|_| manifest.replay.is_none());
    if let Some(source) = source.and_then(|path| checkpoint::open(path).ok()) {
        for checkpoint in checkpoints {
            let found = compare(&source.meta.provenance(), &checkpoint.meta.provenance(), Use::Transfer).into_iter();
            notes.extend(found.map(|d| format!("--transfer-from {}: {d}", source.path().display())));
        }
    }
    notes
}
