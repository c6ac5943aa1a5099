//! `spikedeck data info`: what one file holds, in lines or as one object.

use std::path::{Path, PathBuf};

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use serde_json::Value;

use super::{Out, text};
use crate::cli::failure::Code;
use crate::data::error::{shown, shown_text};
use crate::data::events::sensor::Sensor;
use crate::data::info::{FileInfo, Format, Given, info};

/// What `data info` takes.
#[derive(Debug, Args)]
pub(super) struct InfoArgs {
    /// The file
    file: PathBuf,
    /// Read the file in this format, whatever its content looks like
    #[arg(long, value_name = "NAME")]
    format: Option<FormatArg>,
    /// How to read the addresses of an AEDAT 2.0 file [default: as its header says, else dvs128]
    #[arg(long, value_name = "NAME")]
    sensor: Option<SensorArg>,
    /// The stream whose events are wanted, by number or name, of a file that has several [default: the one with the lowest number]
    #[arg(long, value_name = "ID|NAME")]
    stream: Option<String>,
    /// Exit with 0 though the file ends within a record
    #[arg(long)]
    allow_cut: bool,
}

/// A format that is read, as a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormatArg(pub Format);

impl ValueEnum for FormatArg {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [FormatArg; Format::READ.len()] = {
            let mut all = [FormatArg(Format::Idx); Format::READ.len()];
            let mut at = 0;
            while at < all.len() {
                all[at] = FormatArg(Format::READ[at]);
                at += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.word()))
    }
}

/// A sensor of AEDAT 2.0, as a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SensorArg(pub(super) Sensor);

impl ValueEnum for SensorArg {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [SensorArg; Sensor::ALL.len()] = {
            let mut all = [SensorArg(Sensor::Dvs128); Sensor::ALL.len()];
            let mut at = 0;
            while at < all.len() {
                all[at] = SensorArg(Sensor::ALL[at]);
                at += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self.0 {
            Sensor::Dvs128 => "128x128, x = 127 - a, y = b: the usual convention",
            Sensor::Dvs128Transposed => "The same, x = 127 - b, y = 127 - a: as SpikingJelly reads CIFAR10-DVS",
            Sensor::Davis128 => "128x128",
            Sensor::Davis208 => "208x192",
            Sensor::Davis240c => "240x180",
            Sensor::Davis346 => "346x260",
            Sensor::Davis640 => "640x480",
        };
        Some(PossibleValue::new(self.0.word()).help(help))
    }
}

/// Say what the file holds. A file that ends within a record is reported as far as it goes, and is a failure.
pub(super) fn run(args: &InfoArgs, out: &Out) -> anyhow::Result<Code> {
    let given = Given {
        format: args.format.map(|arg| arg.0),
        sensor: args.sensor.map(|arg| arg.0),
        stream: args.stream.as_deref(),
    };
    let found = info(&args.file, given)?;
    let mut object = serde_json::to_value(&found)?;
    for (key, value) in object.as_object().into_iter().flatten() {
        lines(key, value).iter().try_for_each(|line| out.say(line))?;
    }
    object["file"] = text(&std::path::absolute(&args.file).unwrap_or_else(|_| args.file.clone())).into();
    out.answer(&object)?;
    match &found {
        FileInfo::Events(recording) => match &recording.tally.cut {
            Some(how) if !args.allow_cut => {
                out.warn(&cut_line(&args.file, how, recording.summary.events))?;
                Ok(Code::Failed)
            }
            _ => Ok(Code::Done),
        },
        _ => Ok(Code::Done),
    }
}

fn cut_line(file: &Path, how: &str, events: u64) -> String {
    format!(
        "error: {} is cut: {how}. The {events} events before that are whole; --allow-cut takes the file as it is",
        shown(file)
    )
}

/// The lines for people of one key: none where there is nothing to say.
fn lines(key: &str, value: &Value) -> Vec<String> {
    let one = |key: &str, text: &str| format!("{key:14} {}", shown_text(text));
    match value {
        Value::Null => Vec::new(),
        Value::Object(map) if map.is_empty() => Vec::new(),
        Value::Array(list) if list.is_empty() => Vec::new(),
        Value::Array(list) if key == "notes" => list
            .iter()
            .filter_map(Value::as_str)
            .map(|note| one("note", note))
            .collect(),
        Value::Array(list) if key == "streams" => {
            list.iter().map(|stream| one("stream", &stream_line(stream))).collect()
        }
        Value::Number(_) if key == "stream" => Vec::new(),
        Value::Object(map) => {
            let parts: Vec<_> = map.iter().map(|(what, count)| format!("{what} {count}")).collect();
            vec![one(key, &parts.join(", "))]
        }
        Value::Array(list) if key == "size" => {
            let parts: Vec<_> = list.iter().map(Value::to_string).collect();
            vec![one(key, &parts.join("x"))]
        }
        Value::String(text) => vec![one(key, text)],
        other => vec![one(key, &other.to_string())],
    }
}

/// A stream such as `1 left: 400 events, 320x240, DVXplorer_1`.
fn stream_line(stream: &Value) -> String {
    let text = |key: &str| stream[key].as_str().unwrap_or_default();
    let mut line = format!("{} {}: {} events", stream["id"], text("name"), stream["events"]);
    if let [width, height] = stream["size"].as_array().map(Vec::as_slice).unwrap_or_default() {
        line += &format!(", {width}x{height}");
    }
    if !text("camera").is_empty() {
        line += &format!(", {}", text("camera"));
    }
    line
}
