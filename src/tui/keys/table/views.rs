//! Rows that change nothing in a run: screens, charts, lists, help, quitting.

use super::{ALL, Act, Action, BASE, CLOSABLE, LAYERS, LISTS, PLOTS, SCREENS};
use crate::tui::keys::{Check, Place};
use Place::{
    Activity, Attacks, Charts, Checkpoints, Controls, Diff, Expanded, Help as HelpPlace, Logs, Runs, Start, Table,
    Tensors,
};

/// Screens, charts, lists and the program itself.
pub static LOOKING: &[Action] = &[
    action!(
        Expand,
        ["e", "enter"],
        "expand",
        &[Charts],
        Check::HasRun,
        "show this chart full screen"
    ),
    action!(
        Checkpoints,
        ["C"],
        "checkpoints",
        &[Runs, Charts, Controls],
        Check::HasRun,
        "the run's checkpoints"
    ),
    action!(
        Attacks,
        ["r"],
        "robustness",
        &[Runs, Charts, Controls, Checkpoints],
        Check::HasRun,
        "robust accuracy against ε, live"
    ),
    action!(
        Smooth,
        ["m"],
        "smooth",
        PLOTS,
        Check::Always,
        "smoothing 0, 0.6, 0.9, 0.98, 0.99; the raw curve stays, faint"
    ),
    action!(
        YScale,
        ["L"],
        "y scale",
        PLOTS,
        Check::Always,
        "linear, logarithmic or symmetric logarithmic y"
    ),
    action!(
        XAxis,
        ["x"],
        "x axis",
        PLOTS,
        Check::Always,
        "x counts steps, epochs, time since the start, or is the date"
    ),
    action!(LogX, ["X"], "", PLOTS, Check::NotADate, "logarithmic or linear x"),
    action!(
        ZoomIn,
        ["+", "="],
        "zoom",
        PLOTS,
        Check::HasRun,
        "zoom in on x in all charts, around the cursor, else at the newest point"
    ),
    action!(ZoomOut, ["-"], "", PLOTS, Check::HasRun, "zoom out on x"),
    action!(Whole, ["0"], "", PLOTS, Check::Always, "show all of x"),
    action!(
        PanLeft,
        ["{"],
        "",
        PLOTS,
        Check::HasRun,
        "pan left by a quarter of the width"
    ),
    action!(
        PanRight,
        ["}"],
        "",
        PLOTS,
        Check::HasRun,
        "pan right by a quarter of the width"
    ),
    action!(
        Group,
        ["M"],
        "",
        PLOTS,
        Check::Always,
        "draw runs that differ only in their seed as one curve: mean, min and max"
    ),
    action!(
        Metric,
        ["v"],
        "",
        PLOTS,
        Check::Compares,
        "next metric, where runs are compared"
    ),
    action!(
        Dots,
        ["D"],
        "",
        PLOTS,
        Check::Unicode,
        "draw with braille, octants or blocks"
    ),
    action!(
        Freeze,
        ["f"],
        "freeze",
        PLOTS,
        Check::Always,
        "stop following the run, or follow again"
    ),
    action!(
        CursorLeft,
        ["left"],
        "cursor",
        PLOTS,
        Check::HasRun,
        "read-out cursor to the left, in all charts at once"
    ),
    action!(
        CursorRight,
        ["right"],
        "",
        PLOTS,
        Check::HasRun,
        "read-out cursor to the right"
    ),
    action!(
        CursorFarLeft,
        ["["],
        "",
        PLOTS,
        Check::HasRun,
        "cursor a tenth of the width to the left"
    ),
    action!(
        CursorFarRight,
        ["]"],
        "",
        PLOTS,
        Check::HasRun,
        "cursor a tenth of the width to the right"
    ),
    action!(
        Overlay,
        ["space"],
        "overlay",
        &[Runs],
        Check::HasRun,
        "keep this run on the charts, to overlay other runs; again removes it"
    ),
    action!(
        Filter,
        ["/"],
        "filter",
        &[Runs, Table],
        Check::Always,
        "show only runs whose name or id contains a word, or by its values: state:done lambda>=0.005 val.accuracy>0.5 best.pgd>0.2 best.pgd@8/255>0.2 tag:paper root:lab -host:x"
    ),
    action!(
        FilterSpecs,
        ["/"],
        "filter",
        &[Start],
        Check::Always,
        "show only specifications whose name or summary contains every word typed"
    ),
    action!(
        SearchLog,
        ["/"],
        "search",
        &[Logs],
        Check::Always,
        "search the worker's output"
    ),
    action!(
        OlderFound,
        ["n"],
        "older",
        &[Logs],
        Check::Searched,
        "the next older match"
    ),
    action!(
        NewerFound,
        ["N"],
        "newer",
        &[Logs],
        Check::Searched,
        "the next newer match"
    ),
    action!(
        WrapLog,
        ["W"],
        "wrap",
        &[Logs],
        Check::Always,
        "wrap or truncate long lines"
    ),
    action!(LogLeft, ["left"], "", &[Logs], Check::Cut, "scroll long lines left"),
    action!(LogRight, ["right"], "", &[Logs], Check::Cut, "scroll long lines right"),
    action!(
        Logs,
        ["l"],
        "logs",
        &[Runs, Charts, Controls, Expanded, Checkpoints, Attacks],
        Check::HasRun,
        "the worker's output"
    ),
    action!(
        Activity,
        ["H"],
        "activity",
        &[Runs, Charts, Controls, Expanded, Checkpoints, Logs],
        Check::HasRun,
        "every command sent to the run, by whom, and its outcome; and its alerts"
    ),
    action!(
        NextPane,
        ["tab"],
        "pane",
        BASE,
        Check::Always,
        "focus the next pane: runs, charts, controls"
    ),
    action!(
        PreviousPane,
        ["backtab"],
        "",
        BASE,
        Check::Always,
        "focus the previous pane"
    ),
    action!(
        Up,
        ["up", "k"],
        "",
        LISTS,
        Check::Always,
        "up; in the charts, the previous chart"
    ),
    action!(
        Down,
        ["down", "j"],
        "",
        LISTS,
        Check::Always,
        "down; in the charts, the next chart"
    ),
    action!(Up, ["up", "k"], "", &[Expanded], Check::Always, "the previous chart"),
    action!(Down, ["down", "j"], "", &[Expanded], Check::Always, "the next chart"),
    action!(Top, ["g", "home"], "", LISTS, Check::Always, "first row"),
    action!(Bottom, ["G", "end"], "", LISTS, Check::Always, "last row"),
    action!(PageUp, ["pageup"], "", LISTS, Check::Always, "ten rows up"),
    action!(PageDown, ["pagedown"], "", LISTS, Check::Always, "ten rows down"),
    action!(
        Copy,
        ["y"],
        "",
        &[
            Runs,
            Charts,
            Expanded,
            Checkpoints,
            Tensors,
            Attacks,
            Logs,
            Activity,
            Table,
            Diff
        ],
        Check::CanCopy,
        "copy what is selected: a folder, a line of the log, an attack's table, a chart's numbers, the activity, the table of runs"
    ),
    action!(
        Command,
        [":", "ctrl-p"],
        "command",
        SCREENS,
        Check::Always,
        "type a command: every action by its name, set lambda=0.01, ramp, remark, filter, select, theme"
    ),
    action!(GoRuns, ["z r"], "", SCREENS, Check::Always, "go to the list of runs"),
    action!(GoCharts, ["z c"], "", SCREENS, Check::HasRun, "go to the run's charts"),
    action!(
        GoControls,
        ["z t"],
        "",
        SCREENS,
        Check::HasRun,
        "go to the run's hyper-parameters"
    ),
    action!(
        GoCheckpoints,
        ["z k"],
        "",
        SCREENS,
        Check::HasRun,
        "go to the run's checkpoints"
    ),
    action!(
        GoAttacks,
        ["z a"],
        "",
        SCREENS,
        Check::HasRun,
        "go to the attacks on the run's checkpoints"
    ),
    action!(GoLogs, ["z l"], "", SCREENS, Check::HasRun, "go to the worker's output"),
    action!(
        DoChosen,
        ["enter"],
        "run",
        &[HelpPlace],
        Check::Always,
        "run the selected action"
    ),
    action!(Theme, ["T"], "", ALL, Check::Always, "the next theme"),
    action!(Help, ["?"], "help", ALL, Check::Always, "every key, searchable"),
    action!(
        Back,
        ["esc"],
        "",
        &[Runs, Charts, Controls],
        Check::Always,
        "clear what is staged, the cursor, the zoom or the filter"
    ),
    action!(Back, ["esc"], "back", LAYERS, Check::Always, "go back one level"),
    action!(
        Close,
        ["q"],
        "quit",
        BASE,
        Check::Always,
        "quit this screen; runs and attacks keep running"
    ),
    action!(Close, ["q"], "", CLOSABLE, Check::Always, "close this screen"),
    action!(Close, ["ctrl-c"], "", ALL, Check::Always, "as q"),
    action!(Redraw, ["ctrl-l"], "", ALL, Check::Always, "redraw the screen"),
    action!(
        Suspend,
        ["ctrl-z"],
        "",
        ALL,
        Check::Always,
        "suspend to the shell; fg returns here"
    ),
];
