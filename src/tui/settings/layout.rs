//! Layouts: a named arrangement of the screen. `layouts/NAME.toml` in the configuration folder says which pane or
//! screen is open, the x axis of the charts, the table's columns and order, the filter and the theme; never which run.

use crate::{
    run::{files, text::clean},
    tui::{
        keys::Pane,
        model::{
            charts::view::{SMOOTHING, XKind},
            table::columns::Column,
        },
        plot::Scale,
        text::toml_file::{self, Source},
    },
};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The most columns, and letters of one or of a filter.
const MOST: (usize, usize) = (64, 400);
/// The most layouts listed.
const LISTED: usize = 200;

/// How the screen is arranged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Layout {
    /// The theme, where it is part of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theme: Option<String>,
    /// The focus.
    pub pane: Pane,
    /// What lies over the panes.
    pub screen: Over,
    /// The list's filter.
    pub filter: String,
    /// The charts.
    pub charts: Charts,
    /// The table of runs.
    pub table: Table,
}

/// What lies over the panes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Over {
    /// Nothing.
    #[default]
    Panes,
    /// One chart on the whole screen.
    Chart,
    /// The table of runs.
    Table,
}

/// How charts are shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Charts {
    /// What x counts.
    pub x: XKind,
    /// Whether x is logarithmic.
    pub log_x: bool,
    /// How y is spread.
    pub y: Scale,
    /// The moving average's weight on the past.
    pub smoothing: f64,
    /// Whether seeds are drawn as one.
    pub seeds_as_one: bool,
    /// The chart that has the focus, from 0.
    pub focus: usize,
}

impl Default for Charts {
    fn default() -> Charts {
        Charts {
            x: XKind::Step,
            log_x: false,
            y: Scale::Linear,
            smoothing: SMOOTHING[2],
            seeds_as_one: false,
            focus: 0,
        }
    }
}

/// How the table of runs is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Table {
    /// Its columns; the usual ones where there are none.
    pub columns: Vec<String>,
    /// The column by which runs are ordered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_by: Option<String>,
    /// Whether in descending order.
    pub falling: bool,
    /// The key by which runs are grouped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_by: Option<String>,
}

impl Layout {
    /// Reads the text of a file called `name`.
    ///
    /// # Errors
    /// With file, line and what is allowed.
    pub fn parse(name: &str, text: &str) -> Result<Layout, String> {
        let source = Source { name, text };
        let layout: Layout = toml::from_str(text).map_err(|e| {
            let why: Vec<String> = e.message().lines().map(|l| clean(l).into_owned()).collect();
            source.wrong(e.span().map_or(0, |s| s.start), &why.join(" "))
        })?;
        let wrong = |key: &str, why: String| Err(format!("{}: {key}: {why}", clean(name)));
        let texts = layout.table.columns.iter().chain(&layout.table.order_by);
        if layout.table.columns.len() > MOST.0 {
            return wrong(
                "table.columns",
                format!("{} columns; at most {}", layout.table.columns.len(), MOST.0),
            );
        }
        for text in texts.clone() {
            if Column::of_code(text).is_none() {
                let why = format!(
                    "{} is not a column: use for example name, state, best.val.accuracy",
                    toml_file::quoted(text)
                );
                return wrong("table", why);
            }
        }
        let unfit = |t: &String| t.chars().count() > MOST.1 || t.chars().any(char::is_control);
        let others = [&layout.filter]
            .into_iter()
            .chain(&layout.theme)
            .chain(&layout.table.group_by);
        if let Some(text) = texts.chain(others).find(|t| unfit(t)) {
            return wrong(
                "text",
                format!("{} is too long or has control characters", toml_file::quoted(text)),
            );
        }
        if place_of(layout.charts.smoothing).is_none() {
            let known = SMOOTHING.map(|s| s.to_string()).join(", ");
            return wrong("charts.smoothing", format!("one of {known}"));
        }
        if layout.charts.focus >= MOST.0 {
            return wrong("charts.focus", format!("an integer from 0 to {}", MOST.0 - 1));
        }
        Ok(layout)
    }
}

/// The index of a smoothing among [`SMOOTHING`].
pub fn place_of(smoothing: f64) -> Option<usize> {
    SMOOTHING.iter().position(|s| *s == smoothing)
}

/// The folder of layouts, and the names of those in it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Layouts {
    folder: Option<PathBuf>,
    /// Their names, sorted.
    pub names: Vec<String>,
}

impl Layouts {
    /// Those in a folder, which need not be there.
    pub fn look(folder: Option<PathBuf>) -> Layouts {
        let entries = folder.as_ref().and_then(|f| std::fs::read_dir(f).ok());
        let name = |e: std::fs::DirEntry| Some(e.file_name().to_str()?.strip_suffix(".toml")?.to_string());
        let found = entries.into_iter().flatten().take(10_000).flatten().filter_map(name);
        let mut names: Vec<String> = found.filter(|n| check(n).is_ok()).take(LISTED).collect();
        names.sort();
        Layouts { folder, names }
    }

    /// The file of a layout.
    ///
    /// # Errors
    /// When the name is none, or there is no folder for it.
    pub fn file(&self, name: &str) -> Result<PathBuf, String> {
        check(name)?;
        let folder = self.folder.as_ref();
        let folder = folder.ok_or("no folder for layouts: neither XDG_CONFIG_HOME nor HOME is set")?;
        Ok(folder.join(format!("{name}.toml")))
    }

    /// Reads one.
    ///
    /// # Errors
    /// When there is none of this name, with those that there are; or it is broken.
    pub fn read(&self, name: &str) -> Result<Layout, String> {
        let file = self.file(name)?;
        if !file.exists() {
            let known = match self.names.is_empty() {
                true => ": save-layout NAME saves one".to_string(),
                false => format!(": choose one of {}", self.names.join(", ")),
            };
            return Err(format!("no such layout: {}{known}", toml_file::quoted(name)));
        }
        Layout::parse(&file.display().to_string(), &toml_file::read(&file)?)
    }
}

/// Names are plain, so that one is a file in the folder and nowhere else.
fn check(name: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    match (1..=40).contains(&name.len()) && name.chars().all(plain) {
        true => Ok(()),
        false => Err(format!(
            "{} is not a layout name: use letters, digits, '-' and '_', at most 40",
            toml_file::quoted(name)
        )),
    }
}

/// Writes a layout's file whole.
///
/// # Errors
/// When its folder cannot be written.
pub fn write(file: &Path, layout: &Layout) -> Result<(), String> {
    let text = toml::to_string(layout).map_err(|e| e.to_string())?;
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    files::save(file, true, |to| to.write_all(text.as_bytes())).map_err(|e| e.to_string())
}
