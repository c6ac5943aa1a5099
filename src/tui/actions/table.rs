//! The rows of the table, in the order of the bottom bar. No logic: who may do what when is in `checks`.

use super::{
    Act, Action, Place,
    checks::{
        always, attack_live, can_apply, can_attack, can_pause, can_resume, can_start, can_write, has_run, live,
        may_write, staged,
    },
};
use Place::{
    AttackForm as Form, Attacks, Charts, Checkpoints, Confirm, Controls, Expanded, Help as HelpPlace, Logs, Runs,
    Start as StartPlace,
};

const BASE: &[Place] = &[Runs, Charts, Controls];
const RUN: &[Place] = &[Runs, Charts, Controls, Expanded, Checkpoints, Attacks, Logs];
const LISTS: &[Place] = &[
    Runs,
    Charts,
    Controls,
    Checkpoints,
    Attacks,
    StartPlace,
    Logs,
    HelpPlace,
];
const PLOTS: &[Place] = &[Charts, Expanded];
const ALL: &[Place] = &[
    Runs,
    Charts,
    Controls,
    Expanded,
    Checkpoints,
    Attacks,
    StartPlace,
    Logs,
    HelpPlace,
    Confirm,
];
const TABLE: &[Place] = &[Controls];

macro_rules! action {
    ($act:ident, $keys:expr, $title:literal, $places:expr, $check:expr, $help:literal) => {
        Action {
            act: Act::$act,
            keys: &$keys,
            title: $title,
            help: $help,
            places: $places,
            check: $check,
        }
    };
}

