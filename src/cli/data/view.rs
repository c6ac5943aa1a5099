//! `spikedeck data view`: a recording as a moving picture in the terminal, or its frames in a file.

use std::path::PathBuf;

use anyhow::{Result, anyhow};
use clap::{Args, ValueEnum};
use serde_json::json;

use super::info::{FormatArg, SensorArg};
use super::{Out, text};
use crate::cli::failure::{Code, usage};
use crate::cli::target;
use crate::cli::user_config::{check_theme, themes_folder};
use crate::data::error::{shown, shown_text};
use crate::data::frames::{Convention, Frames, Rule, Split, Wanted, of_file};
use crate::data::info::{FileInfo, Given, Recording, info};
use crate::run::files::save;
use crate::tui::picture::{Form, encode};
use crate::tui::player::{Film, Frame, play, sheet};
use crate::tui::terminal::locale;
use crate::tui::theme::glyphs::Glyphs;
use crate::tui::theme::{Depth, Theme, ThemeCollection};

/// The most frames that are shown.
const MOST_FRAMES: u32 = 10_000;
/// Columns and rows of the sheet of all frames.
const SHEET: (u16, u16) = (160, 90);

/// What `data view` takes.
#[derive(Debug, Args)]
pub(super) struct ViewArgs {
    /// The recording
    file: PathBuf,
    /// Into how many frames it is divided
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_FRAMES)))]
    frames: u32,
    /// What each frame has the same of
    #[arg(long, default_value = "time")]
    by: By,
    /// Print or write all frames side by side instead of playing them [default: by the ending of --to]
    #[arg(long, value_name = "FORM")]
    format: Option<FormArg>,
    /// The file to write
    #[arg(long, value_name = "PATH")]
    to: Option<PathBuf>,
    /// Replace the file if it is there
    #[arg(long, requires = "to")]
    force: bool,
    /// Read the recording in this format, whatever its content looks like
    #[arg(long, value_name = "NAME")]
    read_as: Option<FormatArg>,
    /// How to read the addresses of an AEDAT 2.0 file [default: as its header says, else dvs128]
    #[arg(long, value_name = "NAME")]
    sensor: Option<SensorArg>,
    /// The stream, by number or name, of a file that has several [default: the one with the lowest number]
    #[arg(long, value_name = "ID|NAME")]
    stream: Option<String>,
    /// Show what is whole of a file that ends within a record
    #[arg(long)]
    allow_cut: bool,
    /// The name of a theme, such as dark, light, high-contrast or one of your own
    #[arg(long, value_name = "NAME")]
    theme: Option<String>,
    /// Draw with ASCII characters only
    #[arg(long)]
    ascii: bool,
}

/// What frames have the same of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// Duration; where time goes back in the file, the number of events.
    Time,
    /// Number of events.
    Number,
}

/// How frames are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormArg {
    /// A picture in dots.
    Png,
    /// A picture in vectors.
    Svg,
    /// Characters alone.
    Text,
}

/// Shows the recording.
pub(super) fn run(args: &ViewArgs, out: &Out) -> Result<Code> {
    check_theme(args.theme.as_deref())?;
    let form = form(args)?;
    let to = args
        .to
        .as_deref()
        .map(|to| target::file(to, "frames.png", args.force))
        .transpose()?;
    if form.is_none() {
        on_a_terminal()?;
    }
    let found = recording(args)?;
    let film = film(args, &found)?;
    let many = film.frames.len();
    let name = args.theme.as_deref().unwrap_or("dark");
    let theme = |depth| -> Result<Theme> {
        let themes = std::sync::Arc::new(ThemeCollection::new(themes_folder().as_deref()));
        themes.theme(name, depth).map_err(|e| anyhow!(e))
    };
    let env = |name: &str| std::env::var(name).ok();
    match form {
        None => {
            let ascii = args.ascii || locale::why_ascii(env).is_some();
            play(film, &theme(Depth::detect(env))?, &Glyphs::of(ascii))?;
        }
        Some(form) => {
            // Letters alone have no colours to tell the polarities by.
            let plain = args.ascii || form == Form::Text;
            let theme = theme(if plain { Depth::Mono } else { Depth::True })?;
            let drawn = encode(form, &sheet(&film, SHEET, &theme, &Glyphs::of(plain)), &theme)?;
            match &to {
                Some(path) => {
                    save(path, args.force, |file| file.write_all(&drawn))?;
                    out.say(&format!("{many} frames in {}", shown(path)))?;
                }
                None => out.say(String::from_utf8_lossy(&drawn).trim_end())?,
            }
        }
    }
    out.answer(&json!({ "file": text(&args.file), "frames": many, "to": to.as_deref().map(text) }))?;
    Ok(Code::Done)
}

