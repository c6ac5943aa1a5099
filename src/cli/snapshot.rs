//! `spikedeck snapshot`: one frame of the screen, without a terminal.

use super::{
    failure::{Code, not_yet},
    output::Output,
};
use anyhow::Result;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Draw one frame of the screen as text or SVG
#[derive(Debug, Args)]
pub struct SnapshotArgs {
    /// A folder with runs [default: .]
    #[arg(value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Which screen
    #[arg(long, value_name = "NAME")]
    pub screen: Option<String>,
    /// Columns and rows, such as 120x40
    #[arg(long, value_name = "WxH", default_value = "120x40", value_parser = size)]
    pub size: (u16, u16),
    /// How it is drawn
    #[arg(long, default_value = "text")]
    pub format: Format,
    /// Keys pressed before the frame is drawn
    #[arg(long, default_value = "")]
    pub keys: String,
    /// The name of a theme
    #[arg(long, value_name = "NAME")]
    pub theme: Option<String>,
}

/// How a frame is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Characters alone.
    Text,
    /// A picture with colours.
    Svg,
}

fn size(text: &str) -> Result<(u16, u16), String> {
    let wrong = || "write columns and rows, from 1x1 to 1000x1000, such as 120x40".to_string();
    let (width, height) = text.split_once('x').ok_or_else(wrong)?;
    let number = |t: &str| t.parse().ok().filter(|n| (1..=1000).contains(n)).ok_or_else(wrong);
    Ok((number(width)?, number(height)?))
}

/// Does it.
///
/// # Errors
/// When the folder cannot be read or there is no such screen.
pub fn run(_args: &SnapshotArgs, _out: Output) -> Result<Code> {
    // CALL SITE: the screen (crate::tui) drawn once into a buffer.
    Err(not_yet("snapshot"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_parsed_and_bounded() {
        assert_eq!(size("120x40"), Ok((120, 40)));
        for text in ["", "120", "0x4", "9999x1", "ax4"] {
            assert!(size(text).is_err(), "{text}");
        }
    }
}
