//! The whole specification: read, overridden, checked.

use super::plain_words::plain;
use super::{
    AdversarySpec, AttackGrid, CheckpointSpec, DataSpec, Encoding, NetworkSpec, ObjectiveSpec, ProbeSpec, Recipe,
    SpecError, TrainSpec, error::Checker, is_recordings,
};
use serde::{Deserialize, Serialize};
use std::{io::Read, path::Path};

/// The name that a specification has in its folder.
pub const SPEC_FILE: &str = "experiment.toml";
/// The largest specification that is read, in bytes.
const LARGEST: u64 = 1 << 20;

/// An experiment that can be run: every value has been checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Experiment {
    /// What runs are called; the folder's name unless given.
    #[serde(default)]
    pub name: String,
    /// One line for people.
    #[serde(default)]
    pub description: String,
    /// `[data]`.
    pub data: DataSpec,
    /// `[network]`.
    pub network: NetworkSpec,
    /// `[train]`.
    #[serde(default)]
    pub train: TrainSpec,
    /// `[objective]`.
    #[serde(default)]
    pub objective: ObjectiveSpec,
    /// `[adversary]`.
    #[serde(default)]
    pub adversary: AdversarySpec,
    /// `[probe]`.
    #[serde(default)]
    pub probe: ProbeSpec,
    /// `[checkpoint]`.
    #[serde(default)]
    pub checkpoint: CheckpointSpec,
    /// `[attack]`.
    #[serde(default)]
    pub attack: AttackGrid,
}

/// `--set KEY=VALUE` arguments, in order.
pub type Overrides = [String];

impl Experiment {
    /// Reads, overrides and checks a specification file.
    ///
    /// # Errors
    /// [`SpecError`] naming the file, the key, the allowed range and the fix.
    pub fn load(path: &Path, overrides: &Overrides) -> Result<Self, SpecError> {
        let unreadable = |source| SpecError::Read {
            file: path.to_path_buf(),
            source,
        };
        let size = std::fs::metadata(path).map_err(unreadable)?;
        if size.is_dir() {
            return Experiment::load(&path.join(SPEC_FILE), overrides);
        }
        if size.len() > LARGEST {
            return Err(SpecError::Parse {
                file: path.display().to_string(),
                what: format!("has {} bytes; a specification has at most {LARGEST}", size.len()),
            });
        }
        // It may grow meanwhile, and a device has no size.
        let mut text = String::new();
        let file = std::fs::File::open(path).map_err(unreadable)?;
        file.take(LARGEST + 1).read_to_string(&mut text).map_err(unreadable)?;
        if text.len() as u64 > LARGEST {
            return Err(SpecError::Parse {
                file: path.display().to_string(),
                what: format!("goes on beyond {LARGEST} bytes, the most that a specification has"),
            });
        }
        let folder = path
            .parent()
            .and_then(Path::file_name)
            .map(|n| n.to_string_lossy().into_owned());
        Experiment::parse(
            &text,
            &path.display().to_string(),
            folder.as_deref().unwrap_or("experiment"),
            overrides,
        )
    }

    /// Parses a specification; `file` is what errors call it and `name` what it is called unless it says so itself.
    ///
    /// # Errors
    /// As [`Experiment::load`].
    pub fn parse(text: &str, file: &str, name: &str, overrides: &Overrides) -> Result<Self, SpecError> {
        let parse = |e: toml::de::Error| SpecError::Parse {
            file: file.into(),
            what: plain(&e.to_string()),
        };
        let mut experiment: Experiment = toml::from_str(text).map_err(parse)?;
        if !overrides.is_empty() {
            let mut table: toml::Table = text.parse().map_err(parse)?;
            // Defaults are filled in, so that a bare `lambda` is found even where the file does not write it.
            let full = toml::Table::try_from(&experiment).map_err(|e| SpecError::Parse {
                file: file.into(),
                what: e.to_string(),
            })?;
            for entry in overrides {
                apply(&mut table, &full, entry)?;
            }
            experiment = table.try_into().map_err(|e: toml::de::Error| SpecError::Override {
                what: format!("{}: {}", overrides.join(" "), plain(&e.to_string())),
            })?;
        }
        if experiment.name.is_empty() {
            experiment.name = name.to_string();
        }
        experiment.data.split_seed.get_or_insert(0);
        experiment.check(file)?;
        Ok(experiment)
    }

