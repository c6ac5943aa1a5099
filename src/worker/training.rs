//! The training worker: a loop of steps, and between two steps everything else.

use super::controls::Controls;
use super::earlier::Earlier;
use super::material::Material;
use super::recorder::{Progress, Recorder};
use super::saving::{self, Occasion, WorkerState};
use super::signals::Signals;
use crate::attack::{self, Terms};
use crate::run::{
    checkpoint::{self, Pruning},
    command::{Command, Order},
    control::Inbox,
    dir::RunDir,
    event::Happening,
    lock::RunLock,
    manifest::Manifest,
    status::{Outcome, Phase},
};
use crate::snn::{Network, backend::Device};
use crate::spec::BackwardMode;
use crate::train::{Optimizer, Settings, Trainer, evaluate, probe, schedule};
use anyhow::{Context, Result, anyhow};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Probes per epoch where the specification does not say.
const PROBES_PER_EPOCH: u64 = 20;
/// Weight of the newest step in the mean seconds of a step.
const RATE_BLEND: f64 = 0.1;

/// Trains the run in this directory until it is finished, stopped or has failed, and says so in its record.
///
/// # Errors
/// When the run cannot be opened or another worker holds it. What goes wrong later is in the record too.
pub fn train(directory: &Path) -> Result<Outcome> {
    let run = RunDir::open(directory)?;
    let _lock = RunLock::take(run.path())?;
    let manifest = run.read_manifest()?;
    let signals = Signals::install().context("signal handlers")?;
    let earlier = Earlier::read(&run);
    let mut recorder = Recorder::open(run.clone(), earlier.incarnation + 1, earlier.wall)?;
    let mut step = 0;
    let attempt = catch_unwind(AssertUnwindSafe(|| {
        let mut session = Session::begin(&run, manifest, signals, &earlier, &mut recorder)?;
        let outcome = session.run(&mut recorder);
        step = session.at.step;
        outcome
    }));
    let result = match attempt {
        Ok(result) => result,
        Err(panic) => Err(anyhow!(
            "the worker panicked: {}; please report it with stderr.log",
            panic_text(&panic)
        )),
    };
    match result {
        Ok((outcome, why)) => {
            recorder.exit(step, outcome, &why)?;
            Ok(outcome)
        }
        Err(error) => {
            let why = super::sentence(&error);
            eprintln!("error: {why}");
            // The disk may be what is wrong: say it in as many places as still work.
            let event = recorder.event(step, Happening::Failed { why: why.clone() });
            let exit = recorder.exit(step, Outcome::Failed, &why);
            event.and(exit).context(why)?;
            Ok(Outcome::Failed)
        }
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("no message").to_string()
}

/// One incarnation of a training run.
pub(super) struct Session {
    pub(super) run: RunDir,
    manifest: Manifest,
    pub(super) inbox: Inbox,
    pub(super) signals: Signals,
    pub(super) controls: Controls,
    trainer: Trainer,
    material: Material,
    probe: (Vec<f32>, Vec<u8>),
    pub(super) at: Progress,
    best: Option<f64>,
    best_checkpoint: Option<PathBuf>,
    pub(super) latest: BTreeMap<String, f64>,
    /// Commands of a superseded past, to be obeyed again at their step.
    pub(super) again: Vec<(u64, Command)>,
    last_saved: Option<u64>,
    pub(super) last_poll: Instant,
}

impl Session {
    fn begin(
        run: &RunDir,
        manifest: Manifest,
        signals: Signals,
        earlier: &Earlier,
        recorder: &mut Recorder,
    ) -> Result<Session> {
        let spec = manifest.spec.clone();
        recorder.status(Progress::default(), Phase::Starting, &spec)?;
        let device = Device::find(&spec.train.device)?;
        recorder.on_device(&device.to_string());
        let material = Material::load(&spec, &manifest.data)?;
        if let Some(note) = material.note() {
            eprintln!("{note}");
        }
        let network = Network::new(&spec.network, &device, spec.train.seed).ok_or_else(|| {
            anyhow!("run.toml: the network cannot be built; start the run again from its specification")
        })?;
        let optimizer = Optimizer::new(spec.train.optimizer, &network);
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
            trainer: Trainer { network, optimizer },
            probe: material.probe(spec.probe.samples),
            material,
            at,
            best: None,
            best_checkpoint: None,
            latest: BTreeMap::new(),
            again: Vec::new(),
            last_saved: None,
            last_poll: Instant::now(),
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
            let step = self.at.step;
            let lasting = |c: &Command| matches!(c.order, Order::Set { .. } | Order::Ramp { .. } | Order::Undo { .. });
            self.again = earlier
                .received
                .iter()
                .filter(|(s, c)| *s >= step && lasting(c))
                .cloned()
                .collect();
        }
        recorder.status(self.at, Phase::Running, &self.controls.experiment)?;
        Ok(())
    }

    fn go_back(&mut self, recorder: &mut Recorder) -> Result<Option<String>> {
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
        (self.best, self.best_checkpoint) = (state.best, state.best_checkpoint);
        (self.latest, self.last_saved) = (state.latest, Some(state.step));
        Ok(Some(newest.path().display().to_string()))
    }

    /// Takes over the weights of the checkpoint that the run starts from.
    fn inherit(&mut self) -> Result<()> {
        if let Some(parent) = &self.manifest.parent {
            let parent = checkpoint::open(parent)?;
            let path = parent.path().display().to_string();
            self.trainer
                .network
                .load_safetensors(&parent.read_file(saving::MODEL)?)
                .context(path)?;
        }
        Ok(())
    }

    fn run(&mut self, recorder: &mut Recorder) -> Result<(Outcome, String)> {
        while self.at.step < self.at.total {
            if let Some(by) = self.between_steps(recorder)? {
                self.save(recorder, false)?;
                recorder.event(self.at.step, Happening::Stopped { by: by.clone() })?;
                return Ok((Outcome::Stopped, by));
            }
            self.step(recorder)?;
            let epoch_ends = self.at.step.is_multiple_of(self.at.per_epoch);
            let mut is_best = false;
            if epoch_ends {
                is_best = self.validate(recorder)?;
            }
            let every = self.controls.experiment.checkpoint.every;
            let due = if every == 0 {
                epoch_ends
            } else {
                self.at.step.is_multiple_of(every)
            };
            if due || is_best || self.at.step == self.at.total {
                self.save(recorder, is_best)?;
            }
        }
        self.finish(recorder)?;
        Ok((Outcome::Finished, String::new()))
    }

    fn step(&mut self, recorder: &mut Recorder) -> Result<()> {
        let begun = Instant::now();
        let (epoch, position) = (self.at.step / self.at.per_epoch, self.at.step % self.at.per_epoch);
        let mut images = self.material.batch(epoch, position);
        let spec = &self.controls.experiment;
        if spec.train.recipe.attacks() {
            let alpha = Some(spec.adversary.alpha).filter(|a| a.value() > 0.0);
            let terms = Terms {
                kind: spec.adversary.attack,
                eps: spec.adversary.eps,
                alpha,
                mode: BackwardMode::Bptt(spec.train.surrogate),
                seed: spec.train.seed.wrapping_add(self.at.step),
                ..Terms::default()
            };
            images.pixels = attack::perturb(&self.trainer.network, &images, &terms);
        }
        let lr = spec.train.lr * schedule::factor(&spec.train, epoch);
        let settings = Settings {
            train: &spec.train,
            objective: &spec.objective,
            lr,
            step: self.at.step + 1,
        };
        let report = match self.trainer.step(&images.pixels, &images.labels, &settings) {
            Ok(report) => report,
            Err(why) => return self.diverged(recorder, why),
        };
        self.at.step += 1;
        let seconds = begun.elapsed().as_secs_f64();
        let blend = if recorder.step_seconds == 0.0 { 1.0 } else { RATE_BLEND };
        recorder.step_seconds += blend * (seconds - recorder.step_seconds);
        let mut values: BTreeMap<String, f64> = [
            ("train.ce", report.ce),
            ("train.loss", report.loss),
            ("train.accuracy", report.accuracy),
            ("train.lr", lr),
            ("train.lambda", spec.objective.lambda),
            ("train.h", spec.objective.h),
            ("train.gradient_norm", report.gradient_norm),
            ("train.images_per_second", images.len() as f64 / seconds),
        ]
        .into_iter()
        .map(|(k, v)| (k.to_string(), v))
        .collect();
        values.extend(report.r.map(|r| ("train.r".to_string(), r)));
        if self.probe_is_due() {
            let surrogate = spec.train.surrogate;
            values.extend(probe::measure(
                &self.trainer.network,
                &self.probe.0,
                &self.probe.1,
                surrogate,
            ));
        }
        self.latest.extend(values.iter().map(|(k, v)| (k.clone(), *v)));
        Ok(recorder.metric(self.at, values)?)
    }

    fn probe_is_due(&self) -> bool {
        let every = match self.controls.experiment.probe.every {
            0 => (self.at.per_epoch / PROBES_PER_EPOCH).max(1),
            every => every,
        };
        self.at.step == 1 || self.at.step.is_multiple_of(every)
    }

    fn diverged(&mut self, recorder: &mut Recorder, why: crate::train::NotFinite) -> Result<()> {
        let good = self.last_saved.map_or("there is no checkpoint yet".into(), |s| {
            format!("the last good checkpoint is of step {s}")
        });
        let why = format!("{why}; {good}");
        recorder.event(
            self.at.step,
            Happening::Alert {
                kind: "nan".into(),
                why: why.clone(),
            },
        )?;
        Err(anyhow!(why))
    }

    /// Measures the validation split; says whether it is the best so far.
    pub(super) fn validate(&mut self, recorder: &mut Recorder) -> Result<bool> {
        let (at, experiment) = (self.at, &self.controls.experiment);
        recorder.status(at, Phase::Evaluating, experiment)?;
        let mut trouble = None;
        let found = evaluate::evaluate(&self.trainer.network, self.material.validation(), || {
            trouble = recorder.status(at, Phase::Evaluating, experiment).err();
            trouble.is_some()
        });
        if let Some(error) = trouble {
            return Err(error.into());
        }
        let Some(found) = found else { return Ok(false) };
        let values: BTreeMap<String, f64> = [
            ("val.accuracy".to_string(), found.accuracy),
            ("val.ce".to_string(), found.ce),
        ]
        .into();
        self.latest.extend(values.clone());
        recorder.metric(at, values)?;
        let is_best = self.best.is_none_or(|b| found.accuracy > b);
        if is_best {
            self.best = Some(found.accuracy);
        }
        Ok(is_best)
    }

    pub(super) fn save(&mut self, recorder: &mut Recorder, is_best: bool) -> Result<String> {
        let root = self.manifest.checkpoints.clone();
        if self.last_saved == Some(self.at.step) && !is_best {
            return Ok(checkpoint::step_folder(&root, self.at.step).display().to_string());
        }
        if is_best {
            self.best_checkpoint = Some(checkpoint::step_folder(&root, self.at.step));
        }
        let state = WorkerState {
            step: self.at.step,
            optimizer_steps: self.trainer.optimizer.steps,
            controls: self.controls.clone(),
            best: self.best,
            best_checkpoint: self.best_checkpoint.clone(),
            latest: self.latest.clone(),
        };
        let occasion = Occasion {
            root: &root,
            id: &self.manifest.id,
            directory: self.run.path(),
            at: self.at,
            wall: recorder.wall(),
            best: is_best,
        };
        let path = saving::save(&occasion, &self.trainer, &state)?;
        self.last_saved = Some(self.at.step);
        let checkpoint = path.display().to_string();
        let metrics = self.latest.clone();
        recorder.event(
            self.at.step,
            Happening::Saved {
                checkpoint: checkpoint.clone(),
                metrics,
                best: is_best,
            },
        )?;
        let keep = Pruning {
            keep: self.controls.experiment.checkpoint.keep,
            best: self.best_checkpoint.as_deref(),
        };
        let removed = checkpoint::prune(&root, keep)?;
        if !removed.is_empty() {
            let checkpoints = removed.iter().map(|p| p.display().to_string()).collect();
            recorder.event(self.at.step, Happening::Pruned { checkpoints })?;
        }
        Ok(checkpoint)
    }

    /// The test set, once, with the final weights.
    fn finish(&mut self, recorder: &mut Recorder) -> Result<()> {
        let (at, experiment) = (self.at, &self.controls.experiment);
        recorder.status(at, Phase::Evaluating, experiment)?;
        let mut trouble = None;
        let found = evaluate::evaluate(&self.trainer.network, self.material.test(), || {
            trouble = recorder.status(at, Phase::Evaluating, experiment).err();
            trouble.is_some()
        });
        if let Some(error) = trouble {
            return Err(error.into());
        }
        if let Some(found) = found {
            self.latest.insert("test.accuracy".into(), found.accuracy);
            recorder.metric(at, [("test.accuracy".to_string(), found.accuracy)].into())?;
        }
        Ok(recorder.event(
            self.at.step,
            Happening::Finished {
                metrics: self.latest.clone(),
            },
        )?)
    }
}
