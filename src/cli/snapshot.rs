//! `spikedeck snapshot`: one frame of the screen, without a terminal.

use super::{
    failure::{Code, usage},
    output::Output,
    resolve, target,
    tui::dots,
    user_config::{check_theme, roots, themes_folder},
};
use crate::{
    run::files::save,
    tui::{
        TuiOptions,
        documents::snapshot::{SCREENS, frame, frames, keys_of},
        picture::{film, picture, png, text},
        terminal::key::{Key, parse_keys},
        theme::glyphs::Dots,
    },
};
use anyhow::Result;
use clap::{Args, ValueEnum};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Draw one frame of the screen as text, SVG or PNG; no configuration is read, so that it is the same for everybody
#[derive(Debug, Args)]
pub struct SnapshotArgs {
    /// A folder with runs, or a run by its path, name or id [default: .]
    #[arg(value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Which screen; --list names them
    #[arg(long, value_name = "NAME", default_value = "runs")]
    pub screen: String,
    /// Columns and rows, such as 120x40
    #[arg(long, value_name = "WxH", default_value = "120x40", value_parser = size)]
    pub size: (u16, u16),
    /// How it is drawn
    #[arg(long, default_value = "text")]
    pub format: Format,
    /// The file to write; without it, standard output
    #[arg(long, value_name = "FILE")]
    pub to: Option<PathBuf>,
    /// Replace the file if it is there
    #[arg(long, requires = "to")]
    pub force: bool,
    /// Keys pressed before the frame is drawn, by name and separated by spaces, such as "j j enter"
    #[arg(long, default_value = "")]
    pub keys: String,
    /// Another frame after more keys, with what is said below it: "R | every run in a row"; may be given several times,
    /// and makes a moving picture of them all
    #[arg(long, value_name = "KEYS | CAPTION")]
    pub then: Vec<String>,
    /// Seconds for which a frame of a moving picture stands
    #[arg(long, value_name = "S", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=60))]
    pub seconds: u8,
    /// The name of a theme, such as dark, light, high-contrast or one of your own
    #[arg(long, value_name = "NAME")]
    pub theme: Option<String>,
    /// Draw with ASCII characters only
    #[arg(long)]
    pub ascii: bool,
    /// What curves are made of: braille, octant (Unicode 16), block or ascii
    #[arg(long, value_name = "KIND", default_value = "braille", value_parser = dots)]
    pub dots: Dots,
    /// Name the screens instead
    #[arg(long)]
    pub list: bool,
}

/// How a frame is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Characters alone.
    Text,
    /// A picture with colours.
    Svg,
    /// The same in dots, for what shows no SVG.
    Png,
}

impl Format {
    fn word(self) -> &'static str {
        match self {
            Format::Text => "text",
            Format::Svg => "svg",
            Format::Png => "png",
        }
    }
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
/// When the folder is not there, or there is no such screen, key or theme.
pub fn run(args: &SnapshotArgs, out: Output) -> Result<Code> {
    if args.list {
        for (name, _, what) in SCREENS {
            out.say(format!("{name:<12} {what}"));
        }
        let names: Vec<_> = SCREENS.iter().map(|(name, ..)| *name).collect();
        out.answer(&json!({ "screens": names }));
        return Ok(Code::Done);
    }
    let dir = args.dir.as_deref().map(resolve::folder).transpose()?;
    check_theme(args.theme.as_deref())?;
    let to = args.to.as_deref().map(|to| target::file(to, "screen.svg", args.force));
    let to = to.transpose()?;
    if args.format == Format::Png && to.is_none() && (out.is_json() || out.is_terminal()) {
        return Err(usage("a PNG is no text: write it into a file with --to FILE.png"));
    }
    let mut keys = parse_keys(keys_of(&args.screen).map_err(|e| usage(e.to_string()))?).map_err(usage)?;
    keys.extend(parse_keys(&args.keys).map_err(usage)?);
    let options = TuiOptions {
        roots: roots(dir.as_slice()),
        theme: args.theme.clone(),
        themes: themes_folder(),
        ascii: args.ascii,
        dots: args.dots,
        ..TuiOptions::default()
    };
    let drawn = match args.format {
        _ if !args.then.is_empty() => moving(args, &options, keys)?.into_bytes(),
        Format::Text => text(&frame(&options, args.size, &keys)?.1).into_bytes(),
        Format::Svg => {
            let (app, buffer) = frame(&options, args.size, &keys)?;
            picture(&buffer, &app.theme).into_bytes()
        }
        Format::Png => {
            let (app, buffer) = frame(&options, args.size, &keys)?;
            png(&buffer, &app.theme)?
        }
    };
    give(args, &drawn, to.as_deref(), out)
}

/// Writes what was drawn where it was asked for.
fn give(args: &SnapshotArgs, drawn: &[u8], to: Option<&Path>, out: Output) -> Result<Code> {
    let (width, height) = args.size;
    let mut answer = json!({ "screen": args.screen, "size": format!("{width}x{height}") });
    if let Some(to) = to {
        save(to, args.force, |file| file.write_all(drawn))?;
        out.say(format!("wrote {}", to.display()));
        answer["format"] = json!(args.format.word());
        answer["to"] = json!(to);
        answer["bytes"] = json!(drawn.len());
    } else if args.format == Format::Png {
        out.bytes(drawn);
    } else {
        let text = String::from_utf8_lossy(drawn);
        if !out.is_json() {
            out.say(&text);
        }
        answer[args.format.word()] = json!(text);
    }
    out.answer(&answer);
    Ok(Code::Done)
}

/// The first frame and those after it.
fn moving(args: &SnapshotArgs, options: &TuiOptions, first: Vec<Key>) -> Result<String> {
    if args.format != Format::Svg {
        return Err(usage("--then makes a moving picture: add --format svg"));
    }
    let about = SCREENS.iter().find(|s| s.0 == args.screen).map_or("", |s| s.2);
    let (mut parts, mut captions) = (vec![first], vec![about.to_string()]);
    for then in &args.then {
        let (keys, caption) = then.split_once('|').unwrap_or((then, ""));
        parts.push(parse_keys(keys.trim()).map_err(usage)?);
        captions.push(caption.trim().to_string());
    }
    let (app, drawn) = frames(options, args.size, &parts)?;
    let captioned: Vec<_> = drawn.into_iter().zip(captions).collect();
    Ok(film(&captioned, f64::from(args.seconds), &app.theme))
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
