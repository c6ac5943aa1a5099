//! Rows that only look: screens, charts, lists, help, and the way out.

use super::{ALL, Act, Action, BASE, CLOSABLE, LAYERS, LISTS, PLOTS, SCREENS};
use crate::tui::actions::{
    Place,
    checks::{always, can_copy, compares, cut, has_run, not_a_date, searched, unicode},
};
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
        "smoothing 0, 0.6, 0.9, 0.98, 0.99; the raw line stays as a ghost"
    ),
    action!(
        YScale,
        ["L"],
        "y scale",
        PLOTS,
        always,
        "linear, logarithmic or symmetric logarithmic y"
    ),
    action!(
        XAxis,
        ["x"],
        "x axis",
        PLOTS,
        always,
        "x counts steps, epochs, time since the start, or is the date"
    ),
    action!(LogX, ["X"], "", PLOTS, not_a_date, "logarithmic or linear x"),
    action!(
        ZoomIn,
        ["+", "="],
        "zoom",
        PLOTS,
        has_run,
        "half as much of x in all charts, around the cursor, else at the newest point"
    ),
    action!(ZoomOut, ["-"], "", PLOTS, has_run, "twice as much of x"),
    action!(Whole, ["0"], "", PLOTS, always, "all of x"),
    action!(PanLeft, ["{"], "", PLOTS, has_run, "a quarter of the width earlier"),
    action!(PanRight, ["}"], "", PLOTS, has_run, "a quarter of the width later"),
    action!(
        Group,
        ["M"],
        "",
        PLOTS,
        always,
        "draw runs that differ in their seed alone as one: mean, least and greatest"
    ),
    action!(
        Metric,
        ["v"],
        "",
        PLOTS,
        compares,
        "where runs are compared: another of the charts' metrics"
    ),
    action!(Dots, ["D"], "", PLOTS, unicode, "draw with braille, octants or blocks"),
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
        Overlay,
        ["space"],
        "overlay",
        &[Runs],
        has_run,
        "keep this run on the charts, to lay other runs over it; again takes it away"
    ),
    action!(
        Filter,
        ["/"],
        "filter",
        &[Runs, Table],
        always,
        "show only runs whose name or id contains a word, or by what they say: state:done lambda>=0.005 val.accuracy>0.5 best.pgd>0.2 best.pgd@8/255>0.2 tag:paper root:lab -host:x"
    ),
    action!(
        FilterSpecs,
        ["/"],
        "filter",
        &[Start],
        always,
        "show only specifications whose name or summary has every word that is typed"
    ),
    action!(
        SearchLog,
        ["/"],
        "search",
        &[Logs],
        always,
        "search the worker's output"
    ),
    action!(
        OlderFound,
        ["n"],
        "older",
        &[Logs],
        searched,
        "the next older line that was found"
    ),
    action!(
        NewerFound,
        ["N"],
        "newer",
        &[Logs],
        searched,
        "the next newer line that was found"
    ),
    action!(WrapLog, ["W"], "wrap", &[Logs], always, "wrap long lines, or cut them"),
    action!(LogLeft, ["left"], "", &[Logs], cut, "what is to the left of long lines"),
    action!(
        LogRight,
        ["right"],
        "",
        &[Logs],
        cut,
        "what is to the right of long lines"
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
        Activity,
        ["H"],
        "activity",
        &[Runs, Charts, Controls, Expanded, Checkpoints, Logs],
        has_run,
        "every command the run was given, by whom, and what became of it; and its alerts"
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
        can_copy,
        "copy what is selected: a folder, a line of the log, an attack's table, a chart's numbers, the activity, the table of runs"
    ),
    action!(
        Command,
        [":", "ctrl-p"],
        "command",
        SCREENS,
        always,
        "type what to do: every action by its name, set lambda=0.01, ramp, remark, filter, select, theme"
    ),
    action!(GoRuns, ["z r"], "", SCREENS, always, "to the list of runs"),
    action!(GoCharts, ["z c"], "", SCREENS, has_run, "to the run's charts"),
    action!(
        GoControls,
        ["z t"],
        "",
        SCREENS,
        has_run,
        "to the run's hyper-parameters"
    ),
    action!(GoCheckpoints, ["z k"], "", SCREENS, has_run, "to the run's checkpoints"),
    action!(
        GoAttacks,
        ["z a"],
        "",
        SCREENS,
        has_run,
        "to the attacks on the run's checkpoints"
    ),
    action!(GoLogs, ["z l"], "", SCREENS, has_run, "to the worker's output"),
    action!(
        DoChosen,
        ["enter"],
        "do it",
        &[HelpPlace],
        always,
        "do what is chosen, where one came from"
    ),
    action!(Theme, ["T"], "", ALL, always, "the next theme"),
    action!(Help, ["?"], "help", ALL, always, "every key, searchable"),
    action!(
        Back,
        ["esc"],
        "",
        &[Runs, Charts, Controls],
        always,
        "forget what is staged, the cursor, the zoom or the filter"
    ),
    action!(Back, ["esc"], "back", LAYERS, always, "leave one layer"),
    action!(
        Close,
        ["q"],
        "quit, runs go on",
        BASE,
        always,
        "quit this screen; runs and attacks go on without it"
    ),
    action!(Close, ["q"], "", CLOSABLE, always, "close this layer"),
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
