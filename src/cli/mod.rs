//! The command line: one file per command.
//!
//! Every command takes `--json`: the last line of standard output is then one object (`{"error": …}` where it went
//! wrong), and everything for people is on standard error. Exit codes are in [`failure`].

pub mod attack;
pub mod bench;
pub mod checkpoint;
pub mod config;
pub mod data;
pub mod demo;
pub mod doctor;
pub mod dry_run;
pub mod event_line;
pub mod export;
pub mod failure;
pub mod follow;
pub mod import;
pub mod interrupt;
pub mod job;
pub mod label;
pub mod manual;
mod missing_data;
pub mod output;
pub mod pin;
pub mod remove;
mod resolve;
pub mod send;
pub mod snapshot;
pub mod status;
mod target;
pub mod train;
pub mod tui;
mod user_config;
pub mod wait;
pub mod worker;

use crate::run::spawn;
use clap::{Parser, Subcommand, error::ErrorKind};
use failure::{Code, chain};
use output::Output;
use std::{ffi::OsString, process::ExitCode};

/// Train spiking neural networks with sparse input gradients, watch and steer them, and attack them honestly
#[derive(Debug, Parser)]
#[command(name = "spikedeck", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    tui: tui::TuiArgs,
    /// Print one JSON object as the last line of standard output
    // Looked for before parsing, so that wrong usage is answered in JSON too.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Tui(tui::TuiArgs),
    Demo(demo::DemoArgs),
    Train(train::TrainArgs),
    Attack(Box<attack::AttackArgs>),
    Status(status::StatusArgs),
    Send(send::SendArgs),
    Wait(wait::WaitArgs),
    Import(import::ImportArgs),
    Export(export::ExportArgs),
    Checkpoint(checkpoint::CheckpointArgs),
    Pin(pin::PinArgs),
    Tag(label::TagArgs),
    Note(label::NoteArgs),
    Remove(remove::RemoveArgs),
    Data(data::DataArgs),
    Snapshot(snapshot::SnapshotArgs),
    Bench(bench::BenchArgs),
    Doctor(doctor::DoctorArgs),
    Config(config::ConfigArgs),
    Man(manual::ManArgs),
    Keys(manual::KeysArgs),
    Completions(manual::CompletionsArgs),
    /// Train a run: what `train` starts
    #[command(hide = true)]
    Worker(worker::WorkerArgs),
    /// Work on an attack: what `attack` starts
    #[command(hide = true)]
    AttackWorker(worker::WorkerArgs),
}

impl Command {
    /// Whether it times what a worker does, and so must run under a worker's settings.
    fn measures(&self) -> bool {
        match self {
            Command::Bench(_) => true,
            Command::Train(args) => args.dry_run,
            _ => false,
        }
    }
}

impl Cli {
    /// The command, or the screen where there is none; the screen's own arguments go with no other command.
    fn chosen(self) -> anyhow::Result<Command> {
        match self.command {
            None => Ok(Command::Tui(self.tui)),
            Some(command) if self.tui == tui::TuiArgs::default() => Ok(command),
            Some(_) => Err(failure::usage(
                "folders, --read-only and --theme come after the command",
            )),
        }
    }
}

/// Reads the arguments, does what they say, and says how it went.
pub fn main() -> ExitCode {
    crate::run::clock::show_local_time();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let json = arguments.iter().take_while(|a| *a != "--").any(|a| a == "--json");
    let out = Output::new(json);
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(e) => return refuse(&e, out).into(),
    };
    let command = cli.chosen();
    if command.as_ref().is_ok_and(Command::measures)
        && let Some(code) = spawn::as_a_worker_would()
    {
        return code.into();
    }
    match command.and_then(|command| run(command, Output::new(json))) {
        Ok(code) => code.into(),
        Err(error) => {
            out.failure(&chain(&error), failure::lists(&error));
            Code::of(&error).into()
        }
    }
}

fn run(command: Command, out: Output) -> anyhow::Result<Code> {
    match command {
        Command::Tui(args) => tui::run(&args, out),
        Command::Demo(args) => demo::run(&args, out),
        Command::Train(args) => train::run(args, out),
        Command::Attack(args) => attack::run(*args, out),
        Command::Status(args) => status::run(args, out),
        Command::Send(args) => send::run(args, out),
        Command::Wait(args) => wait::run(args, out),
        Command::Import(args) => import::run(&args, out),
        Command::Export(args) => export::run(&args, out),
        Command::Checkpoint(args) => checkpoint::run(&args, out),
        Command::Pin(args) => pin::run(&args, out),
        Command::Tag(args) => label::tag(&args, out),
        Command::Note(args) => label::note(&args, out),
        Command::Remove(args) => remove::run(&args, out),
        Command::Data(args) => data::run(args, out.is_json()),
        Command::Snapshot(args) => snapshot::run(&args, out),
        Command::Bench(args) => bench::run(&args, out),
        Command::Doctor(args) => doctor::run(&args, out),
        Command::Config(args) => config::run(&args, out),
        Command::Man(_) => manual::man(out),
        Command::Keys(_) => manual::keys(out),
        Command::Completions(args) => manual::completions(&args, out),
        Command::Worker(args) => worker::train(&args, out),
        Command::AttackWorker(args) => worker::attack(&args, out),
    }
}

/// Help and version are answers; anything else is wrong usage.
fn refuse(error: &clap::Error, out: Output) -> Code {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        let _ = error.print();
        return Code::Done;
    }
    // Clap quotes the arguments as they came: they are text from outside like any other.
    let text = error.render().to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text).trim_end();
    out.error(text);
    Code::Usage
}

#[cfg(test)]
mod tests;
