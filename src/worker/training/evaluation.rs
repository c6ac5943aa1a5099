//! Accuracy on the validation split, after every epoch and on demand, and on the test set, once, at the end.

use super::Session;
use crate::run::{
    checkpoint,
    event::{EventKind, Tested},
    status::Phase,
};
use crate::train::{
    NotFinite,
    evaluate::{self, Evaluation},
};
use crate::worker::recorder::Recorder;
use anyhow::Result;
use std::collections::BTreeMap;

impl Session {
    /// Measures the validation split and records what it found; `None` only if it holds nothing.
    ///
    /// # Errors
    /// [`NotFinite`] when the network's outputs are no numbers.
    pub(super) fn validate(&mut self, recorder: &mut Recorder) -> Result<Option<Evaluation>> {
        let (at, experiment) = (self.at, &self.controls.experiment);
        recorder.status(at, Phase::Evaluating, experiment)?;
        let mut trouble = None;
        let found = evaluate::evaluate(&self.trainer.network, self.splits.validation(), || {
            trouble = recorder.status(at, Phase::Evaluating, experiment).err();
            trouble.is_some()
        });
        if let Some(error) = trouble {
            return Err(error.into());
        }
        let Some(found) = found else { return Ok(None) };
        let values: BTreeMap<String, f64> = [
            ("val.accuracy".to_string(), found.accuracy),
            ("val.ce".to_string(), found.ce),
        ]
        .into();
        self.latest.extend(values.clone());
        recorder.metric(at, values)?;
        // Cross-entropy is computed so that finite logits, however large, give a finite one.
        NotFinite::check("the cross-entropy on the validation split", found.ce, at.step)?;
        Ok(Some(found))
    }

    /// The test set, once, and a probe in full, with the final weights.
    pub(super) fn finish(&mut self, recorder: &mut Recorder) -> Result<()> {
        let (at, experiment) = (self.at, &self.controls.experiment);
        recorder.status(at, Phase::Evaluating, experiment)?;
        let mut trouble = None;
        let found = evaluate::evaluate(&self.trainer.network, self.splits.test(), || {
            trouble = recorder.status(at, Phase::Evaluating, experiment).err();
            trouble.is_some()
        });
        if let Some(error) = trouble {
            return Err(error.into());
        }
        // Saved before, with these very weights.
        let folder = checkpoint::step_folder(&self.manifest.checkpoints, at.step);
        let tested = found.map(|f| Tested {
            checkpoint: folder.display().to_string(),
            images: f.images as u64,
        });
        let mut values = self.probe_in_full();
        values.extend(found.map(|f| ("test.accuracy".to_string(), f.accuracy)));
        self.latest.extend(values.clone());
        recorder.metric(at, values)?;
        Ok(recorder.event(
            self.at.step,
            EventKind::Finished {
                metrics: self.latest.clone(),
                tested,
            },
        )?)
    }
}
