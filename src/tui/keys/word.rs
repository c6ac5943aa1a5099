//! The commands of the command line that take words: their names and forms. What they do is in `actions::command_line`.

/// A command that takes words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// Change hyper-parameters, all or none.
    Set,
    /// Change one little by little.
    Ramp,
    /// Tell the worker what to do at a step or an epoch.
    At,
    /// Another run that goes on from a checkpoint.
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
            Word::Ramp => "ramp KEY=FROM..TO/STEPS: change one little by little",
            Word::At => {
                "at step:N|epoch:N ORDER…: set, ramp, checkpoint, evaluate, pause, resume or stop, then; H and u take it back"
            }
            Word::Fork => "fork STEP KEY=VALUE…: start another run that goes on from a checkpoint, with changes",
            Word::Prune => {
                "prune N: remove all but the newest N checkpoints, the best and pinned ones, after a question"
            }
            Word::Remark => "remark TEXT: write into the run's record",
            Word::Filter => "filter WORDS: show only runs that match, as / does",
            Word::Select => "select NAME: go to a run",
            Word::Theme => "theme NAME: other colours",
            Word::Layout => "layout NAME: arrange the screen as it was saved",
            Word::Picture => "picture FILE.svg|FILE.png|FILE.txt: write what is on the screen into a file",
            Word::SaveLayout => "save-layout NAME: keep panes, charts, table, filter and theme under a name",
        }
    }

    /// Whether its word is one of a list.
    pub fn is_a_choice(self) -> bool {
        matches!(self, Word::Select | Word::Theme | Word::Layout)
    }
}
