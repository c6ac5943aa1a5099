//! `--plain`: the screen as lines, for screen readers, logs and pipes. Uses the same watcher, state and `update` as the
//! screen; `report` says what changed, `commands` reads commands. May use every other folder of the screen. Moves no
//! cursor and uses no colours.

mod commands;
mod report;
#[cfg(test)]
mod tests;

use crate::{
    run::event::Event,
    tui::{
        documents::snapshot::in_full_colour,
        effects::{self, interest, picture::save_picture},
        settings::options::TuiOptions,
        state::app::{App, Effect, Layer, Message},
        theme::Depth,
        update::update,
        watcher::{self, Interest, Request},
    },
};
use anyhow::{Context, Result};
use commands::Said;
use report::Telling;
use std::{
    io::{self, BufRead, Read, Write},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, sync_channel},
    time::{Duration, Instant},
};

/// Bytes of a typed line at most.
const LONGEST: u64 = 4096;
/// News on their way at most, as for the screen.
const UNDERWAY: usize = 16;
/// How long a command waits for the selected run to be read for the first time: a folder that cannot be read holds
/// nobody up for longer.
const FIRST_LOOK: Duration = Duration::from_secs(5);
/// How long the end of the input waits for a worker's answers. They are in the run's record anyhow.
const LAST_ANSWERS: Duration = Duration::from_secs(3);

/// An event as one line; none for unimportant events.
pub type EventLine = fn(&Event) -> Option<String>;

enum Heard {
    News(Message),
    Line(String),
    EndOfInput,
}

/// Reads commands and says what changes until `quit` or the end of the input. Runs keep running.
///
/// # Errors
/// When no thread can be started, or nothing can be written.
pub fn run(
    options: &TuiOptions,
    event_line: EventLine,
    input: impl Read + Send + 'static,
    output: impl Write,
) -> Result<()> {
    let mut app = options.app(Depth::Mono, (100, 40))?;
    app.pane = super::state::app::Pane::Runs;
    let (bell, heard) = sync_channel(UNDERWAY);
    let tell = bell.clone();
    let requests = watcher::start(options.roots.clone(), move |news| {
        tell.send(Heard::News(news.into())).is_ok()
    })
    .context("start watching")?;
    let listen = bell.clone();
    std::thread::Builder::new()
        .name("lines".into())
        .spawn(move || read_lines(input, &listen))
        .context("read commands")?;
    let mut session = Session {
        app,
        output,
        telling: Telling::new(event_line),
        bell,
        requests,
        interest: Interest::default(),
        underway: 0,
        began: Instant::now(),
        waiting: Vec::new(),
        ended: None,
    };
    match session.until_quit(&heard) {
        // The reader closed the pipe.
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("write output"),
    }
}

fn read_lines(input: impl Read, tell: &SyncSender<Heard>) {
    let mut input = io::BufReader::new(input);
    loop {
        let mut line = Vec::new();
        match (&mut input).take(LONGEST).read_until(b'\n', &mut line) {
            Ok(1..) => {
                let line = String::from_utf8_lossy(&line).trim().to_string();
                if tell.send(Heard::Line(line)).is_err() {
                    return;
                }
            }
            _ => break,
        }
    }
    let _ = tell.send(Heard::EndOfInput);
}

struct Session<W> {
    app: App,
    output: W,
    telling: Telling,
    bell: SyncSender<Heard>,
    requests: Sender<Request>,
    interest: Interest,
    /// Effects whose answers have not come.
    underway: usize,
    began: Instant,
    /// Lines that came before the runs were read, or while something is being started.
    waiting: Vec<String>,
    /// When the input ended, or `quit` was said.
    ended: Option<Instant>,
}

