//! What a chart shows, before a run's numbers are filled in.

use crate::run::{history::History, imported::Record};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

/// How a metric is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineStyle {
    /// Noise from step to step: smoothed, the raw values behind.
    Noisy,
    /// As it is: settings, and what is measured now and then.
    Plain,
    /// A few points, each marked.
    Dotted,
}

/// A chart to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Heading.
    pub title: Cow<'static, str>,
    /// What is in it.
    pub content: Content,
    /// What to say where there is nothing to draw.
    pub empty: &'static str,
}

/// What a chart is made of.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Metrics against x.
    Curves(Vec<CurvePlan>),
    /// A metric of every layer against x, by colour.
    Heat(Vec<CurvePlan>),
    /// What the attack jobs found on the run's checkpoints, against x.
    Robustness,
}

/// A metric in a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct CurvePlan {
    /// The metric.
    pub metric: String,
    /// As the legend calls it.
    pub name: String,
    /// How it is drawn.
    pub manner: LineStyle,
}

impl Plan {
    /// The metrics of a chart of curves.
    pub fn curves(&self) -> &[CurvePlan] {
        match &self.content {
            Content::Curves(curves) => curves,
            Content::Heat(_) | Content::Robustness => &[],
        }
    }
}

/// What metrics are called where they come from: those that only runs of other programs have.
#[derive(Debug, Default)]
pub struct Origins {
    names: BTreeMap<String, String>,
}

impl Origins {
    /// Those of these runs, each with what is recorded of it where it was imported.
    pub fn of(runs: &[(&History, Option<&Record>)]) -> Origins {
        let ours: BTreeSet<&str> = runs
            .iter()
            .filter(|(_, record)| record.is_none())
            .flat_map(|(history, _)| history.names())
            .collect();
        let foreign = runs
            .iter()
            .filter_map(|(history, record)| Some((*history, (*record)?)))
            .flat_map(|(history, record)| history.names().map(move |name| (name, record)));
        let mut names = BTreeMap::new();
        for (name, record) in foreign.filter(|(name, _)| !ours.contains(name)) {
            let original = || record.original(name).unwrap_or_else(|| name.to_string());
            names.entry(name.to_string()).or_insert_with(original);
        }
        Origins { names }
    }

    /// Whether no run of ours has the metric.
    pub fn is_foreign(&self, metric: &str) -> bool {
        self.names.contains_key(metric)
    }

    /// What it is called there; not yet fit for a terminal.
    pub fn name(&self, metric: &str) -> Option<String> {
        self.names.get(metric).cloned()
    }
}
