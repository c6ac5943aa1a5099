//! How a training worker begins: from the specification, from a parent's weights, or from the run's newest checkpoint.

use super::controls::Controls;
use super::earlier::Earlier;
use super::keeping::Reason;
use super::machine::Machine;
use super::material::Material;
use super::once::Recorded;
use super::probing::Spent;
use super::recorder::{Progress, Recorder};
use super::saving;
use super::selection::Selection;
use super::signals::Signals;
use super::training::Session;
use super::watching::Watching;
use crate::run::{
    checkpoint, control::Inbox, dir::RunDir, event::Happening, manifest::Manifest, provenance::DataRecord,
    resume::resume_point, status::Phase,
};
use crate::snn::{Network, backend::Device};
use crate::spec::{Experiment, tunable};
use crate::train::{Optimizer, Trainer};
use anyhow::{Context, Result, anyhow, bail};
use std::collections::BTreeMap;
use std::path::PathBuf;

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

/// How a worker begins, as whoever starts it says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Begin {
    /// From step 0, whatever checkpoints there are or were.
    pub from_scratch: bool,
    /// With the data sets in this folder, where they are elsewhere by now.
    pub data: Option<PathBuf>,
    /// With the images that are there, though they are others than the run was trained on.
    pub accept_data: bool,
}

impl Session {
    pub(super) fn begin(
        run: &RunDir,
        mut manifest: Manifest,
        (signals, begin): (Signals, &Begin),
        earlier: &Earlier,
        recorder: &mut Recorder,
    ) -> Result<Session> {
        let spec = manifest.spec.clone();
        let (place, experiment) = last_said(run, &spec);
        recorder.status(place, Phase::Starting, &experiment)?;
        if let Some(data) = begin.data.as_ref().or(earlier.data.as_ref()) {
            manifest.data.clone_from(data);
        }
        let device = Device::for_training(&spec.train)?;
        recorder.on_device(&device.to_string());
        let material = Material::load(&spec, &manifest.data)?;
        if let Some(note) = material.note() {
            crate::worker::log(format_args!("{note}"));
        }
        let images = material.record();
        if let Some(before) = earlier.images.as_ref().filter(|_| !begin.accept_data)
            && let Some(difference) = images.difference(before)
        {
            bail!(
                "{}: the images of {} are not those that this run was trained on: {difference}. Order, split and number of \
                 steps would change; put the data back, or resume with --accept-data if it is meant",
                manifest.data.display(),
                spec.data.name
            );
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
            inbox: Inbox::take_over(run.path())?,
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
            recorded: Recorded::new(),
            unsent: Vec::new(),
            save_again: None,
            granted: earlier.granted.clone(),
            last_saved: None,
            last_poll: None,
            manifest,
        };
        session.start((&device.to_string(), images), earlier, begin, recorder)?;
        Ok(session)
    }

    /// Records the start, and goes back to the newest checkpoint that is whole where there is an earlier incarnation.
    fn start(
        &mut self,
        (device, images): (&str, DataRecord),
        earlier: &Earlier,
        begin: &Begin,
        recorder: &mut Recorder,
    ) -> Result<()> {
        let resumed = match recorder.incarnation {
            1 => None,
            _ if begin.from_scratch => {
                self.set_all_aside(recorder)?;
                None
            }
            _ => self.go_back(recorder)?,
        };
        if resumed.is_none() {
            // Also after a first incarnation that ended before it saved anything.
            self.inherit()?;
        }
        let other_images = earlier.images.as_ref().and_then(|before| images.difference(before));
        let forked = resumed.is_none() && self.manifest.fork;
        self.rollbacks = self.rollbacks.max(earlier.rollbacks);
        let started = Happening::Started {
            incarnation: recorder.incarnation,
            device: device.to_string(),
            total_steps: self.at.total,
            steps_per_epoch: self.at.per_epoch,
            data: begin.data.clone(),
            images: Some(images),
        };
        recorder.event(self.at.step, started)?;
        if let Some(difference) = other_images {
            let why = format!(
                "goes on with other images, as --accept-data allows: {difference}. Order, split and number of steps are \
                 others from here on, and accuracies before and after are not of the same images"
            );
            let kind = "data".into();
            recorder.event(self.at.step, Happening::Alert { kind, why })?;
        }
        if resumed.is_none()
            && let Some(why) = self.other_split()?
        {
            let kind = "split".into();
            recorder.event(self.at.step, Happening::Alert { kind, why })?;
        }
        if recorder.incarnation > 1 {
            let checkpoint = resumed.unwrap_or_default();
            recorder.event(self.at.step, Happening::Resumed { checkpoint })?;
            self.recall(earlier);
        }
        if forked {
            // From here on it does not need the other run's files any more.
            self.save(recorder, Reason::Schedule)?;
        }
        recorder.coming = self.coming();
        recorder.status(self.at, Phase::Running, &self.controls.experiment)?;
        Ok(())
    }

