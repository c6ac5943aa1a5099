//! The main loop of the screen: messages in, state updated, effects out, frames to the terminal as often as
//! [`super::terminal::pace`] allows. Its threads end when the loop returns, or with the process. Which messages mean
//! what is in `update`.

use crate::tui::wake::{Sink, Wake, WakeSender, channel};
use crate::{
    run::clock,
    tui::{
        documents::snapshot::in_full_colour,
        effects::{self, alert, interest, picture::save_picture},
        screens,
        state::{
            app::{App, Effect, Message},
            hit_areas::HitAreas,
        },
        terminal::{
            clipboard::{self, Between},
            frame::Frames,
            pace::{Cause, Pace, WINDOW, Wire},
            reader::{Reader, terminal_size},
            screen::Screen,
            signals::SignalListener,
            writer,
        },
        update::update,
        watcher::{self, Interest, Request},
    },
};
use anyhow::{Context, Result, anyhow};
use std::{
    path::PathBuf,
    sync::mpsc::{Receiver, RecvTimeoutError, Sender},
    time::{Duration, Instant},
};

/// Interval between updates of the transfer rate in the bar.
const SPEED: Duration = Duration::from_secs(1);
/// How long the first frame waits for the terminal to say whether it is light or dark. An answer that comes later
/// counts as well.
const HOLD: Duration = Duration::from_millis(200);

/// How the terminal is used.
#[derive(Debug, Clone, Default)]
pub struct TerminalOptions {
    /// Whether the mouse is left to the terminal.
    pub no_mouse: bool,
    /// Bytes per second at most.
    pub limit: Option<u64>,
    /// What the terminal is asked at first, for the colour of its background.
    pub question: Option<Vec<u8>>,
}

/// Runs the screen until it is quit. Quitting touches no run.
///
/// # Errors
/// When the terminal cannot be used.
pub fn run(mut app: App, roots: Vec<PathBuf>, options: TerminalOptions) -> Result<()> {
    let (sender, wakes) = channel();
    let tell = sender.clone();
    let requests =
        watcher::start(roots, move |news| tell.send(Wake::Message(news.into())).is_ok()).context("start watching")?;
    let tell = sender.clone();
    let signals = SignalListener::open(move |kind| tell.send(Wake::from(kind)).is_ok())?;
    let tell = sender.clone();
    let written = move |result| {
        let _ = tell.send(Wake::Written(result));
    };
    let screen = Screen::take(!options.no_mouse, written).context("set up the terminal; is this a terminal?")?;
    app.size = terminal_size().unwrap_or(app.size);
    let tell = sender.clone();
    let reader = Reader::start(move |input| {
        let wake = input.map_or(Wake::End, |input| Wake::Message(input.into()));
        tell.send(wake).is_ok()
    })?;
    let early = match options.question {
        Some(question) => {
            writer::write_now(&question, HOLD);
            until_answered(&wakes)
        }
        None => Vec::new(),
    };
    let mut turn = Loop::new(app, screen, Pace::new(options.limit), sender, requests);
    let result = match turn.take_all(early) {
        Ok(true) => turn.until_quit(wakes),
        Ok(false) => Ok(()),
        Err(e) => Err(e),
    };
    reader.stop();
    drop(turn);
    signals.close();
    match Screen::was_lost() {
        true => Err(anyhow!(
            "a thread of the screen crashed; its error is above. Runs keep running"
        )),
        false => result,
    }
}

/// Waits for the terminal's answer, and keeps everything that comes meanwhile, in its order.
fn until_answered(wakes: &Receiver<Wake>) -> Vec<Wake> {
    let start = Instant::now();
    let mut kept = Vec::new();
    while let Ok(wake) = wakes.recv_timeout(HOLD.saturating_sub(start.elapsed())) {
        let is_last = matches!(wake, Wake::End | Wake::Message(Message::Ground(_)));
        kept.push(wake);
        if is_last {
            break;
        }
    }
    kept
}

