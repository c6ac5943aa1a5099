//! The kinds of charts: a table of which metrics are drawn together, and which charts a run has. Draws nothing.

use super::{
    foreign,
    plan::{Content, CurvePlan, LineStyle, Origins, Plan},
};
use crate::{
    run::{history::History, text::clean},
    tui::plot::Best,
};
use std::collections::{BTreeMap, BTreeSet};

/// A chart that every run has, or may have.
struct Sort {
    title: &'static str,
    /// Metric, name in the legend, how it is drawn.
    curves: &'static [(&'static str, &'static str, LineStyle)],
    /// Shown even before there is anything to draw.
    always: bool,
    /// What to say then.
    empty: &'static str,
}

const SORTS: &[Sort] = &[
    Sort {
        title: "Loss",
        curves: &[
            ("train.ce", "CE", Noisy),
            ("train.loss", "CE+λR", Noisy),
            ("val.ce", "val", Dotted),
        ],
        always: true,
        empty: "waiting for the first step",
    },
    Sort {
        title: "Accuracy",
        curves: &[
            ("train.accuracy", "train", Noisy),
            ("val.accuracy", "val", Dotted),
            ("test.accuracy", "test", Dotted),
            ("val.robust_accuracy", "robust", Dotted),
        ],
        always: true,
        empty: "waiting for the first step",
    },
    Sort {
        title: "Gradient ‖∇ₓf‖₁",
        curves: &[("gradient.l1", "ℓ₁", Plain)],
        always: true,
        empty: "no gradient probe yet",
    },
    Sort {
        title: "Gradient ℓ₀",
        curves: &[
            ("gradient.l0", "abs", Plain),
            ("gradient.l0_relative", "rel", Plain),
            ("gradient.zero_share", "zero", Plain),
        ],
        always: true,
        empty: "no gradient probe yet",
    },
    Sort {
        title: "Sparsity term R",
        curves: &[("train.r", "R", Noisy)],
        always: true,
        empty: "none: recipe without R, or λ = 0",
    },
    Sort {
        title: "λ",
        curves: &[("train.lambda", "λ", Plain)],
        always: false,
        empty: "",
    },
    Sort {
        title: "Learning rate",
        curves: &[("train.lr", "lr", Plain)],
        always: false,
        empty: "",
    },
    Sort {
        title: "ρ_adv/ρ_rand",
        curves: &[
            ("gradient.ratio", "ratio", Plain),
            ("gradient.ratio_bound", "bound", Plain),
            ("vulnerability.measured", "measured", Plain),
        ],
        always: false,
        empty: "",
    },
    Sort {
        title: "Weight gradient ℓ₂",
        curves: &[("train.gradient_norm", "norm", Noisy)],
        always: false,
        empty: "",
    },
    Sort {
        title: "Images per second",
        curves: &[("train.images_per_second", "rate", Noisy)],
        always: false,
        empty: "",
    },
    Sort {
        title: "Energy, µJ per image",
        curves: &[("energy.microjoule", "estimate", Plain)],
        always: false,
        empty: "",
    },
    Sort {
        title: "Memory, MiB",
        curves: &[("system.memory", "worker", Plain)],
        always: false,
        empty: "",
    },
    Sort {
        title: "Processor, cores",
        curves: &[("system.cpu", "worker", Plain)],
        always: false,
        empty: "",
    },
];

/// Charts whose titles are true of whatever another program measured under these names.
const COMMON: [&str; 3] = ["Loss", "Accuracy", "Learning rate"];

/// Which end of a metric is the good one, where it has one.
pub fn best(metric: &str) -> Option<Best> {
    let last = metric.rsplit('.').next().unwrap_or(metric);
    match last {
        "accuracy" | "robust_accuracy" => Some(Best::Greatest),
        "ce" | "loss" => Some(Best::Least),
        _ => None,
    }
}

use LineStyle::{Dotted, Noisy, Plain};

/// One row per spiking layer: heading, and what of `layer.N.<what>`.
const LAYERS: &[(&str, &str)] = &[
    ("Firing rate, layer × x", "firing_rate"),
    ("Gradient density, layer × x", "support"),
    ("Silent neurons, layer × x", "silent"),
];

/// The most layers drawn.
const MOST_LAYERS: usize = 64;

/// What is known of runs beside their histories.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Whether a worker of ours trained one of them: some charts of it will be filled, if they are not yet.
    pub ours: bool,
    /// Whether one was attacked.
    pub attacked: bool,
}

