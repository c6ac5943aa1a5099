//! How a training worker starts: from the specification, from a parent's weights, or from the run's newest checkpoint.

use super::Session;
use super::changes::other_images;
use super::exactly_once::Recorded;
use super::probe::Spent;
use super::retention::Reason;
use crate::run::{
    checkpoint,
    control::Inbox,
    dir::RunDir,
    event::EventKind,
    manifest::Manifest,
    names,
    provenance::{Data, Provenance},
    resume::resume_point,
    status::Phase,
};
use crate::snn::{Network, backend::Device};
use crate::spec::{Experiment, tunable};
use crate::train::{Optimizer, Trainer};
use crate::worker::checkpoint_io;
use crate::worker::controls::Controls;
use crate::worker::data_splits::DataSplits;
use crate::worker::health_checks::HealthChecks;
use crate::worker::prior_record::PriorRecord;
use crate::worker::progress::Progress;
use crate::worker::provenance;
use crate::worker::recorder::Recorder;
use crate::worker::resource_usage::ResourceUsage;
use crate::worker::selection::Selection;
use crate::worker::signals::Signals;
use anyhow::{Context, Result, anyhow, bail};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The network with its initial weights, and an optimiser that has not moved.
pub fn untrained(spec: &Experiment, device: &Device) -> Result<Trainer> {
    let network = Network::new(&spec.network, device, spec.train.seed)
        .ok_or_else(|| anyhow!("run.toml: the network cannot be built; start the run again from its specification"))?;
    let optimizer = Optimizer::new(spec.train.optimizer, &network);
    Ok(Trainer { network, optimizer })
}

/// The run's place and hyper-parameters at the worker's last status: reported until the checkpoint is read.
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

/// Refuses images that are not those that earlier incarnations were trained on.
fn refuse_other_images(manifest: &Manifest, earlier: &PriorRecord, provenance: &Provenance) -> Result<()> {
    let Some(other) = other_images(provenance, earlier) else {
        return Ok(());
    };
    bail!(
        "{}: the images of {} are not those that this run was trained on: {}. {}",
        manifest.data.display(),
        manifest.spec.data.name,
        other.what,
        other.advice
    );
}

/// Step 0, with the number of steps that the training images make.
fn first_place(spec: &Experiment, splits: &DataSplits) -> Progress {
    let per_epoch = splits.steps_per_epoch();
    Progress {
        step: 0,
        total: per_epoch * spec.train.epochs,
        per_epoch,
        epochs: spec.train.epochs,
        batch: spec.train.batch,
    }
}

/// How a worker is to start.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StartOptions {
    /// From step 0, whatever checkpoints there are or were.
    pub from_scratch: bool,
    /// With the data sets in this folder, where they are elsewhere by now.
    pub data: Option<PathBuf>,
    /// With the images that are there, though they are others than the run was trained on.
    pub accept_data: bool,
}

impl Session {
    pub(super) fn start(
        run: &RunDir,
        mut manifest: Manifest,
        (signals, options): (Signals, &StartOptions),
        earlier: &PriorRecord,
        recorder: &mut Recorder,
    ) -> Result<Session> {
        let spec = manifest.spec.clone();
        let (place, experiment) = last_said(run, &spec);
        recorder.status(place, Phase::Starting, &experiment)?;
        if let Some(data) = options.data.as_ref().or(earlier.data.as_ref()) {
            manifest.data.clone_from(data);
        }
        let device = Device::for_training(&spec.train)?;
        recorder.on_device(&device.to_string());
        let splits = DataSplits::load(&spec, &manifest.data)?;
        if let Some(note) = splits.note() {
            crate::worker::log(format_args!("{note}"));
        }
        let provenance = provenance::here(&device, Data::Splits(splits.record()), None);
        if !options.accept_data {
            refuse_other_images(&manifest, earlier, &provenance)?;
        }
        let mut session = Session {
            run: run.clone(),
            inbox: Inbox::take_over(run.path())?,
            signals,
            controls: Controls::new(spec.clone()),
            trainer: untrained(&spec, &device)?,
            probe_batch: splits.probe(spec.probe.samples),
            spent: Spent::default(),
            resource_usage: ResourceUsage::default(),
            health_checks: HealthChecks::default(),
            at: first_place(&spec, &splits),
            splits,
            selection: Selection::default(),
            rollbacks: 0,
            latest: BTreeMap::new(),
            replay: Vec::new(),
            recorded: Recorded::new(),
            unsent: Vec::new(),
            save_again: None,
            accepted_rollbacks: earlier.accepted_rollbacks.clone(),
            last_saved: None,
            last_poll: None,
            provenance,
            manifest,
        };
        session.record_start(&device.to_string(), earlier, options, recorder)?;
        Ok(session)
    }

