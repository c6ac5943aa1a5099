//! The user's configuration: where the file is, and how its values are used. Environment variables override the file;
//! flags override both.

mod keys;
mod read;
#[cfg(test)]
mod tests;

pub use keys::{Key, Kind, Otherwise, SETTINGS, Setting};

use crate::{
    run::text::clean,
    tui::{
        model::charts::view::{ChartsView, SMOOTHING, XKind},
        plot::Scale,
        text::toml_file,
        theme::glyphs::Dots,
    },
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// The folder of everything that a person configures: `$XDG_CONFIG_HOME/spikedeck`, else `~/.config/spikedeck`; none
/// where neither is known. A relative one is invalid by the XDG specification, and is passed over.
pub fn folder(env: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let absolute = |name: &str| env(name).map(PathBuf::from).filter(|p| p.is_absolute());
    let home = || absolute("HOME").map(|h| h.join(".config"));
    absolute("XDG_CONFIG_HOME").or_else(home).map(|c| c.join("spikedeck"))
}

/// A configured value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text or a word of a list.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// An integer.
    Whole(i64),
    /// A number.
    Number(f64),
    /// Folders; one, where only one is asked for.
    Folders(Vec<PathBuf>),
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The file, on this line.
    File(usize),
    /// This variable.
    Environment(&'static str),
}

/// What is configured.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Values that differ from the default, with where they came from.
    pub values: BTreeMap<Key, (Value, Origin)>,
    /// The `[keys]` table as it stands: actions and the keys that they are given, by place or for all places.
    pub keys: BTreeMap<String, toml::Value>,
}

impl Config {
    /// The file of a folder, where there is one, and the environment over it.
    ///
    /// # Errors
    /// When either says something that it cannot mean; by file, line and key.
    pub fn load(folder: Option<&Path>, env: impl Fn(&str) -> Option<String>) -> Result<Config, String> {
        let mut config = Config::default();
        let home = env("HOME").map(PathBuf::from);
        let file = folder.map(|f| f.join(FILE)).filter(|f| f.exists());
        if let Some(file) = file {
            let text = toml_file::read(&file)?;
            let name = file.display().to_string();
            config.read(
                toml_file::Source {
                    name: &name,
                    text: &text,
                },
                home.as_deref(),
            )?;
        }
        for setting in &SETTINGS {
            let said = env(setting.variable).filter(|v| !v.is_empty());
            if let Some(said) = said {
                config.hear(setting, &said, home.as_deref())?;
            }
        }
        Ok(config)
    }

    /// Where a value was configured, in words: a line of this file, or a variable.
    pub fn whence(&self, key: Key, file: &Path) -> String {
        match self.values.get(&key) {
            Some((_, Origin::File(line))) => format!("{}, line {line}", clean(&file.display().to_string())),
            Some((_, Origin::Environment(variable))) => format!("the variable {variable}"),
            None => "the default".into(),
        }
    }

    /// Text that is configured.
    pub fn text(&self, key: Key) -> Option<&str> {
        match self.values.get(&key) {
            Some((Value::Text(text), _)) => Some(text),
            _ => None,
        }
    }

    /// Whether a flag is configured as true, else its default.
    pub fn flag(&self, key: Key) -> bool {
        match self.values.get(&key) {
            Some((Value::Flag(flag), _)) => *flag,
            _ => key.setting().otherwise == Otherwise::Default("true"),
        }
    }

    /// Folders that are configured; none, where none are.
    pub fn folders(&self, key: Key) -> &[PathBuf] {
        match self.values.get(&key) {
            Some((Value::Folders(folders), _)) => folders,
            _ => &[],
        }
    }

    /// Bytes per second at most.
    pub fn limit(&self) -> Option<u64> {
        match self.values.get(&Key::MaxKbps) {
            Some((Value::Whole(kilobytes), _)) => u64::try_from(*kilobytes).ok().map(|k| k * 1000),
            _ => None,
        }
    }

    /// The characters curves are drawn with.
    pub fn dots(&self) -> Dots {
        self.text(Key::Dots).and_then(Dots::parse).unwrap_or_default()
    }

    /// How the user is alerted.
    pub fn alerts(&self) -> Alerts {
        match self.text(Key::Alerts) {
            Some("bell") => Alerts::WakeSender,
            Some("osc9") => Alerts::Osc9,
            _ => Alerts::None,
        }
    }

    /// How the charts begin.
    pub fn charts(&self) -> ChartsView {
        let fresh = ChartsView::default();
        let smoothing = match self.values.get(&Key::Smoothing) {
            Some((Value::Number(weight), _)) => SMOOTHING.iter().position(|s| s == weight),
            _ => None,
        };
        ChartsView {
            smoothing: smoothing.unwrap_or(fresh.smoothing),
            x: match self.text(Key::X) {
                Some("epoch") => XKind::Epoch,
                Some("relative") => XKind::Relative,
                Some("wall") => XKind::Wall,
                _ => XKind::Step,
            },
            y: match self.text(Key::Y) {
                Some("log") => Scale::Log,
                Some("symlog") => Scale::SymLog,
                _ => Scale::Linear,
            },
            log_x: self.flag(Key::LogX),
            ..fresh
        }
    }
}

/// How the user is alerted when a run ended, failed or was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Alerts {
    /// Not at all.
    #[default]
    None,
    /// It rings.
    WakeSender,
    /// It shows a message, where it can (OSC 9).
    Osc9,
}

/// The file's name in the folder.
pub const FILE: &str = "config.toml";

/// A file that says all there is and changes nothing: every line is a comment.
pub fn commented() -> String {
    let mut text = String::from(
        "# Spikedeck's configuration. Every line shows a default or an example; remove the # to change it.\n",
    );
    let mut table = "";
    for setting in &SETTINGS {
        let (above, name) = setting.name.split_once('.').unwrap_or(("", setting.name));
        if above != table {
            table = above;
            text.push_str(&format!("\n[{table}]\n"));
        }
        let Setting { help, variable, .. } = setting;
        let (value, unset) = match setting.otherwise {
            Otherwise::Default(value) => (value, ""),
            Otherwise::Unset(value) => (value, " Not set by default."),
        };
        let kind = setting.kind.words();
        text.push_str(&format!(
            "\n# {help}{unset} ({kind}; {variable} overrides it)\n# {name} = {value}\n"
        ));
    }
    text.push_str("\n# Keys by action, such as: pause = [\"p\", \"f5\"]\n[keys]\n");
    text
}
