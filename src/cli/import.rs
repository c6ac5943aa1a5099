//! `spikedeck import`: weights of the authors' code, or of anyone with the same names, become a checkpoint; TensorBoard's
//! event files become a run to look at.

use super::{
    failure::{Code, require_engine, usage},
    output::Output,
};
use crate::{
    exchange::{self, Tensor},
    run::files::read_bounded,
};
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
    let tensors = exchange::read(&bytes).with_context(file)?;
    let spec = wanted::specification(network, &args.set, &tensors, out)?;
    let source = wanted::Source::of(&args.file, &bytes)?;
    drop(bytes);
    save(spec, &tensors, &source, target, out).with_context(file)
}

/// Loads the tensors into the network, which says whether they fit, and saves what it then holds.
#[cfg(feature = "engine")]
fn save(
    spec: crate::spec::Experiment,
    tensors: &[Tensor],
    source: &wanted::Source,
    target: &std::path::Path,
    out: Output,
) -> Result<Code> {
    use crate::{
        run::checkpoint::{self, MODEL},
        snn::{Network, backend::Device},
    };
    let mut network = Network::new(&spec.network, &Device::find("cpu")?, 0).context("the network cannot be built")?;
    network.load_safetensors(&exchange::encode(tensors)?)?;
    let mut draft = checkpoint::begin(target)?;
    draft.write(MODEL, &network.to_safetensors()?)?;
    draft.write("source.json", &serde_json::to_vec(source)?)?;
    let (label, data, parameters) = (spec.network.label(), spec.data.name.clone(), network.parameter_count());
    let path = draft.publish(wanted::record(spec, target))?;
    let path = crate::run::place::absolute(&path)?;
    out.say(format!(
        "imported {} tensors, {parameters} parameters, as {label} for {data}\n{}",
        tensors.len(),
        path.display()
    ));
    out.answer(&serde_json::json!({
        "checkpoint": path,
        "network": label,
        "data": data,
        "tensors": tensors.len(),
        "parameters": parameters,
        "sha256": source.sha256,
    }));
    Ok(Code::Done)
}

#[cfg(not(feature = "engine"))]
fn save(_: crate::spec::Experiment, _: &[Tensor], _: &wanted::Source, _: &std::path::Path, _: Output) -> Result<Code> {
    Err(super::failure::viewer_only("import"))
}
