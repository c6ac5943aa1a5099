//! Rows that answer questions, start runs and control them.

use super::{Act, Action, BASE, Check, RUN, TUNABLES};
use crate::tui::keys::Place;
use Place::{
    Activity, AttackForm as Form, Charts, Checkpoints, Confirm, Controls, Expanded, Help as HelpPlace, Logs, Runs,
    Start as StartPlace, StartForm,
};

/// Questions, runs and tunables.
pub static STEERING: &[Action] = &[
    action!(Yes, ["y"], "yes", &[Confirm], Check::Always, "confirm"),
    action!(No, ["n"], "no", &[Confirm], Check::Always, "cancel; nothing changes"),
    action!(
        LaunchAttack,
        ["enter"],
        "launch",
        &[Form],
        Check::MayWrite,
        "launch the attack as a separate job, independent of this screen and of the run"
    ),
    action!(
        StartChosen,
        ["enter"],
        "start",
        &[StartPlace, StartForm],
        Check::CanStart,
        "start a run from this specification, with the command shown"
    ),
    action!(
        ChangeSpec,
        ["e"],
        "edit",
        &[StartPlace],
        Check::CanStart,
        "override keys of the specification, for this run only; checked as you type"
    ),
    action!(
        Estimate,
        ["ctrl-t"],
        "estimate",
        &[StartPlace, StartForm],
        Check::CanEstimate,
        "measure a few steps here and estimate how long the run takes"
    ),
    action!(
        SearchHelp,
        ["/"],
        "search",
        &[HelpPlace],
        Check::Always,
        "search keys and commands"
    ),
    action!(
        Apply,
        ["enter"],
        "apply",
        TUNABLES,
        Check::CanApply,
        "send everything staged as one command; the worker applies all of it or none"
    ),
    action!(
        Open,
        ["enter"],
        "charts",
        &[Runs],
        Check::HasRun,
        "show the run's charts"
    ),
    action!(Halve, ["-"], "÷2", TUNABLES, Check::Live, "stage half the value"),
    action!(Double, ["+"], "×2", TUNABLES, Check::Live, "stage twice the value"),
    action!(
        GridDown,
        ["<", ","],
        "1-2-5",
        TUNABLES,
        Check::Live,
        "stage the next lower of 1, 2, 5 × 10ⁿ"
    ),
    action!(
        GridUp,
        [">", "."],
        "",
        TUNABLES,
        Check::Live,
        "stage the next higher of 1, 2, 5 × 10ⁿ"
    ),
    action!(
        Exact,
        ["=", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
        "type",
        TUNABLES,
        Check::Live,
        "type an exact value; a digit starts typing"
    ),
    action!(
        Unstage,
        ["backspace", "delete"],
        "",
        TUNABLES,
        Check::Staged,
        "discard what is staged in this row"
    ),
    action!(Undo, ["u"], "undo", RUN, Check::Live, "undo the last applied change"),
    action!(
        Start,
        ["n"],
        "new run",
        BASE,
        Check::CanWrite,
        "choose a specification and start a run"
    ),
    action!(
        Demo,
        ["D"],
        "",
        &[Runs],
        Check::CanDemo,
        "start the demonstration: a small network on embedded data, minutes on a CPU"
    ),
    action!(
        Tune,
        ["t"],
        "tune",
        &[Runs, Charts, Expanded],
        Check::HasRun,
        "go to λ, the learning rate and the other live hyper-parameters"
    ),
    action!(
        Pause,
        ["p"],
        "pause",
        &[Runs, Charts, Controls, Expanded, Logs],
        Check::CanPause,
        "pause after this step; a paused run still takes commands"
    ),
    action!(
        Resume,
        ["p"],
        "resume",
        &[Runs, Charts, Controls, Expanded, Logs],
        Check::CanResume,
        "resume a paused run; restart a stopped, lost or failed one from its last checkpoint, after confirmation"
    ),
    action!(
        Stop,
        ["s"],
        "stop",
        &[Runs, Charts, Controls, Expanded, Logs],
        Check::Live,
        "save and stop, after confirmation; the run can be resumed later"
    ),
    action!(
        Checkpoint,
        ["c"],
        "save",
        &[Runs, Charts, Controls, Expanded, Checkpoints],
        Check::Live,
        "save a checkpoint after this step"
    ),
    action!(
        Kill,
        ["K"],
        "",
        &[Runs, Charts, Controls, Expanded, Logs],
        Check::Live,
        "kill the worker's process, after confirmation; what was not saved is lost"
    ),
    action!(
        WriteRemark,
        ["w"],
        "",
        RUN,
        Check::Live,
        "add a remark to the run's record, at this step"
    ),
    action!(
        RampHere,
        ["~"],
        "ramp",
        &[Controls],
        Check::Live,
        "change the selected value gradually: type the target and the number of steps"
    ),
    action!(
        Evaluate,
        ["E"],
        "",
        &[Runs, Charts, Controls, Expanded, Checkpoints, Logs],
        Check::Live,
        "measure the validation accuracy after this step, outside the schedule"
    ),
    action!(
        UndoSelected,
        ["u"],
        "undo this",
        &[Activity],
        Check::CanUndoSelected,
        "undo the selected change, or cancel it while it is scheduled"
    ),
];
