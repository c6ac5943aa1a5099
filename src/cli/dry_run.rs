//! `spikedeck train --dry-run`: what a run would be, what it would need, and how long it would take on this device.

use super::{failure::Code, output::Output};
use crate::run::{
    RunDir,
    new_run::NewRun,
    resume::{ResumePoint, resume_point},
};
use anyhow::{Context, Result};
use serde_json::{Value, json};

/// Says what a new run would do.
///
/// # Errors
/// When the working folder is gone.
pub fn show(new: &NewRun, out: Output) -> Result<Code> {
    let manifest = new.manifest()?;
    let runs = new.runs_folder()?;
    let text = toml::to_string(&manifest.spec).context("the resolved specification")?;
    let checkpoints = manifest.checkpoints.parent().unwrap_or(&manifest.checkpoints);
    out.say(format!(
        "{text}\n# The run would go to  {}/\n# its checkpoints to    {}/\n# its data come from    {}\n# Nothing was written.",
        runs.display(),
        checkpoints.display(),
        manifest.data.display()
    ));
    let mut answer = json!({
        "dry_run": true,
        "spec": manifest.spec,
        "runs": runs,
        "checkpoints": checkpoints,
        "data": manifest.data,
    });
    let costs = costs(&manifest, out);
    if let (Value::Object(answer), Value::Object(costs)) = (&mut answer, costs) {
        answer.extend(costs);
    }
    out.answer(&answer);
    Ok(Code::Done)
}

/// Says from where a run would be resumed.
///
/// # Errors
/// When the run's record cannot be read.
pub fn show_resume(run: &RunDir, out: Output) -> Result<Code> {
    let point = resume_point(run, &run.read_manifest()?.checkpoints)?;
    say_passed_over(&point, out);
    let from = point.checkpoint.map(|c| c.path().to_path_buf());
    out.say(match &from {
        Some(path) => format!("would resume from {}", path.display()),
        None => "would start from step 0: no checkpoint was saved".into(),
    });
    out.answer(&json!({ "dry_run": true, "run": run.path(), "checkpoint": from }));
    Ok(Code::Done)
}

/// Says which newer checkpoints a resume passes over, and why.
pub fn say_passed_over(point: &ResumePoint, out: Output) {
    for (path, why) in &point.damaged {
        out.note(format!("passed over {}: {why}", path.display()));
    }
    for path in &point.superseded {
        let path = path.display();
        out.note(format!(
            "passed over {path}: the run was resumed from before it later on"
        ));
    }
}

#[cfg(not(feature = "engine"))]
fn costs(_: &crate::run::manifest::Manifest, out: Output) -> Value {
    let why = "this build has no backend: it cannot say what the run would cost";
    out.note(why);
    json!({ "estimate": null, "why": why })
}

/// Parameters, work and memory from the specification; the time from a short measurement, where that can be made.
#[cfg(feature = "engine")]
fn costs(manifest: &crate::run::manifest::Manifest, out: Output) -> Value {
    use crate::{snn, train::cost, worker::estimate, worker::footprint::Footprint};
    let spec = &manifest.spec;
    let plan = snn::plan(&spec.network).unwrap_or_default();
    let memory = Footprint::of(spec, &plan);
    let macs = (plan.macs() as f64 * cost::step_cost(spec)) as u64;
    for layer in &plan.layers {
        let [c, h, w] = layer.output;
        let (name, count) = (&layer.name, layer.parameters);
        out.say(format!(
            "{name:<24} {:>14} {count:>12} parameters {:>9.1} MMAC",
            format!("{c}×{h}×{w}"),
            millions(layer.macs)
        ));
    }
    out.say(format!(
        "{} parameters, {:.1} MMAC per image forward, {:.2} GMAC per step ({:.2} GFLOP), about {:.0} MiB for weights and {:.0} MiB for signals",
        plan.parameters(),
        millions(plan.macs()),
        macs as f64 * 1e-9,
        2.0 * macs as f64 * 1e-9,
        mebibytes(memory.weights),
        mebibytes(memory.signals),
    ));
    let layers: Vec<Value> = plan
        .layers
        .iter()
        .map(|l| json!({ "name": l.name, "output": l.output, "parameters": l.parameters, "macs": l.macs }))
        .collect();
    let mut answer = json!({
        "parameters": plan.parameters(),
        "layers": layers,
        "macs_per_image": plan.macs(),
        "macs_per_step": macs,
        "flops_per_step": 2 * macs,
        "memory_bytes": memory.total(),
        "memory": memory,
    });
    out.note("measuring…");
    match estimate::measure(manifest) {
        Ok(found) => {
            out.say(in_words(&found));
            // What was measured holds the data and the program too; on a GPU only the estimate knows its memory.
            answer["memory_bytes"] = json!(memory.total().max(found.peak_bytes));
            answer["steps"] = json!(found.steps);
            answer["seconds"] = json!(found.seconds);
            answer["estimate"] = json!(found);
        }
        Err(error) => {
            let why = super::failure::chain(&error);
            out.note(format!("no estimate of the time: {why}"));
            answer["estimate"] = Value::Null;
            answer["why"] = json!(why);
        }
    }
    answer
}

#[cfg(feature = "engine")]
fn in_words(e: &crate::worker::estimate::Estimate) -> String {
    use crate::units::seconds;
    format!(
        "{} steps ({} per epoch) on {}: about {} in all\n  {:.4} s per step, {:.1} images/s (mean of {} steps); probes {:.1} % of the time\n  \
         validation {} per epoch, test {}, a checkpoint {}{}\n  \
         {:.0} MiB of memory in all, data and program included",
        e.steps,
        e.steps_per_epoch,
        e.device,
        seconds(e.seconds),
        e.step_seconds,
        e.images_per_second,
        e.steps_timed,
        100.0 * e.probe_share,
        seconds(e.validation_seconds),
        seconds(e.test_seconds),
        seconds(e.checkpoint_seconds),
        match e.attack_probe_seconds {
            0.0 => String::new(),
            s => format!(" and its probe at most {}", seconds(s)),
        },
        mebibytes(e.peak_bytes),
    )
}

#[cfg(feature = "engine")]
fn millions(n: u64) -> f64 {
    n as f64 * 1e-6
}

#[cfg(feature = "engine")]
fn mebibytes(n: u64) -> f64 {
    n as f64 / f64::from(1 << 20)
}
