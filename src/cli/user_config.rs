//! What the user has configured, for every command that asks: folders with runs, keys, theme. What the file may say is
//! in `crate::tui::settings::config`; this loads it and refuses what is wrong with a message that names the file.

use super::failure::usage;
use crate::tui::{
    keys::keymap::KeyMap,
    settings::config::{Config, FILE, Key, folder},
    theme::{Depth, ThemeCollection},
};
use anyhow::Result;
use std::{path::PathBuf, sync::Arc};

/// A variable of the environment.
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The folder of the configuration.
pub fn own_folder() -> Option<PathBuf> {
    folder(environment)
}

/// The configuration's file, whether or not it is there.
pub fn own_file() -> PathBuf {
    own_folder().map_or_else(|| FILE.into(), |folder| folder.join(FILE))
}

/// What is configured, or nothing at all.
///
/// # Errors
/// When it is broken; the message says what fixes it and how to do without.
pub fn load(without: bool) -> Result<Config> {
    if without {
        return Ok(Config::default());
    }
    let loaded = Config::load(own_folder().as_deref(), environment);
    loaded.map_err(|why| usage(format!("{why}; --no-config opens the screen without it")))
}

/// The folders looked in, absolute where they can be resolved; the working folder where none is named.
pub fn roots(dirs: &[PathBuf]) -> Vec<PathBuf> {
    let here = [PathBuf::from(".")];
    let dirs = if dirs.is_empty() { &here[..] } else { dirs };
    dirs.iter()
        .map(|d| std::fs::canonicalize(d).unwrap_or_else(|_| d.clone()))
        .collect()
}

/// The folders with runs that are configured.
///
/// # Errors
/// When the configuration is broken.
pub fn run_folders() -> Result<Vec<PathBuf>> {
    Ok(roots(load(false)?.folders(Key::Roots)))
}

/// The folder of the user's own themes.
pub fn themes_folder() -> Option<PathBuf> {
    own_folder().map(|f| f.join("themes"))
}

/// The keys that a configuration gives to actions.
///
/// # Errors
/// One line for each that cannot be.
pub fn key_map(config: &Config) -> Result<KeyMap> {
    KeyMap::of_config(&config.keys).map_err(|wrong| {
        let (file, wrong) = (own_file(), wrong.join("; "));
        usage(format!(
            "{}: {wrong}; --no-config opens the screen without it",
            file.display()
        ))
    })
}

/// Refuses a configured theme that there is not, by where it was configured.
///
/// # Errors
/// The message lists those that there are.
pub fn check_configured(config: &Config) -> Result<()> {
    let whence = config.whence(Key::Theme, &own_file());
    check_theme(config.text(Key::Theme)).map_err(|why| usage(format!("{whence}: theme: {why}")))
}

/// Refuses a theme that there is not.
///
/// # Errors
/// The message lists those that there are.
pub fn check_theme(name: Option<&str>) -> Result<()> {
    let shelf = Arc::new(ThemeCollection::new(themes_folder().as_deref()));
    let known = |name| shelf.theme(name, Depth::Mono);
    match name.map(known) {
        Some(Err(why)) => Err(usage(why)),
        _ => Ok(()),
    }
}