/// In which form it is written; none where it is played.
fn form(args: &ViewArgs) -> Result<Option<Form>> {
    let named = args.format.map(|form| match form {
        FormArg::Png => Form::Png,
        FormArg::Svg => Form::Svg,
        FormArg::Text => Form::Text,
    });
    match (&args.to, named) {
        (None, Some(Form::Png | Form::Svg)) => Err(usage("a picture is written into a file: add --to FILE.png")),
        (None, named) => Ok(named),
        (Some(_), Some(named)) => Ok(Some(named)),
        (Some(to), None) => {
            let why = || {
                usage(format!(
                    "{}: what kind of file? Its name may end with .png, .svg or .txt, or say --format",
                    shown(to)
                ))
            };
            Form::of(to).map(Some).ok_or_else(why)
        }
    }
}

fn on_a_terminal() -> Result<()> {
    use std::io::IsTerminal;
    if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        return Err(usage(
            "a recording is played on a terminal: without one, --format text prints its frames and --to FILE.png draws them",
        ));
    }
    crate::tui::can_draw().map_err(usage)
}

/// What the file holds, if that is events.
fn recording(args: &ViewArgs) -> Result<Recording> {
    let given = Given {
        format: args.read_as.map(|arg| arg.0),
        sensor: args.sensor.map(|arg| arg.0),
        stream: args.stream.as_deref(),
    };
    match info(&args.file, given)? {
        FileInfo::Events(found) if found.summary.events == 0 => Err(anyhow!("{} holds no events", shown(&args.file))),
        FileInfo::Events(found) => Ok(*found),
        _ => Err(anyhow!(
            "{} holds images, not events; `spikedeck data info` describes it",
            shown(&args.file)
        )),
    }
}

/// Its frames, with times where they are cut by time.
fn film(args: &ViewArgs, found: &Recording) -> Result<Film> {
    let summary = &found.summary;
    let by_time = args.by == By::Time && summary.time_goes_back == 0;
    let split = match by_time {
        true => Split::Time(args.frames),
        false => Split::Number(args.frames),
    };
    let most = |extent: Option<u16>| extent.unwrap_or(0).saturating_add(1);
    let size = found.size.unwrap_or([most(summary.x_max), most(summary.y_max)]);
    let wanted = Wanted {
        size: Some(size),
        format: args.read_as.map(|arg| arg.0),
        sensor: args.sensor.map(|arg| arg.0),
        stream: args.stream.as_deref(),
        allow_cut: args.allow_cut,
        ..Wanted::by(Rule::new(Convention::SpikingJelly, split))
    };
    let frames = of_file(&args.file, &wanted)?;
    let span = summary.t_max.unwrap_or(0).saturating_sub(summary.t_min.unwrap_or(0));
    Ok(Film {
        title: shown_text(&args.file.file_name().unwrap_or_default().to_string_lossy()),
        about: about(found, size, span),
        width: frames.shape[3],
        height: frames.shape[2],
        frames: (0..frames.shape[0])
            .map(|n| frame(&frames, n, by_time.then_some(span)))
            .collect(),
    })
}

/// Frame `n`; of a recording of `span` µs that is divided by time, with its own times.
fn frame(frames: &Frames, n: usize, span: Option<u64>) -> Frame {
    let many = frames.shape[0];
    let between = span.map(|span| {
        let each = span / many as u64;
        let ms = |t: u64| t as f64 / 1000.0;
        let end = if n + 1 == many { span } else { each * (n as u64 + 1) };
        (ms(each * n as u64), ms(end))
    });
    Frame {
        counts: frames.frame(n).to_vec(),
        between,
    }
}

fn about(found: &Recording, [width, height]: [u16; 2], span: u64) -> String {
    let back = match found.summary.time_goes_back {
        0 => String::new(),
        n => format!(" · time goes back {n} times"),
    };
    format!(
        "{} · {width}x{height} · {} events · {:.1} ms{back}",
        found.format,
        found.summary.events,
        span as f64 / 1000.0
    )
}
