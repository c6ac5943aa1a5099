//! The topmost layer: which screen is shown, what is selected on it, and whether keys are typed text.

use super::App;
use crate::tui::{
    model::{AttackRow, SpecRow},
    state::{attack_view::AttackView, layer::Layer, log_view::LogView},
};

impl App {
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

    /// The selected specification, where they are listed.
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

    /// Whether keys are text now.
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
}
