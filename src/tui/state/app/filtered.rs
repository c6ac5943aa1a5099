//! Which runs pass the filter, and whether the selected one is among them. The filter's meaning is in `model::filter`.

use super::App;
use crate::tui::{
    model::{RunRow, filter},
    state::layer::Layer,
};

/// Which runs pass the filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilteredRuns {
    /// The filter, as typed.
    filter: String,
    /// How many runs were asked.
    of: usize,
    /// The places of those that pass.
    runs: Vec<usize>,
    /// Whether it asks for best values.
    asks_for_best: bool,
}

impl FilteredRuns {
    fn is_of(&self, app: &App) -> bool {
        self.filter == app.filter.text() && self.of == app.runs.len()
    }
}

impl App {
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
        self.passing = Some(FilteredRuns {
            filter: self.filter.text().into(),
            of: self.runs.len(),
            runs: passing.map(|(n, _)| n).collect(),
            asks_for_best: filter.asks_for(filter::BEST),
        });
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

    /// Whether best values of all runs are shown or asked for.
    pub fn asks_for_best(&self) -> bool {
        let asks = self.passing.as_ref().is_some_and(|p| p.is_of(self) && p.asks_for_best);
        asks || self.layers.iter().any(|l| matches!(l, Layer::Table))
    }

    /// One that cannot be read hides nothing; the list says what is wrong with it.
    fn parsed_filter(&self) -> filter::Filter {
        filter::parse(self.filter.text()).unwrap_or_default()
    }
}
