//! The columns of the run table, and the value of a run in each.

use crate::{
    run::{clock, text::clean},
    tui::{
        model::{
            self, RunRow, disambiguation,
            facts::Fact,
            filter::Asked,
            sheet::{Cell, say},
        },
        theme::glyphs::Glyphs,
    },
    units::seconds,
};
use std::collections::BTreeSet;

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// The experiment's name.
    Name,
    /// Its id.
    Id,
    /// In which of several roots it lies.
    Root,
    /// The run and checkpoint that it continued from.
    From,
    /// When it was started.
    Started,
    /// Its state.
    State,
    /// What is wrong with it.
    Health,
    /// Steps done.
    Step,
    /// Epochs done.
    Epoch,
    /// Images per second.
    Rate,
    /// Time left.
    Eta,
    /// Tags.
    Tags,
    /// The note.
    Note,
    /// Where it trains.
    Host,
    /// What it trains on.
    Device,
    /// The best value of a metric or under an attack.
    Best(String),
    /// The newest value of a metric.
    Now(String),
    /// A key of its specification; a hyper-parameter as it is now.
    Key(String),
}

impl Column {
    const PLAIN: [Column; 15] = [
        Column::Name,
        Column::Id,
        Column::Root,
        Column::From,
        Column::Started,
        Column::State,
        Column::Health,
        Column::Step,
        Column::Epoch,
        Column::Rate,
        Column::Eta,
        Column::Tags,
        Column::Note,
        Column::Host,
        Column::Device,
    ];

    /// As it is called in the heading and found in the chooser.
    pub fn label(&self) -> String {
        match self {
            Column::Name => "name".into(),
            Column::Id => "id".into(),
            Column::Root => "root".into(),
            Column::From => "from".into(),
            Column::Started => format!("started ({})", clock::zone_name()),
            Column::State => "state".into(),
            Column::Health => "health".into(),
            Column::Step => "step".into(),
            Column::Epoch => "epoch".into(),
            Column::Rate => "images/s".into(),
            Column::Eta => "ETA".into(),
            Column::Tags => "tags".into(),
            Column::Note => "note".into(),
            Column::Host => "host".into(),
            Column::Device => "device".into(),
            Column::Best(name) => format!("best.{name}"),
            Column::Now(name) => name.clone(),
            Column::Key(name) => match name.as_str() {
                "objective.lambda" => "λ".into(),
                "train.lr" => "lr".into(),
                "train.seed" => "seed".into(),
                _ => name.clone(),
            },
        }
    }

    /// As layouts name it: `state`, `best.val.accuracy`, `now.train.ce`, `key.train.lr`.
    pub fn code(&self) -> String {
        match self {
            Column::Started => "started".into(),
            Column::Rate => "rate".into(),
            Column::Eta => "eta".into(),
            Column::Now(name) => format!("now.{name}"),
            Column::Key(name) => format!("key.{name}"),
            plain => plain.label(),
        }
    }

    /// The column that layouts name so.
    pub fn of_code(code: &str) -> Option<Column> {
        let named = |prefix: &str| code.strip_prefix(prefix).filter(|n| !n.is_empty()).map(String::from);
        // Layouts saved by earlier versions say `begun`.
        let code = if code == "begun" { "started" } else { code };
        let plain = Column::PLAIN.iter().find(|c| c.code() == code).cloned();
        plain
            .or_else(|| named("best.").map(Column::Best))
            .or_else(|| named("now.").map(Column::Now))
            .or_else(|| named("key.").map(Column::Key))
    }

