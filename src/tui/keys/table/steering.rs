//! Rows that answer questions, start runs and steer them.

use super::{Act, Action, BASE, Check, RUN, TUNABLES};
use crate::tui::keys::Place;
use Place::{
    Activity, AttackForm as Form, Charts, Checkpoints, Confirm, Controls, Expanded, Help as HelpPlace, Logs, Runs,
    Start as StartPlace, StartForm,
};

/// Questions, runs and tunables.
pub static STEERING: &[Action] = &[
    action!(Yes, ["y"], "yes", &[Confirm], Check::Always, "do it"),
    action!(No, ["n"], "no", &[Confirm], Check::Always, "leave everything as it is"),
    action!(
        LaunchAttack,
        ["enter"],
        "launch",
        &[Form],
        Check::MayWrite,
        "launch the attack as a job of its own; it needs neither this screen nor the run"
    ),
    action!(
        StartChosen,
        ["enter"],
        "start",
        &[StartPlace, StartForm],
        Check::CanStart,
        "start a run from this specification, exactly by the command line shown"
    ),
    action!(
        ChangeSpec,
        ["e"],
        "change",
        &[StartPlace],
        Check::CanStart,
        "change what the specification says, for this run alone; checked as it is typed"
    ),
    action!(
        Estimate,
        ["ctrl-t"],
        "time",
        &[StartPlace, StartForm],
        Check::CanEstimate,
        "measure a few steps here and say how long the run would take"
    ),
    action!(
        SearchHelp,
        ["/"],
        "search",
        &[HelpPlace],
        Check::Always,
        "search keys and words"
    ),
    action!(
        Apply,
        ["enter"],
        "apply",
        TUNABLES,
        Check::CanApply,
        "send everything staged as one command; the worker applies all of it or nothing"
    ),
    action!(
        Open,
        ["enter"],
        "charts",
        &[Runs],
        Check::HasRun,
        "go to the run's charts"
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
        "type an exact value; a digit begins at once"
    ),
    action!(
        Unstage,
        ["backspace", "delete"],
        "",
        TUNABLES,
        Check::Staged,
        "forget what is staged in this row"
    ),
    action!(
        Undo,
        ["u"],
        "undo",
        RUN,
        Check::Live,
        "take back the last applied change (the worker sends the opposite)"
    ),
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
        "wait after this step; a paused run still obeys"
    ),
    action!(
        Resume,
        ["p"],
        "resume",
        &[Runs, Charts, Controls, Expanded, Logs],
        Check::CanResume,
        "let a paused run go on; one that was stopped, was lost or failed is taken up again, after a question"
    ),
    action!(
        Stop,
        ["s"],
        "stop",
        &[Runs, Charts, Controls, Expanded, Logs],
        Check::Live,
        "save and stop, after a question; the run can be resumed later"
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
        "end the worker's process at once, after a question; what was not saved is lost"
    ),
    action!(
        WriteRemark,
        ["w"],
        "",
        RUN,
        Check::Live,
        "write a remark into the run's record, at this step"
    ),
    action!(
        RampHere,
        ["~"],
        "ramp",
        &[Controls],
        Check::Live,
        "change the selected value little by little: type to what, and over how many steps"
    ),
    action!(
        Evaluate,
        ["E"],
        "",
        &[Runs, Charts, Controls, Expanded, Checkpoints, Logs],
        Check::Live,
        "measure the validation accuracy after this step, out of turn"
    ),
    action!(
        UndoSelected,
        ["u"],
        "undo this",
        &[Activity],
        Check::CanUndoSelected,
        "take back the selected change (the worker sends the opposite)"
    ),
];
