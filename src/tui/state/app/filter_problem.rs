//! What is wrong with the filter: it cannot be parsed, no run has the name it asks for, or no run can have the value.
//! The message suggests alternatives.

use super::App;
use crate::tui::model;
use crate::tui::model::filter::{self, Asked as _};
use std::collections::BTreeSet;

impl App {
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

    /// Whether any run says something under this name; best values are only read on request.
    fn is_said(&self, name: &str) -> bool {
        let is_unread = || self.runs.iter().all(|r| r.best.is_empty());
        match name.strip_prefix(filter::BEST) {
            Some(best) => is_unread() || self.runs.iter().any(|r| r.best.contains_key(best)),
            None => self.runs.iter().any(|r| r.facts.get(name).is_some()),
        }
    }

    /// Whether the first run that says something under this name says a number.
    fn is_number(&self, name: &str) -> bool {
        let said = self.runs.iter().find_map(|r| r.fact(name));
        matches!(said, Some(model::facts::Fact::Number(_)))
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
            return format!("no run has {name}: try {}", near.join(", "));
        }
        let near: BTreeSet<&str> = self.runs.iter().flat_map(|r| r.facts.near(name)).collect();
        let near: Vec<&str> = match near.is_empty() {
            true => filter::NAMES.to_vec(),
            false => near.into_iter().take(6).collect(),
        };
        format!("no run has {name}: try {}", near.join(", "))
    }
}