    /// What is said of it in the chooser.
    pub fn about(&self) -> &'static str {
        match self {
            Column::Best(name) if model::charts::kinds::is_better_greater(name) => "max over the whole run",
            Column::Best(name) if is_of_attack(name) => "robust accuracy; without a radius, at the largest",
            Column::Best(_) => "min over the whole run",
            Column::Now(_) => "newest value",
            Column::Key(_) => "specification; current values of hyper-parameters",
            Column::Health => "what is wrong: NaN, at chance, …; empty for nothing",
            Column::Root => "the folder it is in",
            Column::From => "its parent run and step",
            _ => "",
        }
    }

    /// Whether numbers stand in it.
    pub fn is_number(&self) -> bool {
        !matches!(
            self,
            Column::Name
                | Column::Id
                | Column::Root
                | Column::From
                | Column::Started
                | Column::State
                | Column::Health
                | Column::Tags
                | Column::Note
                | Column::Host
                | Column::Device
        )
    }

    /// What a run says in it.
    pub fn cell(&self, run: &RunRow, glyphs: &Glyphs) -> Cell {
        let fact = |name: &str, fact: Option<Fact>| match fact {
            None => Cell::default(),
            Some(fact) => Cell {
                text: shown(name, &fact),
                key: Some(fact),
                state: None,
            },
        };
        let known = |value: f64, text: String| match value > 0.0 {
            true => Cell::number(value, text),
            false => Cell::default(),
        };
        match self {
            Column::Name => Cell::text(run.name.as_str()),
            Column::Id => Cell::text(run.id.as_str()),
            Column::Root => Cell::text(disambiguation::root(run)),
            Column::From => Cell::text(run.parent.as_ref().map(ToString::to_string).unwrap_or_default()),
            Column::Started => Cell::text(started(run)),
            Column::State => {
                let (sign, word) = glyphs.state(run.state);
                Cell {
                    text: format!("{sign} {word}"),
                    key: Some(Fact::Text(word.into())),
                    state: Some(run.state),
                }
            }
            Column::Health => Cell::text(run.health_words()),
            Column::Step if run.total == 0 => Cell::number(run.step as f64, run.step.to_string()),
            Column::Step => Cell::number(run.step as f64, format!("{}/{}", run.step, run.total)),
            Column::Epoch if run.epochs == 0 => Cell::number(run.epoch, format!("{:.1}", run.epoch)),
            Column::Epoch => Cell::number(run.epoch, format!("{:.1}/{}", run.epoch, run.epochs)),
            Column::Rate => known(live(run, run.rate), format!("{:.0}", run.rate)),
            Column::Eta => known(live(run, run.eta), seconds(run.eta)),
            Column::Tags => Cell::text(run.labels.tags.iter().cloned().collect::<Vec<_>>().join(" ")),
            Column::Note => Cell::text(run.labels.note.as_str()),
            Column::Host => Cell::text(run.host.as_str()),
            Column::Device => Cell::text(run.device.as_str()),
            Column::Best(name) => match run.best.get(name) {
                // No metric has this name: it is an attack's, and a share.
                Some(v) if is_of_attack(name) && run.facts.get(name).is_none() => {
                    Cell::number(*v, format!("{:.1} %", v * 100.0))
                }
                value => fact(name, value.map(|v| Fact::Number(*v))),
            },
            Column::Now(name) => fact(name, run.facts.get(name).cloned()),
            Column::Key(name) => fact(name, run.fact(name)),
        }
    }
}

/// What has ended has neither speed nor time left.
fn live(run: &RunRow, value: f64) -> f64 {
    if run.state.is_live() { value } else { 0.0 }
}

fn shown(name: &str, fact: &Fact) -> String {
    match fact {
        Fact::Number(n) if n.is_finite() && model::charts::kinds::is_better_greater(name) => {
            format!("{:.1} %", n * 100.0)
        }
        fact => say(fact),
    }
}

/// Names of attacks have no dot, and may have a radius.
fn is_of_attack(name: &str) -> bool {
    !name.contains('.')
}

/// Month, day and time at which a run was created: `11-23 09:45`, in the zone in which times are shown.
pub fn started(run: &RunRow) -> String {
    let time = run.created_at();
    time.and_then(|t| clock::shown(&t, "%m-%d %H:%M")).unwrap_or_default()
}

/// Every column that these runs have something for.
pub fn available(runs: &[RunRow]) -> Vec<Column> {
    let (mut keys, mut best, mut now) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for run in runs {
        best.extend(run.best.keys());
        for name in run.facts.names() {
            match run.facts.is_key(name) {
                true => keys.insert(name),
                false => now.insert(name) && best.insert(name),
            };
        }
    }
    let owned = |names: BTreeSet<&String>, column: fn(String) -> Column| -> Vec<Column> {
        names.into_iter().map(|n| column(n.clone())).collect()
    };
    let mut all = Column::PLAIN.to_vec();
    all.extend(owned(best, Column::Best));
    all.extend(owned(now, Column::Now));
    all.extend(owned(keys, Column::Key));
    all
}

/// Whether these runs do not all say the same under a key.
pub fn differs(runs: &[&RunRow], key: &str) -> bool {
    let Some((first, rest)) = runs.split_first() else {
        return false;
    };
    let said = first.fact(key);
    rest.iter().any(|run| run.fact(key) != said)
}

/// The default columns.
pub fn usual(runs: &[&RunRow]) -> Vec<Column> {
    let mut columns = vec![Column::Name, Column::Started, Column::State];
    if runs.iter().any(|r| !r.health.is_empty()) {
        columns.push(Column::Health);
    }
    columns.push(Column::Step);
    let has = |name: &str| runs.iter().any(|r| r.best.contains_key(name));
    for key in ["objective.lambda", "train.lr", "train.seed"] {
        if differs(runs, key) {
            columns.push(Column::Key(key.into()));
        }
    }
    columns.push(Column::Best("val.accuracy".into()));
    if has("pgd") {
        columns.push(Column::Best("pgd".into()));
    }
    columns.push(Column::Now("gradient.l1".into()));
    if runs.iter().any(|r| r.state.is_live()) {
        columns.push(Column::Eta);
    }
    if runs.iter().any(|r| !r.labels.tags.is_empty()) {
        columns.push(Column::Tags);
    }
    columns
}

/// Text that a chooser compares with what is typed.
pub fn searched(column: &Column) -> String {
    let name = match column {
        Column::Key(name) => format!("{} {name}", column.label()),
        _ => column.label(),
    };
    clean(&name).to_lowercase()
}
