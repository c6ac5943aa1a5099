//! The hands: putting commands into inboxes and starting processes. Every answer comes back as a message; nothing
//! here waits on the screen's thread.

use super::app::{Effect, Launch, Message};
use crate::run::{
    command::{Order, When},
    control::send,
    labels::{self, Labels},
    text::clean_lines,
};
use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// What touches the world slowly, on a thread of its own.
pub fn perform(effect: Effect, tell: impl FnOnce(Message) + Send + 'static) {
    let work = move || {
        let message = match effect {
            Effect::Send { ticket, job, order } => send_order(ticket, &job, order),
            Effect::Label(run, labels) => label(run, labels),
            Effect::Launch(what, arguments) => launch(what, &arguments),
            _ => return,
        };
        tell(message);
    };
    let _ = std::thread::Builder::new().name("hands".into()).spawn(work);
}

/// Puts a command into a job's inbox.
pub fn send_order(ticket: u64, job: &Path, order: Order) -> Message {
    let result = send(job, order, When::Now)
        .map(|c| c.id)
        .map_err(|e| clean_lines(&e.to_string()));
    Message::Sent(ticket, result)
}

/// Writes a run's tags and note.
pub fn label(run: PathBuf, labels: Labels) -> Message {
    let result = labels::write(&run, &labels).map(|()| labels);
    Message::Labelled(run, result.map_err(|e| clean_lines(&e.to_string())))
}

/// Runs this program with `arguments` and `--json`, and reads which directory it made from its last line.
pub fn launch(what: Launch, arguments: &[String]) -> Message {
    Message::Started(what, run(what, arguments))
}

fn run(what: Launch, arguments: &[String]) -> Result<PathBuf, String> {
    let program = std::env::current_exe().map_err(|e| format!("this program's own file cannot be found: {e}"))?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .arg("--json")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let output = command.output().map_err(|e| format!("cannot be started: {e}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = clean_lines(&String::from_utf8_lossy(&output.stderr));
    if !output.status.success() {
        let why = errors
            .lines()
            .rfind(|l| !l.trim().is_empty())
            .unwrap_or("no reason given");
        return Err(format!("not started: {why}"));
    }
    directory(what, &said).ok_or_else(|| "started, but it did not say where: see the list of runs".into())
}

/// The directory that the last line of standard output names.
fn directory(what: Launch, said: &str) -> Option<PathBuf> {
    let last = said.lines().rfind(|l| l.trim_start().starts_with('{'))?;
    let value: serde_json::Value = serde_json::from_str(last).ok()?;
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
    fn the_directory_is_read_from_the_last_line() {
        let said = "{\"event\":\"started\"}\n{\"run\": \"/w/runs/a\", \"state\": \"running\"}\n";
        assert_eq!(directory(Launch::Run, said), Some("/w/runs/a".into()));
        assert_eq!(directory(Launch::Attack, said), None);
        assert_eq!(directory(Launch::Run, "nonsense"), None);
    }
}
