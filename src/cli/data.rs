//! `spikedeck data`: what data sets there are, fetching and checking them, and what any one file holds.
//!
//! Only arguments and words; the work is in [`crate::data`]. With `--json` the last line of standard output is one
//! object and everything for people goes to standard error.

pub(super) mod info;
mod progress;
mod recordings;
mod view;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::failure::Code;
use crate::data::catalog::{self, Delivery, Known};
use crate::data::check::{Depth, FileReport, FileState, SetState, check};
use crate::data::error::shown;
use crate::data::{fetch, root};
use crate::spec::{EVENT_SETS, is_recordings};
use progress::Reporter;

/// List, fetch and check data sets; say what a file holds.
#[derive(Debug, Args)]
pub struct DataArgs {
    #[command(subcommand)]
    command: DataCommand,
}

#[derive(Debug, Subcommand)]
enum DataCommand {
    /// What data sets are known, where they are looked for, and which are there
    List {
        /// The folder that holds the data sets [default: $SPIKEDECK_DATA, else ./data]
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
    /// Download a data set from its official address; given again, it continues where it stopped
    Fetch {
        /// The data set
        #[arg(value_parser = names())]
        name: String,
        /// The folder that holds the data sets [default: $SPIKEDECK_DATA, else ./data]
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
        /// Take the files from beneath this address in place of the official one
        #[arg(long, value_name = "BASE_URL")]
        from: Option<String>,
    },
    /// Verify presence, size and checksum of a data set's files (of every data set that is there, without a name)
    Check {
        /// The data set
        #[arg(value_parser = all_names())]
        name: Option<String>,
        /// The folder that holds the data sets [default: $SPIKEDECK_DATA, else ./data]
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
    /// What a file of images or events holds: IDX, CIFAR, N-MNIST and other 40-bit events, AEDAT 2.0, 3.1 and 4.0, EVT2, EVT2.1, EVT3, DAT
    Info(info::InfoArgs),
    /// Play a recording of events in the terminal, or write its frames as a picture
    View(view::ViewArgs),
}

/// Those of recordings too, which no command fetches.
fn all_names() -> PossibleValuesParser {
    let images = catalog::ALL.iter().map(|known| known.name);
    PossibleValuesParser::new(images.chain(EVENT_SETS))
}

fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(catalog::ALL.iter().map(|known| known.name))
}

/// Do what the arguments say.
///
/// # Errors
/// A file or data set that is missing, damaged or not obtainable.
pub fn run(args: DataArgs, json: bool) -> anyhow::Result<Code> {
    let out = Out { json };
    match args.command {
        DataCommand::List { data } => list(&root::resolve(data.as_deref()), &out),
        DataCommand::Fetch { name, data, from } => {
            fetch_set(&name, &root::resolve(data.as_deref()), from.as_deref(), &out)
        }
        DataCommand::Check { name: Some(name), data } if is_recordings(&name) => {
            recordings::check(&name, &root::resolve(data.as_deref()), &out)
        }
        DataCommand::Check { name, data } => check_sets(name.as_deref(), &root::resolve(data.as_deref()), &out),
        DataCommand::Info(args) => return info::run(&args, &out),
        DataCommand::View(args) => return view::run(&args, &out),
    }
    .map(|()| Code::Done)
}

/// Words for people on standard output, or on standard error where a script reads the output.
struct Out {
    json: bool,
}

impl Out {
    fn say(&self, line: &str) -> io::Result<()> {
        match self.json {
            true => heard(writeln!(io::stderr(), "{line}")),
            false => heard(writeln!(io::stdout(), "{line}")),
        }
    }

    /// What is wrong with what was just answered: always on standard error.
    fn warn(&self, line: &str) -> io::Result<()> {
        heard(writeln!(io::stderr(), "{line}"))
    }

