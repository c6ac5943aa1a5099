//! Performs the effects that `update` asks for: puts commands into inboxes, starts processes, reads checkpoints, writes
//! files. Results come back as messages; slow work runs on threads of its own, never on the screen's. This folder may
//! use `theme`, `terminal`, `picture`, `model`, `watcher`, `settings` and `state`. Decides nothing about the state.

pub mod alert;
pub mod interest;
pub mod picture;

use crate::{
    run::{
        checkpoint::{self, MODEL, OPTIMIZER, apart, open_whole, tensors},
        command::{Order, When},
        control::send,
        job_worker::worker_of,
        labels::{self, Labels},
        launcher::How,
        text::{clean, clean_lines},
    },
    tui::{
        settings::layout,
        state::{
            app::{Effect, Launch, Message},
            estimate::{Cancel, in_words},
            inspection::{Asked, Found},
        },
    },
};
use std::{
    io::Read,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::mpsc::channel,
    time::{Duration, Instant},
};

/// What an error begins with on standard error.
const ERROR: &str = "error:";

/// Interval between progress messages of a measurement.
const TICK: Duration = Duration::from_millis(250);

/// The most bytes that are read of what a measuring process says.
const LONGEST_ANSWER: u64 = 1 << 20;

/// Slow effects, on a thread of their own.
pub fn perform(effect: Effect, tell: impl Fn(Message) + Send + 'static) {
    let work = move || {
        let message = match effect {
            Effect::Send {
                ticket,
                job,
                order,
                when,
            } => send_order(ticket, &job, order, when),
            Effect::Label { run, before, after } => label(run, &before, &after),
            Effect::SaveLayout(name, file, layout) => Message::LayoutSaved(name, layout::write(&file, &layout)),
            Effect::ReadLayout(name, layouts) => Message::LayoutRead(Box::new(layouts.read(&name))),
            Effect::Kill(run, worker) => {
                let result = end_worker(&run, &worker);
                Message::Killed(run, result)
            }
            Effect::Inspect(asked) => inspect(asked),
            Effect::Pin(folder, pinned) => {
                let result = checkpoint::pin(&folder, pinned).map(|()| pinned);
                Message::Pinned(folder, result.map_err(|e| clean_lines(&e.to_string())))
            }
            Effect::Remove(run) => {
                let result = remove(&run);
                Message::Removed(result)
            }
            Effect::Prune(run, keep) => Message::Pruned(prune(&run, keep)),
            Effect::Estimate(arguments, cancel) => match measure(arguments, &cancel, &tell) {
                Some(message) => message,
                None => return,
            },
            Effect::CancelEstimate(cancel) => return cancel.ask(),
            Effect::Launch(what, arguments) => launch(what, &arguments),
            _ => return,
        };
        tell(message);
    };
    let _ = std::thread::Builder::new().name("effects".into()).spawn(work);
}

/// Puts a command into a job's inbox.
pub fn send_order(ticket: u64, job: &Path, order: Order, when: When) -> Message {
    let result = send(job, order, when)
        .map(|c| c.id)
        .map_err(|e| clean_lines(&e.to_string()));
    Message::Sent(ticket, result)
}

/// Writes what was changed of a run's tags and note.
pub fn label(run: PathBuf, before: &Labels, after: &Labels) -> Message {
    let result = labels::merge(&run, before, after);
    Message::Labelled(run, result.map_err(|e| clean_lines(&e.to_string())))
}

/// Ends the worker of a run at once, if it is in reach and the one that was asked about.
fn end_worker(run: &Path, asked: &str) -> Result<String, String> {
    let worker = worker_of(run).ok_or("no worker has reported yet")?;
    let name = clean(&worker.describe().name).into_owned();
    if name != asked {
        return Err(format!("its worker is now {name}, not {asked}; K asks again"));
    }
    worker.end(run, How::AtOnce).map_err(|e| clean_lines(&e.to_string()))?;
    Ok(name)
}

