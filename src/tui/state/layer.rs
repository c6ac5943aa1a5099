//! The layers that can lie over the first screen, and over one another.

use super::{
    attack_form::AttackForm, attack_view::AttackView, column_chooser::Chooser, command_line::CommandLine,
    inspection::Asked, labels_form::LabelsForm, log_view::LogView, start_form::StartForm,
};
use crate::{
    run::command::{Order, When},
    tui::terminal::key::Line,
};
use std::path::PathBuf;

/// What lies over the first screen; `Esc` takes the topmost away.
#[derive(Debug, Clone, PartialEq)]
pub enum Layer {
    /// One chart on the whole screen.
    Expanded,
    /// The run's checkpoints.
    Checkpoints {
        /// The selected one; none for the newest. Newer ones do not move it.
        chosen: Option<PathBuf>,
    },
    /// What is in a checkpoint, or the difference between two.
    Tensors {
        /// What was asked.
        asked: Asked,
        /// The selected tensor.
        row: usize,
    },
    /// The attack jobs.
    Attacks(AttackView),
    /// The attack form.
    AttackForm(Box<AttackForm>),
    /// Which specification to start.
    Start {
        /// The selected one of those that are shown.
        row: usize,
        /// Which are shown: those whose name or summary has every word.
        query: Line,
        /// Whether keys are typed into the query.
        typing: bool,
    },
    /// What a new run changes of its specification.
    StartForm(Box<StartForm>),
    /// The worker's output.
    Logs(LogView),
    /// The run table.
    Table,
    /// Which columns the table has, or by what it is grouped.
    Columns(Box<Chooser>),
    /// The comparison of configurations.
    Diff {
        /// The selected row.
        row: usize,
        /// The selected column.
        column: usize,
    },
    /// Tags and note of a run, typed over what is on the screen.
    Labels(Box<LabelsForm>),
    /// Every command and the outcome.
    Activity {
        /// The selected entry, counted from the oldest: newer ones do not move it.
        row: usize,
    },
    /// The help.
    Help {
        /// What is searched.
        query: Line,
        /// Whether keys are typed into the query.
        typing: bool,
        /// The selected one of what was found.
        row: usize,
    },
    /// A confirmation.
    Confirm(Confirm),
    /// What to do, typed.
    Command(CommandLine),
}

/// A question before something that cannot be undone.
#[derive(Debug, Clone, PartialEq)]
pub struct Confirm {
    /// What will be done, naming run and step.
    pub question: String,
    /// What follows from it.
    pub consequence: String,
    /// What a yes does.
    pub deed: Confirmed,
}

/// What a confirmed question leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum Confirmed {
    /// A command to a run or an attack job.
    Send {
        /// Its directory.
        job: PathBuf,
        /// What is requested.
        order: Order,
        /// When it is to take effect.
        when: When,
    },
    /// The worker of this run is killed, if it is this process.
    Kill(PathBuf, String),
    /// All but so many of the newest checkpoints of this run are removed, its best and pinned ones excepted.
    Prune(PathBuf, usize),
    /// Move a run into the trash.
    Remove(PathBuf),
    /// An attack job is started with these arguments.
    Attack(Vec<String>),
    /// The worker of a run that had ended is started with these arguments.
    Resume(Vec<String>),
}
