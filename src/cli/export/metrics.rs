//! A run's metrics as a table: one row per step, as its history stands; what a resume superseded is left out.

use super::rows::{Row, Rows};
use serde_json::Value;
use std::{
    borrow::Cow,
    io::{self, Write},
    path::Path,
};

/// Comma-separated values with a heading; a metric that a step does not have is an empty cell. Values are written so
/// that reading them gives the same bits. Returns the number of rows.
///
/// # Errors
/// When it cannot be written, or the journal changed meanwhile.
pub fn csv(rows: &Rows, to: &mut dyn Write) -> io::Result<u64> {
    to.write_all(b"step,epoch,wall")?;
    for name in rows.names() {
        write!(to, ",{}", cell(name))?;
    }
    to.write_all(b"\n")?;
    rows.each(|row| {
        write!(to, "{},{},{}", row.step, row.epoch, row.wall)?;
        for value in &row.values {
            match value {
                Some(value) => write!(to, ",{value}")?,
                None => to.write_all(b",")?,
            }
        }
        to.write_all(b"\n")
    })
}

/// A name from the run's journal as a cell.
fn cell(name: &str) -> Cow<'_, str> {
    match name.contains([',', '"', '\n', '\r']) {
        true => Cow::Owned(format!("\"{}\"", name.replace('"', "\"\""))),
        false => Cow::Borrowed(name),
    }
}

/// One object: the rows as the journal has them, the run, and the fields of `about`. Returns the number of rows.
///
/// # Errors
/// As [`csv`]; and when the run's path is not UTF-8, which JSON cannot say.
pub fn json(rows: &Rows, run: &Path, about: &serde_json::Map<String, Value>, to: &mut dyn Write) -> io::Result<u64> {
    let run = serde_json::to_string(run)?;
    to.write_all(b"{\"metrics\":[")?;
    let mut is_first = true;
    let count = rows.each(|row: &Row| {
        if !std::mem::take(&mut is_first) {
            to.write_all(b",")?;
        }
        // By way of a value, whose fields are sorted.
        let value = serde_json::to_value(row.metric(rows.names()))?;
        serde_json::to_writer(&mut *to, &value).map_err(io::Error::from)
    })?;
    write!(to, "],\"run\":{run}")?;
    for (key, value) in about {
        write!(to, ",{}:{value}", serde_json::to_string(key)?)?;
    }
    to.write_all(b"}")?;
    Ok(count)
}
