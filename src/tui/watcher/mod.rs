//! The eyes: a thread that reads run directories and says what is new. Wakes by inotify and by a slow clock on local
//! disks, by the clock alone on network file systems, where inotify does not see other machines. Writes nothing.

mod feed;
mod filesystem;
mod job_row;
mod jobs;
mod rows;
mod specs;

pub use specs::find as find_specs;
#[cfg(test)]
pub use specs::summary;

use super::{
    app::{App, Layer, Message},
    attack_view,
    model::SampleKey,
    update::update,
};
use crate::run::discover;
use feed::Feed;
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use rows::Rows;
use std::{
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    time::{Duration, Instant},
};

/// Between two looks on a local disk, where inotify wakes us in between.
const LOCAL: Duration = Duration::from_millis(1000);
/// Between two looks over a network.
const NETWORK: Duration = Duration::from_millis(2000);
/// Between two looks at most often.
const SHORTEST: Duration = Duration::from_millis(100);

/// What the screen wants to know.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Interest {
    /// The run read in full.
    pub run: Option<PathBuf>,
    /// Whether its log is wanted.
    pub logs: bool,
    /// Commands whose answers are still to come, with their run or attack directory.
    pub open: Vec<(PathBuf, String)>,
    /// The attacked image that is looked at.
    pub sample: Option<SampleKey>,
}

impl Interest {
    /// What the screen, as it is, wants to know.
    pub fn of(app: &App) -> Interest {
        Interest {
            run: app.selected.clone(),
            logs: app.layers.iter().any(|l| matches!(l, Layer::Logs { .. })),
            open: app.wishes.open(),
            sample: attack_view::wanted_sample(app),
        }
    }
}

/// What can be asked of the watcher.
pub enum Request {
    /// From now on, this is wanted.
    Interest(Interest),
    /// Look for specifications.
    FindSpecs,
    /// Something changed on the disk.
    Changed,
}

/// Starts the thread; it ends when the returned sender and every clone of it are dropped, or nobody listens.
///
/// # Errors
/// When no thread can be started.
pub fn start(roots: Vec<PathBuf>, tell: impl Fn(Message) -> bool + Send + 'static) -> std::io::Result<Sender<Request>> {
    let (sender, receiver) = channel();
    let wake = sender.clone();
    let work = move || Eyes::new(roots, wake).look_until_nobody_listens(&receiver, &tell);
    std::thread::Builder::new().name("watcher".into()).spawn(work)?;
    Ok(sender)
}

struct Eyes {
    roots: Vec<PathBuf>,
    interest: Interest,
    rows: Rows,
    feed: Option<Feed>,
    wake: Sender<Request>,
    alarm: Option<RecommendedWatcher>,
    first: bool,
}

impl Eyes {
    fn new(roots: Vec<PathBuf>, wake: Sender<Request>) -> Eyes {
        Eyes {
            roots,
            interest: Interest::default(),
            rows: Rows::default(),
            feed: None,
            wake,
            alarm: None,
            first: true,
        }
    }

    fn look_until_nobody_listens(mut self, requests: &Receiver<Request>, tell: &impl Fn(Message) -> bool) {
        loop {
            let began = Instant::now();
            if !self.look(tell) {
                return;
            }
            let patience = match self.feed.as_ref().is_some_and(Feed::has_more) {
                true => Duration::from_millis(1),
                false => self.interval(),
            };
            match requests.recv_timeout(patience) {
                Ok(request) => {
                    let urgent = self.take(request, tell);
                    if !urgent {
                        std::thread::sleep(SHORTEST.saturating_sub(began.elapsed()));
                    }
                    while let Ok(request) = requests.try_recv() {
                        self.take(request, tell);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn interval(&self) -> Duration {
        let places = self.roots.iter().chain(&self.interest.run);
        if places.map(PathBuf::as_path).any(filesystem::is_remote) {
            NETWORK
        } else {
            LOCAL
        }
    }

    /// Returns whether somebody waits for it.
    fn take(&mut self, request: Request, tell: &impl Fn(Message) -> bool) -> bool {
        match request {
            Request::Changed => false,
            Request::FindSpecs => tell(Message::Specs(find_specs(&self.roots))),
            Request::Interest(interest) => {
                if interest.run != self.interest.run {
                    self.feed = interest.run.as_deref().map(Feed::new);
                    self.alarm = interest.run.as_deref().and_then(|run| self.alarm_on(run));
                }
                self.interest = interest;
                true
            }
        }
    }

    fn alarm_on(&self, run: &Path) -> Option<RecommendedWatcher> {
        if filesystem::is_remote(run) {
            return None;
        }
        let wake = self.wake.clone();
        let ring = move |event: notify::Result<notify::Event>| {
            // Being read is no news.
            if event.is_ok_and(|e| !e.kind.is_access()) {
                let _ = wake.send(Request::Changed);
            }
        };
        let mut alarm = notify::recommended_watcher(ring).ok()?;
        // Where the system has no watches left, the clock is enough.
        alarm.watch(run, RecursiveMode::Recursive).ok()?;
        Some(alarm)
    }

    /// One look at everything; returns whether somebody listens.
    fn look(&mut self, tell: &impl Fn(Message) -> bool) -> bool {
        let found = discover(&self.roots);
        let changed = self.rows.look(&found);
        if (changed || self.first) && !tell(Message::Runs(self.rows.newest_first())) {
            return false;
        }
        self.first = false;
        match self.feed.as_mut().and_then(|f| f.look(&self.interest)) {
            Some(seen) => tell(Message::Seen(Box::new(seen))),
            None => true,
        }
    }
}

/// The same looks without a thread, for a frame without a terminal.
pub struct Look {
    roots: Vec<PathBuf>,
    rows: Rows,
    feed: Option<(PathBuf, Feed)>,
}

impl Look {
    /// Looks at nothing yet.
    pub fn new(roots: Vec<PathBuf>) -> Look {
        Look {
            roots,
            rows: Rows::default(),
            feed: None,
        }
    }

    /// Looks once at everything and folds it into the state.
    pub fn once(&mut self, app: &mut App) {
        self.rows.look(&discover(&self.roots));
        update(app, Message::Runs(self.rows.newest_first()));
        if self.feed.as_ref().map(|(dir, _)| dir) != app.selected.as_ref() {
            self.feed = app.selected.as_ref().map(|dir| (dir.clone(), Feed::new(dir)));
        }
        let Some((_, feed)) = &mut self.feed else { return };
        // Every part at once: nobody waits here.
        let interest = Interest {
            logs: true,
            ..Interest::of(app)
        };
        loop {
            if let Some(seen) = feed.look(&interest) {
                update(app, Message::Seen(Box::new(seen)));
            }
            if !feed.has_more() {
                return;
            }
        }
    }
}
