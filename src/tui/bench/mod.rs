//! Measures how fast the screen is: the real watcher and drawing code on synthetic run directories; for growing runs
//! also the real loop, with frames counted instead of sent. Needs no terminal. May use every other folder of the
//! screen.

mod meter;
mod scenarios;
pub mod synthetic;

use crate::run::manifest::Manifest;
use anyhow::Result;
use serde::Serialize;

/// How large the scenes are.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    /// Runs in the list.
    pub runs: usize,
    /// Points of the long run, in lines of [`METRICS`] metrics.
    pub points: usize,
    /// Runs that grow at once, each by [`PACE`] lines per second.
    pub growing: usize,
    /// Seconds that each of the timed scenes lasts.
    pub seconds: f64,
}

/// Metrics of each made-up line.
pub const METRICS: usize = 10;
/// Lines per second of a growing run.
pub const PACE: u64 = 20;

/// What was measured.
#[derive(Debug, Clone, Serialize)]
pub struct Measured {
    /// Many ended runs.
    pub list: List,
    /// One long run.
    pub long: Long,
    /// Many growing runs overlaid.
    pub growing: Growing,
    /// One growing run.
    pub steady: Steady,
}

/// Many ended runs.
#[derive(Debug, Clone, Serialize)]
pub struct List {
    /// How many.
    pub runs: usize,
    /// Seconds until the first frame that lists them all.
    pub first_screen_seconds: f64,
    /// Share of one core while nothing happens.
    pub idle_cpu: f64,
}

/// One long run.
#[derive(Debug, Clone, Serialize)]
pub struct Long {
    /// Points of all its metrics.
    pub points: usize,
    /// Bytes of its journal.
    pub bytes: u64,
    /// Seconds until all of it is on the charts.
    pub open_seconds: f64,
    /// Milliseconds of a frame of the grid at 200×60, drawn and turned into bytes whole: median and worst.
    pub grid_ms: (f64, f64),
    /// Milliseconds of a frame of one chart at 200×60.
    pub chart_ms: (f64, f64),
    /// The most memory that the process had by then, in bytes.
    pub peak_bytes: u64,
}

/// Many growing runs overlaid.
#[derive(Debug, Clone, Serialize)]
pub struct Growing {
    /// How many.
    pub runs: usize,
    /// Share of one core, without the thread that writes.
    pub cpu: f64,
    /// Seconds that the oldest line not yet on the screen had waited, at worst.
    pub worst_age_seconds: f64,
}

/// One growing run at 160×45.
#[derive(Debug, Clone, Serialize)]
pub struct Steady {
    /// Bytes sent to the terminal per second.
    pub bytes_per_second: f64,
    /// Frames per second.
    pub frames_per_second: f64,
    /// As for the growing runs.
    pub worst_age_seconds: f64,
}

/// Plays every scene. `like` is what the made-up runs are copies of; `tell` is given a sentence now and then.
///
/// # Errors
/// When the temporary folder cannot be written.
pub fn measure(like: &Manifest, sizes: &Sizes, tell: &dyn Fn(&str)) -> Result<Measured> {
    tell("a long run…");
    let long = scenarios::long(like, sizes.points)?;
    tell("many ended runs…");
    let list = scenarios::list(like, sizes.runs, sizes.seconds)?;
    tell("growing runs overlaid…");
    let growing = scenarios::growing(like, sizes.growing, sizes.seconds)?;
    tell("one growing run…");
    let steady = scenarios::steady(like, sizes.seconds)?;
    Ok(Measured {
        list,
        long,
        growing,
        steady,
    })
}
