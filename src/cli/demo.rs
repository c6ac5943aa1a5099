//! `spikedeck demo`: the main job from end to end on the embedded data: train, checkpoint, attack.

use super::{
    attack::{follow as follow_attack, print_table},
    failure::{Code, require_engine},
    follow::{caught_up, conclude, follow, result_json},
    interrupt::Interrupts,
    output::Output,
    train,
    tui::TuiArgs,
    user_config::check_theme,
};
use crate::{
    run::{
        Budget, RunDir, RunReader, SCHEMA,
        attack::{AttackLoss, AttackManifest, Norm, Order, Split},
        attack_job::{AttackDir, result_json as attack_json},
        checkpoint, clock, launcher,
        new_run::NewRun,
        status::RunState,
    },
    spec::{Experiment, SPEC_FILE},
    tui::{self, TuiOptions},
};
use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;
use std::{path::Path, time::Duration};
use ulid::Ulid;

/// The demonstration's specification.
const SPEC: &str = include_str!("../../experiments/demo/experiment.toml");
/// Where its runs go.
const FOLDER: &str = "experiments/demo";

/// Train and attack a small network on embedded data, from start to attack curve
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Answer at once and let the training continue by itself, without the attack
    #[arg(long)]
    detach: bool,
}

/// Does it.
///
/// # Errors
/// In a build without a backend, or where the folder cannot be written.
pub fn run(args: &DemoArgs, out: Output) -> Result<Code> {
    require_engine("train")?;
    let run = new_run()?.create()?;
    if args.detach {
        return train::start(&run, true, &[], out);
    }
    match out.is_terminal() {
        true => on_screen(&run, out),
        false => in_lines(&run, out),
    }
}

fn new_run() -> Result<NewRun> {
    Ok(NewRun {
        spec: Experiment::parse(SPEC, "experiments/demo/experiment.toml", "demo", &Vec::new())?,
        spec_file: Path::new(FOLDER).join(SPEC_FILE),
        runs: None,
        checkpoints: None,
        data: crate::data::root::resolve(None),
        parent: None,
        id: None,
        argv: std::env::args().collect(),
    })
}

/// The screen in front; behind it, the attack begins when the training has ended.
fn on_screen(run: &RunDir, out: Output) -> Result<Code> {
    let options = TuiOptions {
        select: Some(run.path().to_path_buf()),
        follow_demo: true,
        ..TuiArgs {
            dirs: vec![FOLDER.into()],
            ..TuiArgs::default()
        }
        .options()?
    };
    // A broken configuration is reported before anything is started.
    check_theme(options.theme.as_deref())?;
    launcher::start_worker(run, &[])?;
    let behind = run.clone();
    std::thread::Builder::new().name("demo".into()).spawn(move || {
        // Nobody could read an error behind the screen; the attack's own record says what went wrong.
        let _ = attack_when_trained(&behind);
    })?;
    tui::run(options)?;
    out.say(format!("the run is in {}", run.path().display()));
    Ok(Code::Done)
}

fn attack_when_trained(run: &RunDir) -> Result<()> {
    let mut reader = RunReader::open(run.path())?;
    loop {
        reader.poll(Budget::ALL);
        match reader.state(clock::now()) {
            RunState::Finished => break,
            state if state.is_live() => std::thread::sleep(Duration::from_millis(300)),
            _ => return Ok(()),
        }
    }
    let dir = new_attack(&reader)?;
    launcher::start_attack_worker(dir.path())?;
    Ok(())
}

fn in_lines(run: &RunDir, out: Output) -> Result<Code> {
    let interrupts = Interrupts::take_over().context("Ctrl-C")?;
    out.say(format!("training in {}", run.path().display()));
    let reader = caught_up(run)?;
    launcher::start_worker(run, &[])?;
    let trained = follow(reader, out, &interrupts)?;
    let code = conclude(&trained, out);
    let mut answer = result_json(&trained);
    if code != Code::Done {
        out.answer(&answer);
        return Ok(code);
    }
    let dir = new_attack(&trained.reader)?;
    out.say(format!("\nattacking in {}", dir.path().display()));
    launcher::start_attack_worker(dir.path())?;
    let attacked = follow_attack(&dir, out, &interrupts)?;
    print_table(&attacked.reader, out);
    answer["attack"] = attack_json(&attacked.reader, "glyphs");
    answer["attack"]["state"] = json!(attacked.state);
    out.answer(&answer);
    if attacked.state == RunState::Finished {
        out.say("\nrobust accuracy against ε is in the table above; `spikedeck` shows it as a curve");
        return Ok(Code::Done);
    }
    let why = attacked.reader.exit().map(|e| e.why.clone()).unwrap_or_default();
    out.note(format!("error: the attack did not finish: {why}"));
    Ok(if attacked.interrupted {
        Code::Interrupted
    } else {
        Code::Failed
    })
}

/// An attack on the run's best checkpoint, by the specification's own grid.
fn new_attack(reader: &RunReader) -> Result<AttackDir> {
    let history = reader.history();
    let saved = history
        .best_checkpoint()
        .or(history.last_checkpoint())
        .context("the run left no checkpoint")?;
    let checkpoint = checkpoint::open(Path::new(&saved.checkpoint))?;
    let grid = checkpoint.meta.spec.attack.clone();
    let id = Ulid::generate().to_string();
    let place = reader.dir().attacks().join(&id);
    let manifest = AttackManifest {
        schema: SCHEMA,
        id,
        created: clock::now_text(),
        argv: std::env::args().collect(),
        checkpoints: vec![checkpoint.path().to_path_buf()],
        data: crate::data::root::resolve(None),
        attacks: grid.attacks,
        norm: Norm::default(),
        eps: grid.eps,
        backward: grid.backward,
        samples: grid.samples,
        split: Split::Test,
        order: Order::File,
        seed: 0,
        batch: 64,
        alpha: None,
        loss: AttackLoss::Ce,
        target: None,
        transfer_from: None,
        twin: None,
        steps: None,
        eot: 1,
        keep: false,
        max_seconds: None,
        device: checkpoint.meta.spec.train.device.clone(),
        worst_case: false,
        precision: None,
        replay: None,
    };
    Ok(AttackDir::create(&place, &manifest)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demonstrations_specification_is_valid() {
        let new = new_run().unwrap();
        assert_eq!(new.spec.name, "demo");
        assert!(new.spec.train.recipe.has(crate::spec::LossTerm::Sparsity));
    }
}