    /// Whether the run validates on images that its parent was trained on.
    fn other_split(&self) -> Result<Option<String>> {
        let Some(parent) = &self.manifest.parent else {
            return Ok(None);
        };
        let theirs = checkpoint::open(parent)?.meta.spec;
        let ours = &self.manifest.spec;
        let split = |e: &Experiment| {
            (
                e.data.name.clone(),
                e.data.limit,
                e.split_seed(),
                e.data.validation.to_bits(),
            )
        };
        let differs = theirs.data.name == ours.data.name && split(&theirs) != split(ours);
        Ok(differs.then(|| {
            format!(
                "the validation split is another than that of the weights it starts from (data.split_seed {} and {}, \
                 data.validation {} and {}, data.limit {} and {}): images it validates on were trained on before, and \
                 val.accuracy is too good",
                ours.split_seed(),
                theirs.split_seed(),
                ours.data.validation,
                theirs.data.validation,
                ours.data.limit,
                theirs.data.limit
            )
        }))
    }

    /// Moves every checkpoint out of the way of a run that starts again from step 0.
    fn set_all_aside(&self, recorder: &mut Recorder) -> Result<()> {
        let id = ulid::Ulid::generate().to_string();
        let aside = checkpoint::set_all_aside(&self.manifest.checkpoints, &id)?;
        if aside > 0 {
            let why =
                format!("{aside} earlier checkpoints were moved to superseded-{id}: the run starts again from step 0");
            let kind = "from_scratch".into();
            recorder.event(self.at.step, Happening::Alert { kind, why })?;
        }
        Ok(())
    }

    /// Goes back to the newest checkpoint that is whole; `None`, with nothing changed, where none was ever saved.
    pub(super) fn go_back(&mut self, recorder: &mut Recorder) -> Result<Option<String>> {
        let found = resume_point(&self.run, &self.manifest.checkpoints)?;
        let damaged = found.damaged.iter().map(|(path, error)| {
            let why = format!("{error}; resumed from an older one ({})", path.display());
            ("damaged_checkpoint", why)
        });
        let superseded = found.superseded.iter().map(|path| {
            let why = format!(
                "{}: passed over, since the run was resumed from before it later on",
                path.display()
            );
            ("superseded_checkpoint", why)
        });
        for (kind, why) in damaged.chain(superseded) {
            let kind = kind.to_string();
            recorder.event(self.at.step, Happening::Alert { kind, why })?;
        }
        let Some(newest) = found.checkpoint else {
            return Ok(None);
        };
        let state = saving::restore(&newest, &mut self.trainer)?;
        self.at.step = state.step;
        self.controls = state.controls;
        (self.selection, self.rollbacks) = (state.selection, state.rollbacks);
        (self.latest, self.last_saved) = (state.latest, Some(state.step));
        Ok(Some(newest.path().display().to_string()))
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