/// Every action, in the order of the bottom bar.
pub static ACTIONS: &[Action] = &[
    action!(Yes, ["y", "enter"], "yes", &[Confirm], always, "do it"),
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
        &[StartPlace],
        can_start,
        "start a run from this specification, exactly by the command line shown"
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
        TABLE,
        can_apply,
        "send everything staged as one command; the worker applies all of it or nothing"
    ),
    action!(Open, ["enter"], "charts", &[Runs], has_run, "go to the run's charts"),
    action!(Halve, ["-"], "÷2", TABLE, live, "stage half the value"),
    action!(Double, ["+"], "×2", TABLE, live, "stage twice the value"),
    action!(
        GridDown,
        ["<", ","],
        "1-2-5",
        TABLE,
        live,
        "stage the next lower of 1, 2, 5 × 10ⁿ"
    ),
    action!(
        GridUp,
        [">", "."],
        "",
        TABLE,
        live,
        "stage the next higher of 1, 2, 5 × 10ⁿ"
    ),
    action!(
        Exact,
        ["=", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
        "type",
        TABLE,
        live,
        "type an exact value; a digit begins at once"
    ),
    action!(
        Unstage,
        ["backspace", "delete"],
        "",
        TABLE,
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
        "let a paused run go on"
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
        AttackForm,
        ["a"],
        "attack",
        &[Runs, Charts, Controls, Checkpoints, Attacks],
        can_attack,
        "attack the selected checkpoint (elsewhere: the newest); opens a form"
    ),
    action!(
        QuickAttack,
        ["A"],
        "probe",
        &[Checkpoints, Runs, Charts, Controls, Attacks],
        can_attack,
        "quick probe: clean, FGSM and PGD-10 on 200 images, at once"
    ),
    action!(
        CancelAttack,
        ["s"],
        "cancel",
        &[Attacks],
        attack_live,
        "cancel the attack job; what is done is kept"
    ),
    action!(
        Expand,
        ["e", "enter"],
        "expand",
        &[Charts],
        has_run,
        "give this chart the whole screen"
    ),
    action!(
        Checkpoints,
        ["C"],
        "checkpoints",
        &[Runs, Charts, Controls],
        has_run,
        "the run's checkpoints"
    ),
    action!(
        Attacks,
        ["r"],
        "robustness",
        &[Runs, Charts, Controls, Checkpoints],
        has_run,
        "robust accuracy against ε, live"
    ),
    action!(
        Smooth,
        ["m"],
        "smooth",
        PLOTS,
        always,
        "smoothing 0, 0.6, 0.9, 0.98; the raw line stays as a ghost"
    ),
    action!(LogY, ["L"], "log y", PLOTS, always, "logarithmic or linear y"),
    action!(XAxis, ["x"], "x axis", PLOTS, always, "x counts steps, epochs or time"),
    action!(
        Freeze,
        ["f"],
        "freeze",
        PLOTS,
        always,
        "stop following the run, or follow again"
    ),
    action!(
        CursorLeft,
        ["left"],
        "cursor",
        PLOTS,
        has_run,
        "read-out cursor to the left, in all charts at once"
    ),
    action!(
        CursorRight,
        ["right"],
        "",
        PLOTS,
        has_run,
        "read-out cursor to the right"
    ),
    action!(
        CursorFarLeft,
        ["["],
        "",
        PLOTS,
        has_run,
        "cursor a tenth of the width to the left"
    ),
    action!(
        CursorFarRight,
        ["]"],
        "",
        PLOTS,
        has_run,
        "cursor a tenth of the width to the right"
    ),
    action!(
        Filter,
        ["/"],
        "filter",
        &[Runs],
        always,
        "show only runs whose name or id contains a word"
    ),
    action!(
        Logs,
        ["l"],
        "logs",
        &[Runs, Charts, Controls, Expanded, Checkpoints, Attacks],
        has_run,
        "the worker's output"
    ),
    action!(
        NextPane,
        ["tab"],
        "pane",
        BASE,
        always,
        "keys go to the next pane: runs, charts, controls"
    ),
    action!(
        PreviousPane,
        ["backtab"],
        "",
        BASE,
        always,
        "keys go to the pane before"
    ),
    action!(
        Up,
        ["up", "k"],
        "",
        LISTS,
        always,
        "up; in the charts, the chart before"
    ),
    action!(
        Down,
        ["down", "j"],
        "",
        LISTS,
        always,
        "down; in the charts, the next chart"
    ),
    action!(Up, ["up", "k"], "", &[Expanded], always, "the chart before"),
    action!(Down, ["down", "j"], "", &[Expanded], always, "the next chart"),
    action!(Top, ["g", "home"], "", LISTS, always, "first row"),
    action!(Bottom, ["G", "end"], "", LISTS, always, "last row"),
    action!(PageUp, ["pageup"], "", LISTS, always, "ten rows up"),
    action!(PageDown, ["pagedown"], "", LISTS, always, "ten rows down"),
    action!(Theme, ["T"], "", ALL, always, "the next theme"),
    action!(Help, ["?"], "help", ALL, always, "every key, searchable"),
    action!(
        Back,
        ["esc"],
        "",
        &[Runs, Charts, Controls],
        always,
        "forget what is staged, the cursor or the filter"
    ),
    action!(
        Back,
        ["esc"],
        "back",
        &[
            Expanded,
            Checkpoints,
            Attacks,
            Form,
            StartPlace,
            Logs,
            HelpPlace,
            Confirm
        ],
        always,
        "leave one layer"
    ),
    action!(
        Close,
        ["q"],
        "quit, runs go on",
        BASE,
        always,
        "quit this screen; runs and attacks go on without it"
    ),
    action!(
        Close,
        ["q"],
        "",
        &[Expanded, Checkpoints, Attacks, StartPlace, Logs, HelpPlace, Confirm],
        always,
        "close this layer"
    ),
    action!(Close, ["ctrl-c"], "", ALL, always, "as q"),
    action!(Redraw, ["ctrl-l"], "", ALL, always, "clear the screen and draw it anew"),
    action!(
        Suspend,
        ["ctrl-z"],
        "",
        ALL,
        always,
        "back to the shell; fg returns here"
    ),
];
