//! The whole state of the screen, and the questions asked of it. Changed only by `update`.

pub use super::{
    layer::{Confirm, Deed, Layer},
    message::{Effect, Launch, Message},
};

use super::{
    attack_view::AttackView,
    charts::{ChartsView, Hues},
    config::Alerts,
    doings::Doings,
    filter::{self, Asked as _},
    glyphs::Glyphs,
    input::{Key, Line},
    inspecting::Inspection,
    keymap::KeyMap,
    layout::Layouts,
    log_view::LogView,
    missing_data::MissingData,
    model::{AttackRow, Detail, RunRow, SampleSeen, SpecRow, Story},
    pace::Wire,
    spots::Spots,
    start_form::Estimate,
    table::TableView,
    theme::Theme,
    wishes::Wishes,
};
use crate::spec::ScheduleKind;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

/// Panes of the first screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pane {
    /// The list of runs.
    #[default]
    Runs,
    /// The grid of charts.
    Charts,
    /// The tunables and what became of changes.
    Controls,
}

/// A part of x drawn out with the mouse.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drag {
    /// The chart's index.
    pub chart: usize,
    /// Where the button went down.
    pub from: f64,
    /// Where the mouse is now.
    pub to: f64,
}

impl Drag {
    /// The part, from left to right.
    pub fn between(&self) -> (f64, f64) {
        (self.from.min(self.to), self.from.max(self.to))
    }
}

/// The tunables table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tune {
    /// The selected row of [`crate::spec::TUNABLES`].
    pub row: usize,
    /// Values staged and not yet sent, by key.
    pub staged: BTreeMap<&'static str, f64>,
    /// An exact value being typed, and what is wrong with it.
    pub entry: Option<(Line, String)>,
}

/// Which runs pass the filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passing {
    /// The filter, as typed.
    filter: String,
    /// How many runs were asked.
    of: usize,
    /// The places of those that pass.
    runs: Vec<usize>,
    /// Whether it asks for best values.
    asks_for_best: bool,
}

impl Passing {
    fn is_of(&self, app: &App) -> bool {
        self.filter == app.filter.text() && self.of == app.runs.len()
    }
}

/// A remark that stays until the next key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// One sentence.
    pub text: String,
    /// Whether something did not work.
    pub bad: bool,
    /// The ticket of the wish it speaks of: what became of that takes its place.
    pub about: Option<u64>,
}

