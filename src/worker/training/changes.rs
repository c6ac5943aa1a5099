//! What is otherwise than before when a run goes on: on another device, with another program or with other images than its
//! own checkpoint, or those of the weights that it starts from. Alerts in the record; the one refusal is at the start.

use super::Session;
use crate::run::{
    checkpoint,
    provenance::{Difference, Kind, Provenance, Use, compare},
};
use crate::worker::prior_record::PriorRecord;
use anyhow::Result;
use std::path::Path;

/// In what the images that are there differ from those trained on until now.
pub(super) fn other_images(now: &Provenance, earlier: &PriorRecord) -> Option<Difference> {
    let found = compare(now, &earlier.provenance, Use::Resume);
    found.into_iter().find(|d| d.kind == Kind::Data)
}

impl Session {
    /// The digest of the weights that the run goes on from or takes over; none where it draws its own.
    pub(super) fn origin(&self, resumed: Option<&str>) -> Option<String> {
        let from = resumed.map(Path::new).or(self.manifest.parent.as_deref())?;
        checkpoint::open(from).ok()?.meta.provenance().model_sha256
    }

    /// Each change as an alert: its kind and a sentence. `resumed` is the checkpoint that the run goes on from.
    pub(super) fn changes(&self, resumed: Option<&str>, earlier: &PriorRecord) -> Result<Vec<(String, String)>> {
        let mut found: Vec<(Kind, String)> = Vec::new();
        for difference in compare(&self.provenance, &earlier.provenance, Use::Resume) {
            match (difference.kind, resumed) {
                (Kind::Data, _) => found.push((
                    Kind::Data,
                    format!(
                        "continues with other images, as --accept-data allows: {}. Order, split and number of steps are \
                         others from here on, and accuracies before and after are not of the same images",
                        difference.what
                    ),
                )),
                (kind, Some(_)) => found.push((kind, format!("continues otherwise: {difference}"))),
                // What starts again from step 0 has nothing to be equal to.
                (_, None) => {}
            }
        }
        if let (None, Some(parent)) = (resumed, &self.manifest.parent) {
            let parent = checkpoint::open(parent)?.meta;
            let used = if self.manifest.fork { Use::Fork } else { Use::WarmStart };
            // On another data set the images are meant to be others.
            let same_set = parent.spec.data.name == self.manifest.spec.data.name;
            let differences = compare(&self.provenance, &parent.provenance(), used).into_iter();
            let told = differences.filter(|d| d.kind != Kind::Data || same_set);
            found.extend(told.map(|d| (d.kind, format!("starts otherwise than its parent: {d}"))));
        }
        Ok(found
            .into_iter()
            .map(|(kind, why)| (kind.word().to_string(), why))
            .collect())
    }
}
