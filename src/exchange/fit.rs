//! Which names a network has, and what has to be taken away from a file's names so that they are those: programs that
//! wrap a network put parts of their own into every name.

use super::error::{listed, shown};
use std::collections::{BTreeMap, BTreeSet};

/// Parts that wrappers put anywhere in a name, and that no layer is called by: `torch.compile`, FSDP, activation
/// checkpointing, DeepSpeed.
const WRAPPERS: [&str; 5] = [
    "_orig_mod",
    "_fsdp_wrapped_module",
    "_checkpoint_wrapped_module",
    "_forward_module",
    "_dp_module",
];
/// The part that `DataParallel` and its like put, also around a part of the network.
const MODULE: &str = "module";
/// How many parts are taken from the front.
const FRONT: usize = 8;
/// What `torch.optim.swa_utils.AveragedModel` keeps beside the weights.
const AVERAGED: &str = "n_averaged";
/// The end of a batch norm's counter, and of what stands beside it.
pub(super) const COUNTER: &str = "num_batches_tracked";
const MEAN: &str = "running_mean";

/// The names and shapes of a network.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Wanted(BTreeMap<String, Vec<usize>>);

impl FromIterator<(String, Vec<usize>)> for Wanted {
    fn from_iter<I: IntoIterator<Item = (String, Vec<usize>)>>(from: I) -> Wanted {
        Wanted(from.into_iter().collect())
    }
}

/// How the names of a file become those of the network.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fit {
    /// The name of each tensor; `None` for one that is left out.
    pub names: Vec<Option<String>>,
    /// Whether every wanted tensor is there in the right shape, and no other.
    pub is_whole: bool,
    /// What was taken from the front of every name, with its last dot; empty where nothing was.
    pub prefix: String,
    /// Parts that were taken out of names elsewhere.
    pub inside: Vec<&'static str>,
    /// A first part that only some names have, where those would fit better without it.
    pub partial: Option<Partial>,
    /// How many of the network's names were found, and how many of those in the right shape.
    pub score: (usize, usize),
}

/// A first part that some names have and others do not.
#[derive(Debug, Clone, PartialEq)]
pub struct Partial {
    /// The part, without its dot.
    pub part: String,
    /// How many names begin with it.
    pub count: usize,
    /// The names that do not.
    pub others: Vec<String>,
}

impl Fit {
    /// What was taken from the names, in words; `None` where nothing was.
    pub fn taken(&self) -> Option<String> {
        let inside = || listed(self.inside.iter().map(|p| shown(&format!("{p}."))));
        match (self.prefix.is_empty(), self.inside.is_empty()) {
            (true, true) => None,
            (false, true) => Some(format!("{} in front of every name", shown(&self.prefix))),
            (true, false) => Some(format!("{} within names", inside())),
            (false, false) => Some(format!(
                "{} in front of every name and {} within names",
                shown(&self.prefix),
                inside()
            )),
        }
    }
}

/// Finds what to take away from `names`, with their shapes, so that they fit; where nothing helps, what comes nearest.
pub fn fit(names: &[&str], shapes: &[&[usize]], wanted: &Wanted) -> Fit {
    let is_beside = |i: usize| names[i] == AVERAGED && !wanted.0.contains_key(AVERAGED) && names.len() > 1;
    let kept: Vec<usize> = (0..names.len()).filter(|i| !is_beside(*i)).collect();
    let shapes: Vec<&[usize]> = kept.iter().map(|i| shapes[*i]).collect();
    let given: Vec<String> = kept.iter().map(|i| names[*i].to_string()).collect();
    let mut best = Best::of(given.clone(), &shapes, wanted);
    let both: Vec<&'static str> = WRAPPERS.iter().copied().chain([MODULE]).collect();
    for removed in [&[][..], &WRAPPERS, &both] {
        if best.is_whole {
            break;
        }
        best.try_without(&given, removed, &shapes, wanted);
    }
    let partial = match best.is_whole {
        true => None,
        false => partial(&given, &shapes, wanted, best.score.0),
    };
    let mut renamed = vec![None; names.len()];
    for (i, name) in kept.into_iter().zip(best.names) {
        renamed[i] = Some(name);
    }
    Fit {
        names: renamed,
        is_whole: best.is_whole,
        prefix: best.prefix,
        inside: best.inside,
        partial,
        score: best.score,
    }
}

struct Best {
    names: Vec<String>,
    is_whole: bool,
    prefix: String,
    inside: Vec<&'static str>,
    score: (usize, usize),
}