    /// From which the validation split is drawn.
    pub fn split_seed(&self) -> u64 {
        self.data.split_seed.unwrap_or(self.train.seed)
    }

    /// Checks every value.
    ///
    /// # Errors
    /// [`SpecError::Invalid`] with every offending key.
    pub fn check(&self, file: &str) -> Result<(), SpecError> {
        let mut c = Checker::default();
        let plain = !self.name.is_empty()
            && self.name.len() <= 100
            && !self.name.starts_with('.')
            && self.name.chars().all(|ch| ch.is_alphanumeric() || "-_.".contains(ch));
        c.require(
            plain,
            "name",
            format!("{:?}", self.name),
            "letters, digits, '-', '_' and '.', at most 100, not beginning with '.'",
            "write for example name = \"my-run\"",
        );
        self.data.check(&mut c);
        self.network.check(&mut c);
        self.check_input(&mut c);
        self.train.check(&mut c);
        self.objective.check(&mut c);
        self.adversary.check(&mut c);
        self.probe.check(&mut c);
        self.checkpoint.check(&mut c);
        self.attack.check(&mut c);
        self.check_weights(&mut c);
        self.check_events(&mut c);
        match c.0.is_empty() {
            true => Ok(()),
            false => Err(SpecError::Invalid {
                file: file.into(),
                problems: c.0,
            }),
        }
    }

    /// Frames are of recordings, and recordings are shown as frames.
    fn check_input(&self, c: &mut Checker) {
        let recordings = is_recordings(&self.data.name);
        let (allowed, fix) = match recordings {
            true => (
                "\"frames\" for recordings of events",
                "write network.encoding = \"frames\"",
            ),
            false => (
                "\"direct\" or \"poisson\" for images",
                "write network.encoding = \"direct\"",
            ),
        };
        c.require(
            recordings == (self.network.encoding == Encoding::Frames),
            "network.encoding",
            format!("{:?} with data.name = {:?}", self.network.encoding, self.data.name),
            allowed,
            fix,
        );
        c.require(
            !recordings || self.network.image[0] == 2,
            "network.image",
            format!("{:?}", self.network.image),
            "2 channels for recordings: darker, brighter",
            "write for example network.image = [2, 34, 34]",
        );
    }

    /// Of counts a radius below one event changes nothing, and what is trained or measured with it would look robust.
    fn check_events(&self, c: &mut Checker) {
        let radii = [
            (
                "adversary.eps",
                self.adversary.eps,
                self.train.recipe.facts().transform.is_some(),
            ),
            ("probe.attack_eps", self.probe.attack_eps, self.probe.attack.is_some()),
        ];
        for (key, eps, used) in radii {
            let moves = eps.value() >= 1.0 && self.network.input().range.is_radius(eps.value());
            c.require(
                !used || moves || self.network.encoding != Encoding::Frames,
                key,
                eps,
                "a whole number of events per cell for recordings",
                &format!("write {key} = 1"),
            );
        }
    }

    /// A term that the recipe lacks weighs nothing.
    fn check_weights(&self, c: &mut Checker) {
        for term in self.train.recipe.lacking() {
            let Some(weight) = term.facts().weight else { continue };
            let names: Vec<String> = Recipe::names_with(term).map(|n| format!("{n:?}")).collect();
            let (value, last) = (self.objective.weight(term), weight.key.rsplit('.').next());
            c.require(
                value == 0.0,
                weight.key,
                value,
                &format!("0 unless train.recipe is {}", names.join(" or ")),
                &format!(
                    "write train.recipe = {}, or leave {} out",
                    names.first().map_or("", String::as_str),
                    last.unwrap_or(weight.key)
                ),
            );
        }
    }
}

