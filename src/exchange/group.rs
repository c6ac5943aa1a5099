//! The dictionaries of tensors in a pickle: a training script may keep the state dict among other things, in other
//! dictionaries and under any name.

use super::{
    ExchangeError,
    error::{listed, shown},
    pickle::{Heap, Value},
};
use std::{
    borrow::Cow,
    collections::{BTreeSet, VecDeque},
};

/// How deep dictionaries are looked for.
const DEPTH: usize = 8;
/// How many dictionaries and lists are looked into.
const LOOKED: usize = 10_000;
/// The most dictionaries of tensors that are distinguished.
const GROUPS: usize = 1_000;
/// Characters of a name that may be part of a path.
const NAME: usize = 100;

/// Tensors that stand together under names.
#[derive(Debug, Clone, PartialEq)]
pub struct Group<'a> {
    /// Where in the file, as `--key` names it; empty for the file's own dictionary.
    pub path: String,
    /// Names, and the numbers of the tensors.
    pub tensors: Vec<(Cow<'a, str>, usize)>,
    /// What else stands in the same dictionary.
    pub others: Vec<(&'a str, Value)>,
}

impl Group<'_> {
    /// How messages call it.
    pub fn title(&self) -> String {
        match self.path.is_empty() {
            true => format!("the file itself ({} tensors)", self.tensors.len()),
            false => format!("{} ({} tensors)", shown(&self.path), self.tensors.len()),
        }
    }
}

/// All dictionaries of tensors that can be reached from `root` by names and places, the outer ones first.
pub fn all<'a>(heap: &Heap<'a>, root: Value) -> Vec<Group<'a>> {
    let mut groups = Vec::new();
    let mut seen = BTreeSet::new();
    let mut queue = VecDeque::from([(root, String::new(), 0)]);
    while let Some((value, path, depth)) = queue.pop_front() {
        if seen.len() >= LOOKED || groups.len() >= GROUPS || !seen.insert(place(value)) {
            continue;
        }
        let group = group(heap, value, &path);
        if !group.tensors.is_empty() {
            groups.push(group);
        }
        for (name, inner) in inside(heap, value) {
            if depth < DEPTH && queue.len() < LOOKED && !seen.contains(&place(inner)) {
                let path = if path.is_empty() {
                    name
                } else {
                    format!("{path}.{name}")
                };
                queue.push_back((inner, path, depth + 1));
            }
        }
    }
    groups
}

/// The group that `--key` names: a dictionary by the names on the way to it, and within one, the tensors whose names
/// begin so.
pub fn by_key<'a>(heap: &Heap<'a>, root: Value, key: &str) -> Result<Group<'a>, ExchangeError> {
    let (mut at, mut rest) = (root, key);
    while !rest.is_empty() {
        match step(heap, at, rest) {
            Some((value, left)) => (at, rest) = (value, left),
            None => break,
        }
    }
    let mut found = group(heap, at, key);
    if !rest.is_empty() {
        let begins = |name: &&str| name.strip_prefix(rest).is_some_and(|left| left.starts_with('.'));
        let inner = found.tensors.into_iter().filter_map(|(name, number)| match name {
            Cow::Borrowed(name) if begins(&name) => Some((Cow::Borrowed(&name[rest.len() + 1..]), number)),
            _ => None,
        });
        found.tensors = inner.collect();
        found.others.clear();
    }
    if !found.tensors.is_empty() {
        return Ok(found);
    }
    let what = match rest.is_empty() {
        true => format!("--key {}: is {} without tensors", shown(key), heap.describe(at)),
        false => format!("--key {}: there is no {}", shown(key), shown(rest)),
    };
    Err(ExchangeError::Choice(format!("{what}; {}", contents(heap, root))))
}

/// What a file holds, for messages: its dictionaries of tensors, or where there is none, its entries.
pub fn contents(heap: &Heap<'_>, root: Value) -> String {
    let groups = all(heap, root);
    match groups.is_empty() {
        false => format!("the file holds {}", listed(groups.iter().map(Group::title))),
        true => match heap.dict(root) {
            Some(entries) => {
                let one = |(key, value): &(Value, Value)| {
                    let name = heap.text(*key).map_or_else(|| heap.describe(*key), shown);
                    format!("{name} ({})", heap.describe(*value))
                };
                format!("the file's entries are {}", listed(entries.iter().map(one)))
            }
            None => format!("the file is {}", heap.describe(root)),
        },
    }
}

