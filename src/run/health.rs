//! What is wrong with a run that trains or has trained: a pure fold over its record. Nothing here is a state: a run that
//! finished at the accuracy of a guess has finished, and looks like a good one unless this is said beside it.
//!
//! | kind | from when on | until |
//! |---|---|---|
//! | `nan` | a worker's alert, or a loss or gradient norm that is no number | a later one that is a number |
//! | `divergence` | a worker's alert: the mean training loss has risen | a checkpoint that is the best so far |
//! | `zero_gradients` | the norm of the weight gradient is 0, or the input gradient of every probed image | neither is |
//! | `at_chance` | the last [`ENOUGH`] validation accuracies are no better than a guess, see [`Chance`] | one is |
//! | `dead_layer` | a worker's alert, or a layer's firing rate of 0 on the probe's images | every layer fires |
//! | `plateau` | a worker's alert: no better validation accuracy for ten epochs | a checkpoint that is the best so far |
//!
//! What a rollback undid does not count.

use super::{
    event::{Event, EventKind},
    manifest::Manifest,
};
use crate::spec::training_images;
use serde::Serialize;
use std::collections::BTreeMap;

/// So many epochs, and so many validation accuracies in a row, are enough to tell a slow start from no learning; fewer
/// where the whole run has fewer epochs.
pub const ENOUGH: usize = 3;
/// Standard errors by which an accuracy must be above a guess's.
const ERRORS: f64 = 3.0;
/// Images supposed where it is not known how many there are in the validation split: few, so that it is not said lightly.
const SUPPOSED: f64 = 1000.0;
/// Validation accuracies that are remembered.
const REMEMBERED: usize = 512;

/// What can be wrong, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A number that is none.
    Nan,
    /// The loss rises.
    Divergence,
    /// Nothing flows back.
    ZeroGradients,
    /// As good as a guess.
    AtChance,
    /// A layer that never fires.
    DeadLayer,
    /// Nothing is gained any more.
    Plateau,
}

impl Kind {
    /// For people, short enough for a list: `at chance`. Never by colour alone.
    pub fn label(self) -> &'static str {
        match self {
            Kind::Nan => "NaN",
            Kind::Divergence => "diverges",
            Kind::ZeroGradients => "zero gradients",
            Kind::AtChance => "at chance",
            Kind::DeadLayer => "dead layer",
            Kind::Plateau => "plateau",
        }
    }

    /// The sign before the label, in ASCII: `!` for what spoils a run, `~` for what need not.
    pub fn sign(self) -> &'static str {
        match self {
            Kind::Plateau => "~",
            _ => "!",
        }
    }

    fn of_alert(kind: &str) -> Option<Kind> {
        Some(match kind {
            "nan" => Kind::Nan,
            "divergence" => Kind::Divergence,
            "dead_layer" => Kind::DeadLayer,
            "plateau" => Kind::Plateau,
            _ => return None,
        })
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What.
    pub kind: Kind,
    /// Optimiser steps done when it was first seen, without a gap since.
    pub since_step: u64,
    /// A sentence.
    pub why: String,
}

/// When a validation accuracy a is no better than a guess: a ≤ 1/K + 3·√((1/K)(1 − 1/K)/n), for K classes and n images
/// in the validation split (1000 where n is not known).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chance {
    classes: f64,
    images: Option<f64>,
    enough: usize,
}

impl Chance {
    /// What a run's specification says of it.
    pub fn of(manifest: &Manifest) -> Chance {
        let (data, epochs) = (&manifest.spec.data, manifest.spec.train.epochs);
        let all = match (data.limit, training_images(&data.name)) {
            (0, all) => all,
            (limit, all) => Some(all.map_or(limit, |all| limit.min(all))),
        };
        Chance {
            classes: manifest.spec.network.classes as f64,
            images: all.map(|all| (all as f64 * data.validation).floor().max(1.0)),
            enough: ENOUGH.min(usize::try_from(epochs).unwrap_or(ENOUGH)).max(1),
        }
    }

    /// The highest accuracy that says nothing.
    fn bound(&self) -> f64 {
        let p = 1.0 / self.classes;
        p + ERRORS * (p * (1.0 - p) / self.images.unwrap_or(SUPPOSED)).sqrt()
    }
}

/// What was seen so far. Lines and events are to be given in the order of their `wall`.
#[derive(Debug, Clone, Default)]
pub struct Health {
    chance: Option<Chance>,
    /// By what it is known from.
    found: BTreeMap<(Kind, Sign), Problem>,
    /// Validation accuracies by step.
    accuracies: BTreeMap<u64, f64>,
    steps_per_epoch: u64,
}

/// What a problem is known from: each comes and goes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sign {
    Alert,
    Weights,
    Inputs,
    Value,
}

impl Health {
    /// Nothing seen; without [`Chance`] no accuracy is judged.
    pub fn new(chance: Option<Chance>) -> Health {
        Health {
            chance,
            ..Health::default()
        }
    }

