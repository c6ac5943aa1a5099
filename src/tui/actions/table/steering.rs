//! Rows that answer questions, start runs and steer them.

use super::{Act, Action, BASE, RUN, TUNABLES};
use crate::tui::actions::{
    Place,
    checks::{
        always, can_apply, can_demo, can_estimate, can_pause, can_resume, can_start, can_undo_selected, can_write,
        has_run, live, may_write, staged,
    },
};
use Place::{
    Activity, AttackForm as Form, Charts, Checkpoints, Confirm, Controls, Expanded, Help as HelpPlace, Logs, Runs,
    Start as StartPlace, StartForm,
};

/// Questions, runs and tunables.
pub static STEERING: &[Action] = &[
    action!(Yes, ["y"], "yes", &[Confirm], always, "do it"),
    action!(No, ["n"], "no", &[Confirm], always, "leave everything as it is"),
    action!(
        LaunchAttack,
        ["enter"],
        "launch",
        &[Form],
        may_write,
        "launch the attack as a job of its own; it needs neither this screen nor the run"
    ),
    action!(
        StartChosen,
        ["enter"],
        "start",
        &[StartPlace, StartForm],
        can_start,
        "start a run from this specification, exactly by the command line shown"
    ),
    action!(
        ChangeSpec,
        ["e"],
        "change",
        &[StartPlace],
        can_start,
        "change what the specification says, for this run alone; checked as it is typed"
    ),
    action!(
        Estimate,
        ["ctrl-t"],
        "time",
        &[StartPlace, StartForm],
        can_estimate,
        "measure a few steps here and say how long the run would take"
    ),
    action!(
        SearchHelp,
        ["/"],
        "search",
        &[HelpPlace],
        always,
        "search keys and words"
    ),
    action!(
        Apply,
        ["enter"],
        "apply",
        TUNABLES,
        can_apply,
        "send everything staged as one command; the worker applies all of it or nothing"
    ),
    action!(Open, ["enter"], "charts", &[Runs], has_run, "go to the run's charts"),
    action!(Halve, ["-"], "÷2", TUNABLES, live, "stage half the value"),
    action!(Double, ["+"], "×2", TUNABLES, live, "stage twice the value"),
    action!(
        GridDown,
        ["<", ","],
        "1-2-5",
        TUNABLES,
        live,
        "stage the next lower of 1, 2, 5 × 10ⁿ"
    ),
    action!(
        GridUp,
        [">", "."],
        "",
        TUNABLES,
        live,
        "stage the next higher of 1, 2, 5 × 10ⁿ"
    ),
    action!(
        Exact,
        ["=", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
        "type",
        TUNABLES,
        live,
        "type an exact value; a digit begins at once"
    ),
    action!(
        Unstage,
        ["backspace", "delete"],
        "",
        TUNABLES,
        staged,
        "forget what is staged in this row"
    ),
    action!(
        Undo,
        ["u"],
        "undo",
        RUN,
        live,
        "take back the last applied change (the worker sends the opposite)"
    ),
    action!(
        Start,
        ["n"],
        "new run",
        BASE,
        can_write,
        "choose a specification and start a run"
    ),
    action!(
        Demo,
        ["D"],
        "",
        &[Runs],
        can_demo,
        "start the demonstration: a small network on embedded data, minutes on a CPU"
    ),
    action!(
        Tune,
        ["t"],
        "tune",
        &[Runs, Charts, Expanded],
        has_run,
        "go to λ, the learning rate and the other live hyper-parameters"
    ),
    action!(
        Pause,
        ["p"],
        "pause",
        &[Runs, Charts, Controls, Expanded, Logs],
        can_pause,
        "wait after this step; a paused run still obeys"
    ),
    action!(
        Resume,
        ["p"],
        "resume",
        &[Runs, Charts, Controls, Expanded, Logs],
        can_resume,
        "let a paused run go on; one that was stopped, was lost or failed is taken up again, after a question"
    ),
    action!(
        Stop,
        ["s"],
        "stop",
        &[Runs, Charts, Controls, Expanded, Logs],
        live,
        "save and stop, after a question; the run can be resumed later"
    ),
    action!(
        Checkpoint,
        ["c"],
        "save",
        &[Runs, Charts, Controls, Expanded, Checkpoints],
        live,
        "save a checkpoint after this step"
    ),
    action!(
        Kill,
        ["K"],
        "",
        &[Runs, Charts, Controls, Expanded, Logs],
        live,
        "end the worker's process at once, after a question; what was not saved is lost"
    ),
    action!(
        WriteRemark,
        ["w"],
        "",
        RUN,
        live,
        "write a remark into the run's record, at this step"
    ),
    action!(
        RampHere,
        ["~"],
        "ramp",
        &[Controls],
        live,
        "change the selected value little by little: type to what, and over how many steps"
    ),
    action!(
        Evaluate,
        ["E"],
        "",
        &[Runs, Charts, Controls, Expanded, Checkpoints, Logs],
        live,
        "measure the validation accuracy after this step, out of turn"
    ),
    action!(
        UndoSelected,
        ["u"],
        "undo this",
        &[Activity],
        can_undo_selected,
        "take back the selected change (the worker sends the opposite)"
    ),
];
