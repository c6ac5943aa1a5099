//! `spikedeck send`: one command into a run's (or an attack's) inbox, and what became of it.

mod fork;
mod order;

use super::{
    failure::{Code, not_yet, usage},
    job::Job,
    output::Output,
};
use crate::run::{
    attack_job::AttackReader,
    checkpoint,
    clock::now,
    command::{Answer, Command, Order, Verdict, When},
    control::{Sending, await_answer, send_with},
    launcher::How,
    order_syntax,
    status::RunState,
    watch::state_of,
};
use anyhow::Result;
use clap::Args;
use order::OrderArg;
use serde_json::json;
use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

/// Tell a running worker what to do
#[derive(Debug, Args)]
pub struct SendArgs {
    /// The run or attack: its path, name, short id or id
    #[arg(value_name = "RUN")]
    run: PathBuf,
    #[command(subcommand)]
    order: OrderArg,
    /// Wait until the worker has answered for good
    #[arg(long, global = true)]
    wait: bool,
    /// Seconds to wait at most
    #[arg(long, global = true, value_name = "S", default_value_t = 600.0)]
    timeout: f64,
    /// When it takes effect: now, step:N or epoch:N
    #[arg(long, global = true, value_name = "WHEN", default_value = "now", value_parser = order_syntax::when)]
    at: When,
    /// Seconds after which it is too late
    #[arg(long, global = true, value_name = "S")]
    expires: Option<f64>,
}

/// Does it.
///
/// # Errors
/// Wrong usage, a run that is not there, an inbox that cannot be written.
pub fn run(args: SendArgs, out: Output) -> Result<Code> {
    let mut order = match args.order.order()? {
        order::Request::Order(order) => order,
        order::Request::Fork { checkpoint, changes } => {
            if args.at != When::Now || args.expires.is_some() {
                return Err(usage(
                    "fork: starts another run now; --at and --expires are for commands to this one",
                ));
            }
            return fork::start(&Job::open(&args.run)?, &checkpoint, &changes, out);
        }
        order::Request::Kill => return kill_worker(&Job::open(&args.run)?, out),
        order::Request::Later(name) => return Err(not_yet(&format!("`send RUN {name}`"))),
    };
    let timeout =
        Duration::try_from_secs_f64(args.timeout).map_err(|_| usage("--timeout: write seconds, such as 60"))?;
    let job = Job::open(&args.run)?;
    if matches!(job, Job::Attack(_)) && !matches!(order, Order::Stop | Order::Pause | Order::Resume) {
        return Err(usage("an attack takes stop, pause and resume"));
    }
    if let (Order::Rollback { checkpoint }, Job::Run(run)) = (&mut order, &job) {
        // By its name: the worker's folder is another one, where a path from here would mean something else.
        let found =
            checkpoint::find(&run.read_manifest()?.checkpoints, checkpoint).map_err(|e| usage(e.to_string()))?;
        *checkpoint = name_of(&found);
    }
    let state = state(&job)?;
    if !state.is_live() {
        let mut why = match state {
            RunState::NoEnd => {
                "another program recorded this run, and its files do not say that it ended: nobody reads its inbox"
                    .to_string()
            }
            _ => format!("the run is {}: nobody reads its inbox", state.label()),
        };
        if let Order::Rollback { checkpoint } = &order {
            let run = args.run.display();
            why.push_str(&format!(
                "; take it up first (train --resume {run} --detach) and roll back then, or start another run from there: send {run} fork {checkpoint}"
            ));
        }
        out.note(&why);
        out.answer(&json!({ "id": null, "result": "rejected", "step": null, "old": null, "new": null, "why": why }));
        return Ok(Code::Failed);
    }
    let command = send_with(
        job.path(),
        Sending {
            order,
            when: args.at,
            expires_in: args.expires,
        },
    )?;
    let answer = if args.wait { wait(&job, &command, timeout) } else { None };
    Ok(report(&command, answer, args.wait, out))
}

/// Waits for the answer, but not on a run that has ended.
fn wait(job: &Job, command: &Command, timeout: Duration) -> Option<Answer> {
    let started = Instant::now();
    loop {
        let look = Duration::from_millis(500).min(timeout.saturating_sub(started.elapsed()));
        let answer = await_answer(job.path(), &command.id, look);
        let ended = || state(job).is_ok_and(|s| !s.is_live());
        if answer.as_ref().is_some_and(|a| a.result != Verdict::Accepted) || started.elapsed() >= timeout || ended() {
            return answer.or_else(|| await_answer(job.path(), &command.id, Duration::ZERO));
        }
    }
}

fn report(command: &Command, answer: Option<Answer>, waited: bool, out: Output) -> Code {
    let (result, step, why, changes) = match &answer {
        Some(a) => (a.result, Some(a.step), a.why.clone(), a.changes.clone()),
        None => (
            Verdict::Accepted,
            None,
            "in the run's inbox; the worker has not answered yet".into(),
            Vec::new(),
        ),
    };
    let word = json!(result);
    let first = changes.first();
    for (key, old, new) in &changes {
        out.say(format!("{key} {old} → {new}"));
    }
    let at = step.map(|s| format!(" at step {s}")).unwrap_or_default();
    let tail = if why.is_empty() {
        String::new()
    } else {
        format!(": {why}")
    };
    out.say(format!("{}{at}{tail}", word.as_str().unwrap_or_default()));
    out.answer(&json!({
        "id": command.id,
        "result": word,
        "step": step,
        "old": first.map(|c| c.1),
        "new": first.map(|c| c.2),
        "why": why,
        "changes": changes,
        "answered": answer.is_some(),
    }));
    match (result, waited) {
        (Verdict::Applied, _) | (Verdict::Accepted, false) => Code::Done,
        (Verdict::Accepted, true) => Code::TimedOut,
        (Verdict::Rejected | Verdict::Expired, _) => Code::Failed,
    }
}

fn name_of(folder: &std::path::Path) -> String {
    folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn kill_worker(job: &Job, out: Output) -> Result<Code> {
    let who = job
        .worker()
        .ok_or_else(|| usage(format!("{}: no worker has reported yet", job.path().display())))?;
    who.end(job.path(), How::AtOnce)?;
    let name = who.describe().name;
    out.say(format!("{name} killed; what was not saved is lost"));
    let why = format!("SIGKILL to {name}");
    out.answer(&json!({ "id": null, "result": "applied", "step": null, "old": null, "new": null, "why": why }));
    Ok(Code::Done)
}

fn state(job: &Job) -> Result<RunState> {
    Ok(match job {
        Job::Run(run) => state_of(run, now()),
        Job::Attack(attack) => {
            let mut reader = AttackReader::open(attack.path())?;
            reader.poll(crate::run::Budget {
                bytes: 0,
                time: Duration::ZERO,
            });
            reader.state(now())
        }
    })
}
