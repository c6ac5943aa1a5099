//! `spikedeck config`: where the configuration lies, whether it is valid, what it may say, and what is in force.

use super::{
    failure::{Code, usage},
    output::Output,
    user_config::{check_configured, environment, key_map, load, own_folder, themes_folder},
};
use crate::tui::{
    settings::config::{Config, FILE, Kind, Origin, Otherwise, SETTINGS, Value, commented},
    theme::{Depth, ThemeCollection},
};
use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Map, json};
use std::sync::Arc;

/// Look at the configuration: where it lies, whether it is valid, what is in force
#[derive(Debug, Args)]
pub struct ConfigArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum What {
    /// Say whether the file, the variables and your own themes are valid
    Check,
    /// Print the file's path
    Path,
    /// Print a file with everything that can be set, commented out
    Schema,
    /// Print what is in force, and where each value came from
    Show,
}

/// Does it.
///
/// # Errors
/// When the configuration is broken.
pub fn run(args: &ConfigArgs, out: Output) -> Result<Code> {
    let file = own_folder().map(|f| f.join(FILE)).ok_or_else(|| {
        usage("neither XDG_CONFIG_HOME nor HOME is an absolute folder: there is no place for a configuration")
    })?;
    match args.what {
        What::Path => {
            out.say(file.display().to_string());
            out.answer(&json!({ "path": file.display().to_string(), "exists": file.exists() }));
        }
        What::Schema => {
            if !out.is_json() {
                out.say(commented());
            }
            out.answer(&schema());
        }
        What::Check => check(&file, out)?,
        What::Show => show(&load(false)?, out),
    }
    Ok(Code::Done)
}

fn check(file: &std::path::Path, out: Output) -> Result<()> {
    let config = Config::load(own_folder().as_deref(), environment).map_err(usage)?;
    check_configured(&config)?;
    key_map(&config)?;
    let shelf = Arc::new(ThemeCollection::new(themes_folder().as_deref()));
    let mut remarks = Vec::new();
    for book in &shelf.books {
        match shelf.theme(&book.name, Depth::True) {
            Err(why) => return Err(usage(why)),
            Ok(theme) => remarks.extend(theme.weak().into_iter().map(|w| format!("theme {}: {w}", book.name))),
        }
    }
    let there = if file.exists() {
        "valid"
    } else {
        "not there: defaults apply"
    };
    out.say(format!("{}: {there}", file.display()));
    remarks.iter().for_each(|remark| out.say(format!("note: {remark}")));
    out.answer(
        &json!({ "path": file.display().to_string(), "exists": file.exists(), "sound": true, "remarks": remarks }),
    );
    Ok(())
}

fn show(config: &Config, out: Output) {
    let mut all = Map::new();
    for setting in &SETTINGS {
        let (value, from) = match config.values.get(&setting.key) {
            None => match setting.otherwise {
                Otherwise::Default(value) => (value.to_string(), "default".to_string()),
                Otherwise::Unset(_) => ("(not set)".to_string(), "default".to_string()),
            },
            Some((value, Origin::File(line))) => (written(value), format!("file, line {line}")),
            Some((value, Origin::Environment(name))) => (written(value), format!("variable {name}")),
        };
        out.say(format!("{:<18} {value:<24} {from}", setting.name));
        all.insert(setting.name.into(), json!({ "value": value, "from": from }));
    }
    out.answer(&json!({ "settings": all }));
}

/// As the file would write it.
fn written(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("{text:?}"),
        Value::Flag(flag) => flag.to_string(),
        Value::Whole(n) => n.to_string(),
        Value::Number(n) => n.to_string(),
        Value::Folders(folders) => format!("{folders:?}"),
    }
}

/// A JSON schema of the file.
fn schema() -> serde_json::Value {
    let (mut top, mut charts) = (Map::new(), Map::new());
    for setting in &SETTINGS {
        let mut row = match setting.kind {
            Kind::Text | Kind::Folder => json!({ "type": "string" }),
            Kind::Flag => json!({ "type": "boolean" }),
            Kind::Choice(list) => json!({ "enum": list }),
            Kind::Steps(list) => json!({ "enum": list }),
            Kind::Whole(low, high) => json!({ "type": "integer", "minimum": low, "maximum": high }),
            Kind::Folders => json!({ "type": "array", "items": { "type": "string" } }),
        };
        row["description"] = setting.help.into();
        match setting.name.split_once('.') {
            Some((_, name)) => charts.insert(name.into(), row),
            None => top.insert(setting.name.into(), row),
        };
    }
    top.insert(
        "charts".into(),
        json!({ "type": "object", "additionalProperties": false, "properties": charts }),
    );
    top.insert("keys".into(), json!({ "type": "object" }));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Spikedeck's config.toml",
        "type": "object",
        "additionalProperties": false,
        "properties": top,
    })
}
