//! The typed commands that take arguments: their names and forms. What they do is in `actions::command_line`.

/// A command that takes words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// Change hyper-parameters, all or none.
    Set,
    /// Change one gradually.
    Ramp,
    /// Tell the worker what to do at a step or an epoch.
    At,
    /// Another run that continues from a checkpoint.
    Fork,
    /// Remove older checkpoints.
    Prune,
    /// Write into the run's record.
    Remark,
    /// Show only matching runs.
    Filter,
    /// Select a run.
    Select,
    /// Another theme.
    Theme,
    /// Another arrangement of the screen.
    Layout,
    /// Keep the arrangement under a name.
    SaveLayout,
    /// Write what is on the screen into a file.
    Picture,
}

impl Word {
    /// All of them.
    pub const ALL: [Word; 12] = [
        Word::Set,
        Word::Ramp,
        Word::At,
        Word::Fork,
        Word::Prune,
        Word::Remark,
        Word::Filter,
        Word::Select,
        Word::Theme,
        Word::Layout,
        Word::SaveLayout,
        Word::Picture,
    ];

    /// As it is typed.
    pub fn name(self) -> &'static str {
        match self {
            Word::Set => "set",
            Word::Ramp => "ramp",
            Word::At => "at",
            Word::Fork => "fork",
            Word::Prune => "prune",
            Word::Remark => "remark",
            Word::Filter => "filter",
            Word::Select => "select",
            Word::Theme => "theme",
            Word::Layout => "layout",
            Word::SaveLayout => "save-layout",
            Word::Picture => "picture",
        }
    }

    /// The command of a name.
    pub fn named(name: &str) -> Option<Word> {
        Word::ALL.into_iter().find(|word| word.name() == name)
    }

    /// What it does, with its form.
    pub fn about(self) -> &'static str {
        match self {
            Word::Set => "set KEY=VALUE…: change hyper-parameters between two steps, all or none",
            Word::Ramp => "ramp KEY=FROM..TO/STEPS: change one gradually",
            Word::At => {
                "at step:N|epoch:N COMMAND…: schedule set, ramp, checkpoint, evaluate, \
                 pause, resume or stop; H and u cancel it"
            }
            Word::Fork => "fork STEP KEY=VALUE…: start a new run from a checkpoint, with changes",
            Word::Prune => {
                "prune N: remove all but the newest N checkpoints, the best and pinned ones, after confirmation"
            }
            Word::Remark => "remark TEXT: add a remark to the run's record",
            Word::Filter => "filter WORDS: show only runs that match, as / does",
            Word::Select => "select NAME: select a run",
            Word::Theme => "theme NAME: change the theme",
            Word::Layout => "layout NAME: load a saved layout",
            Word::Picture => "picture FILE.svg|FILE.png|FILE.txt: save the screen as a file",
            Word::SaveLayout => "save-layout NAME: save panes, charts, table, filter and theme under a name",
        }
    }

    /// Whether its word is one of a list.
    pub fn is_a_choice(self) -> bool {
        matches!(self, Word::Select | Word::Theme | Word::Layout)
    }
}
