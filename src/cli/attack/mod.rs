//! `spikedeck attack`: create an attack job on checkpoints, start its worker, and follow it.

mod args;
mod cost;
mod follow;
mod provenance_notes;
mod replay;

pub use args::AttackArgs;
pub use follow::{follow, print_table};

use super::{
    failure::{Code, require_engine, usage},
    interrupt::Interrupts,
    output::Output,
    resolve::{self, checkpoint_error},
};
use crate::{
    run::{
        SCHEMA,
        attack::{AttackManifest, Stopped},
        attack_job::{AttackDir, plan, result_json},
        checkpoint::{self, Checkpoint},
        clock, launcher,
        lock::RunLock,
        status::RunState,
    },
    spec::{Aim, AttackGrid, AttackKind, BackwardMode},
    units::seconds,
};
use anyhow::{Context, Result};
use cost::Cost;
use serde_json::json;
use std::path::{Path, PathBuf};
use ulid::Ulid;

/// Does it.
///
/// # Errors
/// Wrong usage, a checkpoint that is damaged or missing, a folder that cannot be written.
pub fn run(args: AttackArgs, out: Output) -> Result<Code> {
    args.check()?;
    let checkpoints: Vec<Checkpoint> = args
        .checkpoints
        .iter()
        .map(|path| checkpoint::open(&resolve::checkpoint(path)?).map_err(|e| checkpoint_error(path, e)))
        .collect::<Result<_>>()?;
    let id = Ulid::generate().to_string();
    let place = args.out.clone().unwrap_or_else(|| AttackDir::place(&checkpoints, &id));
    let manifest = match &args.replay {
        Some(attack) => replay::manifest(&args, attack, &checkpoints, id)?,
        None => manifest(&args, &checkpoints, id)?,
    };
    manifest.check().map_err(usage)?;
    provenance_notes::notes(&manifest, &checkpoints)
        .into_iter()
        .for_each(|note| out.note(note));
    if args.dry_run {
        return show(&manifest, &place, out);
    }
    require_engine("attack")?;
    for checkpoint in &checkpoints {
        checkpoint.verify()?;
    }
    start(&create(&place, &manifest)?, args.detach, dataset(&checkpoints), out)
}

/// Starts the job's worker; follows it unless `detach`.
///
/// # Errors
/// When the worker cannot be started.
pub fn start(dir: &AttackDir, detach: bool, dataset: &str, out: Output) -> Result<Code> {
    let interrupts = if detach {
        None
    } else {
        Some(Interrupts::take_over().context("Ctrl-C")?)
    };
    launcher::start_attack_worker(dir.path())?;
    let Some(interrupts) = interrupts else {
        out.say(format!("running: {}", dir.path().display()));
        out.answer(&json!({ "attack": dir.path(), "state": "running" }));
        return Ok(Code::Done);
    };
    out.say(format!("attack {}", dir.path().display()));
    out.event(&json!({ "event": "attack", "attack": dir.path() }));
    let ended = follow(dir, out, &interrupts)?;
    print_table(&ended.reader, out);
    let mut answer = result_json(&ended.reader, dataset);
    answer["state"] = json!(ended.state);
    answer["why"] = json!(ended.reader.exit().map(|e| e.why.clone()).filter(|w| !w.is_empty()));
    let code = conclude(&ended, out);
    out.answer(&answer);
    Ok(code)
}

/// The attacks where none is named: an adaptive surrogate is published with SA-PGD and weaker without.
fn with_adaptive(mut attacks: Vec<AttackKind>, backward: &[BackwardMode]) -> Vec<AttackKind> {
    let sapgd = AttackKind::SaPgd { steps: 100 };
    let adaptive = backward.iter().any(|m| matches!(m, BackwardMode::Assg(_)));
    if adaptive && !attacks.contains(&sapgd) {
        attacks.push(sapgd);
    }
    attacks
}

