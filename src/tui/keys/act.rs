//! Every action by name. What an action does is in `actions`.

/// What a key does. Its name in `:`, in key maps and in the documentation is the variant's, as `Act::name` writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Selection up.
    Up,
    /// Selection down.
    Down,
    /// First row.
    Top,
    /// Last row.
    Bottom,
    /// Ten rows up.
    PageUp,
    /// Ten rows down.
    PageDown,
    /// Focus on the next pane.
    NextPane,
    /// Focus on the previous pane.
    PreviousPane,
    /// From the run to its charts.
    Open,
    /// Show only matching runs.
    Filter,
    /// Choose a specification to start.
    Start,
    /// Show only specifications that have what is typed.
    FilterSpecs,
    /// Start the selected specification.
    StartChosen,
    /// Change what the selected specification says, for one run.
    ChangeSpec,
    /// Measure how long it would take.
    Estimate,
    /// Start the demonstration.
    Demo,
    /// Pause after this step.
    Pause,
    /// Resume.
    Resume,
    /// Save a checkpoint now.
    Checkpoint,
    /// Save and stop.
    Stop,
    /// Kill the worker.
    Kill,
    /// To the tunables.
    Tune,
    /// Go back to the selected checkpoint.
    RollBack,
    /// Another run from the selected checkpoint.
    ForkHere,
    /// Write a remark into the run's record.
    WriteRemark,
    /// Change the selected value gradually.
    RampHere,
    /// Half the value.
    Halve,
    /// Twice the value.
    Double,
    /// Down the 1-2-5 grid.
    GridDown,
    /// Up the 1-2-5 grid.
    GridUp,
    /// Type a value.
    Exact,
    /// Send what is staged.
    Apply,
    /// Forget what is staged in this row.
    Unstage,
    /// Undo the last applied change.
    Undo,
    /// Undo the selected change.
    UndoSelected,
    /// Measure the validation accuracy now.
    Evaluate,
    /// Every command and the outcome.
    Activity,
    /// The list of checkpoints.
    Checkpoints,
    /// The attack form.
    AttackForm,
    /// FGSM and PGD-10 on 200 images.
    QuickAttack,
    /// Launch what the form says.
    LaunchAttack,
    /// Robust accuracy against ε.
    Attacks,
    /// Cancel the attack job.
    CancelAttack,
    /// A view of the attack job by its number.
    ChoosePanel,
    /// The next view of the attack job.
    NextPanel,
    /// The previous view.
    PreviousPanel,
    /// The previous cell.
    CellBefore,
    /// The next cell.
    CellAfter,
    /// The previous image.
    SampleBefore,
    /// The next image.
    SampleAfter,
    /// The previous image that fooled the network.
    FooledBefore,
    /// The next image that fooled the network.
    FooledAfter,
    /// Keep this job's curves under another's.
    Mark,
    /// The run table.
    Table,
    /// The column to the left.
    ColumnLeft,
    /// The column to the right.
    ColumnRight,
    /// Order by the selected column.
    Sort,
    /// Add or remove columns.
    Columns,
    /// Remove the selected column.
    RemoveColumn,
    /// Move the selected column to the left.
    MoveColumnLeft,
    /// Move the selected column to the right.
    MoveColumnRight,
    /// Group runs by a key of their specification.
    Pivot,
    /// To the selected run, or to a group's runs.
    GoToRow,
    /// Take what is chosen in a list that narrows.
    Choose,
    /// Copy as comma-separated values.
    CopyCsv,
    /// The comparison of configurations.
    Diff,
    /// A run's tags and note.
    EditLabels,
    /// Write what is typed.
    SaveLabels,
    /// The worker's output.
    Logs,
    /// Search the worker's output.
    SearchLog,
    /// The next older match.
    OlderFound,
    /// The next newer match.
    NewerFound,
    /// Wrap or truncate long lines.
    WrapLog,
    /// Scroll long lines left.
    LogLeft,
    /// Scroll long lines right.
    LogRight,
    /// One chart on the whole screen.
    Expand,
    /// Next smoothing.
    Smooth,
    /// Linear, logarithmic or symmetric logarithmic y.
    YScale,
    /// Linear or logarithmic x.
    LogX,
    /// Step, epoch, time since the start, date.
    XAxis,
    /// Zoom in on x.
    ZoomIn,
    /// Zoom out on x.
    ZoomOut,
    /// Show all of x.
    Whole,
    /// Pan left.
    PanLeft,
    /// Pan right.
    PanRight,
    /// Overlay the selected run.
    Overlay,
    /// Draw runs that differ only in their seed as one.
    Group,
    /// Another of a chart's metrics, where runs are compared.
    Metric,
    /// Braille, octants, blocks, letters.
    Dots,
    /// Stop following.
    Freeze,
    /// Cursor left.
    CursorLeft,
    /// Cursor right.
    CursorRight,
    /// Cursor far left.
    CursorFarLeft,
    /// Cursor far right.
    CursorFarRight,
    /// The next theme.
    Theme,
    /// Copy the selection to the clipboard.
    Copy,
    /// Copy the table for a paper.
    CopyLatex,
    /// Inspect the checkpoint.
    Inspect,
    /// The optimiser's tensors, or the network's.
    Optimizer,
    /// The difference between two checkpoints.
    Apart,
    /// Mark the checkpoint for comparing.
    MarkCheckpoint,
    /// Pin the checkpoint, or set it free.
    Pin,
    /// Remove older checkpoints.
    Prune,
    /// Move the run into the trash.
    Remove,
    /// To the list of runs.
    GoRuns,
    /// To the charts.
    GoCharts,
    /// To the tunables.
    GoControls,
    /// To the run's checkpoints.
    GoCheckpoints,
    /// To the attack jobs.
    GoAttacks,
    /// To the worker's output.
    GoLogs,
    /// Type a command.
    Command,
    /// Run the entry selected in the help.
    DoChosen,
    /// This table.
    Help,
    /// Type into the help's search.
    SearchHelp,
    /// Yes.
    Yes,
    /// No.
    No,
    /// Go back one level.
    Back,
    /// Close; at the root, quit.
    Close,
    /// Redraw.
    Redraw,
    /// Suspend to the shell.
    Suspend,
}

impl Act {
    /// Its name: `quick-attack`.
    pub fn name(self) -> String {
        let mut name = String::new();
        for letter in format!("{self:?}").chars() {
            if letter.is_uppercase() && !name.is_empty() {
                name.push('-');
            }
            name.extend(letter.to_lowercase());
        }
        name
    }
}
