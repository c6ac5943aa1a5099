//! Reads settings from the file (errors name the line) and from environment variables (errors name the variable). Every
//! error says what is allowed.

use super::{Config, Key, Kind, Origin, SETTINGS, Setting, Value};
use crate::tui::text::toml_file::{Source, meant, quoted};
use std::path::{Path, PathBuf};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// Folders at most.
const MOST: usize = 100;

impl Config {
    /// Takes in a file.
    pub fn read(&mut self, source: Source, home: Option<&Path>) -> Result<(), String> {
        self.table(source, &source.table()?, "", home)?;
        let whole: toml::Table = toml::from_str(source.text).map_err(|e| source.wrong(0, e.message()))?;
        if let Some(toml::Value::Table(keys)) = whole.get("keys") {
            self.keys = keys.clone().into_iter().collect();
        }
        Ok(())
    }

    fn table(&mut self, source: Source, table: &DeTable, above: &str, home: Option<&Path>) -> Result<(), String> {
        for (key, value) in table {
            let name = format!("{above}{}", key.get_ref());
            let at = key.span().start;
            match (name.as_str(), value.get_ref()) {
                ("keys", DeValue::Table(_)) => {}
                ("charts", DeValue::Table(inner)) => self.table(source, inner, "charts.", home)?,
                ("keys" | "charts", _) => return Err(source.wrong(at, &format!("{name}: a table, as [{name}]"))),
                (name, inner) => {
                    let setting = SETTINGS.iter().find(|s| s.name == name).ok_or_else(|| {
                        let known = SETTINGS.iter().map(|s| s.name);
                        let all: Vec<&str> = known.clone().chain(["keys"]).collect();
                        let near = meant(name, known.chain(["keys", "charts"]));
                        let why = format!(
                            "{} is not a setting{near}; settings are {}",
                            quoted(name),
                            all.join(", ")
                        );
                        source.wrong(at, &why)
                    })?;
                    let found = value_of(setting.kind, inner, home).ok_or_else(|| {
                        let near = inner
                            .as_str()
                            .map_or_else(String::new, |word| near_choice(setting.kind, word));
                        let why = format!("{name}: must be {}{near}", setting.kind.words());
                        source.wrong(value.span().start, &why)
                    })?;
                    let line = source.line(at);
                    self.values.insert(setting.key, (found, Origin::File(line)));
                }
            }
        }
        Ok(())
    }

    /// Takes in a variable.
    pub fn hear(&mut self, setting: &Setting, said: &str, home: Option<&Path>) -> Result<(), String> {
        let found = match setting.kind {
            Kind::Text => Some(Value::Text(said.into())),
            Kind::Choice(list) => list.contains(&said).then(|| Value::Text(said.into())),
            Kind::Flag => match said {
                "1" | "true" => Some(Value::Flag(true)),
                "0" | "false" => Some(Value::Flag(false)),
                _ => None,
            },
            Kind::Whole(low, high) => said.parse().ok().filter(|n| (low..=high).contains(n)).map(Value::Whole),
            Kind::Steps(list) => said.parse().ok().filter(|n| list.contains(n)).map(Value::Number),
            // As it always was, SPIKEDECK_DATA may be relative to the working folder.
            Kind::Folder if setting.key == Key::Data => Some(Value::Folders(vec![said.into()])),
            Kind::Folder => expand(said, home).map(|f| Value::Folders(vec![f])),
            Kind::Folders => {
                let folders = said.split(':').filter(|f| !f.is_empty()).take(MOST);
                folders
                    .map(|f| expand(f, home))
                    .collect::<Option<_>>()
                    .map(Value::Folders)
            }
        };
        let found = found.ok_or_else(|| {
            let near = near_choice(setting.kind, said);
            format!(
                "the variable {}={}: must be {}{near}",
                setting.variable,
                quoted(said),
                setting.kind.words()
            )
        })?;
        self.values
            .insert(setting.key, (found, Origin::Environment(setting.variable)));
        Ok(())
    }
}

fn near_choice(kind: Kind, word: &str) -> String {
    match kind {
        Kind::Choice(list) => meant(word, list.iter().copied()),
        _ => String::new(),
    }
}

fn value_of(kind: Kind, value: &DeValue, home: Option<&Path>) -> Option<Value> {
    let folder = |v: &Spanned<DeValue>| expand(v.get_ref().as_str()?, home);
    match kind {
        Kind::Text => value.as_str().map(|t| Value::Text(t.into())),
        Kind::Choice(list) => value
            .as_str()
            .filter(|t| list.contains(t))
            .map(|t| Value::Text(t.into())),
        Kind::Flag => value.as_bool().map(Value::Flag),
        Kind::Whole(low, high) => {
            let number = value.as_integer()?;
            let number = i64::from_str_radix(number.as_str(), number.radix()).ok()?;
            (low..=high).contains(&number).then_some(Value::Whole(number))
        }
        Kind::Steps(list) => {
            let text = value.as_float().map(|f| f.as_str().to_string());
            let text = text.or_else(|| value.as_integer().map(|i| i.as_str().to_string()))?;
            text.parse().ok().filter(|n| list.contains(n)).map(Value::Number)
        }
        Kind::Folder => expand(value.as_str()?, home).map(|f| Value::Folders(vec![f])),
        Kind::Folders => {
            let list = value.as_array().filter(|l| l.len() <= MOST)?;
            list.iter().map(folder).collect::<Option<_>>().map(Value::Folders)
        }
    }
}

/// A file must not depend on the working folder, so its folders are absolute or below the home folder.
fn expand(text: &str, home: Option<&Path>) -> Option<PathBuf> {
    match text.strip_prefix("~/") {
        Some(rest) => home.map(|h| h.join(rest)),
        None => Some(PathBuf::from(text)).filter(|p| p.is_absolute()),
    }
}
