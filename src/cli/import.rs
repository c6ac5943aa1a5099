//! `spikedeck import`: weights of the authors' code, or of anyone with the same names, become a checkpoint; TensorBoard's
//! event files become a run to look at.

use super::{
    failure::{Code, require_engine, usage},
    output::Output,
};
use crate::{exchange, run::files::read_bounded};
use anyhow::{Context, Result};
use clap::Args;
use std::path::{Path, PathBuf};

mod events;
mod folders;
mod gather;
mod part;
mod report;
mod rows;
mod tags;
mod wanted;

/// Make a checkpoint of a PyTorch state dict or a safetensors file, or a run of TensorBoard's event files
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// What torch.save(model.state_dict(), …) wrote, or safetensors with the same names; nothing in it is run. Or an event
    /// file of TensorBoard's, or the folder with one run's
    #[arg(value_name = "FILE.pth|FILE.safetensors|EVENTS")]
    file: PathBuf,
    /// For weights, the network: a TOML file with a network table, a specification, or a preset such as vgg11
    #[arg(long, value_name = "NETWORK.toml|PRESET")]
    network: Option<String>,
    /// The folder to make: a checkpoint's, or a run's
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// For event files: replace an earlier import of the same files that is in DIR
    #[arg(long)]
    force: bool,
    /// Of a file with several dictionaries of tensors, the one to take: its name, or the names on the way to it with dots
    /// between, such as ema or checkpoint.model; also the beginning of those names that are meant
    #[arg(long, value_name = "PATH")]
    key: Option<String>,
    /// Change a key, such as network.steps=8 or data.name=cifar-100; may be given several times
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
}

/// Does it.
///
/// # Errors
/// A file that is no state dict or asks for more, tensors that do not fit the network, a folder that is not empty.
pub fn run(args: &ImportArgs, out: Output) -> Result<Code> {
    if events::is_events(&args.file) {
        return events::run(args, out);
    }
    weights(args, &wanted::target(&args.out)?, out)
}

fn weights(args: &ImportArgs, target: &Path, out: Output) -> Result<Code> {
    let Some(network) = &args.network else {
        return Err(usage(format!(
            "{}: weights need --network, such as --network vgg11 or --network NETWORK.toml",
            args.file.display()
        )));
    };
    let file = || args.file.display().to_string();
    if args.force {
        return Err(usage(format!(
            "{}: --force is for event files; a checkpoint is never overwritten: choose another --out",
            file()
        )));
    }
    let bytes = read_bounded(&args.file, exchange::LARGEST).map_err(|e| match e.is_missing() {
        true => usage(format!("{}: no such file", file())),
        false => e.into(),
    })?;
    require_engine("import")?;
    let mut weights = exchange::File::open(&bytes).with_context(file)?;
    let spec = wanted::specification(network, &args.set, weights.shapes(), out)?;
    let source = wanted::Source::of(&args.file, &bytes)?;
    save(spec, &mut weights, &source, (args, target), out)
}

/// Loads the tensors into the network, which says whether they fit, and saves what it then holds.
#[cfg(feature = "engine")]
fn save(
    spec: crate::spec::Experiment,
    weights: &mut exchange::File<'_>,
    source: &wanted::Source,
    (args, target): (&ImportArgs, &Path),
    out: Output,
) -> Result<Code> {
    use crate::snn::{Network, backend::Device};
    let file = || args.file.display().to_string();
    let mut network = Network::new(&spec.network, &Device::find("cpu")?, 0).context("the network cannot be built")?;
    let wanted = network.parameters.iter().map(|p| (p.name.clone(), p.shape.clone()));
    let statistics = network.buffers.iter().flat_map(|b| {
        ["running_mean", "running_var"].map(|kind| (format!("{}.{kind}", b.name), b.mean.dims().to_vec()))
    });
    let wanted: exchange::Wanted = wanted.chain(statistics).collect();
    let chosen = weights.choose(args.key.as_deref(), Some(&wanted)).with_context(file)?;
    let loaded = network.load_safetensors(&exchange::encode(&chosen.tensors)?);
    let loaded = loaded.map_err(anyhow::Error::from);
    match chosen.hint.clone() {
        Some(hint) => loaded.context(hint),
        None => loaded,
    }
    .with_context(file)?;
    let bytes = network.to_safetensors()?;
    let (label, data, parameters) = (spec.network.label(), spec.data.name.clone(), network.parameter_count());
    let path = publish(&bytes, source, spec, target).map_err(|e| wanted::unwritten(e, target, bytes.len() as u64))?;
    let path = crate::run::place::absolute(&path)?;
    let tensors = chosen.tensors.len();
    let remarks = wanted::remarks(&chosen);
    out.say(format!(
        "imported {tensors} tensors, {parameters} parameters, as {label} for {data}{remarks}\n{}",
        path.display()
    ));
    out.answer(&serde_json::json!({
        "checkpoint": path,
        "network": label,
        "data": data,
        "tensors": tensors,
        "parameters": parameters,
        "key": chosen.key,
        "prefix": chosen.prefix,
        "taken_away": chosen.taken,
        "not_run": chosen.foreign,
        "sha256": source.sha256,
    }));
    Ok(Code::Done)
}

/// Writes the checkpoint; where that fails, nothing of it is left.
#[cfg(feature = "engine")]
fn publish(
    bytes: &[u8],
    source: &wanted::Source,
    spec: crate::spec::Experiment,
    target: &Path,
) -> Result<PathBuf, crate::run::RunError> {
    use crate::run::{
        RunError,
        checkpoint::{self, MODEL},
        names,
    };
    let text = serde_json::to_vec(source).map_err(|e| RunError::damaged(target, e))?;
    let mut draft = checkpoint::begin(target)?;
    draft.write(MODEL, bytes)?;
    draft.write(names::SOURCE, &text)?;
    draft.publish(wanted::record(spec, target))
}

#[cfg(not(feature = "engine"))]
fn save(
    _: crate::spec::Experiment,
    _: &mut exchange::File<'_>,
    _: &wanted::Source,
    _: (&ImportArgs, &Path),
    _: Output,
) -> Result<Code> {
    Err(super::failure::viewer_only("import"))
}
