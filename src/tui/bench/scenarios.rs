//! The scenarios of the benchmark: each builds its run directories and measures what a user would do.

use super::{
    Growing, List, Long, METRICS, PACE, Steady,
    meter::{Meter, peak_bytes},
    synthetic,
};
use crate::{
    run::{RunDir, history::History, journal::Appender, manifest::Manifest, process::thread_seconds},
    tui::{
        TuiOptions, effects,
        event_loop::Loop,
        screens,
        state::app::{App, Message, Pane},
        terminal::{frame::Frames, pace::Pace},
        theme::Depth,
        update::update,
        wake::{self, Sink, Wake},
        watcher::{self, Interest, Request},
    },
};
use anyhow::{Result, bail};
use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, mpsc::channel},
    time::{Duration, Instant},
};

/// A metric of every made-up line.
const METRIC: &str = "train.ce";
/// Timeout of a scenario.
const PATIENCE: Duration = Duration::from_secs(600);
/// Steps that a growing run has from the beginning, some minutes of them.
const HISTORY: u64 = 20_000;

fn app(root: &Path, size: (u16, u16)) -> Result<App> {
    let options = TuiOptions {
        roots: vec![root.to_path_buf()],
        ..TuiOptions::default()
    };
    options.app(Depth::True, size)
}

/// Folds what the watcher reports into the state until `is_there` holds, and draws a frame; then for `settle` seconds, and
/// for `then` seconds more, of which the share of a core is measured. Returns the seconds until it held, and that share.
fn watch(app: &mut App, root: &Path, is_there: impl Fn(&App) -> bool, settle: f64, then: f64) -> Result<(f64, f64)> {
    let (sender, receiver) = channel();
    let began = Instant::now();
    let requests = watcher::start(vec![root.to_path_buf()], move |m| sender.send(m).is_ok())?;
    let mut interest = Interest::default();
    let (mut reached, mut meter): (Option<f64>, Option<Meter>) = (None, None);
    loop {
        let now = began.elapsed().as_secs_f64();
        if let Some(reached) = reached {
            if now - reached >= settle {
                meter.get_or_insert_with(Meter::start);
            }
            if now - reached >= settle + then {
                return Ok((reached, meter.map_or(0.0, |m| m.share(0.0))));
            }
        }
        if let Ok(message) = receiver.recv_timeout(Duration::from_millis(50)) {
            update(app, message.into());
            let wanted = effects::interest::wanted(app);
            if wanted != interest {
                interest = wanted.clone();
                let _ = requests.send(Request::Interest(wanted));
            }
        }
        if reached.is_none() && is_there(app) {
            frame(app);
            reached = Some(began.elapsed().as_secs_f64());
        }
        if began.elapsed() > PATIENCE {
            bail!("the screen was not ready within {} s", PATIENCE.as_secs());
        }
    }
}

/// Draws a frame whole and turns it into bytes; milliseconds.
fn frame(app: &App) -> f64 {
    let mut frames = Frames::default();
    let began = Instant::now();
    frames.draw(app.size, |cells| {
        screens::draw(app, cells);
    });
    began.elapsed().as_secs_f64() * 1e3
}

/// Median and worst of fifty frames.
fn frames(app: &App) -> (f64, f64) {
    let mut all: Vec<f64> = (0..50).map(|_| frame(app)).collect();
    all.sort_by(f64::total_cmp);
    (all[all.len() / 2], all[all.len() - 1])
}

/// Many ended runs.
pub fn list(like: &Manifest, runs: usize, seconds: f64) -> Result<List> {
    let folder = tempfile::tempdir()?;
    for number in 0..runs {
        let run = synthetic::run(folder.path(), like, number)?;
        synthetic::finish(&run, 1000)?;
    }
    let mut app = app(folder.path(), (160, 45))?;
    // Folders that changed just now are looked at once more; that does not count as idle.
    let settle = 6.0;
    let (first, idle) = watch(&mut app, folder.path(), |app| app.runs.len() == runs, settle, seconds)?;
    Ok(List {
        runs,
        first_screen_seconds: first,
        idle_cpu: idle,
    })
}