/// The manifest of a job as the arguments say. What they leave open is pinned, so that scripts get the same numbers
/// from any checkpoint; only the list of attacks is the first checkpoint's own.
fn manifest(args: &AttackArgs, checkpoints: &[Checkpoint], id: String) -> Result<AttackManifest> {
    let grid = AttackGrid::default();
    let own = checkpoints.first().map(|c| c.meta.spec.attack.attacks.clone());
    let backward = args.backward.clone().map_or(grid.backward, |b| b.0);
    let unnamed = || with_adaptive(own.unwrap_or(grid.attacks), &backward);
    let manifest = AttackManifest {
        schema: SCHEMA,
        id,
        created: clock::now_text(),
        argv: std::env::args().collect(),
        checkpoints: checkpoints.iter().map(|c| c.path().to_path_buf()).collect(),
        data: crate::data::root::resolve(args.data.as_deref()),
        attacks: args.attack.clone().map_or_else(unnamed, |a| a.0),
        norm: args.norm,
        eps: args.eps.clone().map_or(grid.eps, |e| e.0),
        backward,
        samples: args.samples.unwrap_or(grid.samples),
        split: args.split.into(),
        order: args.order.into(),
        seed: args.seed,
        batch: args.batch,
        alpha: args.alpha,
        loss: args.loss.into(),
        target: args.target,
        transfer_from: args.transfer_from.as_deref().map(source_path).transpose()?,
        twin: args.twin.map(Into::into),
        steps: args.steps,
        eot: args.eot.unwrap_or(1),
        keep: args.keep,
        max_seconds: args.max_seconds,
        device: args.device.clone(),
        worst_case: args.worst_case,
        precision: args.precision,
        replay: None,
    };
    check_checkpoints(&manifest, checkpoints)?;
    Ok(manifest)
}

/// Whether the job's target and losses suit the checkpoints' classes, and the checkpoints one another.
fn check_checkpoints(manifest: &AttackManifest, checkpoints: &[Checkpoint]) -> Result<()> {
    if let Some(Aim::Class(k)) = manifest.target
        && let Some(few) = checkpoints
            .iter()
            .map(|c| c.meta.spec.network.classes)
            .find(|n| usize::from(k) >= *n)
    {
        return Err(usage(format!(
            "--target {k}: the network has the classes 0 to {}",
            few.saturating_sub(1)
        )));
    }
    if manifest.twin.is_some() && checkpoints.iter().any(|c| c.meta.spec.network.input().frames() > 1) {
        return Err(usage(
            "--twin ann: a network for frames of events has no twin without a time axis; leave it out",
        ));
    }
    for checkpoint in checkpoints {
        manifest
            .check_classes(checkpoint.meta.spec.network.classes)
            .and_then(|()| manifest.check_radii(checkpoint.meta.spec.network.input().range))
            .map_err(usage)?;
    }
    let sets: Vec<&str> = checkpoints.iter().map(|c| c.meta.spec.data.name.as_str()).collect();
    match sets.windows(2).all(|w| w[0] == w[1]) {
        true => Ok(()),
        false => Err(usage(format!(
            "the checkpoints were trained on different data sets ({}); attack them one by one",
            sets.join(", ")
        ))),
    }
}

/// The checkpoint that gradients are taken from, whole and absolute.
fn source_path(path: &Path) -> Result<PathBuf> {
    let source = checkpoint::open(&resolve::checkpoint(path)?).map_err(|e| checkpoint_error(path, e))?;
    Ok(source.path().to_path_buf())
}

fn dataset(checkpoints: &[Checkpoint]) -> &str {
    checkpoints.first().map_or("", |c| c.meta.spec.data.name.as_str())
}

/// A new directory, or an earlier job of exactly this kind in it, which then continues where it ended.
fn create(place: &Path, manifest: &AttackManifest) -> Result<AttackDir> {
    if !AttackDir::is_attack(place) {
        return Ok(AttackDir::create(place, manifest)?);
    }
    let dir = AttackDir::open(place)?;
    let before = dir.read_manifest()?;
    let same = AttackManifest {
        id: before.id.clone(),
        created: before.created.clone(),
        argv: before.argv.clone(),
        max_seconds: before.max_seconds,
        ..manifest.clone()
    };
    if same != before {
        return Err(usage(format!(
            "{}: holds an attack with other parameters; choose another folder with --out",
            place.display()
        )));
    }
    let lock = RunLock::take(dir.path())?;
    if before.max_seconds != manifest.max_seconds {
        // The budget is each start's own.
        let max_seconds = manifest.max_seconds;
        dir.write_manifest(&AttackManifest { max_seconds, ..before })?;
    }
    dir.archive_exit()?;
    drop(lock);
    Ok(dir)
}

fn show(manifest: &AttackManifest, place: &Path, out: Output) -> Result<Code> {
    let cells = plan(manifest).len();
    let cost = Cost::of(manifest);
    let place: PathBuf = crate::run::place::absolute(place)?;
    let text = toml::to_string(manifest).context("the attack")?;
    out.say(format!(
        "{text}\n# {cells} cells; {}.\n# It would go to {}\n# Nothing was written.",
        cost.text(),
        place.display()
    ));
    out.answer(&json!({
        "dry_run": true,
        "attack": place,
        "checkpoints": manifest.checkpoints,
        "cells": cells,
        "forward_passes": cost.forward,
        "backward_passes": cost.backward,
        "seconds": cost.seconds_json(),
        "manifest": manifest,
    }));
    Ok(Code::Done)
}

