//! Rows of the table of runs, of what configurations differ in, and of tags.

use super::{Act, Action};
use crate::tui::actions::{
    Place,
    checks::{always, can_compare, can_copy, can_label, can_remove, has_row, has_run, may_write, not_grouped},
};
use Place::{Attacks, Charts, Checkpoints, Columns, Controls, Diff, Expanded, Labels, Logs, Runs, Table, Tensors};

/// The table of runs.
pub static RUNS: &[Action] = &[
    action!(
        GoToRow,
        ["enter"],
        "go",
        &[Table],
        has_row,
        "to this run; from a group, to its runs"
    ),
    action!(
        ColumnLeft,
        ["<", ",", "left"],
        "column",
        &[Table, Diff],
        always,
        "choose the column to the left"
    ),
    action!(
        ColumnRight,
        [">", ".", "right"],
        "",
        &[Table, Diff],
        always,
        "choose the column to the right"
    ),
    action!(
        Sort,
        ["s"],
        "sort",
        &[Table],
        has_row,
        "order by the chosen column; again, the other way round"
    ),
    action!(
        Overlay,
        ["space"],
        "mark",
        &[Table],
        not_grouped,
        "mark this run, to lay it over others on the charts and to compare configurations; again takes the mark away"
    ),
    action!(
        Columns,
        ["c"],
        "columns",
        &[Table],
        has_row,
        "add columns or take them away: metrics now or at their best, any key of the specification"
    ),
    action!(
        RemoveColumn,
        ["x"],
        "",
        &[Table],
        not_grouped,
        "take the chosen column away"
    ),
    action!(
        MoveColumnLeft,
        ["{"],
        "",
        &[Table],
        not_grouped,
        "move the chosen column to the left"
    ),
    action!(
        MoveColumnRight,
        ["}"],
        "",
        &[Table],
        not_grouped,
        "move the chosen column to the right"
    ),
    action!(
        Pivot,
        ["p"],
        "group",
        &[Table],
        has_row,
        "group runs by a key of their specification: mean ± standard deviation of each column; again, single runs"
    ),
    action!(
        Choose,
        ["enter"],
        "choose",
        &[Columns],
        always,
        "take it, or take it away"
    ),
    action!(
        CopyCsv,
        ["Y"],
        "",
        &[Table, Diff, Attacks, Tensors],
        can_copy,
        "copy it as comma-separated values, numbers in full"
    ),
    action!(
        CopyLatex,
        ["ctrl-y"],
        "",
        &[Table, Diff, Attacks, Tensors],
        can_copy,
        "copy it as a LaTeX table, with the rules of booktabs"
    ),
    action!(
        SaveLabels,
        ["enter"],
        "write",
        &[Labels],
        may_write,
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
        has_run,
        "every run in a row, with columns and an order of one's own"
    ),
    action!(
        Diff,
        ["d"],
        "differences",
        &[Runs, Charts, Controls, Table],
        can_compare,
        "what the configurations differ in: of the marked runs, else of this one and the one it came from, else of all shown"
    ),
    action!(
        EditLabels,
        ["#"],
        "tags",
        &[Runs, Charts, Controls, Expanded, Checkpoints, Logs, Table],
        can_label,
        "the run's tags and note, also after it has ended; tag:NAME and note:WORD in the filter find them"
    ),
    action!(
        Remove,
        ["X"],
        "",
        &[Runs, Table],
        can_remove,
        "move a run that has ended, and its checkpoints, into the trash beside them, after a question"
    ),
];
