//! Charts for metrics that only other programs recorded, one chart per metric. Metrics of our own worker that have no
//! chart are left out.

use super::plan::{Content, CurvePlan, LineStyle, Origins, Plan};
use crate::run::{history::History, metric::NAMES, text::clean};
use std::collections::BTreeSet;

/// The most such charts.
const MOST: usize = 512;

/// The charts, by name; `drawn` says what has one already, `origins` what was measured by another program alone.
pub fn plans(histories: &[&History], origins: &Origins, drawn: impl Fn(&str) -> bool) -> Vec<Plan> {
    let names: BTreeSet<&str> = histories
        .iter()
        .flat_map(|h| h.names().filter(|n| h.series(n).is_some_and(|s| !s.is_empty())))
        .filter(|name| (origins.is_foreign(name) || !is_ours(name)) && !drawn(name))
        .collect();
    names.into_iter().take(MOST).map(|name| plan(name, origins)).collect()
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

/// Called as where it comes from.
fn plan(metric: &str, origins: &Origins) -> Plan {
    let last = |name: &str, between: char| {
        let last = name.rsplit(between).next().map(str::trim).filter(|n| !n.is_empty());
        last.unwrap_or(name).to_string()
    };
    let (title, name) = match origins.name(metric) {
        Some(name) => (name.clone(), last(&name, '/')),
        None => (metric.to_string(), last(metric, '.')),
    };
    Plan {
        title: clean(&title).into_owned().into(),
        content: Content::Curves(vec![CurvePlan {
            metric: metric.into(),
            name: clean(&name).into_owned(),
            manner: LineStyle::Noisy,
        }]),
        empty: "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{
        imported::{Record, Series},
        testing::metric,
    };

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
        let found = plans(&[&history], &Origins::default(), |name| name == "system.cpu");
        let titles: Vec<_> = found.iter().map(|p| p.title.as_ref()).collect();
        assert_eq!(titles, ["Loss.train", "eval.f1"]);
        assert_eq!(found[1].curves()[0].name, "f1");
    }

    #[test]
    fn an_imported_metric_is_called_as_it_was_and_cannot_control_the_terminal() {
        let mut history = History::default();
        let names = ["gradient.l2", "a_b", "a_b_2", "loss.train", "esc_2Jx"];
        names
            .iter()
            .for_each(|name| history.apply_metric(&metric(1, name, 0.5)));
        let tags = ["gradient/l2", "Episode / a b", "a:b", "loss", "esc\u{1b}[2Jx"];
        let series = |(name, tag): (&&str, &&str)| {
            let folder = if *name == "loss.train" { "loss_train" } else { "" };
            let series = Series {
                tag: tag.to_string(),
                folder: folder.into(),
            };
            (name.to_string(), series)
        };
        let record = Record {
            series: names.iter().zip(&tags).map(series).collect(),
            ..Record::default()
        };
        let found = plans(&[&history], &Origins::of(&[(&history, Some(&record))]), |_| false);
        let described: Vec<_> = found
            .iter()
            .map(|p| (p.title.as_ref(), p.curves()[0].name.as_str()))
            .collect();
        let wanted = [
            ("Episode / a b", "a b"),
            ("a:b", "a:b"),
            ("esc␛[2Jx", "esc␛[2Jx"),
            ("gradient/l2", "l2"),
            ("loss (loss_train)", "loss (loss_train)"),
        ];
        assert_eq!(described, wanted);
    }
}