    /// Records the start, and loads the newest intact checkpoint where there is an earlier incarnation.
    fn record_start(
        &mut self,
        device: &str,
        earlier: &PriorRecord,
        options: &StartOptions,
        recorder: &mut Recorder,
    ) -> Result<()> {
        let resumed = match recorder.incarnation {
            1 => None,
            _ if options.from_scratch => {
                self.set_all_aside(recorder)?;
                None
            }
            _ => self.load_latest_checkpoint(recorder)?,
        };
        if resumed.is_none() {
            // Also after a first incarnation that ended before it saved anything.
            self.load_parent()?;
        }
        let changes = self.changes(resumed.as_deref(), earlier)?;
        self.provenance.model_sha256 = self.origin(resumed.as_deref());
        let forked = resumed.is_none() && self.manifest.fork;
        self.rollbacks = self.rollbacks.max(earlier.rollbacks);
        let started = EventKind::Started {
            incarnation: recorder.incarnation,
            device: device.to_string(),
            total_steps: self.at.total,
            steps_per_epoch: self.at.per_epoch,
            data: options.data.clone(),
            images: self.provenance.splits().cloned(),
            provenance: Some(self.provenance.clone()),
        };
        recorder.event(self.at.step, started)?;
        for (kind, why) in changes {
            recorder.event(self.at.step, EventKind::Alert { kind, why })?;
        }
        if resumed.is_none()
            && let Some(why) = self.other_split()?
        {
            let kind = "split".into();
            recorder.event(self.at.step, EventKind::Alert { kind, why })?;
        }
        if recorder.incarnation > 1 {
            let checkpoint = resumed.unwrap_or_default();
            recorder.event(self.at.step, EventKind::Resumed { checkpoint })?;
            self.restore_commands(earlier);
        }
        if forked {
            // From here on it does not need the other run's files any more.
            self.save(recorder, Reason::Schedule)?;
        }
        recorder.scheduled = self.scheduled();
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

    /// Sets every checkpoint aside for a run that starts again from step 0.
    fn set_all_aside(&self, recorder: &mut Recorder) -> Result<()> {
        let id = ulid::Ulid::generate().to_string();
        let aside = checkpoint::set_all_aside(&self.manifest.checkpoints, &id)?;
        if aside > 0 {
            let why =
                format!("{aside} earlier checkpoints were moved to superseded-{id}: the run starts again from step 0");
            let kind = "from_scratch".into();
            recorder.event(self.at.step, EventKind::Alert { kind, why })?;
        }
        Ok(())
    }

    /// Loads the newest intact checkpoint; `None`, with nothing changed, where none was ever saved.
    pub(super) fn load_latest_checkpoint(&mut self, recorder: &mut Recorder) -> Result<Option<String>> {
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
            recorder.event(self.at.step, EventKind::Alert { kind, why })?;
        }
        let Some(newest) = found.checkpoint else {
            return Ok(None);
        };
        let state = checkpoint_io::restore(&newest, &mut self.trainer)?;
        self.at.step = state.step;
        self.controls = state.controls;
        (self.selection, self.rollbacks) = (state.selection, state.rollbacks);
        (self.latest, self.last_saved) = (state.latest, Some(state.step));
        Ok(Some(newest.path().display().to_string()))
    }

    /// Takes over the weights of the checkpoint that the run starts from; a fork takes over its step, its optimiser and
    /// its ramps too, under the fork's own specification. Which checkpoint is the best each run finds for itself.
    pub(super) fn load_parent(&mut self) -> Result<()> {
        if let Some(parent) = &self.manifest.parent {
            let parent = checkpoint::open(parent)?;
            if self.manifest.fork {
                let state = checkpoint_io::restore(&parent, &mut self.trainer)?;
                self.at.step = state.step;
                self.controls = state.controls.forked(self.manifest.spec.clone());
                (self.rollbacks, self.latest) = (state.rollbacks, state.latest);
                return Ok(());
            }
            let path = parent.path().display().to_string();
            self.trainer
                .network
                .load_safetensors(&parent.read_file(names::MODEL)?)
                .context(path)?;
        }
        Ok(())
    }
}