/// The charts of these runs: those that every run has, and those that one of them has something for.
pub fn plans(histories: &[&History], known: Known, origins: &Origins) -> Vec<Plan> {
    let has = |name: &str| {
        let filled = |h: &&History| h.series(name).is_some_and(|s| !s.is_empty());
        histories.iter().any(filled)
    };
    let is_for = |s: &&Sort| {
        let is_common = COMMON.contains(&s.title);
        let filled = |metric: &str| has(metric) && (is_common || !origins.is_foreign(metric));
        s.always && known.ours || s.curves.iter().any(|c| filled(c.0))
    };
    let sorts: Vec<&Sort> = SORTS.iter().filter(is_for).collect();
    let mut plans: Vec<Plan> = sorts.iter().map(|sort| curves(sort, origins)).collect();
    let layers = layers(histories);
    let heats = LAYERS
        .iter()
        .filter_map(|(title, what)| Some(heat(title, what, layers.get(what)?)));
    plans.extend(heats);
    plans.extend(foreign::plans(histories, origins, |name| {
        let in_heat = layer_of(name).is_some_and(|(_, what)| LAYERS.iter().any(|(_, w)| *w == what));
        in_heat || sorts.iter().any(|s| s.curves.iter().any(|c| c.0 == name))
    }));
    if known.attacked {
        plans.push(Plan {
            title: "Robust accuracy over training".into(),
            content: Content::Robustness,
            empty: "no finished cell yet",
        });
    }
    plans
}

fn curves(sort: &Sort, origins: &Origins) -> Plan {
    // What another program measured keeps its own name.
    let curve = |(metric, name, manner): &(&str, &str, LineStyle)| CurvePlan {
        metric: (*metric).into(),
        name: match origins.name(metric) {
            Some(name) => clean(&name).into_owned(),
            None => (*name).into(),
        },
        manner: *manner,
    };
    Plan {
        title: sort.title.into(),
        content: Content::Curves(sort.curves.iter().map(curve).collect()),
        empty: sort.empty,
    }
}

/// Which layers have what, by what: `layer.3.firing_rate` is layer 3 of `firing_rate`.
fn layers<'a>(histories: &[&'a History]) -> BTreeMap<&'a str, BTreeSet<usize>> {
    let mut found: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    let names = histories.iter().flat_map(|h| h.names().map(move |name| (h, name)));
    for (history, name) in names {
        let Some((layer, what)) = layer_of(name) else {
            continue;
        };
        if history.series(name).is_some_and(|s| !s.is_empty()) {
            found.entry(what).or_default().insert(layer);
        }
    }
    found
}

/// `layer.3.firing_rate` is layer 3's firing rate.
fn layer_of(name: &str) -> Option<(usize, &str)> {
    let (layer, what) = name.strip_prefix("layer.")?.split_once('.')?;
    Some((layer.parse().ok()?, what))
}

/// A row per layer, from the first on.
fn heat(title: &'static str, what: &str, layers: &BTreeSet<usize>) -> Plan {
    let row = |layer: &usize| CurvePlan {
        metric: format!("layer.{layer}.{what}"),
        name: format!("layer {layer}"),
        manner: Plain,
    };
    Plan {
        title: title.into(),
        content: Content::Heat(layers.iter().take(MOST_LAYERS).map(row).collect()),
        empty: "",
    }
}

/// Whether the greatest value of a metric is its best; of everything that is no accuracy the least counts.
pub fn is_better_greater(metric: &str) -> bool {
    best(metric) == Some(Best::Greatest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::imported::Record;
    use crate::run::testing::metric;

    #[test]
    fn a_chart_stands_where_a_run_has_something_for_it() {
        let mut history = History::default();
        let known = Known {
            ours: true,
            attacked: false,
        };
        let titles = |h: &History| -> Vec<String> {
            let plans = plans(&[h], known, &Origins::default());
            plans.into_iter().map(|p| p.title.into_owned()).collect()
        };
        assert_eq!(
            titles(&history),
            ["Loss", "Accuracy", "Gradient ‖∇ₓf‖₁", "Gradient ℓ₀", "Sparsity term R"]
        );
        history.apply_metric(&metric(1, "layer.1.firing_rate", 0.1));
        history.apply_metric(&metric(1, "gradient.ratio", 3.0));
        history.apply_metric(&metric(1, "eval.f1", 0.3));
        assert_eq!(
            titles(&history)[5..],
            ["ρ_adv/ρ_rand", "Firing rate, layer × x", "eval.f1"]
        );
        assert_eq!(
            plans(
                &[],
                Known {
                    attacked: true,
                    ..known
                },
                &Origins::default()
            )
            .last()
            .map(|p| &p.content),
            Some(&Content::Robustness)
        );
    }

    #[test]
    fn what_another_program_measured_is_not_called_as_what_a_worker_measures() {
        let mut history = History::default();
        for name in ["train.loss", "train.ce", "gradient.l1", "layer.0.firing_rate"] {
            history.apply_metric(&metric(1, name, 0.5));
        }
        let known = Known {
            ours: false,
            attacked: false,
        };
        let record = Record::default();
        let found = plans(&[&history], known, &Origins::of(&[(&history, Some(&record))]));
        let found_titles: Vec<_> = found.iter().map(|p| p.title.as_ref()).collect();
        assert_eq!(found_titles, ["Loss", "Firing rate, layer × x", "gradient.l1"]);
        let names: Vec<_> = found[0].curves().iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["train.ce", "train.loss", "val"]);
        let ours = Known { ours: true, ..known };
        let both = Origins::of(&[(&history, Some(&record)), (&history, None)]);
        let found = plans(&[&history, &history], ours, &both);
        assert_eq!(found[0].curves()[1].name, "CE+λR");
    }
}
