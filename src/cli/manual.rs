//! `spikedeck man`, `keys` and `completions`: what the program says of itself, for other programs to show.

use super::{Cli, failure::Code, output::Output};
use crate::tui::documents::reference;
use anyhow::Result;
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;
use serde_json::json;
use std::io::Write;

/// Print the manual page: `spikedeck man > ~/.local/share/man/man1/spikedeck.1`
#[derive(Debug, Args)]
pub struct ManArgs {}

/// Print every key of the screen, as docs/keys.md has them
#[derive(Debug, Args)]
pub struct KeysArgs {}

/// Print a completion script for a shell
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    pub shell: Shell,
}

/// Prints the manual page: the program, every command, and the keys of the screen.
///
/// # Errors
/// When standard output is closed.
pub fn man(out: Output) -> Result<Code> {
    let mut page = Vec::new();
    let command = Cli::command();
    let manual = Man::new(command.clone());
    manual.render(&mut page)?;
    for subcommand in command.get_subcommands().filter(|c| !c.is_hide_set()) {
        let name = format!("spikedeck {}", subcommand.get_name());
        writeln!(page, ".SH \"{}\"", name.to_uppercase())?;
        let manual = Man::new(subcommand.clone().bin_name(name));
        manual.render_description_section(&mut page)?;
        manual.render_synopsis_section(&mut page)?;
        manual.render_options_section(&mut page)?;
    }
    page.extend_from_slice(reference::roff().as_bytes());
    print(out, "man", page)
}

/// Prints the keys.
///
/// # Errors
/// When standard output is closed.
pub fn keys(out: Output) -> Result<Code> {
    print(out, "keys", reference::markdown().into_bytes())
}

/// Prints a completion script.
///
/// # Errors
/// When standard output is closed.
pub fn completions(args: &CompletionsArgs, out: Output) -> Result<Code> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "spikedeck", &mut script);
    print(out, "completions", script)
}

fn print(out: Output, name: &str, text: Vec<u8>) -> Result<Code> {
    if out.is_json() {
        out.answer(&json!({ name: String::from_utf8_lossy(&text) }));
        return Ok(Code::Done);
    }
    match std::io::stdout().write_all(&text) {
        // Whoever reads it has seen enough.
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => Err(e.into()),
        _ => Ok(Code::Done),
    }
}
