//! The whole state of the screen, changed only by `actions` and `update`. Queries on it are in the files of this
//! folder: which runs pass the filter, what is wrong with the filter, what is known about the selected run, which layer
//! is on top.

pub mod attack_subjects;
pub mod checkpoints;
pub mod estimates;
mod filter_problem;
mod filtered;
mod notice;
mod selected;
pub mod start_arguments;
mod topmost;

pub use super::{
    layer::{Confirm, Confirmed, Layer},
    message::{Effect, Launch, Message},
};
pub use crate::tui::keys::Pane;
pub use notice::Notice;
pub use selected::RATE;

use super::{estimate::Estimate, hit_areas::HitAreas, inspection::Inspection, screen_log::ScreenLog, tuning::Tune};
use crate::tui::{
    keys::keymap::KeyMap,
    model::{
        AttackRow, Detail, MissingData, OverlaidRun, RunRow, SampleSeen, SpecRow,
        charts::{colours::Hues, view::ChartsView},
        commands::Commands,
        table::TableView,
    },
    settings::{config::Alerts, layout::Layouts},
    terminal::{
        key::{Key, Line},
        pace::Wire,
    },
    theme::{Theme, glyphs::Glyphs},
};
use filtered::FilteredRuns;
use std::{collections::BTreeMap, path::PathBuf};

/// The most runs overlaid.
pub const MOST_OVERLAID: usize = 64;

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

/// The state.
#[derive(Debug, Clone)]
pub struct App {
    /// Where runs are looked for, for the heading.
    pub roots: Vec<PathBuf>,
    /// Whether the screen is read-only.
    pub read_only: bool,
    /// Whether this build can train: the viewer alone cannot.
    pub can_train: bool,
    /// Whether an attack's screen opens by itself.
    pub follow_demo: bool,
    /// Arguments that every started process gets, such as `--data DIR`.
    pub extra: Vec<String>,
    /// Tells whether a specification's data set is present.
    pub missing_data: MissingData,
    /// How the terminal is alerted.
    pub alerts: Alerts,
    /// Signs.
    pub glyphs: Glyphs,
    /// Colours.
    pub theme: Theme,
    /// The theme to use until the terminal reports its background colour, if the user chose none.
    pub by_ground: Option<String>,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// Whether runs have been looked for at least once.
    pub looked: bool,
    /// Runs, newest first.
    pub runs: Vec<RunRow>,
    /// Folders that were not looked into, because there are too many.
    pub left_out: u64,
    /// The selected run.
    pub selected: Option<PathBuf>,
    /// What is known of the selected run.
    pub detail: Option<Detail>,
    /// Runs overlaid on the selected one's charts, in the order in which they were marked.
    pub overlay: Vec<PathBuf>,
    /// Colours of the runs on the charts.
    pub hues: Hues,
    /// The hit areas of the last frame.
    pub hit_areas: HitAreas,
    /// A part of x that the mouse is drawing out.
    pub drag: Option<Drag>,
    /// What is known of the overlaid runs.
    pub others: BTreeMap<PathBuf, OverlaidRun>,
    /// Shows only runs that pass this, in the language of `model::filter`.
    pub filter: Line,
    /// What came of the filter, kept until it or the runs change.
    pub passing: Option<FilteredRuns>,
    /// Whether keys are typed into the filter.
    pub filtering: bool,
    /// What a filter or search that is being typed was before: Esc brings it back.
    pub before_typing: Line,
    /// The focus while no layer is open.
    pub pane: Pane,
    /// The open layers.
    pub layers: Vec<Layer>,
    /// How the table of runs is shown.
    pub table: TableView,
    /// How charts are shown.
    pub charts: ChartsView,
    /// The tunables table.
    pub tune: Tune,
    /// Commands of this session and their outcome.
    pub commands: Commands,
    /// What this screen did by itself and the outcome.
    pub screen_log: ScreenLog,
    /// The time of the current message, RFC 3339 UTC; empty if unknown.
    pub now: String,
    /// Specifications, once looked for.
    pub specs: Option<Vec<SpecRow>>,
    /// Arrangements of the screen that were saved.
    pub layouts: Layouts,
    /// How long a run would take, asked last.
    pub estimate: Option<Estimate>,
    /// A message.
    pub notice: Option<Notice>,
    /// The key map.
    pub keys: KeyMap,
    /// The keys of an incomplete sequence.
    pub prefix: Vec<Key>,
    /// A run that should be selected as soon as it is found.
    pub awaited: Option<PathBuf>,
    /// The id of an attack job that is shown as soon as it is found.
    pub awaited_attack: Option<String>,
    /// An attack job whose curves are overlaid on the one shown.
    pub marked: Option<Box<AttackRow>>,
    /// The checkpoint that others are compared with; kept from run to run.
    pub marked_checkpoint: Option<PathBuf>,
    /// What is asked about checkpoints, and the answer.
    pub inspection: Option<Inspection>,
    /// Whether the files of a checkpoint are as they were saved, of those that were read.
    pub integrity: BTreeMap<PathBuf, Result<(), String>>,
    /// The image asked for last, with the answer.
    pub sample: Option<SampleSeen>,
    /// The transfer rate to the terminal.
    pub wire: Wire,
}

impl App {
    /// The state before anything is known.
    pub fn new(theme: Theme, glyphs: Glyphs, size: (u16, u16)) -> App {
        App {
            roots: Vec::new(),
            read_only: false,
            can_train: true,
            follow_demo: false,
            extra: Vec::new(),
            missing_data: MissingData::default(),
            alerts: Alerts::None,
            glyphs,
            theme,
            by_ground: None,
            size,
            looked: false,
            runs: Vec::new(),
            left_out: 0,
            selected: None,
            detail: None,
            overlay: Vec::new(),
            others: BTreeMap::new(),
            filter: Line::default(),
            passing: None,
            filtering: false,
            before_typing: Line::default(),
            pane: Pane::Runs,
            layers: Vec::new(),
            table: TableView::default(),
            charts: ChartsView::default(),
            hues: Hues::default(),
            hit_areas: HitAreas::default(),
            drag: None,
            tune: Tune::default(),
            commands: Commands::default(),
            screen_log: ScreenLog::default(),
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
}
