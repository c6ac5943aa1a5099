//! `spikedeck doctor`: what this build, this machine and this folder can do.

use super::{failure::Code, output::Output};
use crate::data::{
    catalog,
    check::{Depth, check},
    root,
};
use anyhow::Result;
use clap::Args;
use rustix::fs::{Access, access, statfs};
use serde_json::{Value, json};
use std::{
    io::IsTerminal,
    path::{Path, PathBuf},
};

/// Say what this build, this machine and this folder can do
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// The folder that holds the data sets [default: $SPIKEDECK_DATA, else ./data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Does it.
///
/// # Errors
/// None; what is wrong is what it reports.
pub fn run(args: &DoctorArgs, out: Output) -> Result<Code> {
    let data = root::resolve(args.data.as_deref());
    let report = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "revision": crate::run::revision::of_working_folder(),
        "features": features(),
        "devices": devices(),
        "vectors": vectors(),
        "cores": std::thread::available_parallelism().map_or(1, |n| n.get()),
        "terminal": terminal(),
        "data": { "folder": data, "sets": sets(&data) },
        "folder": folder(),
    });
    print(&report, out);
    out.answer(&report);
    Ok(Code::Done)
}

fn features() -> Vec<&'static str> {
    let all = [
        ("flex", cfg!(feature = "flex")),
        ("tch", cfg!(feature = "tch")),
        ("cuda", cfg!(feature = "cuda")),
    ];
    all.into_iter().filter(|(_, on)| *on).map(|(name, _)| name).collect()
}

#[cfg(feature = "engine")]
fn devices() -> Vec<Value> {
    crate::snn::backend::list()
        .into_iter()
        .map(|d| json!({ "name": d.name, "what": d.what }))
        .collect()
}

#[cfg(not(feature = "engine"))]
fn devices() -> Vec<Value> {
    Vec::new()
}

/// How wide the kernels' vectors are, or why they would not run.
#[cfg(feature = "engine")]
fn vectors() -> String {
    crate::snn::backend::vectors().map_or_else(|why| why, Into::into)
}

#[cfg(not(feature = "engine"))]
fn vectors() -> String {
    "none".into()
}

fn terminal() -> Value {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let term = variable("TERM");
    let colours = match (variable("COLORTERM").as_str(), term.as_str()) {
        ("truecolor" | "24bit", _) => "true colour",
        (_, "" | "dumb") => "none",
        (_, t) if t.contains("256") => "256",
        _ => "16",
    };
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .map(|n| variable(n))
        .find(|v| !v.is_empty())
        .unwrap_or_default();
    let is_unicode = ["utf-8", "utf8"].iter().any(|u| locale.to_lowercase().contains(u));
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok();
    json!({
        "is_terminal": std::io::stdout().is_terminal(),
        "term": term,
        "colours": if std::env::var_os("NO_COLOR").is_some() { "none (NO_COLOR)" } else { colours },
        "unicode": is_unicode,
        "columns": size.map(|s| s.ws_col),
        "rows": size.map(|s| s.ws_row),
    })
}

fn sets(data: &Path) -> Vec<Value> {
    catalog::ALL
        .iter()
        .map(|known| {
            let (state, _) = check(known, data, Depth::Glance);
            json!({ "name": known.name, "state": state.word() })
        })
        .collect()
}

fn folder() -> Value {
    let here = std::env::current_dir().unwrap_or_default();
    json!({
        "path": here,
        "writable": access(&here, Access::WRITE_OK).is_ok(),
        "file_system": file_system(&here),
    })
}

/// Whether changes are announced (local) or must be asked for (network). Numbers: statfs(2).
fn file_system(path: &Path) -> &'static str {
    match statfs(path).map(|s| s.f_type as u64 & 0xffff_ffff) {
        Ok(0x6969) => "NFS (network)",
        Ok(0xff53_4d42 | 0xfe53_4d42 | 0x517b) => "SMB (network)",
        Ok(0x0bd0_0bd0) => "Lustre (network)",
        Ok(0x4750_4653) => "GPFS (network)",
        Ok(0x0102_1997) => "9p (network)",
        Ok(0x6573_5546) => "FUSE (may be a network)",
        Ok(_) => "local",
        Err(_) => "unknown",
    }
}

fn print(report: &Value, out: Output) {
    let words = |list: &Value, key: Option<&str>| {
        let texts: Vec<&str> = list
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|v| key.map_or(v, |k| &v[k]).as_str())
            .collect();
        if texts.is_empty() {
            "none".to_string()
        } else {
            texts.join(", ")
        }
    };
    out.say(format!("version    {}", report["version"].as_str().unwrap_or_default()));
    out.say(format!("backends   {}", words(&report["features"], None)));
    out.say(format!("devices    {}", words(&report["devices"], Some("name"))));
    out.say(format!("vectors    {}", report["vectors"].as_str().unwrap_or_default()));
    out.say(format!("cores      {}", report["cores"]));
    let terminal = &report["terminal"];
    out.say(format!(
        "terminal   {}, colours {}, unicode {}, {}×{}",
        terminal["term"].as_str().unwrap_or_default(),
        terminal["colours"].as_str().unwrap_or_default(),
        terminal["unicode"],
        terminal["columns"].as_u64().map_or("?".into(), |n| n.to_string()),
        terminal["rows"].as_u64().map_or("?".into(), |n| n.to_string()),
    ));
    out.say(format!(
        "data       {}",
        report["data"]["folder"].as_str().unwrap_or_default()
    ));
    for set in report["data"]["sets"].as_array().into_iter().flatten() {
        out.say(format!(
            "           {:<16} {}",
            set["name"].as_str().unwrap_or_default(),
            set["state"].as_str().unwrap_or_default()
        ));
    }
    let folder = &report["folder"];
    let writable = if folder["writable"] == true {
        "writable"
    } else {
        "NOT WRITABLE"
    };
    out.say(format!(
        "folder     {}, {writable}, file system {}",
        folder["path"].as_str().unwrap_or_default(),
        folder["file_system"].as_str().unwrap_or_default()
    ));
}