impl<W: Write> Session<W> {
    fn until_quit(&mut self, heard: &Receiver<Heard>) -> io::Result<()> {
        loop {
            while self.is_ready() && !self.waiting.is_empty() {
                let line = self.waiting.remove(0);
                self.obey(&line)?;
            }
            if self.is_over() {
                return Ok(());
            }
            let patience = match (self.ended, self.waiting.is_empty()) {
                (None, true) => Duration::from_secs(3600),
                _ => Duration::from_millis(50),
            };
            match heard.recv_timeout(patience) {
                Ok(Heard::News(message)) => self.take(message)?,
                Ok(Heard::Line(line)) => self.waiting.push(line),
                Ok(Heard::EndOfInput) => self.ended = self.ended.or(Some(Instant::now())),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
        }
    }

    /// Whether a command would mean the run that one thinks of: the list is there and the selected one was read.
    fn is_ready(&self) -> bool {
        // A run of a newer version and an imported run never have a readable manifest.
        let has_none = self.app.run().is_some_and(|r| r.newer || r.imported.is_some());
        let is_read = self.app.runs.is_empty()
            || (self.app.detail()).is_some_and(|d| (d.manifest.is_some() || has_none) && d.reading.is_none());
        self.underway == 0 && (self.app.looked && is_read || self.began.elapsed() > FIRST_LOOK)
    }

    fn is_over(&self) -> bool {
        let Some(since) = self.ended else { return false };
        let awaits_answers = !self.app.commands.open().is_empty() && since.elapsed() < LAST_ANSWERS;
        self.waiting.is_empty() && self.underway == 0 && self.app.looked && !awaits_answers
    }

    fn take(&mut self, message: Message) -> io::Result<()> {
        if matches!(
            message,
            Message::Sent(..) | Message::Started(..) | Message::Labelled(..)
        ) {
            self.underway = self.underway.saturating_sub(1);
        }
        let events = match &message {
            Message::Seen(seen) => self.telling.events(&self.app, seen),
            _ => Vec::new(),
        };
        let effects = update(&mut self.app, message);
        self.say_all(events)?;
        self.do_all(effects)?;
        self.say_changes()
    }

    /// What the state has that it had not before.
    fn say_changes(&mut self) -> io::Result<()> {
        let notice = self.app.notice.take();
        let changes = self.telling.changes(&self.app);
        self.say_all(changes)?;
        match notice {
            Some(notice) if notice.bad => self.say(&format!("error: {}", notice.text)),
            Some(notice) => self.say(&notice.text),
            None => Ok(()),
        }
    }

    fn obey(&mut self, line: &str) -> io::Result<()> {
        if let Some(Layer::Confirm(_)) = self.app.layers.last() {
            let effects = commands::answer(&mut self.app, line);
            if effects.is_none() {
                self.say("cancelled")?;
            }
            self.do_all(effects.unwrap_or_default())?;
            return self.say_changes();
        }
        match commands::execute(&mut self.app, line) {
            Said::Lines(lines) => self.say_all(lines)?,
            Said::Effects(effects) => self.do_all(effects)?,
            Said::Quit => {
                self.waiting.clear();
                // Nothing more is waited for than what is on its way to an inbox.
                self.ended = Instant::now().checked_sub(LAST_ANSWERS).or(Some(self.began));
            }
        }
        self.say_changes()?;
        if let Some(Layer::Confirm(confirm)) = self.app.layers.last() {
            let (question, consequence) = (confirm.question.clone(), confirm.consequence.clone());
            self.say(&question)?;
            self.say(&consequence)?;
            self.say("type yes to confirm; anything else cancels")?;
        }
        Ok(())
    }

    fn do_all(&mut self, effects: Vec<Effect>) -> io::Result<()> {
        for effect in effects {
            match effect {
                Effect::Quit => self.ended = Some(Instant::now()),
                Effect::Copy(text) => self.say(&text)?,
                // Alerts are lines already; there is nothing to draw, and the shell suspends us itself.
                Effect::Alert(_) | Effect::Redraw | Effect::Suspend => {}
                Effect::FindSpecs => {
                    let (missing, extra) = (self.app.missing_data, self.app.extra.clone());
                    let _ = self.requests.send(Request::FindSpecs(missing, extra));
                }
                Effect::SavePicture(path) => {
                    let (drawn, tell) = (in_full_colour(&mut self.app), self.bell.clone());
                    self.underway += 1;
                    save_picture(path, drawn, self.app.theme.clone(), move |m| {
                        let _ = tell.send(Heard::News(m));
                    });
                }
                slow => {
                    let tell = self.bell.clone();
                    self.underway += 1;
                    effects::perform(slow, move |m| {
                        let _ = tell.send(Heard::News(m));
                    });
                }
            }
        }
        let wanted = Interest {
            logs: true,
            ..interest::wanted(&self.app)
        };
        if wanted != self.interest {
            self.interest = wanted.clone();
            let _ = self.requests.send(Request::Interest(wanted));
        }
        Ok(())
    }

    fn say_all(&mut self, lines: Vec<String>) -> io::Result<()> {
        lines.iter().try_for_each(|line| self.say(line))
    }

    /// One thing in one line, at once.
    fn say(&mut self, text: &str) -> io::Result<()> {
        let spelt = self.app.glyphs.spell(text).into_owned();
        for line in spelt.lines() {
            writeln!(self.output, "{}", crate::run::text::clean(line))?;
        }
        self.output.flush()
    }
}