/// Reads checkpoints; names from files are cleaned before they come to the screen.
pub fn inspect(asked: Asked) -> Message {
    let found = match &asked {
        Asked::Inside { checkpoint, optimizer } => {
            let file = if *optimizer { OPTIMIZER } else { MODEL };
            open_whole(checkpoint).and_then(|c| tensors(&c, file)).map(|mut all| {
                for tensor in &mut all {
                    tensor.name = clean(&tensor.name).into_owned();
                    tensor.dtype = clean(&tensor.dtype).into_owned();
                }
                Found::Inside(all)
            })
        }
        Asked::Apart { first, second } => {
            open_whole(first)
                .and_then(|a| apart(&a, &open_whole(second)?))
                .map(|mut all| {
                    for tensor in &mut all {
                        tensor.name = clean(&tensor.name).into_owned();
                        tensor.dtype = clean(&tensor.dtype).into_owned();
                    }
                    Found::Apart(all)
                })
        }
    };
    Message::Inspected(asked, found.map_err(|e| clean_lines(&e.to_string())))
}

/// Removes checkpoints by running `spikedeck checkpoint prune`, which holds the run's lock and writes into its record.
fn prune(run: &Path, keep: usize) -> Result<u64, String> {
    let run = run.display().to_string();
    let arguments = ["checkpoint", "prune", &run, "--keep", &keep.to_string(), "--yes"];
    let said = answer(&arguments.map(String::from))?;
    let removed = last_object(&said).and_then(|o| o.get("removed")?.as_u64());
    removed.ok_or_else(|| "number removed unknown, see the list".into())
}

/// Moves a run to the trash by running `spikedeck remove`, which checks what depends on it and holds its lock.
fn remove(run: &Path) -> Result<PathBuf, String> {
    let said = answer(&["remove".to_string(), run.display().to_string(), "--yes".into()])?;
    let trash = last_object(&said).and_then(|o| o.get("removed")?.get(0)?.get("trash")?.as_str().map(PathBuf::from));
    trash.ok_or_else(|| "its new place is unknown".into())
}

/// Runs this program with `arguments` and `--json`, and reads which directory it made from its last line.
pub fn launch(what: Launch, arguments: &[String]) -> Message {
    Message::Started(what, arguments.to_vec(), run(what, arguments))
}

/// Measures how long a run would take, in a process of its own that writes nothing; reports at intervals that it is
/// still measuring, and nothing more once it is cancelled.
fn measure(arguments: Vec<String>, cancel: &Cancel, tell: &impl Fn(Message)) -> Option<Message> {
    let kept = arguments.iter().filter(|a| *a != "--detach").cloned();
    let asked: Vec<String> = kept.chain(["--dry-run".to_string()]).collect();
    let start = Instant::now();
    let goes_on = || {
        tell(Message::Estimating(arguments.clone(), start.elapsed().as_secs_f64()));
        !cancel.is_asked()
    };
    let said = match command(&asked).and_then(|mut command| ended(&mut command, goes_on)) {
        Ok(None) => return None,
        Ok(Some(output)) => said_or_why(output),
        Err(why) => Err(why),
    };
    let answer = said.and_then(|said| {
        let last = last_object(&said).ok_or("unexpected answer")?;
        in_words(&last)
    });
    Some(Message::Estimated(arguments, answer.map_err(|why| clean_lines(&why))))
}

/// The end of a process, asking every [`TICK`] whether to wait on; killed and none where not.
fn ended(command: &mut Command, goes_on: impl Fn() -> bool) -> Result<Option<Output>, String> {
    let mut child = command.spawn().map_err(|e| format!("cannot be started: {e}"))?;
    let (ends, end) = channel();
    let pipes: [Option<Box<dyn Read + Send>>; 2] = [
        child.stdout.take().map(|p| Box::new(p) as Box<dyn Read + Send>),
        child.stderr.take().map(|p| Box::new(p) as Box<dyn Read + Send>),
    ];
    let readers = pipes.map(|pipe| {
        let ends = ends.clone();
        std::thread::spawn(move || {
            let mut said = Vec::new();
            // What was said before an error of reading is kept.
            let _ = pipe.map(|pipe| pipe.take(LONGEST_ANSWER).read_to_end(&mut said));
            let _ = ends.send(());
            said
        })
    });
    let mut open = readers.len();
    while open > 0 {
        match end.recv_timeout(TICK) {
            Ok(()) => open -= 1,
            Err(_) if goes_on() => {}
            Err(_) => {
                let _ = child.kill();
                let _ = child.wait();
                return Ok(None);
            }
        }
    }
    let status = child.wait().map_err(|e| format!("its exit status is unknown: {e}"))?;
    let [stdout, stderr] = readers.map(|r| r.join().unwrap_or_default());
    Ok(Some(Output { status, stdout, stderr }))
}

