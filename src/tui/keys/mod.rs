//! The one table of actions: name, keys, help text, and the places where each is valid; and the key map that the user's
//! configuration puts over it. This folder may use `text` and `terminal`. Data only: whether an action can be done now,
//! and what it does, is in `actions`.

mod act;
pub mod keymap;
mod table;
mod word;

pub use act::Act;
pub use table::all;
pub use word::Word;

/// Panes of the first screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pane {
    /// The list of runs.
    #[default]
    Runs,
    /// The grid of charts.
    Charts,
    /// The tunables and the outcome of changes.
    Controls,
}

/// The focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The list of runs.
    Runs,
    /// The grid of charts.
    Charts,
    /// The tunables table.
    Controls,
    /// One chart on the whole screen.
    Expanded,
    /// The list of checkpoints.
    Checkpoints,
    /// What is in a checkpoint.
    Tensors,
    /// Robust accuracy against ε.
    Attacks,
    /// The attack form.
    AttackForm,
    /// The list of specifications.
    Start,
    /// What a new run changes of its specification.
    StartForm,
    /// The worker's output.
    Logs,
    /// Every command and the outcome.
    Activity,
    /// The run table.
    Table,
    /// The comparison of configurations.
    Diff,
    /// The table's columns, or keys to group by.
    Columns,
    /// A run's tags and note.
    Labels,
    /// The help.
    Help,
    /// A confirmation.
    Confirm,
    /// What is typed after `:`.
    CommandLine,
}

/// Every place with its name in the help.
pub const PLACES: [(Place, &str); 19] = [
    (Place::Runs, "runs"),
    (Place::Charts, "charts"),
    (Place::Controls, "controls"),
    (Place::Expanded, "one chart"),
    (Place::Checkpoints, "checkpoints"),
    (Place::Tensors, "one checkpoint"),
    (Place::Attacks, "attack"),
    (Place::AttackForm, "attack form"),
    (Place::Start, "start a run"),
    (Place::StartForm, "start form"),
    (Place::Logs, "logs"),
    (Place::Activity, "activity"),
    (Place::Table, "run table"),
    (Place::Diff, "configurations"),
    (Place::Columns, "columns"),
    (Place::Labels, "tags and note"),
    (Place::Help, "help"),
    (Place::Confirm, "confirmation"),
    (Place::CommandLine, "command line"),
];

/// One row of the table.
pub struct Action {
    /// What it does.
    pub act: Act,
    /// Its keys; the first is the one shown.
    pub keys: &'static [&'static str],
    /// For the bottom bar; empty for actions that are not shown there.
    pub title: &'static str,
    /// For the help.
    pub help: &'static str,
    /// Where it is valid.
    pub places: &'static [Place],
    /// What must hold before it can be done.
    pub check: Check,
}

/// What must hold before an action can be done; `actions::checks` asks the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Nothing.
    Always,
    /// Something may be written.
    CanWrite,
    /// The demonstration can be started here.
    CanDemo,
    /// A run is selected.
    HasRun,
    /// The selected run may be written to: the filter does not hide it, and no newer version wrote it.
    MayWrite,
    /// The selected run has a live worker.
    Live,
    /// The run is running.
    CanPause,
    /// The run is paused, or has ended and can be resumed.
    CanResume,
    /// The run is live, and changes are staged.
    CanApply,
    /// Changes are staged.
    Staged,
    /// The selected line is a change that can be undone.
    CanUndoSelected,
    /// What is chosen can be started.
    CanStart,
    /// What is chosen can be started, and is not being measured already.
    CanEstimate,
    /// The run has a checkpoint that can be attacked.
    CanAttack,
    /// The attack job is running.
    AttackLive,
    /// There is an attack job.
    HasJob,
    /// Cells can be chosen in this view of the attack.
    HasCells,
    /// Images are shown in this view of the attack.
    HasSamples,
    /// Something can be read out in this view of the attack.
    HasPlaces,
    /// x is no date.
    NotADate,
    /// Another run is overlaid on the selected one.
    Compares,
    /// More than ASCII is drawn.
    Unicode,
    /// There is something to copy.
    CanCopy,
    /// Something is searched for.
    Searched,
    /// Long lines are cut.
    Cut,
    /// The run may get tags and a note, also after it has ended.
    CanLabel,
    /// The run can go into the trash.
    CanRemove,
    /// A run is shown.
    HasRow,
    /// Single runs are shown.
    NotGrouped,
    /// There is a second run.
    CanCompare,
    /// The run is live, and the checkpoint can be rolled back to.
    CanRollBack,
    /// Another run can be started from the checkpoint.
    CanFork,
    /// The run has a checkpoint.
    HasCheckpoint,
    /// A second checkpoint is marked.
    CanApart,
    /// A single checkpoint is open, which has an optimiser's state.
    HasOptimizer,
    /// The checkpoint can be pinned.
    CanPin,
    /// Older checkpoints can be removed by hand.
    CanPrune,
}

impl Action {
    /// The row of an act that is valid in a place.
    pub fn of(act: Act, place: Place) -> Option<&'static Action> {
        all().find(|a| a.act == act && a.places.contains(&place))
    }
}

/// The action of a name.
pub fn named(name: &str) -> Option<Act> {
    all().map(|a| a.act).find(|act| act.name() == name)
}