/// One long run.
pub fn long(like: &Manifest, points: usize) -> Result<Long> {
    let folder = tempfile::tempdir()?;
    let run = synthetic::run(folder.path(), like, 0)?;
    let lines = (points / METRICS).max(1) as u64;
    let mut journal = Appender::open(&run.metrics())?;
    for step in 1..=lines {
        synthetic::step(&mut journal, step)?;
    }
    synthetic::finish(&run, lines)?;
    let files = std::fs::read_dir(run.path())?.flatten();
    let journals = files.filter(|f| f.file_name().to_string_lossy().starts_with("metrics"));
    let bytes = journals.filter_map(|f| f.metadata().ok()).map(|m| m.len()).sum();
    let mut app = app(folder.path(), (200, 60))?;
    let all_there = |app: &App| {
        let step = app.detail().map_or(0, |d| d.history.progress().step);
        step == lines
    };
    let (open, _) = watch(&mut app, folder.path(), all_there, 0.0, 0.0)?;
    let grid = frames(&app);
    app.pane = Pane::Charts;
    update(&mut app, Message::Key(crate::tui::terminal::key::Key::char('e')));
    let chart = frames(&app);
    Ok(Long {
        points: lines as usize * METRICS,
        bytes,
        open_seconds: open,
        grid_ms: grid,
        chart_ms: chart,
        peak_bytes: peak_bytes(),
    })
}

/// Many growing runs overlaid.
pub fn growing(like: &Manifest, runs: usize, seconds: f64) -> Result<Growing> {
    let played = play(like, runs, HISTORY, seconds)?;
    Ok(Growing {
        runs,
        cpu: played.cpu,
        worst_age_seconds: played.worst_age,
    })
}

/// One growing run.
pub fn steady(like: &Manifest, seconds: f64) -> Result<Steady> {
    let played = play(like, 1, HISTORY, seconds)?;
    Ok(Steady {
        bytes_per_second: played.bytes as f64 / played.seconds,
        frames_per_second: played.frames as f64 / played.seconds,
        worst_age_seconds: played.worst_age,
    })
}

/// What a growing scene came to, its first seconds, in which everything is read once, left out.
#[derive(Default)]
struct Played {
    cpu: f64,
    worst_age: f64,
    bytes: usize,
    frames: usize,
    seconds: f64,
}

/// What has been written and shown; shared by the writer and the counter of frames.
struct Ages {
    /// Steps that were there before.
    before: usize,
    /// When each later step was written; of all runs at once.
    written: Vec<Instant>,
    /// The last step on the screen of each run.
    shown: HashMap<PathBuf, usize>,
    /// Whether it counts already.
    counts: bool,
    played: Played,
}

impl Ages {
    /// Takes down how old the first line is that each run does not show.
    fn look(&mut self) {
        for step in self.shown.values() {
            if let Some(waiting) = self.written.get(step.saturating_sub(self.before)) {
                self.played.worst_age = self.played.worst_age.max(waiting.elapsed().as_secs_f64());
            }
        }
    }

    /// A frame goes out: what it replaces was as old as the first line that it did not show.
    fn frame(&mut self, bytes: usize, app: &App) {
        if self.counts {
            self.played.bytes += bytes;
            self.played.frames += 1;
            self.look();
        }
        let last = |history: &History| history.series(METRIC).and_then(|s| s.last()).map(|p| p.step as usize);
        for (dir, shown) in &mut self.shown {
            let history = match app.detail().filter(|d| d.dir == *dir) {
                Some(detail) => Some(&detail.history),
                None => app.others.get(dir).map(|story| &story.history),
            };
            *shown = history.and_then(last).unwrap_or(*shown);
        }
    }
}

/// Counts frames instead of showing them.
struct Counter(Arc<Mutex<Ages>>);

impl Sink for Counter {
    fn send(&mut self, frame: Vec<u8>, shown: &App) {
        if let Ok(mut ages) = self.0.lock() {
            ages.frame(frame.len(), shown);
        }
    }

    fn size(&self) -> Option<(u16, u16)> {
        None
    }

    fn is_busy(&self) -> bool {
        false
    }

    fn suspend(&mut self) -> io::Result<bool> {
        Ok(false)
    }

