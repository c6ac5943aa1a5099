//! The form for a new run: a specification with changes. Every key is checked while typing by the same code as `train
//! --set`, and the resulting command line is shown in full. Pure.

use super::field::{self, Field, Kind};
use crate::{
    run::text::clean_lines,
    spec::{Experiment, RECIPE_NAME_LIST, RECIPE_NAMES},
    tui::{model::SpecRow, terminal::key::Key},
};
use std::path::{Path, PathBuf};

/// What a field is called, its key, and what may be written there.
pub const FIELDS: [(&str, &str, &str); 10] = [
    ("epochs", "train.epochs", "how often all training images are seen"),
    ("batch", "train.batch", "images per step"),
    ("lr", "train.lr", "initial learning rate"),
    ("recipe", "train.recipe", RECIPE_NAME_LIST),
    ("λ", "objective.lambda", "weight of the sparsity term; 0 without sr"),
    ("T", "network.steps", "time steps per image"),
    ("limit", "data.limit", "only the first N images; 0 is all"),
    ("seed", "train.seed", "determines weights, orders, crops and noise"),
    ("device", "train.device", "cpu, flex, tch, tch:cuda:N or cuda:N"),
    ("more", "", "KEY=VALUE of any other key, separated by spaces"),
];

/// The form's state.
#[derive(Debug, Clone, PartialEq)]
pub struct StartForm {
    /// The specification's file.
    pub path: PathBuf,
    /// Its name.
    pub name: String,
    /// What the file says.
    text: String,
    /// What each field held at first.
    before: Vec<String>,
    /// What is typed.
    pub fields: Vec<Field>,
    /// The field that has the focus.
    pub focus: usize,
}

/// What a field takes: the space bar goes through recipes and devices.
fn kind(key: &str) -> Kind {
    match key {
        "train.recipe" => Kind::Choice(&RECIPE_NAMES),
        "train.device" => Kind::Choice(&["cpu", "flex", "tch", "tch:cuda:0", "cuda:0"]),
        "" => Kind::Text,
        _ => Kind::Word,
    }
}

impl StartForm {
    /// A form filled in from a specification.
    ///
    /// # Errors
    /// When it has a mistake.
    pub fn new(spec: &SpecRow) -> Result<StartForm, String> {
        let read = Experiment::parse(&spec.text, &spec.name, &spec.name, &[]);
        let read = read.map_err(|_| "this specification has an error: fix it first".to_string())?;
        let table = toml::Table::try_from(&read).map_err(|e| e.to_string())?;
        let before: Vec<String> = FIELDS.iter().map(|(_, key, _)| said(&table, key)).collect();
        Ok(StartForm {
            path: spec.path.clone(),
            name: spec.name.clone(),
            text: spec.text.clone(),
            fields: before
                .iter()
                .zip(FIELDS)
                .map(|(text, f)| Field::new(text, kind(f.1)))
                .collect(),
            before,
            focus: 0,
        })
    }

    /// Types into the focused field or moves between fields.
    pub fn key(&mut self, key: Key) {
        field::press(&mut self.fields, &mut self.focus, key);
    }

    /// Whether a field no longer says what the specification does.
    pub fn is_changed(&self, field: usize) -> bool {
        self.fields[field].text().trim() != self.before[field]
    }

    /// What one field changes, as `--set` takes it.
    fn changes_of(&self, field: usize) -> Vec<String> {
        let typed = self.fields[field].text().trim();
        match FIELDS[field].1 {
            "" => typed.split_whitespace().map(String::from).collect(),
            _ if !self.is_changed(field) => Vec::new(),
            key => vec![format!("{key}={typed}")],
        }
    }

    /// Everything that is changed.
    pub fn changes(&self) -> Vec<String> {
        (0..FIELDS.len()).flat_map(|field| self.changes_of(field)).collect()
    }

    /// What is wrong with one field by itself.
    pub fn problem(&self, field: usize) -> Option<String> {
        let changes = self.changes_of(field);
        if changes.is_empty() {
            return None;
        }
        if FIELDS[field].1.is_empty() {
            return self.experiment(&changes).err();
        }
        // Beside the others: a recipe that needs λ may be right only together with it.
        let whole = self.experiment(&self.changes()).err()?;
        let own = self.experiment(&changes).err();
        // The message begins with every change that was made: only the key that it names is meant.
        let names = |why: &str| {
            why.rsplit("key: ")
                .next()
                .is_some_and(|part| part.contains(FIELDS[field].1))
        };
        own.or_else(|| names(&whole).then_some(whole))
            .filter(|_| self.experiment(&self.changes()).is_err())
    }

    /// What is wrong with all of it together.
    pub fn wrong(&self) -> Option<String> {
        self.experiment(&self.changes()).err()
    }

    fn experiment(&self, changes: &[String]) -> Result<Experiment, String> {
        let file = self.path.file_name().unwrap_or_default().to_string_lossy();
        Experiment::parse(&self.text, &file, &self.name, changes).map_err(|e| clean_lines(&e.to_string()))
    }

    /// Arguments of the process that starts the run.
    pub fn arguments(&self, extra: &[String]) -> Vec<String> {
        arguments(&self.path, &self.changes(), extra)
    }
}

/// Arguments of the process that starts a run.
pub fn arguments(spec: &Path, changes: &[String], extra: &[String]) -> Vec<String> {
    let mut arguments = vec!["train".to_string(), spec.display().to_string()];
    arguments.extend(changes.iter().flat_map(|c| ["--set".to_string(), c.clone()]));
    arguments.extend(extra.iter().cloned());
    arguments.push("--detach".into());
    arguments
}

/// What a specification says under a dotted key, as it is typed.
fn said(table: &toml::Table, key: &str) -> String {
    let mut parts = key.split('.');
    let first = parts.next().and_then(|p| table.get(p));
    match parts.try_fold(first, |at, part| Some(at?.get(part))).flatten() {
        None => String::new(),
        Some(toml::Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}

#[cfg(test)]
mod tests;