    /// Takes one event.
    pub fn event(&mut self, event: &Event) {
        match &event.what {
            EventKind::Started { steps_per_epoch, .. } => self.steps_per_epoch = *steps_per_epoch,
            EventKind::Alert { kind, why } => {
                if let Some(kind) = Kind::of_alert(kind) {
                    self.say(kind, Sign::Alert, event.step, || why.clone());
                }
            }
            EventKind::Resumed { .. } | EventKind::RolledBack { .. } => self.go_back_to(event.step),
            EventKind::Saved { metrics, best, .. } => {
                self.values(event.step, metrics.iter().map(|(name, value)| (name.as_str(), *value)));
                if *best {
                    self.over(Kind::Divergence, Sign::Alert, event.step);
                    self.over(Kind::Plateau, Sign::Alert, event.step);
                }
            }
            EventKind::Finished { metrics, .. } => {
                self.values(event.step, metrics.iter().map(|(name, value)| (name.as_str(), *value)));
            }
            _ => {}
        }
    }

    /// Takes the values measured at a step.
    pub fn values<'a>(&mut self, step: u64, values: impl Iterator<Item = (&'a str, f64)>) {
        let (mut silent, mut fires): (Vec<&str>, bool) = (Vec::new(), false);
        let mut not_finite = None;
        let mut finite = false;
        for (name, value) in values {
            match name {
                "train.loss" | "train.ce" | "train.gradient_norm" if !value.is_finite() => not_finite = Some(name),
                "train.loss" | "train.ce" => finite = true,
                "val.accuracy" if value.is_finite() => self.accuracy(step, value),
                "gradient.zero_share" => {
                    let zero = value >= 1.0;
                    self.mark(zero, Kind::ZeroGradients, Sign::Inputs, step, || {
                        "the input gradient of every probed image is exactly zero".into()
                    });
                }
                _ => {}
            }
            if name == "train.gradient_norm" {
                self.mark(value == 0.0, Kind::ZeroGradients, Sign::Weights, step, || {
                    "the gradient of every weight is exactly zero".into()
                });
            }
            if let Some(layer) = layer_of(name) {
                match value == 0.0 {
                    true => silent.push(layer),
                    false => fires = true,
                }
            }
        }
        if let Some(name) = not_finite {
            self.say(Kind::Nan, Sign::Value, step, || format!("{name} is not a number"));
        } else if finite {
            self.over(Kind::Nan, Sign::Value, step);
            self.over(Kind::Nan, Sign::Alert, step);
        }
        if !silent.is_empty() {
            self.say(Kind::DeadLayer, Sign::Value, step, || {
                format!("no neuron of layer {} fires on the probe's images", silent.join(", "))
            });
        } else if fires {
            self.over(Kind::DeadLayer, Sign::Value, step);
            self.over(Kind::DeadLayer, Sign::Alert, step);
        }
    }

    /// What is wrong, the worst first; each kind once.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems: Vec<Problem> = Vec::new();
        let found = self.found.values().cloned();
        for problem in found.chain(self.at_chance()) {
            match problems.iter_mut().find(|p| p.kind == problem.kind) {
                Some(known) => known.since_step = known.since_step.min(problem.since_step),
                None => problems.push(problem),
            }
        }
        problems.sort_by_key(|p| p.kind);
        problems
    }

    fn at_chance(&self) -> Option<Problem> {
        let chance = self.chance?;
        let bound = chance.bound();
        let low: Vec<(u64, f64)> = {
            let newest = self.accuracies.iter().rev();
            newest
                .take_while(|(_, a)| **a <= bound)
                .map(|(s, a)| (*s, *a))
                .collect()
        };
        let (last, since) = (low.first()?, low.last()?.0);
        let epochs = match self.steps_per_epoch {
            0 => self.accuracies.len() as u64,
            steps => last.0 / steps,
        };
        let is_enough = epochs >= chance.enough as u64 && low.len() >= chance.enough.min(self.accuracies.len());
        let n = match chance.images {
            Some(n) => format!("n = {n} images"),
            None => format!("n not known, {SUPPOSED} supposed"),
        };
        is_enough.then(|| Problem {
            kind: Kind::AtChance,
            since_step: since,
            why: format!(
                "val.accuracy {:.4} is no better than a guess among {} classes: up to {bound:.4} can be chance ({n})",
                last.1, chance.classes
            ),
        })
    }

    fn accuracy(&mut self, step: u64, value: f64) {
        self.accuracies.insert(step, value);
        if self.accuracies.len() > REMEMBERED {
            self.accuracies.pop_first();
        }
    }

    fn mark(&mut self, is: bool, kind: Kind, sign: Sign, step: u64, why: impl FnOnce() -> String) {
        match is {
            true => self.say(kind, sign, step, why),
            false => self.over(kind, sign, step),
        }
    }

    /// What is said already stands, since when it was.
    fn say(&mut self, kind: Kind, sign: Sign, step: u64, why: impl FnOnce() -> String) {
        self.found.entry((kind, sign)).or_insert_with(|| Problem {
            kind,
            since_step: step,
            why: why(),
        });
    }

    fn over(&mut self, kind: Kind, sign: Sign, step: u64) {
        if self.found.get(&(kind, sign)).is_some_and(|p| p.since_step < step) {
            self.found.remove(&(kind, sign));
        }
    }

    fn go_back_to(&mut self, step: u64) {
        self.found.retain(|_, problem| problem.since_step <= step);
        if let Some(next) = step.checked_add(1) {
            self.accuracies.split_off(&next);
        }
    }
}

/// `layer.3.firing_rate` is layer 3's.
fn layer_of(name: &str) -> Option<&str> {
    name.strip_prefix("layer.")?.strip_suffix(".firing_rate")
}

#[cfg(test)]
mod tests;
