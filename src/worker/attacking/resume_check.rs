//! Whether a resumed job attacks what it attacked before: the same weights, and the same images in the same order. Another
//! program or device is remarked, in the job's log and record, and refused never.

use super::target::Target;
use crate::random;
use crate::run::{
    attack::{AttackManifest, Order},
    attack_job::AttackDir,
    files::{publish_json, read_json},
    names,
    provenance::{Data, ImagesRecord, Kind, Program, Provenance, Subjects, Use, compare},
};
use anyhow::{Result, bail};
use std::path::PathBuf;

/// Compares a checkpoint that was just loaded with what the job's record says of it, and records it the first time.
///
/// # Errors
/// When the weights, those of the transfer source, the images or their order are not those of before, or the record cannot be written.
pub fn check(job: &AttackDir, manifest: &AttackManifest, number: usize, target: &Target) -> Result<()> {
    let path: PathBuf = job.path().join(names::SUBJECTS);
    let known: Subjects = read_json(&path)?.unwrap_or_default();
    let began_before = !known.version.is_empty() && known.random_table != random::TABLE;
    if began_before && manifest.order == Order::Shuffled {
        bail!(
            "{}: was started by a version that shuffles images in another order; start again with another --out",
            job.path().display()
        );
    }
    let sources = manifest.checkpoints.len();
    let (own, source) = &target.weights;
    let now = of(target, own.clone());
    let mut notes = Vec::new();
    let mut refused = check_one(manifest, number, (&now, &known), &mut notes);
    if let Some(source) = source {
        let source = Provenance {
            model_sha256: Some(source.clone()),
            ..Provenance::default()
        };
        let other = check_one(manifest, sources, (&source, &known), &mut Vec::new());
        // A refusal for weights comes before one for images.
        refused = match refused {
            Some((Kind::Data, _)) => other.or(refused),
            _ => refused.or(other),
        };
    }
    if let Some((_, why)) = refused {
        bail!(why);
    }
    let mut new = recorded(&known, number, &now);
    if let Some(source) = source {
        new.weights.entry(sources).or_insert_with(|| source.clone());
    }
    for note in notes {
        if !new.notes.contains(&note) {
            crate::worker::log(format_args!("{note}"));
            new.notes.push(note);
        }
    }
    if known != new {
        publish_json(&path, &new)?;
    }
    Ok(())
}

/// What results of the target are computed from and by.
fn of(target: &Target, model: String) -> Provenance {
    let (images, sha256) = target.splits.origin(target.of_test);
    Provenance {
        model_sha256: Some(model),
        data: Some(Data::Images(ImagesRecord {
            of_test: target.of_test,
            images,
            sha256,
        })),
        program: Some(Program::here()),
        device: Some(target.device.clone()),
    }
}

/// Why the job must not go on with the checkpoint of this number, if so; the rest is noted.
fn check_one(
    manifest: &AttackManifest,
    number: usize,
    (now, known): (&Provenance, &Subjects),
    notes: &mut Vec<String>,
) -> Option<(Kind, String)> {
    let before = known.provenance(number, manifest.split == crate::run::attack::Split::Test);
    let mut refused = None;
    for difference in compare(now, &before, Use::ResumeAttack) {
        let (what, advice) = (&difference.what, difference.advice);
        match difference.kind {
            Kind::Model => {
                let source = || manifest.transfer_from.clone().unwrap_or_default();
                let path = manifest.checkpoints.get(number).cloned().unwrap_or_else(source);
                refused = Some((Kind::Model, format!("{}: holds {what}, and {advice}", path.display())));
            }
            Kind::Data => {
                let why = format!("{}: {what}; {advice}", manifest.data.display());
                refused = refused.or(Some((Kind::Data, why)));
            }
            Kind::Program | Kind::Device => notes.push(format!("continued otherwise: {difference}")),
        }
    }
    refused
}

/// The record with what is new of this checkpoint; what was recorded before stays.
fn recorded(known: &Subjects, number: usize, now: &Provenance) -> Subjects {
    let mut new = known.clone();
    if new.version.is_empty()
        && let Some(program) = &now.program
    {
        new.version.clone_from(&program.version);
        new.revision.clone_from(&program.revision);
        new.device.clone_from(&now.device);
        new.random_table = random::TABLE;
    }
    if let Some(model) = &now.model_sha256 {
        new.weights.entry(number).or_insert_with(|| model.clone());
    }
    if let Some(Data::Images(images)) = &now.data {
        let found = (images.images, images.sha256.clone());
        new.images.entry(number).or_insert(found);
    }
    new
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{attack_job::tests::manifest, provenance::DeviceRecord};

    fn now(model: &str, sha256: &str, vectors: &str) -> Provenance {
        Provenance {
            model_sha256: Some(model.into()),
            data: Some(Data::Images(ImagesRecord {
                of_test: true,
                images: 20,
                sha256: sha256.into(),
            })),
            program: Some(Program::here()),
            device: Some(DeviceRecord {
                name: "flex".into(),
                vectors: Some(vectors.into()),
            }),
        }
    }

    #[test]
    fn other_weights_and_images_are_refused_and_another_width_is_noted() {
        let manifest = manifest("fgsm", "rate");
        let known = recorded(&Subjects::default(), 0, &now("aa", "bb", "v4"));
        let check = |provenance: &Provenance| {
            let mut notes = Vec::new();
            let refused = check_one(&manifest, 0, (provenance, &known), &mut notes);
            (refused.map(|(_, why)| why), notes)
        };
        assert_eq!(check(&now("aa", "bb", "v4")), (None, vec![]));
        let (refused, notes) = check(&now("aa", "bb", "v3"));
        assert!(
            refused.is_none() && notes[0].contains("flex with v3 vectors now, flex with v4 vectors before"),
            "{notes:?}"
        );
        let why = check(&now("ab", "bb", "v4")).0.unwrap();
        assert!(
            why.contains("holds other weights than when this attack started (sha256 ab…, before aa…), and one result"),
            "{why}"
        );
        let why = check(&now("aa", "bc", "v4")).0.unwrap();
        assert!(
            why.contains(
                "20 images are there, and not those that this attack started with (20 then); put the data back"
            ),
            "{why}"
        );
        // A record of an earlier version knows no device.
        let old = Subjects {
            device: None,
            ..known.clone()
        };
        let mut notes = Vec::new();
        assert_eq!(
            check_one(&manifest, 0, (&now("aa", "bb", "v3"), &old), &mut notes),
            None
        );
        assert_eq!(notes, Vec::<String>::new());
        assert_eq!(
            recorded(&old, 0, &now("aa", "bb", "v3")),
            old,
            "and is not given one later"
        );
    }
}