/// Says how it ended; returns the exit code.
fn conclude(ended: &follow::Ended, out: Output) -> Code {
    let dir = ended.reader.dir();
    let why = ended.reader.exit().map(|e| e.why.clone()).unwrap_or_default();
    match ended.state {
        RunState::Finished => Code::Done,
        // A budget that was asked for and kept is no failure.
        RunState::Stopped if ended.reader.stopped() == Some(Stopped::Budget) => {
            let most = ended.reader.manifest().max_seconds.unwrap_or_default();
            out.note(format!("stopped after {}: {why}", seconds(most)));
            Code::Done
        }
        RunState::Stopped => {
            out.note(format!(
                "stopped; what is done is kept in {}, and --out with that folder resumes it",
                dir.path().display()
            ));
            if ended.interrupted {
                Code::Interrupted
            } else {
                Code::Failed
            }
        }
        RunState::Failed => {
            out.note(format!("error: the attack failed: {why}"));
            Code::Failed
        }
        _ => {
            out.note(format!(
                "worker exited without reporting a result\n{}",
                super::job::log_tail(&dir.stderr_log())
            ));
            if ended.interrupted {
                Code::Interrupted
            } else {
                Code::Failed
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{
        checkpoint::{CheckpointMeta, MODEL, begin, step_folder},
        testing,
    };
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: AttackArgs,
    }

    fn arguments(checkpoint: &Path, words: &str) -> AttackArgs {
        let words = ["attack", checkpoint.to_str().unwrap()]
            .into_iter()
            .chain(words.split_whitespace());
        Line::try_parse_from(words).unwrap().args
    }

    fn saved(root: &Path) -> PathBuf {
        let mut draft = begin(&step_folder(root, 3)).unwrap();
        draft.write(MODEL, b"weights").unwrap();
        let meta = CheckpointMeta {
            schema: SCHEMA,
            run: "r".into(),
            run_dir: root.join("gone"),
            incarnation: 0,
            step: 3,
            epoch: 1.0,
            wall: 1.0,
            created: clock::now_text(),
            spec: testing::experiment(),
            metrics: [].into(),
            tunables: [].into(),
            best: true,
            provenance: Default::default(),
            files: [].into(),
        };
        draft.publish(meta).unwrap()
    }

    #[test]
    fn what_is_left_open_is_as_documented() {
        let root = tempfile::tempdir().unwrap();
        let path = saved(root.path());
        let checkpoint = checkpoint::open(&path).unwrap();
        let m = manifest(&arguments(&path, ""), std::slice::from_ref(&checkpoint), "id".into()).unwrap();
        let text = |list: Vec<String>| list.join(",");
        assert_eq!(text(m.attacks.iter().map(ToString::to_string).collect()), "fgsm,pgd:10");
        assert_eq!(
            text(m.eps.iter().map(ToString::to_string).collect()),
            "2/255,4/255,8/255"
        );
        assert_eq!(
            text(m.backward.iter().map(ToString::to_string).collect()),
            "bptt:triangle:1"
        );
        assert_eq!((m.samples, m.seed, m.checkpoints), (1000, 0, vec![path]));
        assert_eq!(
            AttackDir::place(&[checkpoint], "id"),
            Path::new("experiments/attacks/id")
        );
    }

    #[test]
    fn the_same_attack_continues_and_another_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let path = saved(root.path());
        let checkpoint = [checkpoint::open(&path).unwrap()];
        let of = |words: &str| manifest(&arguments(&path, words), &checkpoint, Ulid::generate().to_string()).unwrap();
        let place = root.path().join("attack");
        let first = create(&place, &of("--attack fgsm")).unwrap();
        std::fs::write(first.exit(), "{}").unwrap();
        assert_eq!(create(&place, &of("--attack fgsm --max-seconds 9")).unwrap(), first);
        assert!(!first.exit().exists());
        let said = create(&place, &of("--attack pgd:10")).unwrap_err().to_string();
        assert!(said.contains("other parameters") && said.contains("--out"), "{said}");
    }

    #[test]
    fn a_dry_run_writes_nothing() {
        let root = tempfile::tempdir().unwrap();
        let path = saved(root.path());
        let place = root.path().join("attack");
        let words = format!("--attack none,pgd:10 --dry-run --out {}", place.display());
        assert_eq!(run(arguments(&path, &words), Output::new(false)).unwrap(), Code::Done);
        assert!(!place.exists());
    }
}
