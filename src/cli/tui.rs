//! `spikedeck` and `spikedeck tui`: the screen.

use super::{
    event_line::event_line,
    failure::{Code, usage},
    missing_data::fetch_command,
    output::Output,
    user_config::{check_configured, check_theme, key_map, load, own_file, own_folder, roots, themes_folder},
};
use crate::tui::{
    self, TuiOptions,
    model::MissingData,
    settings::{
        config::{Config, Key},
        layout::{Layout, Layouts},
    },
    theme::glyphs::Dots,
};
use anyhow::Result;
use clap::Args;
use std::{io::IsTerminal, path::PathBuf};

/// Watch and steer runs on the screen (also without a command)
#[derive(Debug, Args, Default, PartialEq, Eq)]
pub struct TuiArgs {
    /// Folders with runs [default: .]
    #[arg(value_name = "DIR")]
    pub dirs: Vec<PathBuf>,
    /// Look only: nothing is started, changed or stopped
    #[arg(long)]
    pub read_only: bool,
    /// Lines instead of a screen, for screen readers, logs and pipes: says what changes, reads commands
    #[arg(long)]
    pub plain: bool,
    /// The name of a theme, such as dark, light, high-contrast or one of your own
    #[arg(long, value_name = "NAME")]
    pub theme: Option<String>,
    /// Open with a layout saved before (`:save-layout NAME`)
    #[arg(long, value_name = "NAME")]
    pub layout: Option<String>,
    /// Draw with ASCII characters only
    #[arg(long)]
    pub ascii: bool,
    /// What curves are made of: braille, octant (Unicode 16), block or ascii
    #[arg(long, value_name = "KIND", value_parser = dots)]
    pub dots: Option<Dots>,
    /// Leave the mouse to the terminal, so that its own selection works
    #[arg(long)]
    pub no_mouse: bool,
    /// Send the terminal at most N kilobytes per second, by drawing news less often
    #[arg(long, value_name = "N", value_parser = kilobytes)]
    pub max_kbps: Option<u64>,
    /// Open without the configuration file and its variables
    #[arg(long)]
    pub no_config: bool,
    /// The folder of data sets that runs and attacks started here are given
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

impl TuiArgs {
    /// The options of the screen.
    ///
    /// # Errors
    /// When a folder is not there.
    pub fn options(&self) -> Result<TuiOptions> {
        if let Some(missing) = self.dirs.iter().find(|d| !d.is_dir()) {
            return Err(usage(format!(
                "{}: no such folder and no such command; see `spikedeck --help`",
                missing.display()
            )));
        }
        let config = load(self.no_config)?;
        if self.theme.is_none() {
            check_configured(&config)?;
        }
        let configured = config.folders(Key::Data).first();
        let data = self.data.as_ref().or(configured);
        let data = data.map(|d| crate::data::root::resolve(Some(d)).display().to_string());
        let named = if self.dirs.is_empty() {
            config.folders(Key::Roots)
        } else {
            &self.dirs
        };
        let layouts = Layouts::look(own_folder().map(|f| f.join("layouts")));
        let layout = self.opening(&config, &layouts)?;
        Ok(TuiOptions {
            layouts,
            layout,
            roots: roots(named),
            plain: self.plain || config.flag(Key::Plain),
            read_only: self.read_only || config.flag(Key::ReadOnly),
            theme: self.theme.clone().or_else(|| config.text(Key::Theme).map(String::from)),
            themes: themes_folder(),
            ascii: self.ascii || config.flag(Key::Ascii),
            unicode: self
                .dots
                .or(config.text(Key::Dots).map(|_| config.dots()))
                .is_some_and(|d| d != Dots::Ascii),
            dots: self.dots.unwrap_or_else(|| config.dots()),
            no_mouse: self.no_mouse || !config.flag(Key::Mouse),
            limit: self.max_kbps.map(|n| n * 1000).or_else(|| config.limit()),
            extra: data.map_or_else(Vec::new, |d| vec!["--data".into(), d]),
            charts: config.charts(),
            alerts: config.alerts(),
            keys: key_map(&config)?,
            missing_data: MissingData(fetch_command),
            ..TuiOptions::default()
        })
    }

    /// The layout to open with; a theme given by flag stands over its own.
    fn opening(&self, config: &Config, layouts: &Layouts) -> Result<Option<Layout>> {
        let Some(name) = self.layout.as_deref().or_else(|| config.text(Key::Layout)) else {
            return Ok(None);
        };
        let mut layout = layouts.read(name).map_err(|why| match self.layout.is_some() {
            true => usage(why),
            false => usage(format!("{}: layout: {why}", config.whence(Key::Layout, &own_file()))),
        })?;
        if self.theme.is_some() {
            layout.theme = None;
        }
        Ok(Some(layout))
    }
}

/// Reads what curves are made of.
///
/// # Errors
/// The message lists what there is.
pub fn dots(text: &str) -> Result<Dots, String> {
    let names = || Dots::ALL.map(Dots::name).join(", ");
    Dots::parse(text).ok_or_else(|| format!("there are no such dots: choose one of {}", names()))
}

/// Reads a number of kilobytes per second.
fn kilobytes(text: &str) -> Result<u64, String> {
    let number = text.parse().ok().filter(|n| (1..=100_000).contains(n));
    number.ok_or_else(|| "kilobytes per second: an integer from 1 to 100000, such as --max-kbps 8".into())
}

/// Does it.
///
/// # Errors
/// Where there is no terminal, a folder is not there, or there is no such theme.
pub fn run(args: &TuiArgs, _out: Output) -> Result<Code> {
    let options = args.options()?;
    if options.plain {
        check_theme(options.theme.as_deref())?;
        tui::plain::run(&options, event_line, std::io::stdin(), std::io::stdout())?;
        return Ok(Code::Done);
    }
    if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        return Err(usage(
            "the screen needs a terminal; `spikedeck status` prints lines, `spikedeck tui --plain` keeps printing them, `spikedeck snapshot` draws one frame",
        ));
    }
    tui::can_draw().map_err(usage)?;
    check_theme(options.theme.as_deref())?;
    tui::run(options)?;
    Ok(Code::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_a_whole_number_of_kilobytes() {
        assert_eq!((kilobytes("1"), kilobytes("100000")), (Ok(1), Ok(100_000)));
        for text in ["0", "100001", "-1", "1.5", "", "8k"] {
            assert!(kilobytes(text).unwrap_err().contains("from 1 to 100000"), "{text}");
        }
    }
}
