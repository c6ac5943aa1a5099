//! Everything that a run's event files say, those in folders below that belong to it included.

use super::{
    folders::{Folder, Role, find, is_side, role},
    part::{Another, Part},
    rows::Rows,
};
use crate::{
    cli::failure::usage,
    exchange::events::{self, Damage, End, Events, Parameter, Session},
    run::files::read_bounded,
};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// The most folders below one without event files of its own that are looked into: more are many runs.
const MOST_SIDES: usize = 64;

/// The most folders that are named.
const NAMED: usize = 5;

/// Seconds between the last value and the word that a session has ended: hyper-parameters are written before what they led
/// to.
const GRACE: f64 = 5.0;

/// What is gathered.
#[derive(Debug, Default)]
pub struct Gathered {
    /// The metrics.
    pub rows: Rows,
    /// Files that were read, as they were given.
    pub files: Vec<PathBuf>,
    /// What is no scalar, by kind, and how often.
    pub skipped: BTreeMap<&'static str, u64>,
    /// Files that end within a record, and how many bytes of it are there.
    pub torn: Vec<(PathBuf, u64)>,
    /// Files with damaged places, the first of them, and how many there are.
    pub damaged: Vec<(PathBuf, Vec<Damage>, u64)>,
    /// Files of which nothing could be read, and why.
    pub unreadable: Vec<(PathBuf, String)>,
    /// Files whose writer put zeros where checksums belong.
    pub unchecked: Vec<PathBuf>,
    /// Values that were rounded.
    pub rounded: u64,
    /// Folders below that are runs of their own.
    pub apart: Vec<String>,
    /// Hyper-parameters.
    pub configuration: BTreeMap<String, Value>,
    end: Option<(End, f64)>,
}

/// What one folder's files say.
#[derive(Default)]
struct Loaded {
    gathered: Gathered,
    part: Part,
    sessions: Vec<Session>,
    /// Why its files are not one training's.
    clash: Option<anyhow::Error>,
}

/// Reads a file, or a folder with a run's.
///
/// # Errors
/// When there are no events, none of them can be read, or they are of several trainings.
pub fn gather(path: &Path) -> Result<Gathered> {
    if !path.is_dir() {
        let events = read(path)?;
        let mut loaded = Loaded::default();
        loaded.take(path, events);
        let mut all = Gathered::default();
        all.accept(loaded, "", &Role::Own)?;
        return Ok(all);
    }
    let folders = find(path)?;
    let Some(own) = folders.first().filter(|f| f.below.is_empty()) else {
        return sides(path, &folders);
    };
    let mut all = Gathered::default();
    let mut own = Loaded::of(own);
    if let Some(clash) = own.clash.take() {
        return Err(clash);
    }
    let several = own.sessions.contains(&Session::Experiment);
    let mut below = Vec::new();
    for folder in &folders[1..] {
        let loaded = Loaded::of(folder);
        match role(&folder.below, &loaded.part.tags, &loaded.sessions, several) {
            Role::Apart => all.apart.push(folder.below.clone()),
            role => below.push((loaded, folder.below.as_str(), role)),
        }
    }
    all.join(own, below)?;
    Ok(all)
}

/// A folder without event files of its own: the sides of one run, or a folder of runs.
fn sides(path: &Path, folders: &[Folder]) -> Result<Gathered> {
    let shown = path.display();
    if folders.is_empty() {
        return Err(usage(format!(
            "{shown}: holds no event files; give the folder in which events.out.tfevents… lies, or a file"
        )));
    }
    let several = || {
        let names: Vec<String> = folders
            .iter()
            .map(|f| path.join(&f.below).display().to_string())
            .collect();
        usage(format!(
            "{shown}: holds no event files itself; a run is one folder's: import {} one by one",
            some(&names)
        ))
    };
    if folders.len() > MOST_SIDES {
        return Err(several());
    }
    let mut below = Vec::new();
    for folder in folders {
        let loaded = Loaded::of(folder);
        let role = match is_side(&folder.below) {
            true => Role::Side(folder.below.clone()),
            false => role(&folder.below, &loaded.part.tags, &[], true),
        };
        if !matches!(role, Role::Side(_) | Role::Curve(_)) {
            return Err(several());
        }
        below.push((loaded, folder.below.as_str(), role));
    }
    let mut all = Gathered::default();
    all.join(Loaded::default(), below)?;
    Ok(all)
}

/// `a, b and 3 others`.
pub fn some(names: &[String]) -> String {
    match names.len() {
        n if n > NAMED => format!("{} and {} others", names[..NAMED].join(", "), n - NAMED),
        _ => names.join(", "),
    }
}

fn read(file: &Path) -> Result<Events> {
    let bytes = read_bounded(file, events::LARGEST).map_err(|e| match e.is_missing() {
        true => usage(format!("{}: no such file", file.display())),
        false => e.into(),
    })?;
    events::read(&bytes).with_context(|| file.display().to_string())
}

