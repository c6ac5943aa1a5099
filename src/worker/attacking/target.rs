//! A checkpoint's network with the images it is attacked on, and the network whose gradients the attacker follows.

use crate::random::{Purpose, stream};
use crate::run::{
    attack::{AttackManifest, Order, Split, Twin},
    checkpoint,
    names::MODEL,
    provenance::DeviceRecord,
};
use crate::snn::{Network, backend::Device};
use crate::spec::Experiment;
use crate::worker::{data_splits::DataSplits, provenance::of_device};
use anyhow::{Context, Result, anyhow, bail};
use std::path::Path;

/// What is attacked.
pub struct Target {
    /// The network that is counted.
    pub network: Network,
    /// The network that is differentiated, if another.
    pub source: Option<Network>,
    /// Its data set.
    pub splits: DataSplits,
    /// Places of the images, in order.
    pub places: Vec<u32>,
    /// Whether they are test images.
    pub of_test: bool,
    /// SHA-256 of the attacked weights, and of those that are differentiated where they are another checkpoint's.
    pub weights: (String, Option<String>),
    /// What it runs on.
    pub device: DeviceRecord,
}

impl Target {
    /// Loads the job's checkpoint of that number.
    ///
    /// # Errors
    /// When a checkpoint or the data set cannot be read, or they do not fit each other.
    pub fn load(manifest: &AttackManifest, index: usize) -> Result<Target> {
        let path = manifest
            .checkpoints
            .get(index)
            .ok_or_else(|| anyhow!("attack.toml: no checkpoint {index}"))?;
        let device = Device::find(&manifest.device)?;
        let (network, spec) = load_network(path, &device, manifest.steps)?;
        manifest
            .check_classes(network.spec.classes)
            .and_then(|()| manifest.check_radii(network.encoder.input().range))
            .map_err(|why| anyhow!("attack.toml: {why}"))?;
        let source = match (&manifest.transfer_from, manifest.twin) {
            // What a replayed job followed is of no use any more.
            _ if manifest.replay.is_some() => None,
            (Some(path), twin) => Some(source((path, None), twin, &device, &network)?),
            (None, Some(_)) => Some(source((path, manifest.steps), manifest.twin, &device, &network)?),
            (None, None) => None,
        };
        let splits = DataSplits::load(&spec, &manifest.data)?;
        let of_test = manifest.split == Split::Test;
        let there = splits.size(of_test);
        if there == 0 {
            bail!("{}: the split holds no images", path.display());
        }
        let mut places: Vec<u32> = (0..there as u32).collect();
        if manifest.order == Order::Shuffled {
            shuffle(&mut places, manifest.seed);
        }
        places.truncate(manifest.samples);
        let digest = |path: &Path| -> Result<String> {
            let files = checkpoint::open(path)?.meta.files;
            Ok(files.get(MODEL).map(|f| f.sha256.clone()).unwrap_or_default())
        };
        let weights = (
            digest(path)?,
            manifest.transfer_from.as_deref().map(digest).transpose()?,
        );
        Ok(Target {
            weights,
            device: of_device(&device),
            network,
            source,
            splits,
            places,
            of_test,
        })
    }
}

/// A checkpoint's network, with T time steps where that is given.
///
/// # Errors
/// When it cannot be read.
pub fn load_network(path: &Path, device: &Device, steps: Option<usize>) -> Result<(Network, Experiment)> {
    let checkpoint = checkpoint::open(path)?;
    let mut spec = checkpoint.meta.spec.clone();
    spec.network.steps = steps.unwrap_or(spec.network.steps);
    let mut network = Network::new(&spec.network, device, 0)
        .ok_or_else(|| anyhow!("{}: its network cannot be built", path.display()))?;
    network
        .load_safetensors(&checkpoint.read_file(MODEL)?)
        .with_context(|| path.display().to_string())?;
    Ok((network, spec))
}

/// The network that gradients come from, which must take the same images and know the same classes.
fn source(
    (path, steps): (&Path, Option<usize>),
    twin: Option<Twin>,
    device: &Device,
    victim: &Network,
) -> Result<Network> {
    let (mut network, _) = load_network(path, device, steps)?;
    if twin == Some(Twin::Ann) {
        if victim.encoder.input().frames() > 1 {
            bail!("--twin ann: a network for frames of events has no twin without a time axis; leave it out");
        }
        network = network.into_twin();
    }
    let of = |n: &Network| (n.encoder.input(), n.spec.classes);
    match of(&network) == of(victim) {
        true => Ok(network),
        false => bail!(
            "--transfer-from {}: takes images {:?} of {} classes, the attacked network {:?} of {}",
            path.display(),
            network.encoder.input().frame,
            network.spec.classes,
            victim.encoder.input().frame,
            victim.spec.classes
        ),
    }
}

/// Fisher and Yates.
fn shuffle(places: &mut [u32], seed: u64) {
    let mut random = stream(seed, Purpose::AttackOrder, 0, 0);
    for i in (1..places.len()).rev() {
        let j = (random.uniform() * (i + 1) as f32) as usize;
        places.swap(i, j.min(i));
    }
}
