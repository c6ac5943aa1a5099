//! A theme file: a colour for each meaning, as `#rrggbb` or by a name from its own `[palette]`, over the theme it
//! inherits. Errors name file, line and key.

use super::{Rgb, heat::Ramp, meaning::Meaning};
use crate::tui::text::toml_file::{Source, meant, quoted};
use std::collections::BTreeMap;
use toml::{Spanned, de::DeValue};

/// The other keys of a theme file.
const OTHERS: [&str; 5] = ["name", "inherits", "heat", "series", "palette"];
/// Colours of series at most, and names in a palette.
const MOST: usize = 64;

/// A colour as the file says it, and where.
#[derive(Debug, Clone)]
struct Said {
    word: String,
    whence: String,
}

/// What one file says.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// The theme's name, where it says one.
    pub name: Option<String>,
    /// The theme that it changes.
    pub inherits: Option<String>,
    heat: Option<Ramp>,
    palette: BTreeMap<String, Rgb>,
    meanings: BTreeMap<Meaning, Said>,
    series: Option<Vec<Said>>,
    file: String,
}

/// A whole theme.
#[derive(Debug, Clone)]
pub struct Palette {
    colours: [Rgb; Meaning::NAMED.len()],
    /// By series.
    pub series: Vec<Rgb>,
    /// For heat maps.
    pub heat: Ramp,
}

impl Palette {
    /// The colour of a meaning.
    pub fn of(&self, meaning: Meaning) -> Rgb {
        self.colours[meaning as usize]
    }
}

impl Sheet {
    /// Reads a file.
    ///
    /// # Errors
    /// When it is no TOML, or a key or colour in it means nothing.
    pub fn parse(source: Source) -> Result<Sheet, String> {
        let mut sheet = Sheet {
            file: source.name.into(),
            ..Sheet::default()
        };
        for (key, value) in source.table()? {
            sheet.take(source, (key.get_ref(), key.span().start), &value)?;
        }
        Ok(sheet)
    }

    fn take(&mut self, source: Source, (key, at): (&str, usize), value: &Spanned<DeValue>) -> Result<(), String> {
        let here = value.span().start;
        match key {
            "name" => self.name = Some(word(source, key, value)?.into()),
            "inherits" => self.inherits = Some(word(source, key, value)?.into()),
            "heat" => {
                let name = word(source, key, value)?;
                let ramp = Ramp::parse(name).ok_or_else(|| {
                    let known = Ramp::ALL.map(Ramp::name);
                    let why = format!("heat: {} is not a ramp: use one of {}", quoted(name), known.join(", "));
                    source.wrong(here, &why)
                })?;
                self.heat = Some(ramp);
            }
            "palette" => {
                let table = value.get_ref().as_table();
                let table = table.ok_or_else(|| source.wrong(here, "palette: a table of names and colours"))?;
                for (name, colour) in table.iter().take(MOST) {
                    let text = word(source, name.get_ref(), colour)?;
                    let rgb = Rgb::try_from(text.to_string())
                        .map_err(|_| source.wrong(colour.span().start, &not_hex(name.get_ref(), text)))?;
                    self.palette.insert(name.get_ref().to_string(), rgb);
                }
            }
            "series" => {
                let list = value.get_ref().as_array().filter(|l| (1..=MOST).contains(&l.len()));
                let list = list.ok_or_else(|| {
                    source.wrong(
                        here,
                        &format!("series: a list of 1 to {MOST} colours, such as [\"#56b4e9\"]"),
                    )
                })?;
                let said = |v: &Spanned<DeValue>| said(source, key, v);
                self.series = Some(list.iter().map(said).collect::<Result<_, _>>()?);
            }
            _ => {
                let meaning = Meaning::parse(key).ok_or_else(|| {
                    let known = Meaning::NAMED.into_iter().map(|(_, word)| word).chain(OTHERS);
                    let why = format!("{} is not a theme key{}", quoted(key), meant(key, known));
                    source.wrong(at, &why)
                })?;
                self.meanings.insert(meaning, said(source, key, value)?);
            }
        }
        Ok(())
    }

    /// This over what it inherits: its palette's names too, so that a child that changes a name changes every meaning
    /// that is called by it.
    pub fn over(mut self, parent: Sheet) -> Sheet {
        let mut palette = parent.palette;
        palette.append(&mut self.palette);
        let mut meanings = parent.meanings;
        meanings.append(&mut self.meanings);
        Sheet {
            palette,
            meanings,
            heat: self.heat.or(parent.heat),
            series: self.series.or(parent.series),
            ..self
        }
    }

    /// Every meaning with its colour.
    ///
    /// # Errors
    /// When one has none, or is called by a name that the palette has not.
    pub fn palette(&self) -> Result<Palette, String> {
        let mut colours = [Rgb(0, 0, 0); Meaning::NAMED.len()];
        for (place, (meaning, word)) in colours.iter_mut().zip(Meaning::NAMED) {
            *place = self.colour(word, self.meanings.get(&meaning))?;
        }
        let series = self.series.as_ref().ok_or_else(|| self.missing("series"))?;
        Ok(Palette {
            colours,
            series: series
                .iter()
                .map(|s| self.colour("series", Some(s)))
                .collect::<Result<_, _>>()?,
            heat: self.heat.unwrap_or_default(),
        })
    }

    fn missing(&self, key: &str) -> String {
        format!(
            "{}: {key} has no colour: set one, or inherits = \"dark\" for every unset key",
            self.file
        )
    }

    fn colour(&self, key: &str, said: Option<&Said>) -> Result<Rgb, String> {
        let said = said.ok_or_else(|| self.missing(key))?;
        if let Some(rgb) = self.palette.get(&said.word) {
            return Ok(*rgb);
        }
        Rgb::try_from(said.word.clone()).map_err(|_| {
            let near = meant(&said.word, self.palette.keys().map(String::as_str));
            format!(
                "{}: {}, nor a name in [palette]{near}",
                said.whence,
                not_hex(key, &said.word)
            )
        })
    }
}

fn not_hex(key: &str, text: &str) -> String {
    format!("{key}: {} is not a colour: write #rrggbb", quoted(text))
}

fn word<'a>(source: Source, key: &str, value: &'a Spanned<DeValue>) -> Result<&'a str, String> {
    let text = value.get_ref().as_str();
    text.ok_or_else(|| source.wrong(value.span().start, &format!("{}: text in quotes", quoted(key))))
}

fn said(source: Source, key: &str, value: &Spanned<DeValue>) -> Result<Said, String> {
    let line = source.line(value.span().start);
    Ok(Said {
        word: word(source, key, value)?.to_string(),
        whence: format!("{}, line {line}", source.name),
    })
}
