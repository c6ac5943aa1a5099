//! A file of weights: opened, its tensors known by name and shape, and those chosen that a network wants.

use super::{
    ExchangeError, Tensor, Values,
    error::{listed, shown},
    fit::{self, COUNTER, Fit, Wanted},
    group::{self, Group},
    kind, pytorch, safetensors,
};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

#[cfg(test)]
mod tests;

/// The most tensors of a network.
const TENSORS: usize = 100_000;

/// A file of weights; no value is read yet.
#[derive(Debug)]
pub struct File<'a> {
    source: Source<'a>,
    /// Its dictionaries of tensors.
    groups: Vec<Group<'a>>,
}

#[derive(Debug)]
enum Source<'a> {
    Pytorch(Box<pytorch::Contents<'a>>),
    Safetensors(safetensors::Contents<'a>),
}

/// The tensors of one dictionary, under a network's names where they fit it.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    /// Sorted by name.
    pub tensors: Vec<Tensor>,
    /// Where in the file they are, as `--key` names it; empty for the file's own dictionary.
    pub key: String,
    /// What was taken from the front of every name; empty where nothing was.
    pub prefix: String,
    /// What was taken from the names, in words.
    pub taken: Option<String>,
    /// Whether they are exactly what the network wants.
    pub is_whole: bool,
    /// What there is to say where they are not, beside which tensors differ.
    pub hint: Option<String>,
    /// Classes and functions that the file names beside the weights; nothing of them was run.
    pub foreign: Vec<String>,
}