/// The state.
#[derive(Debug, Clone)]
pub struct App {
    /// Where runs are looked for, for the heading.
    pub roots: Vec<PathBuf>,
    /// Whether nothing may be wished.
    pub read_only: bool,
    /// This machine, as workers name theirs; empty where that is not known.
    pub host: String,
    /// Whether this build can train: the viewer alone cannot.
    pub can_train: bool,
    /// Whether an attack's screen opens by itself.
    pub follow_demo: bool,
    /// Arguments that every started process gets, such as `--data DIR`.
    pub extra: Vec<String>,
    /// Who knows whether a specification's data are there.
    pub missing_data: MissingData,
    /// How the terminal is told of what happens.
    pub alerts: Alerts,
    /// Signs.
    pub glyphs: Glyphs,
    /// Colours.
    pub theme: Theme,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// Whether runs have been looked for at least once.
    pub looked: bool,
    /// Runs, newest first.
    pub runs: Vec<RunRow>,
    /// The selected run.
    pub selected: Option<PathBuf>,
    /// What is known of the selected run.
    pub detail: Option<Detail>,
    /// Runs laid over the selected one's charts, in the order in which they were marked.
    pub overlay: Vec<PathBuf>,
    /// Colours of the runs on the charts.
    pub hues: Hues,
    /// What lies where on the screen, as last drawn.
    pub spots: Spots,
    /// A part of x that the mouse is drawing out.
    pub drag: Option<Drag>,
    /// What is known of the runs laid over.
    pub others: BTreeMap<PathBuf, Story>,
    /// Shows only runs that pass this, in the language of [`filter`].
    pub filter: Line,
    /// What came of the filter, kept until it or the runs change.
    pub passing: Option<Passing>,
    /// Whether keys go into the filter.
    pub filtering: bool,
    /// Where keys go while no layer is open.
    pub pane: Pane,
    /// What lies over the first screen.
    pub layers: Vec<Layer>,
    /// How the table of runs is shown.
    pub table: TableView,
    /// How charts are shown.
    pub charts: ChartsView,
    /// The tunables table.
    pub tune: Tune,
    /// What was wished and what became of it.
    pub wishes: Wishes,
    /// What this screen did by itself and what became of it.
    pub doings: Doings,
    /// When the message that is taken in came, RFC 3339 UTC; empty where nobody tells the time.
    pub now: String,
    /// Specifications, once looked for.
    pub specs: Option<Vec<SpecRow>>,
    /// Arrangements of the screen that were saved.
    pub layouts: Layouts,
    /// How long a run would take, asked last.
    pub estimate: Option<Estimate>,
    /// A remark.
    pub notice: Option<Notice>,
    /// Which keys do what.
    pub keys: KeyMap,
    /// A sequence of keys that was begun.
    pub prefix: Vec<Key>,
    /// A run that should be selected as soon as it is found.
    pub awaited: Option<PathBuf>,
    /// The id of an attack job that is shown as soon as it is found.
    pub awaited_attack: Option<String>,
    /// An attack job whose curves are laid beside those of the one looked at.
    pub marked: Option<Box<AttackRow>>,
    /// The checkpoint that others are compared with; kept from run to run.
    pub marked_checkpoint: Option<PathBuf>,
    /// What is asked about checkpoints, and the answer.
    pub inspection: Option<Inspection>,
    /// Whether the files of a checkpoint are as they were saved, of those that were read.
    pub integrity: BTreeMap<PathBuf, Result<(), String>>,
    /// The image asked for last, with the answer.
    pub sample: Option<SampleSeen>,
    /// What the line to the terminal carries.
    pub wire: Wire,
}

/// The key of the learning rate, and the metric of what the schedule makes of it.
pub const RATE: &str = "train.lr";

impl App {
    /// The state before anything is known.
    pub fn new(theme: Theme, glyphs: Glyphs, size: (u16, u16)) -> App {
        App {
            roots: Vec::new(),
            read_only: false,
            host: String::new(),
            can_train: true,
            follow_demo: false,
            extra: Vec::new(),
            missing_data: MissingData::default(),
            alerts: Alerts::None,
            glyphs,
            theme,
            size,
            looked: false,
            runs: Vec::new(),
            selected: None,
            detail: None,
            overlay: Vec::new(),
            others: BTreeMap::new(),
            filter: Line::default(),
            passing: None,
            filtering: false,
            pane: Pane::Runs,
            layers: Vec::new(),
            table: TableView::default(),
            charts: ChartsView::default(),
            hues: Hues::default(),
            spots: Spots::default(),
            drag: None,
            tune: Tune::default(),
            wishes: Wishes::default(),
            doings: Doings::default(),
            now: String::new(),
            specs: None,
            layouts: Layouts::default(),
            estimate: None,
            notice: None,
            keys: KeyMap::default(),
            prefix: Vec::new(),
            awaited: None,
            awaited_attack: None,
            marked: None,
            marked_checkpoint: None,
            inspection: None,
            integrity: BTreeMap::new(),
            sample: None,
            wire: Wire::default(),
        }
    }

    /// The runs that pass the filter.
    pub fn shown_runs(&self) -> Vec<&RunRow> {
        if self.filter.text().trim().is_empty() {
            return self.runs.iter().collect();
        }
        if let Some(passing) = self.passing.as_ref().filter(|p| p.is_of(self)) {
            return passing.runs.iter().filter_map(|n| self.runs.get(*n)).collect();
        }
        let filter = self.parsed_filter();
        self.runs.iter().filter(|r| filter.passes(*r)).collect()
    }

