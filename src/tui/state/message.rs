//! The messages that change the state, and the effects it asks for.

use super::{
    estimate::Cancel,
    inspection::{Asked, Found},
};
use crate::tui::{model::news::News, terminal::decode::Input};
use crate::{
    run::{
        LeftOut,
        command::{Order, When},
        labels::Labels,
    },
    tui::{
        model::{RunRow, Seen, SpecRow},
        settings::layout::{Layout, Layouts},
        terminal::{key::Key, mouse::Mouse},
        theme::Rgb,
    },
};
use std::path::PathBuf;

/// A message to the screen.
#[derive(Debug, Clone)]
pub enum Message {
    /// A key was pressed.
    Key(Key),
    /// Text was pasted.
    Paste(String),
    /// A mouse event.
    Mouse(Mouse),
    /// The terminal answered what the colour of its background is, or that it does not say.
    Ground(Option<Rgb>),
    /// The terminal has a new size; at most once per frame.
    Resize(u16, u16),
    /// Every run found, newest first.
    Runs(Vec<RunRow>),
    /// Folders that exceed the limits of the list.
    LeftOut(Vec<LeftOut>),
    /// News of the selected run.
    Seen(Box<Seen>),
    /// The specifications found.
    Specs(Vec<SpecRow>),
    /// A command was put into an inbox (its id), or could not be.
    Sent(u64, Result<String, String>),
    /// A run's tags and note were written, or could not be.
    Labelled(PathBuf, Result<Labels, String>),
    /// The worker of this run was killed, or could not be.
    Killed(PathBuf, Result<String, String>),
    /// What is in checkpoints, or why it cannot be read.
    Inspected(Asked, Result<Found, String>),
    /// A checkpoint was pinned or unpinned, or could not be.
    Pinned(PathBuf, Result<bool, String>),
    /// A run was moved into the trash (where it is now), or could not be.
    Removed(Result<PathBuf, String>),
    /// So many checkpoints were removed, or none could be.
    Pruned(Result<u64, String>),
    /// What was on the screen was written into this file, or could not be.
    PictureSaved(PathBuf, Result<(), String>),
    /// An arrangement was saved under this name, or could not be.
    LayoutSaved(String, Result<(), String>),
    /// An arrangement was read, or could not be.
    LayoutRead(Box<Result<Layout, String>>),
    /// How long a run of these arguments would take, or why that is unknown.
    Estimated(Vec<String>, Result<String, String>),
    /// How long a run of these arguments would take is still measured, since so many seconds.
    Estimating(Vec<String>, f64),
    /// A process was started with these arguments (the run or attack directory), or could not be.
    Started(Launch, Vec<String>, Result<PathBuf, String>),
}

impl From<News> for Message {
    fn from(news: News) -> Message {
        match news {
            News::Runs(runs) => Message::Runs(runs),
            News::LeftOut(left_out) => Message::LeftOut(left_out),
            News::Seen(seen) => Message::Seen(seen),
            News::Specs(specs) => Message::Specs(specs),
        }
    }
}

impl From<Input> for Message {
    fn from(input: Input) -> Message {
        match input {
            Input::Key(key) => Message::Key(key),
            Input::Paste(text) => Message::Paste(text),
            Input::Mouse(mouse) => Message::Mouse(mouse),
            Input::Ground(rgb) => Message::Ground(Some(rgb)),
            Input::Identified => Message::Ground(None),
            Input::Resized(width, height) => Message::Resize(width, height),
        }
    }
}

/// An effect that the state asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Put a command into a run's or an attack job's inbox.
    Send {
        /// By which the answer finds its command.
        ticket: u64,
        /// The run or attack directory.
        job: PathBuf,
        /// What is requested.
        order: Order,
        /// When it is to take effect.
        when: When,
    },
    /// Run this program with these arguments and read which directory it made.
    Launch(Launch, Vec<String>),
    /// Kill the worker of a run, if it is still the one of this name.
    Kill(PathBuf, String),
    /// Move a run into the trash.
    Remove(PathBuf),
    /// Read what is in checkpoints.
    Inspect(Asked),
    /// Pin a checkpoint, or set it free.
    Pin(PathBuf, bool),
    /// Remove all but so many of a run's newest checkpoints, its best and pinned ones excepted.
    Prune(PathBuf, usize),
    /// Write an arrangement of the screen, of this name, into this file.
    SaveLayout(String, PathBuf, Box<Layout>),
    /// Draw what is on the screen and write it into this file, which is new.
    SavePicture(PathBuf),
    /// Read an arrangement of the screen.
    ReadLayout(String, Layouts),
    /// Measure how long a run of these arguments would take.
    Estimate(Vec<String>, Cancel),
    /// No longer measure it.
    CancelEstimate(Cancel),
    /// Write a run's tags and note.
    Label {
        /// The run's directory.
        run: PathBuf,
        /// What they were when they began to be changed.
        before: Labels,
        /// What they are to be.
        after: Labels,
    },
    /// Look for specifications.
    FindSpecs,
    /// Put this on the user's clipboard.
    Copy(String),
    /// Tell the terminal of this, as configured.
    Alert(String),
    /// Redraw.
    Redraw,
    /// Stop until the shell continues us.
    Suspend,
    /// Leave; runs keep running.
    Quit,
}

/// What is being started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Launch {
    /// A run.
    Run,
    /// An attack job.
    Attack,
}