fn run(what: Launch, arguments: &[String]) -> Result<PathBuf, String> {
    let said = answer(arguments).map_err(|why| format!("not started: {why}"))?;
    directory(what, &said).ok_or_else(|| "started, see the list of runs".into())
}

/// What this program says with these arguments and `--json`.
fn answer(arguments: &[String]) -> Result<String, String> {
    let output = command(arguments)?.output();
    said_or_why(output.map_err(|e| format!("cannot be started: {e}"))?)
}

/// This program with these arguments and `--json`, its output captured.
fn command(arguments: &[String]) -> Result<Command, String> {
    let program = std::env::current_exe().map_err(|e| format!("cannot find the spikedeck executable: {e}"))?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .arg("--json")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    Ok(command)
}

/// What a process said, or what went wrong.
fn said_or_why(output: Output) -> Result<String, String> {
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(reason(&clean_lines(&String::from_utf8_lossy(&output.stderr))))
}

/// The whole of what went wrong, in one line: from the last line that begins an error, or all that was said.
fn reason(errors: &str) -> String {
    let lines: Vec<&str> = errors.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    let from = lines.iter().rposition(|l| l.starts_with(ERROR)).unwrap_or(0);
    let said = lines[from..].join("; ");
    let said = said.strip_prefix(ERROR).unwrap_or(&said).trim();
    match said.is_empty() {
        true => "no reason given".into(),
        false => said.into(),
    }
}

/// The object on the last line that is one.
fn last_object(said: &str) -> Option<serde_json::Value> {
    let last = said.lines().rfind(|l| l.trim_start().starts_with('{'))?;
    serde_json::from_str(last).ok()
}

/// The directory that the last line of standard output names.
fn directory(what: Launch, said: &str) -> Option<PathBuf> {
    let value = last_object(said)?;
    let key = match what {
        Launch::Run => "run",
        Launch::Attack => "attack",
    };
    value.get(key)?.as_str().map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_said_whole_and_in_one_line() {
        let said = "note: reading\nerror: no fork: --set lambda=abc: \"abc\" does not fit: write a number\nkey: objective.lambda\n";
        assert_eq!(
            reason(said),
            "no fork: --set lambda=abc: \"abc\" does not fit: write a number; key: objective.lambda"
        );
        assert_eq!(
            (reason("gone\n"), reason(" \n")),
            ("gone".into(), "no reason given".into())
        );
    }

    #[test]
    fn a_long_measurement_is_reported_repeatedly_and_can_be_cancelled() {
        let sleeping = || {
            let mut command = Command::new("sleep");
            command.arg("600").stdout(Stdio::piped()).stderr(Stdio::piped());
            command
        };
        let asked = std::cell::Cell::new(0);
        let goes_on = || {
            asked.set(asked.get() + 1);
            asked.get() < 3
        };
        assert!(ended(&mut sleeping(), goes_on).unwrap().is_none());
        assert_eq!(asked.get(), 3);
    }

    #[test]
    fn the_output_of_a_process_that_ends_is_read_whole() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo out; echo error: why >&2; exit 3"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let output = ended(&mut command, || true).unwrap().unwrap();
        assert_eq!(
            (output.stdout.as_slice(), said_or_why(output.clone())),
            (&b"out\n"[..], Err("why".into()))
        );
        assert!(ended(&mut Command::new("/no/such/program"), || true).is_err());
    }

    #[test]
    fn the_directory_is_read_from_the_last_line() {
        let said = "{\"event\":\"started\"}\n{\"run\": \"/w/runs/a\", \"state\": \"running\"}\n";
        assert_eq!(directory(Launch::Run, said), Some("/w/runs/a".into()));
        assert_eq!(directory(Launch::Attack, said), None);
        assert_eq!(directory(Launch::Run, "nonsense"), None);
    }
}