/// The state and everything the loop connects it to.
pub struct Loop<S> {
    /// The state.
    pub app: App,
    /// Where frames go.
    pub sink: S,
    frames: Frames,
    pace: Pace,
    interest: Interest,
    /// The size reported last, since the last frame.
    size: Option<(u16, u16)>,
    told_speed: Option<Instant>,
    /// Bytes for the terminal that are not part of a frame; sent with the next frame.
    aside: Vec<u8>,
    between: Between,
    sender: WakeSender,
    requests: Sender<Request>,
}

impl<S: Sink> Loop<S> {
    /// Nothing drawn yet.
    pub fn new(app: App, sink: S, mut pace: Pace, sender: WakeSender, requests: Sender<Request>) -> Loop<S> {
        pace.asked(Instant::now());
        Loop {
            app,
            sink,
            frames: Frames::default(),
            pace,
            interest: Interest::default(),
            size: None,
            told_speed: None,
            aside: Vec::new(),
            between: Between::detect(|name| std::env::var(name).ok()),
            sender,
            requests,
        }
    }

    /// Takes in what came before the first frame; returns whether to continue.
    fn take_all(&mut self, wakes: Vec<Wake>) -> Result<bool> {
        for wake in wakes {
            if !self.take(wake)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Runs until quit, asked to end, or the terminal fails.
    ///
    /// # Errors
    /// When the terminal fails.
    pub fn until_quit(&mut self, wakes: Receiver<Wake>) -> Result<()> {
        loop {
            if self.is_due() {
                self.draw();
            }
            let wake = match wakes.recv_timeout(self.patience()) {
                Ok(wake) => wake,
                Err(RecvTimeoutError::Timeout) => {
                    self.settle();
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            };
            if !self.take(wake)? {
                return Ok(());
            }
            // Everything already queued goes into one frame, unless there is too much.
            while !self.is_due()
                && let Ok(wake) = wakes.try_recv()
            {
                if !self.take(wake)? {
                    return Ok(());
                }
            }
        }
    }

    fn is_due(&self) -> bool {
        !self.sink.is_busy() && self.pace.wait(Instant::now()) == Some(Duration::ZERO)
    }

    fn patience(&self) -> Duration {
        match self.pace.wait(Instant::now()) {
            // The writer wakes us.
            Some(_) if self.sink.is_busy() => Duration::from_secs(3600),
            Some(wait) => wait,
            None if self.app.wire.limit.is_some() && self.app.wire.bytes_per_second > 0 => WINDOW,
            None => Duration::from_secs(3600),
        }
    }

    fn draw(&mut self) {
        if let Some(reported) = self.size.take() {
            let (width, height) = self.sink.size().unwrap_or(reported);
            update(&mut self.app, Message::Resize(width, height));
        }
        let now = Instant::now();
        self.tell_speed(now);
        let app = &self.app;
        let mut spots = HitAreas::default();
        let changes = self.frames.draw(app.size, |cells| spots = screens::draw(app, cells));
        self.app.hit_areas = spots;
        let mut frame = std::mem::take(&mut self.aside);
        frame.extend(changes);
        self.pace.drew(now, frame.len());
        if !frame.is_empty() {
            self.sink.send(frame, &self.app);
        }
    }

    /// Once nothing is sent, one last frame shows that in the bar.
    fn settle(&mut self) {
        let shown = self.app.wire;
        if shown.limit.is_some() && self.pace.wire(Instant::now()).bytes_per_second != shown.bytes_per_second {
            self.pace.want(Cause::News);
        }
    }

    /// Puts the speed into the state, only along with a frame that is drawn anyhow.
    fn tell_speed(&mut self, now: Instant) {
        if self.told_speed.is_some_and(|t| now.duration_since(t) < SPEED) {
            return;
        }
        let (shown, is) = (self.app.wire, self.pace.wire(now));
        if is_noticeable(&shown, &is) {
            self.app.wire = is;
            self.told_speed = Some(now);
        }
    }

    /// Takes in what happened; returns whether to continue.
    fn take(&mut self, wake: Wake) -> Result<bool> {
        match wake {
            Wake::End => return Ok(false),
            Wake::Stop => self.sink.stop()?,
            Wake::Continued => {
                self.sink.take_again()?;
                self.size = self.sink.size().or(self.size);
                self.draw_all_again();
            }
            // As after a signal that it hung up, whichever comes first.
            Wake::Written(Err(e)) if e.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error()) => {
                return Ok(false);
            }
            Wake::Written(result) => result.context("write to the terminal")?,
            // A size that did not change is ignored.
            Wake::Message(Message::Resize(width, height)) if self.size.unwrap_or(self.app.size) == (width, height) => {}
            // Of many sizes the last one before a frame counts.
            Wake::Resized(width, height) | Wake::Message(Message::Resize(width, height)) => {
                self.size = Some((width, height));
                self.draw_all_again();
            }
            Wake::Message(message) => return self.take_message(message),
        }
        Ok(true)
    }

    /// The next frame is drawn soon, and whole.
    fn draw_all_again(&mut self) {
        self.frames.forget();
        self.pace.want(Cause::Key);
    }

    /// Takes one message into the state and performs its effects; returns whether to continue.
    fn take_message(&mut self, message: Message) -> Result<bool> {
        self.pace.want(match &message {
            Message::Runs(_) | Message::LeftOut(_) | Message::Seen(_) => Cause::News,
            _ => Cause::Key,
        });
        self.app.now = clock::now_text();
        for effect in update(&mut self.app, message) {
            if effect == Effect::Quit {
                return Ok(false);
            }
            self.perform(effect)?;
        }
        self.renew_interest();
        Ok(true)
    }

    /// Performs an effect on the terminal or the watcher itself; every other one is left to `effects`.
    fn perform(&mut self, effect: Effect) -> Result<()> {
        match effect {
            Effect::Redraw => self.frames.forget(),
            Effect::Alert(text) => {
                let bytes = alert::bytes(self.app.alerts, &text, self.between);
                self.aside.extend(bytes);
            }
            Effect::Copy(text) => self.aside.extend(clipboard::bytes(&text, self.between)),
            Effect::Suspend => {
                if !self.sink.suspend()? {
                    self.app.warn("no job control here: not suspended");
                }
            }
            Effect::SavePicture(path) => {
                let (drawn, sender) = (in_full_colour(&mut self.app), self.sender.clone());
                save_picture(path, drawn, self.app.theme.clone(), move |m| {
                    let _ = sender.send(Wake::Message(m));
                });
            }
            Effect::FindSpecs => {
                let (missing, extra) = (self.app.missing_data, self.app.extra.clone());
                let _ = self.requests.send(Request::FindSpecs(missing, extra));
            }
            other => {
                let sender = self.sender.clone();
                effects::perform(other, move |m| {
                    let _ = sender.send(Wake::Message(m));
                });
            }
        }
        Ok(())
    }

    /// Asks the watcher for what the state now needs, where that is not what it was asked for last.
    fn renew_interest(&mut self) {
        let wanted = interest::wanted(&self.app);
        if wanted != self.interest {
            self.pace.asked(Instant::now());
            self.interest = wanted.clone();
            let _ = self.requests.send(Request::Interest(wanted));
        }
    }
}

/// Whether the difference is visible in the bar.
fn is_noticeable(shown: &Wire, is: &Wire) -> bool {
    let apart = shown.bytes_per_second.abs_diff(is.bytes_per_second);
    let silent = is.bytes_per_second == 0 && apart > 0;
    shown.limit != is.limit
        || silent
        || apart * 5 > shown.bytes_per_second.max(500)
        || shown.interval.abs_diff(is.interval) > Duration::from_millis(100)
}
