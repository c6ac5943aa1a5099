//! The thread that reads run directories and reports changes. Woken by inotify and a slow timer on local disks, by the
//! timer alone on network file systems, where inotify does not see other machines. This folder may use `model`. Writes
//! nothing.

mod bests;
mod feed;
mod filesystem;
mod job_row;
mod jobs;
mod journals;
mod others;
mod row_facts;
mod rows;
mod specs;

pub use specs::find as find_specs;
#[cfg(test)]
pub use specs::summary;

use crate::{
    run::{Discovery, LeftOut},
    tui::model::{MissingData, SampleKey, Seen, news::News},
};
use bests::Bests;
use feed::Feed;
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use others::Others;
use rows::Rows;
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    time::{Duration, Instant},
};

/// Between two looks on a local disk, where inotify wakes us in between.
const LOCAL: Duration = Duration::from_millis(1000);
/// Between two looks over a network.
const NETWORK: Duration = Duration::from_millis(2000);
/// Between two looks at runs overlaid on the selected one: by the timer alone, because fifty of them would wake the
/// thread a thousand times a second.
const OTHERS: Duration = Duration::from_millis(400);
/// Between two looks at most often.
const SHORTEST: Duration = Duration::from_millis(100);
/// Parts of more than [`LARGE`] lines that may wait for the screen; each is 20 MB at the most. Further ones are read
/// once it has caught up.
const MOST_UNREAD: usize = 3;
/// Lines.
const LARGE: usize = 1000;
/// How long runs overlaid on the selected one are read before requests are looked at again.
const ROUND: Duration = Duration::from_millis(100);

/// What the screen wants to know.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Interest {
    /// The run read in full.
    pub run: Option<PathBuf>,
    /// Runs whose journals are read too, for charts overlaid on those of the first; without it.
    pub overlay: Vec<PathBuf>,
    /// Whether its log is wanted.
    pub logs: bool,
    /// Commands whose answers are still to come, with their run or attack directory.
    pub open: Vec<(PathBuf, String)>,
    /// The attacked image that is looked at.
    pub sample: Option<SampleKey>,
    /// Whether the best values of all runs are wanted.
    pub best: bool,
}

/// What can be asked of the watcher.
pub enum Request {
    /// From now on, this is wanted.
    Interest(Interest),
    /// Look for specifications, and whether their data are in this folder.
    FindSpecs(MissingData, Vec<String>),
    /// Something changed on the disk.
    Changed,
}

/// Starts the thread; it ends when it has something to report and the receiver is gone, or with the process.
///
/// # Errors
/// When no thread can be started.
pub fn start(roots: Vec<PathBuf>, tell: impl Fn(News) -> bool + Send + 'static) -> std::io::Result<Sender<Request>> {
    let (sender, receiver) = channel();
    let wake = sender.clone();
    let work = move || WatchLoop::new(roots, wake).look_until_nobody_listens(&receiver, &tell);
    std::thread::Builder::new().name("watcher".into()).spawn(work)?;
    Ok(sender)
}

struct WatchLoop {
    discovery: Discovery,
    places: Vec<PathBuf>,
    interest: Interest,
    rows: Rows,
    bests: Bests,
    /// Best values or facts were found that the list has not reported yet.
    found_more: bool,
    feed: Option<Feed>,
    others: Others,
    wake: Sender<Request>,
    alarm: Option<RecommendedWatcher>,
    first: bool,
    /// What the list could not take in, as last reported.
    left_out: Vec<LeftOut>,
    /// When the list of runs is due.
    list_at: Instant,
    /// When the runs overlaid on the selected one are due.
    others_at: Instant,
    /// Counts the parts of long journals that the screen has not processed yet.
    unread: Arc<()>,
}

impl WatchLoop {
    fn new(roots: Vec<PathBuf>, wake: Sender<Request>) -> WatchLoop {
        WatchLoop {
            discovery: Discovery::new(roots.clone()),
            places: roots,
            interest: Interest::default(),
            rows: Rows::default(),
            bests: Bests::default(),
            found_more: false,
            feed: None,
            others: Others::default(),
            wake,
            alarm: None,
            first: true,
            left_out: Vec::new(),
            list_at: Instant::now(),
            others_at: Instant::now(),
            unread: Arc::new(()),
        }
    }