impl Best {
    fn of(names: Vec<String>, shapes: &[&[usize]], wanted: &Wanted) -> Best {
        let (score, is_whole) = wanted.compare(&names, shapes);
        Best {
            names,
            is_whole,
            prefix: String::new(),
            inside: Vec::new(),
            score,
        }
    }

    /// Tries the names without those parts, and then without one first part after the other that all share.
    fn try_without(&mut self, given: &[String], removed: &[&'static str], shapes: &[&[usize]], wanted: &Wanted) {
        let Some((mut names, inside)) = without(given, removed) else {
            return;
        };
        let mut prefix = String::new();
        for _ in 0..=FRONT {
            let (score, is_whole) = wanted.compare(&names, shapes);
            if score > self.score || is_whole {
                *self = Best {
                    names: names.clone(),
                    is_whole,
                    prefix: prefix.clone(),
                    inside: inside.clone(),
                    score,
                };
            }
            let Some(part) = shared(&names).filter(|_| !self.is_whole) else {
                return;
            };
            prefix += &part;
            names.iter_mut().for_each(|name| *name = name[part.len()..].to_string());
        }
    }
}

impl Wanted {
    /// How many names are found, how many of those in the right shape, and whether that is all on both sides.
    fn compare(&self, names: &[String], shapes: &[&[usize]]) -> ((usize, usize), bool) {
        let (mut found, mut right, mut unexpected) = (0, 0, 0);
        for (name, shape) in names.iter().zip(shapes) {
            match self.0.get(name) {
                Some(wanted) => {
                    found += 1;
                    right += usize::from(wanted == shape);
                }
                None => unexpected += usize::from(!self.is_counter(name)),
            }
        }
        let is_whole = right == self.0.len() && found == right && unexpected == 0;
        ((found, right), is_whole)
    }

    fn is_counter(&self, name: &str) -> bool {
        let norm = name.strip_suffix(COUNTER);
        norm.is_some_and(|norm| self.0.contains_key(&format!("{norm}{MEAN}")))
    }
}

/// The names without those parts wherever they stand, and which of them did; `None` where two names become one, or
/// nothing changes although something was to.
fn without(names: &[String], removed: &[&'static str]) -> Option<(Vec<String>, Vec<&'static str>)> {
    if removed.is_empty() {
        return Some((names.to_vec(), Vec::new()));
    }
    let mut inside = BTreeSet::new();
    let mut one = |name: &String| {
        let is_left = |part: &&str| match removed.iter().find(|r| *r == part) {
            Some(part) => {
                inside.insert(*part);
                false
            }
            None => true,
        };
        name.split('.').filter(is_left).collect::<Vec<_>>().join(".")
    };
    let names: Vec<String> = names.iter().map(&mut one).collect();
    let distinct: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    let is_sound = distinct.len() == names.len() && !distinct.contains("") && !inside.is_empty();
    is_sound.then(|| (names, inside.into_iter().collect()))
}

/// The first part that all names share, with its dot.
fn shared(names: &[String]) -> Option<String> {
    let (first, _) = names.first()?.split_once('.')?;
    let part = format!("{first}.");
    let all = names.iter().all(|n| n.len() > part.len() && n.starts_with(&part));
    all.then_some(part)
}

/// A first part without which those names that have it would fit better than all do.
fn partial(names: &[String], shapes: &[&[usize]], wanted: &Wanted, found: usize) -> Option<Partial> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (first, _) in names.iter().filter_map(|n| n.split_once('.')) {
        *counts.entry(first).or_default() += 1;
    }
    let (first, count) = counts
        .into_iter()
        .max_by_key(|(_, n)| *n)
        .filter(|(_, n)| *n < names.len())?;
    let part = format!("{first}.");
    let (with, others): (Vec<usize>, Vec<usize>) = (0..names.len()).partition(|i| names[*i].starts_with(&part));
    let inner: Vec<String> = with.iter().map(|i| names[*i][part.len()..].to_string()).collect();
    let inner_shapes: Vec<&[usize]> = with.iter().map(|i| shapes[*i]).collect();
    let mut best = Best::of(inner.clone(), &inner_shapes, wanted);
    for removed in [&[][..], &WRAPPERS] {
        best.try_without(&inner, removed, &inner_shapes, wanted);
    }
    (best.score.0 > found).then(|| Partial {
        part: first.to_string(),
        count,
        others: others.into_iter().map(|i| names[i].clone()).collect(),
    })
}
