//! The values of a run that a filter can test.

use super::Asked;
use crate::tui::model::{RunRow, disambiguation::root, facts::Fact};

impl Asked for RunRow {
    fn is_called(&self, word: &str) -> bool {
        self.name.to_lowercase().contains(word) || self.id.to_lowercase().contains(word)
    }

    fn fact(&self, name: &str) -> Option<Fact> {
        Some(match name {
            "name" => Fact::Text(self.name.clone()),
            "id" => Fact::Text(self.id.clone()),
            "state" => super::state(self.state),
            "why" => Fact::Text(self.why.clone()),
            "health" => Fact::Text(self.health_words()),
            "device" => Fact::Text(self.device.clone()),
            "host" => Fact::Text(self.host.clone()),
            "step" => Fact::Number(self.step as f64),
            "steps" => Fact::Number(self.total as f64),
            "epoch" => Fact::Number(self.epoch),
            "epochs" => Fact::Number(self.epochs as f64),
            "rate" => Fact::Number(self.rate),
            "tag" => Fact::Text(self.labels.tags.iter().cloned().collect::<Vec<_>>().join(" ")),
            "root" => Fact::Text(root(self)),
            "from" => Fact::Text(self.parent.as_ref().map(ToString::to_string).unwrap_or_default()),
            "note" => Fact::Text(self.labels.note.clone()),
            // The best over the whole run, and over its attacks.
            _ if name.starts_with(BEST) => Fact::Number(*self.best.get(&name[BEST.len()..])?),
            // What the worker says is in force stands before what the run began with.
            _ => match self.tunables.get(self.facts.whole(name)) {
                Some(now) => Fact::Number(*now),
                None => return self.facts.get(name).cloned(),
            },
        })
    }
}

/// Before the name of a metric or an attack, its best.
pub const BEST: &str = "best.";

/// Every name that any run answers to; beside them there are those of its [`crate::tui::model::facts::Facts`].
pub const NAMES: [&str; 16] = [
    "name", "id", "root", "from", "state", "why", "health", "device", "host", "step", "steps", "epoch", "epochs",
    "rate", "tag", "note",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::{model::filter::parse, tests::fixture};
    use std::collections::BTreeMap;

    fn left(filter: &str) -> usize {
        let filter = parse(filter).unwrap();
        fixture::rows().iter().filter(|r| filter.passes(*r)).count()
    }

    #[test]
    fn runs_are_found_by_name_by_state_and_by_how_far_they_are() {
        let all = fixture::rows();
        assert_eq!(left(""), all.len());
        assert_eq!(
            (left("state:run"), left("state:running"), left("state=running")),
            (1, 1, 1)
        );
        assert_eq!(left("-state:done"), all.len() - left("state:finished"));
        assert_eq!(left("step>=0"), all.len());
        assert!(left("glyphs step>1000") < all.len());
    }

    #[test]
    fn runs_are_found_by_where_they_lie() {
        let rows = fixture::rows();
        let there = rows.iter().filter(|r| root(r) == root(&rows[0])).count();
        assert_eq!(
            (left(&format!("root:{}", root(&rows[0]))), left("root:elsewhere")),
            (there, 0)
        );
    }

    #[test]
    fn runs_are_found_by_what_they_were_configured_with_and_what_they_measured() {
        let all = fixture::rows().len();
        assert_eq!(left("objective.lambda>=0"), all);
        assert_eq!(left("lambda>=0 train.lr>0"), all);
        assert_eq!(left("lambda<0"), 0);
        assert!((1..all).contains(&left("val.accuracy>0.3")));
    }

    #[test]
    fn runs_are_found_by_what_people_called_them() {
        let all = fixture::rows().len();
        assert_eq!(
            (left("tag:baseline"), left("tag=paper"), left("tag:base tag=paper")),
            (2, 1, 1)
        );
        assert_eq!(
            (left("-tag:baseline"), left("note:hand"), left("tag=base")),
            (all - 2, 1, 0)
        );
    }

    #[test]
    fn runs_are_found_by_the_best_they_reached_and_withstood() {
        assert!(left("best.pgd>0.2") == 2 && left("best.pgd>20%") == 2);
        assert_eq!(left("best.pgd@8/255>0.2"), 2);
        assert!(left("best.val.accuracy>0.6") < left("best.val.accuracy>0"));
        assert_eq!(left("best.square>0"), 0);
    }

    #[test]
    fn a_hyper_parameter_that_was_changed_counts_as_it_is_now() {
        let mut run = fixture::rows().remove(0);
        let passes = |run: &RunRow, filter| parse(filter).unwrap().passes(run);
        assert!(!passes(&run, "lambda=0.125"));
        run.tunables = [("objective.lambda".to_string(), 0.125)]
            .into_iter()
            .collect::<BTreeMap<_, _>>()
            .into();
        assert!(passes(&run, "lambda=0.125") && passes(&run, "objective.lambda=0.125"));
    }

    #[test]
    fn every_name_in_the_list_is_answered() {
        assert!(NAMES.iter().all(|name| fixture::rows()[0].fact(name).is_some()));
    }
}