    fn stop(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn take_again(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Seconds that are not counted: until everything is read once.
const WARM_UP: f64 = 6.0;

/// Runs that grow under the real loop; one is selected, the others are overlaid.
fn play(like: &Manifest, runs: usize, before: u64, seconds: f64) -> Result<Played> {
    let folder = tempfile::tempdir()?;
    let growing = GrowingRuns::new(folder.path(), like, runs, before)?;
    let paths: Vec<PathBuf> = growing.dirs.iter().map(|run| run.path().to_path_buf()).collect();
    let ages = Arc::new(Mutex::new(Ages {
        before: before as usize,
        written: Vec::new(),
        shown: paths.iter().map(|path| (path.clone(), before as usize)).collect(),
        counts: false,
        played: Played::default(),
    }));
    let (bell, wakes) = wake::channel();
    let tell = bell.clone();
    let requests = watcher::start(vec![folder.path().to_path_buf()], move |message| {
        tell.send(Wake::Message(message.into())).is_ok()
    })?;
    let mut app = app(folder.path(), (160, 45))?;
    for path in paths {
        app.hues.give(&path);
        app.overlay.push(path);
    }
    let (end, clock) = (bell.clone(), ages.clone());
    let writer = std::thread::spawn(move || {
        let written = growing.write(seconds, &clock);
        let _ = end.send(Wake::End);
        written
    });
    let mut turn = Loop::new(app, Counter(ages.clone()), Pace::new(None), bell, requests);
    turn.until_quit(wakes)?;
    let (cpu, seconds) = match writer.join() {
        Ok(written) => written?,
        Err(_) => bail!("the writer thread failed"),
    };
    let Ok(mut ages) = ages.lock() else {
        bail!("the writer thread failed");
    };
    // What no frame showed any more counts as well.
    ages.look();
    Ok(Played {
        cpu,
        seconds,
        ..std::mem::take(&mut ages.played)
    })
}

/// Run directories that a thread writes to as training workers would.
struct GrowingRuns {
    dirs: Vec<RunDir>,
    journals: Vec<Appender>,
    /// Steps that each has from the beginning.
    before: u64,
}

impl GrowingRuns {
    fn new(folder: &Path, like: &Manifest, runs: usize, before: u64) -> Result<GrowingRuns> {
        let dirs: Vec<RunDir> = (0..runs)
            .map(|n| synthetic::run(folder, like, n))
            .collect::<Result<_>>()?;
        let mut journals = Vec::new();
        for run in &dirs {
            synthetic::report(run, before)?;
            let mut journal = Appender::open(&run.metrics())?;
            for step in 1..=before {
                synthetic::step(&mut journal, step)?;
            }
            journals.push(journal);
        }
        Ok(GrowingRuns { dirs, journals, before })
    }

    /// Writes for so many seconds after the warm-up; returns the share of a core that everything else took meanwhile,
    /// and the seconds that were counted.
    fn write(mut self, seconds: f64, ages: &Mutex<Ages>) -> Result<(f64, f64)> {
        let started = Instant::now();
        let mut meter = None;
        let ticks = ((WARM_UP + seconds) * PACE as f64) as u64;
        for tick in 1..=ticks {
            let due = Duration::from_secs_f64(tick as f64 / PACE as f64);
            std::thread::sleep(due.saturating_sub(started.elapsed()));
            for journal in &mut self.journals {
                synthetic::step(journal, self.before + tick)?;
            }
            if let Ok(mut ages) = ages.lock() {
                ages.written.push(Instant::now());
                ages.counts = started.elapsed().as_secs_f64() >= WARM_UP;
            }
            if meter.is_none() && started.elapsed().as_secs_f64() >= WARM_UP {
                meter = Some((Meter::start(), thread_seconds(), Instant::now()));
            }
            if tick % PACE == 0 {
                for run in &self.dirs {
                    synthetic::report(run, self.before + tick)?;
                }
            }
        }
        Ok(meter.map_or((0.0, 0.0), |(meter, own, since)| {
            (meter.share(thread_seconds() - own), since.elapsed().as_secs_f64())
        }))
    }
}
