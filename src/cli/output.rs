//! What a command prints: lines for people, JSON for scripts. Text from files is made harmless here, and a reader that
//! goes away (`| head`) is no error.

use crate::run::text::clean_lines;
use serde::Serialize;
use serde_json::{Map, Value};
use std::io::{self, IsTerminal, Write};

/// Where to print, and for whom.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    json: bool,
}

impl Output {
    /// For scripts if `json`, else for people.
    pub fn new(json: bool) -> Output {
        Output { json }
    }

    /// Whether scripts are listening.
    pub fn is_json(self) -> bool {
        self.json
    }

    /// Whether a person sees the lines as they come.
    pub fn is_terminal(self) -> bool {
        !self.json && io::stdout().is_terminal()
    }

    /// For people: on standard output, or on standard error where a script reads that.
    pub fn say(self, text: impl AsRef<str>) {
        let text = clean_lines(text.as_ref());
        match self.json {
            true => put(io::stderr().lock(), &text),
            false => put(io::stdout().lock(), &text),
        }
    }

    /// The result itself where it is no text, for a file or a program behind a pipe.
    pub fn bytes(self, bytes: &[u8]) {
        let mut to = io::stdout().lock();
        let _ = to.write_all(bytes).and_then(|()| to.flush());
    }

    /// For people, beside the result: always on standard error.
    pub fn note(self, text: impl AsRef<str>) {
        put(io::stderr().lock(), &clean_lines(text.as_ref()));
    }

    /// For scripts: a line of progress, with `"event"` in it.
    pub fn event(self, event: &impl Serialize) {
        if self.json
            && let Ok(text) = serde_json::to_string(event)
        {
            put(io::stdout().lock(), &text);
        }
    }

    /// For scripts: the one object at the end.
    pub fn answer(self, answer: &Value) {
        if self.json {
            put(io::stdout().lock(), &answer.to_string());
        }
    }

    /// What went wrong: for people on standard error, for scripts as the last object too.
    pub fn error(self, text: &str) {
        self.failure(text, Map::new());
    }

    /// The same, with what scripts would otherwise have to read out of the text.
    pub fn failure(self, text: &str, mut lists: Map<String, Value>) {
        put(io::stderr().lock(), &format!("error: {}", clean_lines(text)));
        lists.insert("error".into(), text.into());
        self.answer(&Value::Object(lists));
    }
}

/// A reader that has gone away, or a full disk behind a redirection, can be given no message.
fn put(mut to: impl Write, line: &str) {
    let _ = writeln!(to, "{line}").and_then(|()| to.flush());
}
