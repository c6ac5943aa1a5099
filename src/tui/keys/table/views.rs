//! Rows that only look: screens, charts, lists, help, and the way out.

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
        "give this chart the whole screen"
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
        "smoothing 0, 0.6, 0.9, 0.98, 0.99; the raw line stays as a ghost"
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
        "half as much of x in all charts, around the cursor, else at the newest point"
    ),
    action!(ZoomOut, ["-"], "", PLOTS, Check::HasRun, "twice as much of x"),
    action!(Whole, ["0"], "", PLOTS, Check::Always, "all of x"),
    action!(
        PanLeft,
        ["{"],
        "",
        PLOTS,
        Check::HasRun,
        "a quarter of the width earlier"
    ),
    action!(
        PanRight,
        ["}"],
        "",
        PLOTS,
        Check::HasRun,
        "a quarter of the width later"
    ),
    action!(
        Group,
        ["M"],
        "",
        PLOTS,
        Check::Always,
        "draw runs that differ in their seed alone as one: mean, least and greatest"
    ),
    action!(
        Metric,
        ["v"],
        "",
        PLOTS,
        Check::Compares,
        "where runs are compared: another of the charts' metrics"
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
        "keep this run on the charts, to lay other runs over it; again takes it away"
    ),
    action!(
        Filter,
        ["/"],
        "filter",
        &[Runs, Table],
        Check::Always,
        "show only runs whose name or id contains a word, or by what they say: state:done lambda>=0.005 val.accuracy>0.5 best.pgd>0.2 best.pgd@8/255>0.2 tag:paper root:lab -host:x"
    ),
    action!(
        FilterSpecs,
        ["/"],
        "filter",
        &[Start],
        Check::Always,
        "show only specifications whose name or summary has every word that is typed"
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
        "the next older line that was found"
    ),
    action!(
        NewerFound,
        ["N"],
        "newer",
        &[Logs],
        Check::Searched,
        "the next newer line that was found"
    ),
    action!(
        WrapLog,
        ["W"],
        "wrap",
        &[Logs],
        Check::Always,
        "wrap long lines, or cut them"
    ),
    action!(
        LogLeft,
        ["left"],
        "",
        &[Logs],
        Check::Cut,
        "what is to the left of long lines"
    ),
    action!(
        LogRight,
        ["right"],
        "",
        &[Logs],
        Check::Cut,
        "what is to the right of long lines"
    ),
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
        "every command the run was given, by whom, and what became of it; and its alerts"
    ),
    action!(
        NextPane,
        ["tab"],
        "pane",
        BASE,
        Check::Always,
        "keys go to the next pane: runs, charts, controls"
    ),
    action!(
        PreviousPane,
        ["backtab"],
        "",
        BASE,
        Check::Always,
        "keys go to the pane before"
    ),
    action!(
        Up,
        ["up", "k"],
        "",
        LISTS,
        Check::Always,
        "up; in the charts, the chart before"
    ),
    action!(
        Down,
        ["down", "j"],
        "",
        LISTS,
        Check::Always,
        "down; in the charts, the next chart"
    ),
    action!(Up, ["up", "k"], "", &[Expanded], Check::Always, "the chart before"),
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
        "type what to do: every action by its name, set lambda=0.01, ramp, remark, filter, select, theme"
    ),
    action!(GoRuns, ["z r"], "", SCREENS, Check::Always, "to the list of runs"),
    action!(GoCharts, ["z c"], "", SCREENS, Check::HasRun, "to the run's charts"),
    action!(
        GoControls,
        ["z t"],
        "",
        SCREENS,
        Check::HasRun,
        "to the run's hyper-parameters"
    ),
    action!(
        GoCheckpoints,
        ["z k"],
        "",
        SCREENS,
        Check::HasRun,
        "to the run's checkpoints"
    ),
    action!(
        GoAttacks,
        ["z a"],
        "",
        SCREENS,
        Check::HasRun,
        "to the attacks on the run's checkpoints"
    ),
    action!(GoLogs, ["z l"], "", SCREENS, Check::HasRun, "to the worker's output"),
    action!(
        DoChosen,
        ["enter"],
        "do it",
        &[HelpPlace],
        Check::Always,
        "do what is chosen, where one came from"
    ),
    action!(Theme, ["T"], "", ALL, Check::Always, "the next theme"),
    action!(Help, ["?"], "help", ALL, Check::Always, "every key, searchable"),
    action!(
        Back,
        ["esc"],
        "",
        &[Runs, Charts, Controls],
        Check::Always,
        "forget what is staged, the cursor, the zoom or the filter"
    ),
    action!(Back, ["esc"], "back", LAYERS, Check::Always, "leave one layer"),
    action!(
        Close,
        ["q"],
        "quit, runs go on",
        BASE,
        Check::Always,
        "quit this screen; runs and attacks go on without it"
    ),
    action!(Close, ["q"], "", CLOSABLE, Check::Always, "close this layer"),
    action!(Close, ["ctrl-c"], "", ALL, Check::Always, "as q"),
    action!(
        Redraw,
        ["ctrl-l"],
        "",
        ALL,
        Check::Always,
        "clear the screen and draw it anew"
    ),
    action!(
        Suspend,
        ["ctrl-z"],
        "",
        ALL,
        Check::Always,
        "back to the shell; fg returns here"
    ),
];
