//! What can be done, by name.

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
    /// Keys go to the next pane.
    NextPane,
    /// Keys go to the pane before.
    PreviousPane,
    /// From the run to its charts.
    Open,
    /// Show only matching runs.
    Filter,
    /// Choose a specification to start.
    Start,
    /// Show only specifications that have what is typed.
    FilterSpecs,
    /// Start the chosen specification.
    StartChosen,
    /// Change what the chosen specification says, for one run.
    ChangeSpec,
    /// Measure how long it would take.
    Estimate,
    /// Start the demonstration.
    Demo,
    /// Wait after this step.
    Pause,
    /// Go on.
    Resume,
    /// Save a checkpoint now.
    Checkpoint,
    /// Save and stop.
    Stop,
    /// End the worker at once.
    Kill,
    /// To the tunables.
    Tune,
    /// Go back to the selected checkpoint.
    RollBack,
    /// Another run from the selected checkpoint.
    ForkHere,
    /// Write a remark into the run's record.
    WriteRemark,
    /// Change the selected value little by little.
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
    /// Take back the last applied change.
    Undo,
    /// Take back the selected change.
    UndoSelected,
    /// Measure the validation accuracy now.
    Evaluate,
    /// Every command and what became of it.
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
    /// The view before.
    PreviousPanel,
    /// The cell before.
    CellBefore,
    /// The next cell.
    CellAfter,
    /// The image before.
    SampleBefore,
    /// The next image.
    SampleAfter,
    /// The fooled image before.
    FooledBefore,
    /// The next image that fooled the network.
    FooledAfter,
    /// Keep this job's curves under another's.
    Mark,
    /// Every run in a row.
    Table,
    /// The column to the left.
    ColumnLeft,
    /// The column to the right.
    ColumnRight,
    /// Order by the chosen column.
    Sort,
    /// Add columns or take them away.
    Columns,
    /// Take the chosen column away.
    RemoveColumn,
    /// Move the chosen column to the left.
    MoveColumnLeft,
    /// Move the chosen column to the right.
    MoveColumnRight,
    /// Group runs by a key of their specification.
    Pivot,
    /// To the selected run, or to a group's runs.
    GoToRow,
    /// Take what is chosen in a list that narrows.
    Choose,
    /// Copy as comma-separated values.
    CopyCsv,
    /// What the configurations of runs differ in.
    Diff,
    /// A run's tags and note.
    EditLabels,
    /// Write what is typed.
    SaveLabels,
    /// The worker's output.
    Logs,
    /// Search the worker's output.
    SearchLog,
    /// The next older line that was found.
    OlderFound,
    /// The next newer line that was found.
    NewerFound,
    /// Wrap long lines, or cut them.
    WrapLog,
    /// What is to the left of long lines.
    LogLeft,
    /// What is to the right of long lines.
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
    /// Half as much of x.
    ZoomIn,
    /// Twice as much of x.
    ZoomOut,
    /// All of x.
    Whole,
    /// Earlier x.
    PanLeft,
    /// Later x.
    PanRight,
    /// Lay the selected run over the others.
    Overlay,
    /// Draw runs that differ in their seed alone as one.
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
    /// What is selected, to the clipboard.
    Copy,
    /// Copy the table for a paper.
    CopyLatex,
    /// What is in the checkpoint.
    Inspect,
    /// The optimiser's tensors, or the network's.
    Optimizer,
    /// How far two checkpoints are apart.
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
    /// Type what to do.
    Command,
    /// Do what is chosen in the help.
    DoChosen,
    /// This table.
    Help,
    /// Type into the help's search.
    SearchHelp,
    /// Yes.
    Yes,
    /// No.
    No,
    /// Leave one layer.
    Back,
    /// Close; at the root, quit.
    Close,
    /// Clear and draw anew.
    Redraw,
    /// Back to the shell for a while.
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
