//! All themes: the built-in ones and the files in the user's themes folder.

use super::{
    Depth, Theme,
    file::{Palette, Sheet},
};
use crate::tui::text::toml_file::{Source, meant, quoted, read};
use std::{path::Path, sync::Arc};

macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../themes/", $name, ".toml")))),*]
    };
}

/// The themes that are shipped, by name, in the order in which the key goes through them.
pub const SHIPPED: &[(&str, &str)] = shipped![
    "dark",
    "light",
    "high-contrast",
    "high-contrast-light",
    "colour-blind-safe",
    "monochrome",
];
/// Themes of a user at most.
const MOST: usize = 200;
/// Themes that inherit one another at most.
const DEEPEST: usize = 8;

/// One theme, whole or with what is wrong with it.
#[derive(Debug, Clone)]
pub struct Book {
    /// Its name.
    pub name: String,
    /// What it says.
    pub palette: Result<Palette, String>,
}

/// Themes by name.
#[derive(Debug, Clone)]
pub struct ThemeCollection {
    /// The shipped ones first.
    pub books: Vec<Book>,
}

impl ThemeCollection {
    /// The shipped themes, and those in a folder where there is one. A file of a shipped theme's name takes its place.
    /// A file that is wrong is kept with what is wrong with it, and said when it is asked for.
    pub fn new(folder: Option<&Path>) -> ThemeCollection {
        let mut sheets: Vec<(String, Result<Sheet, String>)> = Vec::new();
        for (name, text) in SHIPPED {
            let source = Source { name, text };
            sheets.push((name.to_string(), Sheet::parse(source)));
        }
        let shipped = sheets.clone();
        for (name, sheet) in folder.map(own).unwrap_or_default() {
            sheets.retain(|(n, _)| *n != name);
            sheets.push((name, sheet));
        }
        let books = sheets.iter().map(|(name, sheet)| Book {
            name: name.clone(),
            palette: sheet
                .clone()
                .and_then(|s| inherit(name, s, &sheets, &shipped))
                .and_then(|s| s.palette()),
        });
        ThemeCollection { books: books.collect() }
    }

    /// A theme by name.
    ///
    /// # Errors
    /// When there is none of that name, with the names that there are; or with what is wrong with its file.
    pub fn theme(self: &Arc<ThemeCollection>, name: &str, depth: Depth) -> Result<Theme, String> {
        let names: Vec<&str> = self.books.iter().map(|b| b.name.as_str()).collect();
        let book = self.books.iter().find(|b| b.name == name).ok_or_else(|| {
            let near = meant(name, names.iter().copied());
            format!(
                "there is no theme {}: choose one of {}{near}",
                quoted(name),
                names.join(", ")
            )
        })?;
        Ok(Theme {
            name: book.name.clone(),
            palette: book.palette.clone()?,
            depth,
            is_sure: true,
            shelf: self.clone(),
        })
    }

    /// The one after it that can be shown.
    pub fn next(self: &Arc<ThemeCollection>, theme: &Theme) -> Option<Theme> {
        let at = self.books.iter().position(|b| b.name == theme.name)?;
        let count = self.books.len();
        let mut following = (1..count).map(|n| &self.books[(at + n) % count]);
        let book = following.find(|b| b.palette.is_ok())?;
        self.theme(&book.name, theme.depth).ok()
    }
}

/// The sheets of a folder, by name. A folder that is not there holds none.
fn own(folder: &Path) -> Vec<(String, Result<Sheet, String>)> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let is_theme = |p: &std::path::PathBuf| p.extension().is_some_and(|e| e == "toml");
    let mut paths: Vec<_> = entries
        .take(MOST * 4)
        .flatten()
        .map(|e| e.path())
        .filter(is_theme)
        .collect();
    paths.sort();
    paths.truncate(MOST);
    let sheet = |path: &Path| {
        let file = path.display().to_string();
        let text = read(path)?;
        let source = Source {
            name: &file,
            text: &text,
        };
        Sheet::parse(source)
    };
    let named = paths.iter().filter_map(|path| {
        let stem = path.file_stem()?.to_str()?;
        // A name is typed, shown and written into files: letters, digits and dashes.
        let sound = stem.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
        sound.then(|| (stem.to_string(), sheet(path)))
    });
    named.collect()
}

type Sheets = [(String, Result<Sheet, String>)];

/// Lays a sheet over those that it inherits. A user's `dark` that inherits `dark` means the shipped one.
fn inherit(name: &str, mut sheet: Sheet, all: &Sheets, shipped: &Sheets) -> Result<Sheet, String> {
    let mut from = name.to_string();
    for _ in 0..DEEPEST {
        let Some(parent) = sheet.inherits.clone() else {
            return Ok(sheet);
        };
        let among = if parent == from { shipped } else { all };
        let found = among.iter().find(|(n, _)| *n == parent).ok_or_else(|| {
            let near = meant(&parent, all.iter().map(|(n, _)| n.as_str()));
            format!(
                "theme {name}: inherits = {}: there is no such theme{near}",
                quoted(&parent)
            )
        })?;
        let above = found.1.clone()?;
        let next = above.inherits.clone();
        sheet = sheet.over(above);
        sheet.inherits = next;
        from = parent;
    }
    Err(format!(
        "theme {name}: inherits more than {DEEPEST} themes, one after the other: do two inherit each other?"
    ))
}