    /// The one object for scripts.
    fn answer(&self, object: &Value) -> io::Result<()> {
        match self.json {
            true => heard(writeln!(io::stdout(), "{object}")),
            false => Ok(()),
        }
    }
}

/// Whoever reads it may have seen enough (`| head`): that is no fault.
fn heard(written: io::Result<()>) -> io::Result<()> {
    written.or_else(|e| match e.kind() {
        io::ErrorKind::BrokenPipe => Ok(()),
        _ => Err(e),
    })
}

fn list(root: &Path, out: &Out) -> anyhow::Result<()> {
    out.say(&format!(
        "Looked for in {} (--data or {} says otherwise)",
        shown(root),
        root::VARIABLE
    ))?;
    let mut sets = Vec::new();
    for known in &catalog::ALL {
        let (state, files) = check(known, root, Depth::Glance);
        let [c, h, w] = known.image;
        let place = if matches!(known.delivery, Delivery::Embedded) {
            "in the program"
        } else {
            known.folder
        };
        let classes = known.classes();
        out.say(&format!(
            "{:14} {:10} {:>3} classes  {c}x{h}x{w}  {place}",
            known.name,
            state.word(),
            classes
        ))?;
        sets.push(set_json(known, root, state, &files));
    }
    sets.extend(recordings::list(root, out)?);
    out.answer(&json!({ "data": text(root), "datasets": sets }))?;
    Ok(())
}

fn fetch_set(name: &str, root: &Path, from: Option<&str>, out: &Out) -> anyhow::Result<()> {
    let mut reporter = Reporter::new();
    let fetched = fetch::fetch(name, root, from, &mut |file, event| reporter.show(file, event));
    reporter.end();
    let fetched = fetched?;
    let known = catalog::find(name)?;
    out.say(&format!("{name} is complete in {}", shown(&root.join(known.folder))))?;
    let files: Vec<_> = fetched
        .iter()
        .map(|file| json!({ "path": text(&file.path), "state": if file.is_new { "fetched" } else { "present" } }))
        .collect();
    out.answer(&json!({ "name": name, "data": text(root), "files": files }))?;
    Ok(())
}

fn check_sets(name: Option<&str>, root: &Path, out: &Out) -> anyhow::Result<()> {
    let (mut sets, mut failed) = (Vec::new(), Vec::new());
    for known in catalog::ALL
        .iter()
        .filter(|known| name.is_none_or(|name| known.name == name))
    {
        let (state, files) = check(known, root, Depth::Verify);
        out.say(&format!("{}: {}", known.name, state.word()))?;
        // Where nothing was asked for by name, a set that is not there at all is no fault and needs no list.
        if state != SetState::Absent || name.is_some() {
            files
                .iter()
                .try_for_each(|file| out.say(&format!("  {}", file_line(file))))?;
        }
        if state.is_usable() && state != SetState::Partial {
            sets.push(set_json(known, root, state, &files));
            continue;
        }
        if state != SetState::Absent || name.is_some() {
            out.say(&format!("  {}", mend_line(known, root, state)))?;
        }
        if !state.is_usable() && (state != SetState::Absent || name.is_some()) {
            failed.push(format!(
                "{} is {}: type `{}`",
                known.name,
                state.word(),
                known.fetch_command(root)
            ));
        }
        sets.push(set_json(known, root, state, &files));
    }
    out.answer(&json!({ "data": text(root), "ok": failed.is_empty(), "datasets": sets }))?;
    anyhow::ensure!(failed.is_empty(), "{}", failed.join("\n"));
    Ok(())
}

fn file_line(file: &FileReport) -> String {
    let path = shown(&file.path);
    match &file.state {
        FileState::Valid => format!("ok       {path}"),
        FileState::SizeOnly => format!("present  {path} (of the right size; no checksum was ever published)"),
        FileState::Missing => format!("missing  {path}"),
        FileState::Damaged(why) => format!("damaged  {path}: {why}"),
    }
}

fn mend_line(known: &Known, root: &Path, state: SetState) -> String {
    let command = known.fetch_command(root);
    match state {
        SetState::Partial => format!("what is there can be used; `{command}` brings the rest"),
        _ => format!("`{command}` fixes it"),
    }
}

fn set_json(known: &Known, root: &Path, state: SetState, files: &[FileReport]) -> Value {
    let files: Vec<_> = files
        .iter()
        .map(|file| {
            let (state, why) = match &file.state {
                FileState::Valid => ("sound", None),
                FileState::SizeOnly => ("size-only", None),
                FileState::Missing => ("missing", None),
                FileState::Damaged(why) => ("damaged", Some(why)),
            };
            json!({ "path": text(&file.path), "state": state, "why": why })
        })
        .collect();
    let fix = (!matches!(state, SetState::Embedded | SetState::Whole)).then(|| known.fetch_command(root));
    let folder = (state != SetState::Embedded).then(|| text(&root.join(known.folder)));
    json!({
        "name": known.name, "state": state.word(), "folder": folder, "image": known.image,
        "classes": known.classes(), "files": files, "mend": fix,
    })
}

/// A path as JSON can hold it: one that is no Unicode loses what cannot be said.
fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        data: DataArgs,
    }

    fn parse(line: &str) -> Result<Line, clap::Error> {
        Line::try_parse_from(std::iter::once("data").chain(line.split(' ')))
    }

    #[test]
    fn the_pinned_lines_are_understood() {
        for line in [
            "list",
            "list --data d",
            "fetch fashion-mnist --data d --from http://127.0.0.1:1/",
            "check",
            "check cifar-10 --data d",
            "info f.aedat --sensor dvs128",
            "info f.aedat --sensor davis240c",
            "info f.bin --format nmnist --allow-cut",
            "info f.raw --format evt21",
            "info f.aedat4 --stream left",
        ] {
            assert!(parse(line).is_ok(), "{line}");
        }
    }

    #[test]
    fn wrong_usage_is_exit_code_2() {
        for line in [
            "fetch",
            "fetch imagenet",
            "info f --sensor eye",
            "info f --format raw",
            "mend",
        ] {
            assert_eq!(parse(line).unwrap_err().exit_code(), 2, "{line}");
        }
    }

    #[test]
    fn a_check_fails_on_what_was_named_and_is_absent_and_on_nothing_else_that_is() {
        let root = tempfile::tempdir().unwrap();
        let out = Out { json: false };
        assert!(check_sets(None, root.path(), &out).is_ok());
        let text = check_sets(Some("mnist"), root.path(), &out).unwrap_err().to_string();
        assert!(
            text.contains("mnist is absent") && text.contains("spikedeck data fetch mnist"),
            "{text}"
        );
        std::fs::create_dir(root.path().join("mnist")).unwrap();
        std::fs::write(root.path().join("mnist/t10k-labels-idx1-ubyte.gz"), "x").unwrap();
        assert!(
            check_sets(None, root.path(), &out)
                .unwrap_err()
                .to_string()
                .contains("mnist is damaged")
        );
        assert!(check_sets(Some("glyphs"), root.path(), &out).is_ok());
    }
}