/// Puts one `KEY=VALUE` into the table; the value is TOML where it parses as TOML, a string otherwise.
fn apply(table: &mut toml::Table, full: &toml::Table, entry: &str) -> Result<(), SpecError> {
    let wrong = |what: String| SpecError::Override { what };
    let (key, value) = entry
        .split_once('=')
        .ok_or_else(|| wrong(format!("{entry:?}: write KEY=VALUE, for example train.epochs=5")))?;
    let key = resolve(full, key.trim()).map_err(wrong)?;
    let value = value.trim();
    let parsed = format!("v = {value}")
        .parse::<toml::Table>()
        .ok()
        .and_then(|mut t| t.remove("v"));
    let value = parsed.unwrap_or_else(|| toml::Value::String(value.to_string()));
    let mut parts: Vec<&str> = key.split('.').collect();
    let last = parts.pop().unwrap_or_default().to_string();
    let mut at = table;
    for part in parts {
        let next = at.entry(part).or_insert_with(|| toml::Value::Table(toml::Table::new()));
        at = next
            .as_table_mut()
            .ok_or_else(|| wrong(format!("{key}: {part} is not a table")))?;
    }
    at.insert(last, value);
    Ok(())
}

/// A bare name such as `lambda` becomes `objective.lambda` where exactly one table has it.
fn resolve(full: &toml::Table, key: &str) -> Result<String, String> {
    if key.is_empty() {
        return Err("a key is missing before '=': write for example train.epochs=5".into());
    }
    if key.contains('.') || full.contains_key(key) {
        return Ok(key.to_string());
    }
    let mut found: Vec<String> = full
        .iter()
        .filter(|(_, v)| v.as_table().is_some_and(|t| t.contains_key(key)))
        .map(|(table, _)| format!("{table}.{key}"))
        .collect();
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(format!(
            "{key:?} is not a key of a specification: write it in full, for example objective.lambda"
        )),
        _ => Err(format!("{key:?} is ambiguous: write one of {}", found.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        [data]
        name = "glyphs"
        [network]
        family = "vgg"
        blocks = [[16, "pool"], [32, "pool"]]
        classes = 10
        image = [1, 16, 16]
        mean = [0.2]
        std = [0.3]
        steps = 4
        [train]
        recipe = "sr"
        [objective]
        lambda = 0.002
    "#;

    fn read(text: &str, set: &[&str]) -> Result<Experiment, String> {
        let set: Vec<String> = set.iter().map(|s| s.to_string()).collect();
        Experiment::parse(text, "experiment.toml", "here", &set).map_err(|e| e.to_string())
    }

    #[test]
    fn what_is_written_is_what_is_read_and_writing_it_again_changes_nothing() {
        let first = read(GOOD, &[]).unwrap();
        assert_eq!(first.name, "here");
        let again = read(&toml::to_string(&first).unwrap(), &[]).unwrap();
        assert_eq!(first, again);
    }

    #[test]
    fn overrides_take_full_and_bare_names() {
        let e = read(
            GOOD,
            &[
                "train.epochs=3",
                "lambda=0.01",
                "lr=0.05",
                "data.name=mnist",
                "adversary.eps=4/255",
            ],
        )
        .unwrap();
        assert_eq!(
            (e.train.epochs, e.objective.lambda, e.train.lr, e.data.name.as_str()),
            (3, 0.01, 0.05, "mnist")
        );
        assert_eq!(e.adversary.eps.to_string(), "4/255");
    }

    #[test]
    fn mistakes_name_the_key_the_range_and_the_mend() {
        for (set, words) in [
            (
                "train.lr=-1",
                "train.lr = -1: must be between 0 and 100; write for example train.lr = 0.1",
            ),
            ("objective.lamda=1", "lamda"),
            ("samples=3", "ambiguous"),
            ("nonsense=3", "not a key"),
            ("train.epochs", "KEY=VALUE"),
            ("data.name=imagenet", "one of glyphs, fashion-mnist"),
            ("train.recipe=plain", "train.recipe"),
            ("network.preset=vgg12", "vgg11"),
        ] {
            let said = read(GOOD, &[set]).unwrap_err();
            assert!(said.contains(words), "{set}: {said}");
        }
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line() {
        let said = read(&GOOD.replace("recipe", "reciep"), &[]).unwrap_err();
        assert!(said.contains("reciep") && said.contains("line"), "{said}");
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in ".{0,300}", set in ".{0,40}") {
            let _ = read(&text, &[]);
            let _ = read(GOOD, &[&set]);
        }
    }
}