    /// Asks every run once what the frames and keys to come will ask again: the filter is read and evaluated only where
    /// it or the runs are new.
    pub fn pass_runs(&mut self) {
        if self.filter.text().trim().is_empty() || self.passing.as_ref().is_some_and(|p| p.is_of(self)) {
            return;
        }
        let filter = self.parsed_filter();
        let passing = self.runs.iter().enumerate().filter(|(_, r)| filter.passes(*r));
        self.passing = Some(Passing {
            filter: self.filter.text().into(),
            of: self.runs.len(),
            runs: passing.map(|(n, _)| n).collect(),
            asks_for_best: filter.asks_for(filter::BEST),
        });
    }

    /// One that cannot be read hides nothing; the list says what is wrong with it.
    fn parsed_filter(&self) -> filter::Filter {
        filter::parse(self.filter.text()).unwrap_or_default()
    }

    /// Whether best values of all runs are shown or asked for.
    pub fn asks_for_best(&self) -> bool {
        let asks = self.passing.as_ref().is_some_and(|p| p.is_of(self) && p.asks_for_best);
        asks || self.layers.iter().any(|l| matches!(l, Layer::Table))
    }

    /// What is wrong with the filter, if anything.
    pub fn filter_problem(&self) -> Option<String> {
        match filter::parse(self.filter.text()) {
            Err(why) => Some(why),
            Ok(filter) => filter
                .unknown(|name| filter::NAMES.contains(&name) || self.is_said(name))
                .map(|name| self.nobody_says(name))
                .or_else(|| filter.impossible(|name| self.is_number(name))),
        }
    }

    /// Whether the first run that says something under this name says a number.
    fn is_number(&self, name: &str) -> bool {
        let said = self.runs.iter().find_map(|r| r.fact(name));
        matches!(said, Some(filter::Fact::Number(_)))
    }

    /// Whether the filter hides the selected run: what acts on a run acts on one that is seen.
    pub fn is_hidden(&self) -> bool {
        // Asked for every key of the bar: without a filter no run is looked for.
        if self.filter.text().trim().is_empty() {
            return false;
        }
        let is_it = |r: &RunRow| Some(&r.dir) == self.selected.as_ref();
        let Some(at) = self.runs.iter().position(is_it) else {
            return false;
        };
        match self.passing.as_ref().filter(|p| p.is_of(self)) {
            Some(passing) => passing.runs.binary_search(&at).is_err(),
            None => !self.parsed_filter().passes(&self.runs[at]),
        }
    }

    /// Whether any run says something under this name; the best values are not there before somebody asks.
    fn is_said(&self, name: &str) -> bool {
        let is_unread = || self.runs.iter().all(|r| r.best.is_empty());
        match name.strip_prefix(filter::BEST) {
            Some(best) => is_unread() || self.runs.iter().any(|r| r.best.contains_key(best)),
            None => self.runs.iter().any(|r| r.facts.get(name).is_some()),
        }
    }

    fn nobody_says(&self, name: &str) -> String {
        if let Some(best) = name.strip_prefix(filter::BEST) {
            let last = best.rsplit('.').next().unwrap_or(best);
            let all: BTreeSet<&str> = self
                .runs
                .iter()
                .flat_map(|r| r.best.keys().map(String::as_str))
                .collect();
            let near: Vec<&str> = all.iter().copied().filter(|n| n.contains(last)).take(6).collect();
            let near = if near.is_empty() {
                all.into_iter().take(6).collect()
            } else {
                near
            };
            let near: Vec<String> = near.into_iter().map(|n| format!("{}{n}", filter::BEST)).collect();
            return format!("no run says anything of {name}: ask for {}", near.join(", "));
        }
        let near: BTreeSet<&str> = self.runs.iter().flat_map(|r| r.facts.near(name)).collect();
        let near: Vec<&str> = match near.is_empty() {
            true => filter::NAMES.to_vec(),
            false => near.into_iter().take(6).collect(),
        };
        format!("no run says anything of {name}: ask for {}", near.join(", "))
    }

