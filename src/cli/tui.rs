//! `spikedeck` and `spikedeck tui`: the screen.

use super::{
    failure::{Code, not_yet, usage},
    output::Output,
};
use anyhow::Result;
use clap::Args;
use std::{io::IsTerminal, path::PathBuf};

/// Watch and steer runs on the screen (also without a verb)
#[derive(Debug, Args, Default, PartialEq, Eq)]
pub struct TuiArgs {
    /// Folders with runs [default: .]
    #[arg(value_name = "DIR")]
    pub dirs: Vec<PathBuf>,
    /// Look only: nothing is started, changed or stopped
    #[arg(long)]
    pub read_only: bool,
    /// The name of a theme
    #[arg(long, value_name = "NAME")]
    pub theme: Option<String>,
}

/// Does it.
///
/// # Errors
/// Where there is no terminal, or a folder is not there.
pub fn run(args: &TuiArgs, _out: Output) -> Result<Code> {
    if let Some(missing) = args.dirs.iter().find(|d| !d.is_dir()) {
        return Err(usage(format!(
            "{}: no such folder and no such verb; see `spikedeck --help`",
            missing.display()
        )));
    }
    if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        return Err(usage(
            "the screen needs a terminal; `spikedeck status` prints lines, `spikedeck snapshot` one frame",
        ));
    }
    // CALL SITE: the screen (crate::tui) with these folders, mode and theme.
    Err(not_yet("the screen"))
}
