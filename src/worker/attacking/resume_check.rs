//! Whether a resumed job attacks what it attacked before: the same weights, and the same images in the same order.

use super::target::Target;
use crate::random;
use crate::run::{
    attack::{AttackManifest, Order},
    attack_job::AttackDir,
    files::{publish_json, read_json},
    names,
    provenance::Subjects,
};
use anyhow::{Result, bail};
use std::path::PathBuf;

/// Compares a checkpoint that was just loaded with what the job's record says of it, and records it the first time.
///
/// # Errors
/// When the weights, those of the transfer source, the images or their order are not those of before, or the record cannot be written.
pub fn check(job: &AttackDir, manifest: &AttackManifest, number: usize, target: &Target) -> Result<()> {
    let path: PathBuf = job.path().join(names::SUBJECTS);
    let mut known: Subjects = read_json(&path)?.unwrap_or_default();
    let mut new = known.clone();
    if new.version.is_empty() {
        new.version = env!("CARGO_PKG_VERSION").into();
        new.random_table = random::TABLE;
    }
    if new.random_table != random::TABLE && manifest.order == Order::Shuffled {
        bail!(
            "{}: was started by a version that shuffles images in another order; start again with another --out",
            job.path().display()
        );
    }
    let (own, source) = &target.weights;
    let checkpoint = manifest.checkpoints.get(number).cloned().unwrap_or_default();
    let sources = manifest.checkpoints.len();
    let transferred = manifest.transfer_from.clone().unwrap_or_default();
    let mut weights = vec![(number, checkpoint.clone(), own.clone())];
    weights.extend(source.clone().map(|s| (sources, transferred, s)));
    for (number, path, found) in weights {
        let before = new.weights.entry(number).or_insert_with(|| found.clone());
        if *before != found {
            bail!(
                "{}: holds other weights than when this attack started (sha256 {found:.12}…, before {before:.12}…), and one \
                 result would be of two networks; put them back, or start again with another --out",
                path.display()
            );
        }
    }
    let found = target.splits.origin(target.of_test);
    let before = new.images.entry(number).or_insert_with(|| found.clone());
    if *before != found {
        bail!(
            "{}: {} images are there, and not those that this attack started with ({} then); put the data back, or start \
             again with another --out",
            manifest.data.display(),
            found.0,
            before.0
        );
    }
    if std::mem::replace(&mut known, new.clone()) != new {
        publish_json(&path, &new)?;
    }
    Ok(())
}
