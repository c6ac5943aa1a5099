//! Rows of the run table, the comparison of configurations, and tags.

use super::{Act, Action, Check};
use crate::tui::keys::Place;
use Place::{Attacks, Charts, Checkpoints, Columns, Controls, Diff, Expanded, Labels, Logs, Runs, Table, Tensors};

/// The table of runs.
pub static RUNS: &[Action] = &[
    action!(
        GoToRow,
        ["enter"],
        "go",
        &[Table],
        Check::HasRow,
        "open this run; in a group, its runs"
    ),
    action!(
        ColumnLeft,
        ["<", ",", "left"],
        "column",
        &[Table, Diff],
        Check::Always,
        "select the column to the left"
    ),
    action!(
        ColumnRight,
        [">", ".", "right"],
        "",
        &[Table, Diff],
        Check::Always,
        "select the column to the right"
    ),
    action!(
        Sort,
        ["s"],
        "sort",
        &[Table],
        Check::HasRow,
        "sort by the selected column; again reverses the order"
    ),
    action!(
        Overlay,
        ["space"],
        "mark",
        &[Table],
        Check::NotGrouped,
        "mark this run, to overlay it on the charts and to compare configurations; again unmarks it"
    ),
    action!(
        Columns,
        ["c"],
        "columns",
        &[Table],
        Check::HasRow,
        "add or remove columns: newest or best metrics, any key of the specification"
    ),
    action!(
        RemoveColumn,
        ["x"],
        "",
        &[Table],
        Check::NotGrouped,
        "remove the selected column"
    ),
    action!(
        MoveColumnLeft,
        ["{"],
        "",
        &[Table],
        Check::NotGrouped,
        "move the selected column to the left"
    ),
    action!(
        MoveColumnRight,
        ["}"],
        "",
        &[Table],
        Check::NotGrouped,
        "move the selected column to the right"
    ),
    action!(
        Pivot,
        ["p"],
        "group",
        &[Table],
        Check::HasRow,
        "group runs by a key of their specification: mean ± standard deviation of each column; again ungroups them"
    ),
    action!(
        Choose,
        ["enter"],
        "choose",
        &[Columns],
        Check::Always,
        "add it, or remove it"
    ),
    action!(
        CopyCsv,
        ["Y"],
        "",
        &[Table, Diff, Attacks, Tensors],
        Check::CanCopy,
        "copy it as CSV, numbers at full precision"
    ),
    action!(
        CopyLatex,
        ["ctrl-y"],
        "",
        &[Table, Diff, Attacks, Tensors],
        Check::CanCopy,
        "copy it as a LaTeX table (booktabs)"
    ),
    action!(
        SaveLabels,
        ["enter"],
        "save",
        &[Labels],
        Check::MayWrite,
        "save them in the run's folder; the worker does not read them"
    ),
];

/// Keys that lead there, after the more frequent ones.
pub static WAYS: &[Action] = &[
    action!(
        Table,
        ["R"],
        "table",
        &[Runs, Charts, Controls, Checkpoints, Attacks],
        Check::HasRun,
        "all runs in a table, with the columns and order you choose"
    ),
    action!(
        Diff,
        ["d"],
        "differences",
        &[Runs, Charts, Controls, Table],
        Check::CanCompare,
        "compare configurations: of the marked runs, else of this run and its parent, else of all shown"
    ),
    action!(
        EditLabels,
        ["#"],
        "tags",
        &[Runs, Charts, Controls, Expanded, Checkpoints, Logs, Table],
        Check::CanLabel,
        "edit the run's tags and note, also after it has ended; filter by tag:NAME and note:WORD"
    ),
    action!(
        Remove,
        ["X"],
        "",
        &[Runs, Table],
        Check::CanRemove,
        "move an ended run and its checkpoints to the trash next to them, after confirmation"
    ),
];