impl<'a> File<'a> {
    /// Opens a file. The content decides which kind it is, not its name.
    ///
    /// # Errors
    /// When it is of neither kind, damaged, or holds no tensor under a name.
    pub fn open(bytes: &'a [u8]) -> Result<File<'a>, ExchangeError> {
        if bytes.starts_with(b"PK\x03\x04") {
            let contents = pytorch::open(bytes)?;
            return File::of(contents);
        }
        if !safetensors::is_plausible(bytes)
            && let Some(other) = kind::other(bytes)
        {
            return Err(other);
        }
        let contents = safetensors::open(bytes)?;
        let tensors = contents.tensors.iter().enumerate();
        let group = Group {
            path: String::new(),
            tensors: tensors.map(|(i, t)| (Cow::Owned(t.name.clone()), i)).collect(),
            others: Vec::new(),
        };
        Ok(File {
            source: Source::Safetensors(contents),
            groups: vec![group],
        })
    }

    pub(super) fn of(contents: pytorch::Contents<'a>) -> Result<File<'a>, ExchangeError> {
        let groups = group::all(&contents.heap, contents.root);
        match groups.is_empty() {
            true => Err(group::none(&contents.heap, contents.root)),
            false => Ok(File {
                source: Source::Pytorch(Box::new(contents)),
                groups,
            }),
        }
    }

    /// Names and shapes of all tensors, dictionary by dictionary.
    pub fn shapes(&self) -> impl Iterator<Item = (&str, &[usize])> {
        let tensors = self.groups.iter().flat_map(|g| &g.tensors);
        tensors.map(|(name, number)| (name.as_ref(), self.shape(*number)))
    }

    /// Reads the tensors that are wanted: of the dictionary that `key` names, else of the one that fits. Where none
    /// does, what comes nearest, with a hint.
    ///
    /// # Errors
    /// When `key` names nothing, several dictionaries fit, or a tensor cannot be read.
    pub fn choose(&mut self, key: Option<&str>, wanted: Option<&Wanted>) -> Result<Chosen, ExchangeError> {
        let groups = match key {
            Some(key) => vec![self.group(key)?],
            None => self.groups.clone(),
        };
        let fits: Vec<Fit> = groups.iter().map(|g| self.fit(g, wanted)).collect::<Result<_, _>>()?;
        let number = self.nearest(&groups, &fits, key.is_some(), wanted.is_some())?;
        let (group, fit) = (&groups[number], &fits[number]);
        let hint = match fit.is_whole || wanted.is_none() {
            true => None,
            false => self.hint(group, fit, groups.len()),
        };
        Ok(Chosen {
            tensors: self.read(group, fit)?,
            key: group.path.clone(),
            prefix: fit.prefix.clone(),
            taken: fit.taken(),
            is_whole: fit.is_whole,
            hint,
            foreign: match &self.source {
                Source::Pytorch(contents) => contents.foreign(),
                Source::Safetensors(_) => Vec::new(),
            },
        })
    }

    fn shape(&self, number: usize) -> &[usize] {
        match &self.source {
            Source::Pytorch(contents) => &contents.heap.tensors[number].shape,
            Source::Safetensors(contents) => &contents.tensors[number].shape,
        }
    }

    fn group(&self, key: &str) -> Result<Group<'a>, ExchangeError> {
        match &self.source {
            Source::Pytorch(contents) => group::by_key(&contents.heap, contents.root, key),
            Source::Safetensors(contents) => {
                let own = &self.groups[0].tensors;
                let begins = own.iter().filter_map(|(name, number)| {
                    let name = name.strip_prefix(key)?.strip_prefix('.')?;
                    Some((Cow::Owned(name.to_string()), *number))
                });
                let tensors: Vec<_> = begins.collect();
                match tensors.is_empty() {
                    false => Ok(Group {
                        path: key.to_string(),
                        tensors,
                        others: Vec::new(),
                    }),
                    true => Err(ExchangeError::Choice(format!(
                        "--key {}: no name begins with it; the file's names are {}",
                        shown(key),
                        contents.names()
                    ))),
                }
            }
        }
    }

    fn fit(&self, group: &Group<'_>, wanted: Option<&Wanted>) -> Result<Fit, ExchangeError> {
        if group.tensors.len() > TENSORS {
            let many = format!(
                "{} has {} tensors, more than {TENSORS}",
                group.title(),
                group.tensors.len()
            );
            return Err(ExchangeError::Choice(many));
        }
        let mut seen = BTreeSet::new();
        if let Some((name, _)) = group.tensors.iter().find(|(name, _)| !seen.insert(name.as_ref())) {
            return Err(ExchangeError::Content(format!("it has {} twice", shown(name))));
        }
        let names: Vec<&str> = group.tensors.iter().map(|(name, _)| name.as_ref()).collect();
        let shapes: Vec<&[usize]> = group.tensors.iter().map(|(_, number)| self.shape(*number)).collect();
        Ok(match wanted {
            Some(wanted) => fit::fit(&names, &shapes, wanted),
            None => Fit {
                names: names.iter().map(|n| Some(n.to_string())).collect(),
                ..Fit::default()
            },
        })
    }

    /// The number of the group to take.
    fn nearest(
        &self,
        groups: &[Group<'_>],
        fits: &[Fit],
        by_key: bool,
        is_wanted: bool,
    ) -> Result<usize, ExchangeError> {
        let whole: Vec<usize> = (0..groups.len()).filter(|i| fits[*i].is_whole || !is_wanted).collect();
        if let Some((&first, more)) = whole.split_first() {
            let of = |i: usize| (&groups[i], &fits[i]);
            let other = more.iter().find(|i| !self.are_same(of(first), of(**i)));
            if other.is_some() && !by_key {
                let named = whole.iter().map(|i| &groups[*i].path).find(|path| !path.is_empty());
                return Err(ExchangeError::Choice(format!(
                    "holds several dictionaries of tensors{}: {}; choose one with --key, such as --key {}",
                    if is_wanted { " that fit the network" } else { "" },
                    listed(whole.iter().map(|i| groups[*i].title())),
                    shown(named.map_or("", String::as_str))
                )));
            }
            return Ok(first);
        }
        // The first of those that come nearest.
        let nearest = (0..groups.len()).rev().max_by_key(|i| fits[*i].score);
        Ok(nearest.unwrap_or(0))
    }

    /// Whether two groups are the same tensors under the same names.
    fn are_same(&self, a: (&Group<'_>, &Fit), b: (&Group<'_>, &Fit)) -> bool {
        let Source::Pytorch(contents) = &self.source else {
            return false;
        };
        let named = |(group, fit): (&Group<'_>, &Fit)| -> BTreeMap<String, usize> {
            let pairs = fit
                .names
                .iter()
                .cloned()
                .zip(group.tensors.iter().map(|(_, number)| *number));
            pairs.filter_map(|(name, number)| Some((name?, number))).collect()
        };
        let (a, b) = (named(a), named(b));
        a.len() == b.len()
            && a.iter()
                .zip(&b)
                .all(|((n, x), (m, y))| n == m && contents.are_same(*x, *y))
    }

    /// What there is to say of tensors that do not fit, beside which.
    fn hint(&self, group: &Group<'_>, fit: &Fit, groups: usize) -> Option<String> {
        let mut parts = Vec::new();
        if groups > 1 {
            let titles = listed(self.groups.iter().map(Group::title));
            parts.push(format!(
                "none of the file's dictionaries fits the network: {titles}; choose one with --key; nearest comes {}",
                group.title()
            ));
        }
        if let Some(partial) = &fit.partial {
            let path = if group.path.is_empty() {
                String::new()
            } else {
                format!("{}.", group.path)
            };
            parts.push(format!(
                "{} of {} names begin with {}, the others do not ({}); if the network is in the first, choose them with --key {}",
                partial.count,
                group.tensors.len(),
                shown(&format!("{}.", partial.part)),
                listed(partial.others.iter().map(|n| shown(n))),
                shown(&format!("{path}{}", partial.part))
            ));
        }
        if let Some(taken) = &fit.taken() {
            parts.push(format!("what a wrapper put there, {taken}, was taken away, and still"));
        }
        if let Source::Pytorch(contents) = &self.source
            && !group.others.is_empty()
        {
            let other = |(name, value): &(&str, _)| format!("{} ({})", shown(name), contents.heap.describe(*value));
            parts.push(format!(
                "beside them stand entries that are no tensors: {}",
                listed(group.others.iter().map(other))
            ));
        }
        (!parts.is_empty()).then(|| parts.join("; "))
    }

    fn read(&mut self, group: &Group<'_>, fit: &Fit) -> Result<Vec<Tensor>, ExchangeError> {
        let mut wanted: Vec<(usize, usize)> = Vec::new();
        for (place, (_, number)) in group.tensors.iter().enumerate() {
            if fit.names[place].is_some() {
                wanted.push((place, *number));
            }
        }
        if let Source::Pytorch(contents) = &self.source {
            contents.by_storage(&mut wanted);
        }
        let mut tensors = Vec::with_capacity(wanted.len());
        for (place, number) in wanted {
            let Some(name) = &fit.names[place] else { continue };
            let own = &group.tensors[place].0;
            let values = match &mut self.source {
                Source::Pytorch(contents) => contents.values(number, own)?,
                Source::Safetensors(contents) => contents.values(number)?,
            };
            let shape = self.shape(number).to_vec();
            if let Some(values) = finite(own, &shape, values)? {
                let name = name.clone();
                tensors.push(Tensor { name, shape, values });
            }
        }
        tensors.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(tensors)
    }
}

/// The values, if all are finite; a batch norm's counter as an integer, whatever type it was saved in. `None` for a
/// counter that a narrow type could not hold: nothing needs it.
fn finite(name: &str, shape: &[usize], values: Values) -> Result<Option<Values>, ExchangeError> {
    let Values::Floats(floats) = &values else {
        return Ok(Some(values));
    };
    let is_counter = name.rsplit('.').next() == Some(COUNTER);
    if let ([count], true) = (&floats[..], is_counter) {
        let whole = count.is_finite() && *count >= 0.0 && *count < 9e15;
        return Ok(whole.then(|| Values::Integers(vec![count.round() as i64])));
    }
    match floats.iter().position(|v| !v.is_finite()) {
        None => Ok(Some(values)),
        Some(at) => Err(ExchangeError::tensor(
            name,
            format!(
                "holds NaN or infinity in f32, first as value {} of {} (shape {shape:?}); save a checkpoint from before the training \
                 diverged",
                at + 1,
                floats.len()
            ),
        )),
    }
}
