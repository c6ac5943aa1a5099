//! How a training worker begins: from the specification, from a parent's weights, or from the run's newest checkpoint.

use super::controls::Controls;
use super::earlier::Earlier;
use super::machine::Machine;
use super::material::Material;
use super::probing::Spent;
use super::recorder::{Progress, Recorder};
use super::saving;
use super::selection::Selection;
use super::signals::Signals;
use super::training::Session;
use super::watching::Watching;
use crate::run::{
    checkpoint, command::Command, control::Inbox, dir::RunDir, event::Happening, manifest::Manifest, status::Phase,
};
use crate::snn::{Network, backend::Device};
use crate::spec::{Experiment, tunable};
use crate::train::{Optimizer, Trainer};
use anyhow::{Context, Result, anyhow};
use std::collections::BTreeMap;

/// The network with its initial weights, and an optimiser that has not moved.
pub(super) fn untrained(spec: &Experiment, device: &Device) -> Result<Trainer> {
    let network = Network::new(&spec.network, device, spec.train.seed)
        .ok_or_else(|| anyhow!("run.toml: the network cannot be built; start the run again from its specification"))?;
    let optimizer = Optimizer::new(spec.train.optimizer, &network);
    Ok(Trainer { network, optimizer })
}

/// Where the run was and what it obeyed when its worker last spoke: what is said until the checkpoint is read.
fn last_said(run: &RunDir, spec: &Experiment) -> (Progress, Experiment) {
    let mut experiment = spec.clone();
    let Ok(Some(status)) = run.read_status() else {
        return (Progress::default(), experiment);
    };
    for (key, value) in &status.tunables {
        if let Ok(t) = tunable(key)
            && t.check(*value).is_ok()
        {
            t.set(&mut experiment, *value);
        }
    }
    let place = Progress {
        step: status.step,
        total: status.total_steps,
        per_epoch: status.total_steps.checked_div(status.epochs).unwrap_or(0),
        epochs: status.epochs,
        batch: spec.train.batch,
    };
    (place, experiment)
}

impl Session {
    pub(super) fn begin(
        run: &RunDir,
        manifest: Manifest,
        signals: Signals,
        earlier: &Earlier,
        recorder: &mut Recorder,
    ) -> Result<Session> {
        let spec = manifest.spec.clone();
        let (place, experiment) = last_said(run, &spec);
        recorder.status(place, Phase::Starting, &experiment)?;
        let device = Device::for_training(&spec.train)?;
        recorder.on_device(&device.to_string());
        let material = Material::load(&spec, &manifest.data)?;
        if let Some(note) = material.note() {
            eprintln!("{note}");
        }
        let per_epoch = material.steps_per_epoch();
        let epochs = spec.train.epochs;
        let at = Progress {
            step: 0,
            total: per_epoch * epochs,
            per_epoch,
            epochs,
            batch: spec.train.batch,
        };
        let mut session = Session {
            run: run.clone(),
            inbox: Inbox::open(run.path())?,
            signals,
            controls: Controls::new(spec.clone()),
            trainer: untrained(&spec, &device)?,
            probe_batch: material.probe(spec.probe.samples),
            spent: Spent::default(),
            machine: Machine::default(),
            watching: Watching::default(),
            material,
            at,
            selection: Selection::default(),
            rollbacks: 0,
            latest: BTreeMap::new(),
            again: Vec::new(),
            granted: earlier.granted.clone(),
            last_saved: None,
            last_poll: None,
            manifest,
        };
        session.start(&device.to_string(), earlier, recorder)?;
        Ok(session)
    }

    /// Records the start, and goes back to the newest checkpoint that is whole where there is an earlier incarnation.
    fn start(&mut self, device: &str, earlier: &Earlier, recorder: &mut Recorder) -> Result<()> {
        let resumed = if recorder.incarnation > 1 {
            self.go_back(recorder)?
        } else {
            None
        };
        if resumed.is_none() {
            // Also after a first incarnation that ended before it saved anything.
            self.inherit()?;
        }
        let forked = resumed.is_none() && self.manifest.fork;
        self.rollbacks = self.rollbacks.max(earlier.rollbacks);
        let started = Happening::Started {
            incarnation: recorder.incarnation,
            device: device.to_string(),
            total_steps: self.at.total,
            steps_per_epoch: self.at.per_epoch,
        };
        recorder.event(self.at.step, started)?;
        if recorder.incarnation > 1 {
            let checkpoint = resumed.unwrap_or_default();
            recorder.event(self.at.step, Happening::Resumed { checkpoint })?;
            self.again = self.unheard(earlier);
        }
        if forked {
            // From here on it does not need the other run's files any more.
            self.save(recorder, false)?;
        }
        recorder.coming = self.controls.coming();
        recorder.status(self.at, Phase::Running, &self.controls.experiment)?;
        Ok(())
    }

    /// Goes back to the newest checkpoint that is whole; `None`, with nothing changed, where there is none.
    pub(super) fn go_back(&mut self, recorder: &mut Recorder) -> Result<Option<String>> {
        let latest = checkpoint::latest_valid(&self.manifest.checkpoints);
        for (path, error) in latest.damaged {
            let why = format!("{error}; went back behind it ({})", path.display());
            recorder.event(
                self.at.step,
                Happening::Alert {
                    kind: "damaged_checkpoint".into(),
                    why,
                },
            )?;
        }
        let Some(newest) = latest.checkpoint else {
            return Ok(None);
        };
        let state = saving::restore(&newest, &mut self.trainer)?;
        self.at.step = state.step;
        self.controls = state.controls;
        (self.selection, self.rollbacks) = (state.selection, state.rollbacks);
        (self.latest, self.last_saved) = (state.latest, Some(state.step));
        Ok(Some(newest.path().display().to_string()))
    }

    /// What a run that has gone back obeys again: commands that came after its checkpoint was saved.
    pub(super) fn unheard(&self, earlier: &Earlier) -> Vec<(u64, Command)> {
        let mut again = earlier.again(self.at.step);
        again.retain(|(_, command)| !self.controls.has_heard(&command.id));
        again
    }

    /// Takes over the weights of the checkpoint that the run starts from; a fork takes over its step, its optimiser and
    /// its ramps too, under the fork's own specification. Which checkpoint is the best each run finds for itself.
    pub(super) fn inherit(&mut self) -> Result<()> {
        if let Some(parent) = &self.manifest.parent {
            let parent = checkpoint::open(parent)?;
            if self.manifest.fork {
                let state = saving::restore(&parent, &mut self.trainer)?;
                self.at.step = state.step;
                self.controls = state.controls.forked(self.manifest.spec.clone());
                (self.rollbacks, self.latest) = (state.rollbacks, state.latest);
                return Ok(());
            }
            let path = parent.path().display().to_string();
            self.trainer
                .network
                .load_safetensors(&parent.read_file(saving::MODEL)?)
                .context(path)?;
        }
        Ok(())
    }
}