    fn look_until_nobody_listens(mut self, requests: &Receiver<Request>, tell: &impl Fn(News) -> bool) {
        loop {
            let began = Instant::now();
            if !self.look(tell) {
                return;
            }
            match requests.recv_timeout(self.patience()) {
                Ok(request) => {
                    let mut urgent = self.take(request, tell);
                    let rest = began + self.shortest();
                    while !urgent && !self.has_more() {
                        match requests.recv_timeout(rest.saturating_duration_since(Instant::now())) {
                            Ok(request) => urgent = self.take(request, tell),
                            Err(RecvTimeoutError::Timeout) => break,
                            Err(RecvTimeoutError::Disconnected) => return,
                        }
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

    fn has_more(&self) -> bool {
        self.feed.as_ref().is_some_and(Feed::has_more)
            || self.others.has_more()
            || (self.interest.best && self.bests.has_more())
            || self.rows.has_more()
    }

    /// Whether the screen has enough to fold in.
    fn is_far_ahead(&self) -> bool {
        Arc::strong_count(&self.unread) > MOST_UNREAD
    }

    /// Between two looks where nobody waits. Many curves cost the screen more than reading costs us: all that is new
    /// of them, the selected run's included, is reported together.
    fn shortest(&self) -> Duration {
        match self.others.is_empty() {
            true => SHORTEST,
            false => OTHERS,
        }
    }

    /// How long nothing need be done.
    fn patience(&self) -> Duration {
        if self.has_more() {
            let wait = if self.is_far_ahead() { 5 } else { 0 };
            return Duration::from_millis(wait);
        }
        let due = match self.others.is_empty() {
            true => self.list_at,
            false => self.list_at.min(self.others_at),
        };
        due.saturating_duration_since(Instant::now())
    }

    fn interval(&self) -> Duration {
        let mut places = self.places.iter().chain(&self.interest.run).map(PathBuf::as_path);
        if places.any(filesystem::is_remote) {
            NETWORK
        } else {
            LOCAL
        }
    }

    /// Returns whether the screen waits for it.
    fn take(&mut self, request: Request, tell: &impl Fn(News) -> bool) -> bool {
        match request {
            Request::Changed => false,
            Request::FindSpecs(MissingData(missing), extra) => {
                tell(News::Specs(find_specs(&self.places, |name| missing(name, &extra))))
            }
            Request::Interest(interest) => {
                if interest.run != self.interest.run {
                    self.feed = interest.run.as_deref().map(Feed::new);
                    self.alarm = interest.run.as_deref().and_then(|run| self.alarm_on(run));
                }
                self.others.want(&interest.overlay);
                self.others_at = Instant::now();
                if interest.best && !self.interest.best {
                    self.list_at = Instant::now();
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
            // Reading a file is not a change.
            if event.is_ok_and(|e| !e.kind.is_access()) {
                let _ = wake.send(Request::Changed);
            }
        };
        let mut alarm = notify::recommended_watcher(ring).ok()?;
        // Where the system has no watches left, the clock is enough.
        alarm.watch(run, RecursiveMode::Recursive).ok()?;
        Some(alarm)
    }

    /// One look at everything that is due; returns whether the screen still listens.
    fn look(&mut self, tell: &impl Fn(News) -> bool) -> bool {
        let now = Instant::now();
        let list = now >= self.list_at;
        if self.interest.best && (list || self.bests.has_more()) {
            self.found_more |= self.bests.look(&mut self.rows);
        }
        if !list && self.rows.has_more() {
            self.found_more |= self.rows.read_facts();
        }
        if list {
            let changed = self.rows.look(self.discovery.look()) | std::mem::take(&mut self.found_more);
            let left_out = self.discovery.left_out();
            if left_out != self.left_out {
                self.left_out.clone_from(&left_out);
                if !tell(News::LeftOut(left_out)) {
                    return false;
                }
            }
            if (changed || self.first) && !tell(News::Runs(self.rows.newest_first())) {
                return false;
            }
            self.first = false;
            self.list_at = now + self.interval();
        }
        let is_far_ahead = self.is_far_ahead();
        if let Some(feed) = &mut self.feed
            && !(is_far_ahead && feed.has_more())
            && let Some(seen) = feed.look(&self.interest)
            && !self.tell_part(seen, tell)
        {
            return false;
        }
        let due = now >= self.others_at;
        if due {
            self.others_at = now + OTHERS;
        }
        self.others.begin_round(due);
        // Requests are answered in between, and the selected run has its turn.
        while !self.is_far_ahead() && now.elapsed() < ROUND {
            let Some(seen) = self.others.next_news() else { break };
            if !self.tell_part(seen, tell) {
                return false;
            }
        }
        true
    }

    /// Reports it; a large part with a token by which we see how far the screen lags behind.
    fn tell_part(&self, mut seen: Seen, tell: &impl Fn(News) -> bool) -> bool {
        if seen.metrics.len() > LARGE {
            seen.unread = Some(self.unread.clone());
        }
        tell(News::Seen(Box::new(seen)))
    }
}

/// The watcher without a thread, for a frame without a terminal.
pub struct Look {
    discovery: Discovery,
    rows: Rows,
    bests: Bests,
    feed: Option<(PathBuf, Feed)>,
    others: Others,
}

impl Look {
    /// Watches nothing yet.
    pub fn new(roots: Vec<PathBuf>) -> Look {
        Look {
            discovery: Discovery::new(roots),
            rows: Rows::default(),
            bests: Bests::default(),
            feed: None,
            others: Others::default(),
        }
    }

    /// Looks once at everything; `screen` takes it in, and says in between what it wants to know.
    pub fn once(&mut self, screen: &mut impl Listener) {
        self.rows.look(self.discovery.look());
        if screen.interest().best {
            self.bests.look(&mut self.rows);
            while self.bests.has_more() {
                self.bests.look(&mut self.rows);
            }
        }
        while self.rows.has_more() {
            self.rows.read_facts();
        }
        screen.hear(News::LeftOut(self.discovery.left_out()));
        screen.hear(News::Runs(self.rows.newest_first()));
        // Every part at once: nobody waits here.
        let interest = Interest {
            logs: true,
            ..screen.interest()
        };
        if self.feed.as_ref().map(|(dir, _)| dir) != interest.run.as_ref() {
            self.feed = interest.run.as_ref().map(|dir| (dir.clone(), Feed::new(dir)));
        }
        self.others.want(&interest.overlay);
        let mut fold = |seen| screen.hear(News::Seen(Box::new(seen)));
        while let Some((_, feed)) = &mut self.feed {
            feed.look(&interest).into_iter().for_each(&mut fold);
            if !feed.has_more() {
                break;
            }
        }
        self.others.begin_round(true);
        while self.others.has_more() {
            self.others.begin_round(false);
            std::iter::from_fn(|| self.others.next_news()).for_each(&mut fold);
        }
    }
}

/// Who looks without a thread.
pub trait Listener {
    /// What is wanted.
    fn interest(&self) -> Interest;
    /// Takes news in.
    fn hear(&mut self, news: News);
}

#[cfg(test)]
mod tests;