    /// The selected run's row.
    pub fn run(&self) -> Option<&RunRow> {
        let dir = self.selected.as_ref()?;
        self.runs.iter().find(|r| r.dir == *dir)
    }

    /// The selected run's detail, if it has been read.
    pub fn detail(&self) -> Option<&Detail> {
        self.detail.as_ref().filter(|d| Some(&d.dir) == self.selected.as_ref())
    }

    /// The topmost layer that is neither the help, the command line nor a small form: what those speak of.
    pub fn screen(&self) -> Option<&Layer> {
        let is_screen = |l: &&Layer| {
            !matches!(
                l,
                Layer::Help { .. } | Layer::Command(_) | Layer::Labels(_) | Layer::Columns(_)
            )
        };
        self.layers.iter().rev().find(is_screen)
    }

    /// The chosen specification, where they are listed.
    pub fn chosen_spec(&self) -> Option<&SpecRow> {
        match self.screen() {
            Some(Layer::Start { row, .. }) => self.shown_specs().get(*row).copied(),
            _ => None,
        }
    }

    /// The specifications that have every word of what is searched among them.
    pub fn shown_specs(&self) -> Vec<&SpecRow> {
        let wanted = match self.screen() {
            Some(Layer::Start { query, .. }) => query.text().to_lowercase(),
            _ => String::new(),
        };
        let fits = |spec: &&SpecRow| wanted.split_whitespace().all(|word| spec.has(word));
        self.specs.iter().flatten().filter(fits).collect()
    }

    /// The attack job shown.
    pub fn attack(&self) -> Option<&AttackRow> {
        match self.screen() {
            Some(Layer::Attacks(view)) => self.detail()?.attacks.get(view.job),
            _ => None,
        }
    }

    /// How the attack jobs are looked at, where they are.
    pub fn attack_view(&self) -> Option<&AttackView> {
        match self.screen() {
            Some(Layer::Attacks(view)) => Some(view),
            _ => None,
        }
    }

    /// A tunable's value as the worker last said it, else what the run was started with.
    pub fn current(&self, key: &str) -> Option<f64> {
        self.detail()?.history.tunables().get(key).copied()
    }

    /// The learning rate as the schedule has it now and the schedule's name, where that is not the rate at its start.
    pub fn scheduled_rate(&self) -> Option<(f64, &'static str)> {
        let detail = self.detail()?;
        let name = match detail.manifest.as_ref()?.spec.train.schedule {
            ScheduleKind::Constant => return None,
            ScheduleKind::Cosine => "cosine",
            ScheduleKind::Step => "step",
        };
        let (now, start) = (detail.history.series(RATE)?.last()?.value, self.current(RATE)?);
        ((now - start).abs() > start.abs() * 1e-3).then_some((now, name))
    }

    /// What is typed into, if keys are text now.
    pub fn is_typing(&self) -> bool {
        match self.layers.last() {
            Some(
                Layer::AttackForm(_) | Layer::StartForm(_) | Layer::Labels(_) | Layer::Columns(_) | Layer::Command(_),
            ) => true,
            Some(Layer::Table) => self.filtering,
            Some(Layer::Help { typing, .. } | Layer::Start { typing, .. } | Layer::Logs(LogView { typing, .. })) => {
                *typing
            }
            Some(_) => false,
            None => self.filtering || self.tune.entry.is_some(),
        }
    }

    /// Says something until the next key.
    pub fn say(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice {
            text: text.into(),
            bad: false,
            about: None,
        });
    }

    /// Says that something did not work.
    pub fn warn(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice {
            text: text.into(),
            bad: true,
            about: None,
        });
    }
}