impl Loaded {
    fn of(folder: &Folder) -> Loaded {
        let mut loaded = Loaded::default();
        for file in &folder.files {
            match read(file) {
                Ok(events) => loaded.take(file, events),
                Err(e) => loaded
                    .gathered
                    .unreadable
                    .push((file.clone(), crate::cli::failure::chain(&e))),
            }
        }
        loaded
    }

    fn take(&mut self, file: &Path, events: Events) {
        if let Err(another) = self.part.add(&events) {
            self.clash
                .get_or_insert_with(|| clash(&self.gathered.files, file, another));
            return;
        }
        let gathered = &mut self.gathered;
        gathered.files.push(file.to_path_buf());
        for (kind, count) in events.skipped {
            *gathered.skipped.entry(kind).or_default() += count;
        }
        if events.torn > 0 {
            gathered.torn.push((file.to_path_buf(), events.torn));
        }
        if events.damaged > 0 {
            gathered
                .damaged
                .push((file.to_path_buf(), events.damage, events.damaged));
        }
        if events.unchecked {
            gathered.unchecked.push(file.to_path_buf());
        }
        gathered.rounded += events.rounded;
        gathered.end = later(gathered.end, events.end);
        self.sessions.extend(events.sessions);
    }
}

fn later(a: Option<(End, f64)>, b: Option<(End, f64)>) -> Option<(End, f64)> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.1 >= a.1 { b } else { a }),
        (a, b) => a.or(b),
    }
}

fn clash(before: &[PathBuf], file: &Path, another: Another) -> anyhow::Error {
    let Another {
        before: (from, to),
        file: (first, last),
        at_once,
    } = another;
    let earlier = before.first().map(|f| f.display().to_string()).unwrap_or_default();
    let how = match at_once {
        true => "were written at the same time",
        false => "start again, and no restart is recorded (SessionLog START, as SummaryWriter(purge_step=…) writes it)",
    };
    usage(format!(
        "{}: holds two trainings: {earlier} with steps {from} to {to} and {} with steps {first} to {last} {how}. \
         Import each file alone, or move the files of each training into a folder of its own first",
        file.parent().unwrap_or(file).display(),
        file.display(),
    ))
}

impl Gathered {
    /// How the run ended, where its files say that and nothing was written afterwards.
    pub fn end(&self) -> Option<End> {
        let (end, time) = self.end?;
        (time + GRACE >= self.rows.last()).then_some(end)
    }

    fn join(&mut self, own: Loaded, below: Vec<(Loaded, &str, Role)>) -> Result<()> {
        let restarts = own.part.restarts.clone();
        self.accept(own, "", &Role::Own)?;
        let sessions = below.iter().filter(|(.., role)| *role == Role::Session).count();
        for (mut loaded, below, role) in below {
            if let Some(clash) = loaded.clash.take() {
                return Err(clash);
            }
            loaded.part.void_before(&restarts);
            let role = match role {
                Role::Session if sessions > 1 => Role::Side(below.to_string()),
                role => role,
            };
            self.accept(loaded, below, &role)?;
        }
        if self.files.is_empty() {
            let why: Vec<String> = self.unreadable.iter().map(|(_, why)| why.clone()).collect();
            bail!("no event file can be read: {}", some(&why));
        }
        Ok(())
    }

    fn accept(&mut self, loaded: Loaded, below: &str, role: &Role) -> Result<()> {
        let Loaded {
            gathered,
            part,
            sessions,
            ..
        } = loaded;
        if self.rows.values + part.values() > events::MOST {
            bail!("{}", events::EventsError::TooMany);
        }
        self.rows.join(part, below, role);
        self.files.extend(gathered.files);
        for (kind, count) in gathered.skipped {
            *self.skipped.entry(kind).or_default() += count;
        }
        self.torn.extend(gathered.torn);
        self.damaged.extend(gathered.damaged);
        self.unreadable.extend(gathered.unreadable);
        self.unchecked.extend(gathered.unchecked);
        self.rounded += gathered.rounded;
        self.end = later(self.end, gathered.end);
        for session in sessions {
            if let Session::Started(parameters) = session {
                self.configure(parameters, below, role);
            }
        }
        Ok(())
    }

    fn configure(&mut self, parameters: Vec<(String, Parameter)>, below: &str, role: &Role) {
        for (name, parameter) in parameters {
            let name = match role {
                Role::Side(_) => format!("{below}.{name}"),
                _ => name,
            };
            self.configuration.insert(name, value(parameter));
        }
    }
}

/// Whole numbers as such; JSON has no words for what is not finite.
fn value(parameter: Parameter) -> Value {
    match parameter {
        Parameter::Number(n) if n.fract() == 0.0 && n.abs() < 2f64.powi(53) => Value::from(n as i64),
        Parameter::Number(n) => {
            serde_json::Number::from_f64(n).map_or_else(|| Value::from(n.to_string()), Value::Number)
        }
        Parameter::Text(text) => Value::from(text),
        Parameter::Truth(truth) => Value::from(truth),
        Parameter::None => Value::Null,
    }
}
