//! Rows of the table of runs, of what configurations differ in, and of tags.

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
        "to this run; from a group, to its runs"
    ),
    action!(
        ColumnLeft,
        ["<", ",", "left"],
        "column",
        &[Table, Diff],
        Check::Always,
        "choose the column to the left"
    ),
    action!(
        ColumnRight,
        [">", ".", "right"],
        "",
        &[Table, Diff],
        Check::Always,
        "choose the column to the right"
    ),
    action!(
        Sort,
        ["s"],
        "sort",
        &[Table],
        Check::HasRow,
        "order by the chosen column; again, the other way round"
    ),
    action!(
        Overlay,
        ["space"],
        "mark",
        &[Table],
        Check::NotGrouped,
        "mark this run, to lay it over others on the charts and to compare configurations; again takes the mark away"
    ),
    action!(
        Columns,
        ["c"],
        "columns",
        &[Table],
        Check::HasRow,
        "add columns or take them away: metrics now or at their best, any key of the specification"
    ),
    action!(
        RemoveColumn,
        ["x"],
        "",
        &[Table],
        Check::NotGrouped,
        "take the chosen column away"
    ),
    action!(
        MoveColumnLeft,
        ["{"],
        "",
        &[Table],
        Check::NotGrouped,
        "move the chosen column to the left"
    ),
    action!(
        MoveColumnRight,
        ["}"],
        "",
        &[Table],
        Check::NotGrouped,
        "move the chosen column to the right"
    ),
    action!(
        Pivot,
        ["p"],
        "group",
        &[Table],
        Check::HasRow,
        "group runs by a key of their specification: mean ± standard deviation of each column; again, single runs"
    ),
    action!(
        Choose,
        ["enter"],
        "choose",
        &[Columns],
        Check::Always,
        "take it, or take it away"
    ),
    action!(
        CopyCsv,
        ["Y"],
        "",
        &[Table, Diff, Attacks, Tensors],
        Check::CanCopy,
        "copy it as comma-separated values, numbers in full"
    ),
    action!(
        CopyLatex,
        ["ctrl-y"],
        "",
        &[Table, Diff, Attacks, Tensors],
        Check::CanCopy,
        "copy it as a LaTeX table, with the rules of booktabs"
    ),
    action!(
        SaveLabels,
        ["enter"],
        "write",
        &[Labels],
        Check::MayWrite,
        "write what is typed into the run's folder; the worker does not read it"
    ),
];

/// Ways to them, after what one does more often.
pub static WAYS: &[Action] = &[
    action!(
        Table,
        ["R"],
        "table",
        &[Runs, Charts, Controls, Checkpoints, Attacks],
        Check::HasRun,
        "every run in a row, with columns and an order of one's own"
    ),
    action!(
        Diff,
        ["d"],
        "differences",
        &[Runs, Charts, Controls, Table],
        Check::CanCompare,
        "what the configurations differ in: of the marked runs, else of this one and the one it came from, else of all shown"
    ),
    action!(
        EditLabels,
        ["#"],
        "tags",
        &[Runs, Charts, Controls, Expanded, Checkpoints, Logs, Table],
        Check::CanLabel,
        "the run's tags and note, also after it has ended; tag:NAME and note:WORD in the filter find them"
    ),
    action!(
        Remove,
        ["X"],
        "",
        &[Runs, Table],
        Check::CanRemove,
        "move a run that has ended, and its checkpoints, into the trash beside them, after a question"
    ),
];
