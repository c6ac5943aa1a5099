//! Metrics that no chart of ours is for, because another program measured them: a chart for each. What a worker measures
//! beside its charts is not among them.

use super::sorts::{Content, CurvePlan, Manner, Plan};
use crate::run::{history::History, metric::NAMES, text::clean};
use std::collections::BTreeSet;

/// The most such charts.
const MOST: usize = 512;

/// The charts, by name; `drawn` says what has one already.
pub fn plans(histories: &[&History], drawn: impl Fn(&str) -> bool) -> Vec<Plan> {
    let names: BTreeSet<&str> = histories
        .iter()
        .flat_map(|h| h.names().filter(|n| h.series(n).is_some_and(|s| !s.is_empty())))
        .filter(|name| !is_ours(name) && !drawn(name))
        .collect();
    names.into_iter().take(MOST).map(plan).collect()
}

/// Whether a worker writes a metric of this name.
fn is_ours(name: &str) -> bool {
    let general = name
        .strip_prefix("layer.")
        .and_then(|rest| rest.split_once('.'))
        .filter(|(layer, _)| layer.parse::<u32>().is_ok())
        .map(|(_, what)| format!("layer.N.{what}"));
    let name = general.as_deref().unwrap_or(name);
    NAMES.iter().any(|(known, _)| *known == name)
}

fn plan(metric: &str) -> Plan {
    let name = metric.rsplit('.').next().unwrap_or(metric);
    Plan {
        title: clean(metric).into_owned().into(),
        content: Content::Curves(vec![CurvePlan {
            metric: metric.into(),
            name: clean(name).into_owned(),
            manner: Manner::Noisy,
        }]),
        empty: "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::testing::metric;

    #[test]
    fn what_another_program_measured_has_a_chart_and_what_a_worker_measured_beside_them_none() {
        let mut history = History::default();
        for name in [
            "gradient.l2",
            "layer.3.weight_gradient",
            "system.cpu",
            "Loss.train",
            "eval.f1",
        ] {
            history.apply_metric(&metric(1, name, 0.5));
        }
        let found = plans(&[&history], |name| name == "system.cpu");
        let titles: Vec<_> = found.iter().map(|p| p.title.as_ref()).collect();
        assert_eq!(titles, ["Loss.train", "eval.f1"]);
        assert_eq!(found[1].curves()[0].name, "f1");
    }
}