/// Why there is no dictionary of tensors at all.
pub fn none(heap: &Heap<'_>, root: Value) -> ExchangeError {
    let module = |value: Value| heap.object(value).is_some_and(|o| o.is_module);
    let whole = |what: &str, value: Value| {
        ExchangeError::Content(format!(
            "{what} {}, which torch.save writes of a whole model, code and all; nothing of it was run",
            heap.describe(value)
        ))
    };
    if module(root) {
        return whole("it is", root);
    }
    let entries = heap.dict(root).unwrap_or(&[]);
    if let Some((key, value)) = entries.iter().find(|(_, value)| module(*value)) {
        return whole(&format!("{} is", shown(heap.text(*key).unwrap_or("?"))), *value);
    }
    ExchangeError::Content(match (heap.dict(root), root) {
        (Some([]), _) => "it is empty".into(),
        (Some(_), _) => format!(
            "none of its dictionaries has a tensor under a name; {}",
            contents(heap, root)
        ),
        (None, Value::Object(_)) => format!("it is {}, and nothing of it was run", heap.describe(root)),
        (None, Value::Tensor(_)) => "it is a single tensor without a name".into(),
        (None, _) => format!("it is {}", heap.describe(root)),
    })
}

fn group<'a>(heap: &Heap<'a>, value: Value, path: &str) -> Group<'a> {
    let mut group = Group {
        path: path.to_string(),
        tensors: Vec::new(),
        others: Vec::new(),
    };
    for (key, value) in heap.dict(value).unwrap_or(&[]) {
        match (heap.text(*key), value) {
            (Some(name), Value::Tensor(number)) => group.tensors.push((Cow::Borrowed(name), *number)),
            (Some(name), other) => group.others.push((name, *other)),
            (None, _) => {}
        }
    }
    group
}

/// The containers in a container, with their names or places.
fn inside(heap: &Heap<'_>, value: Value) -> Vec<(String, Value)> {
    let is_container = |v: Value| heap.dict(v).is_some() || heap.sequence(v).is_some();
    if let Some(entries) = heap.dict(value) {
        let named = entries.iter().filter_map(|(key, inner)| {
            let name = heap.text(*key).filter(|n| n.len() <= NAME)?;
            is_container(*inner).then(|| (name.to_string(), *inner))
        });
        return named.take(LOOKED).collect();
    }
    let sequence = heap.sequence(value).unwrap_or(&[]).iter().enumerate().take(LOOKED);
    sequence
        .filter(|(_, v)| is_container(**v))
        .map(|(i, v)| (i.to_string(), *v))
        .collect()
}

/// One step along a key: the value that its first part names, the longest name first, and what is left.
fn step<'k>(heap: &Heap<'_>, at: Value, rest: &'k str) -> Option<(Value, &'k str)> {
    let ends = rest
        .match_indices('.')
        .map(|(i, _)| i)
        .chain([rest.len()])
        .take(DEPTH * DEPTH);
    let mut ends: Vec<usize> = ends.collect();
    ends.reverse();
    ends.into_iter().find_map(|end| {
        let (name, left) = (&rest[..end], rest.get(end + 1..).unwrap_or(""));
        let number = name.parse::<usize>().ok();
        let is_it = |key: &Value| heap.text(*key) == Some(name) || (number.is_some() && key.size() == number);
        let value = match heap.dict(at) {
            Some(entries) => entries.iter().rfind(|(key, _)| is_it(key)).map(|(_, value)| *value),
            None => heap
                .sequence(at)
                .zip(number)
                .and_then(|(values, n)| values.get(n).copied()),
        };
        value
            .filter(|v| !matches!(v, Value::Tensor(_)))
            .map(|value| (value, left))
    })
}

/// Where a container lies on the heap.
fn place(value: Value) -> (u8, usize) {
    match value {
        Value::Dict(i) => (0, i),
        Value::Object(i) => (1, i),
        Value::Tuple(i) | Value::List(i) => (2, i),
        _ => (3, 0),
    }
}
