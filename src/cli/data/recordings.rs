//! Data sets of recordings in `data list` and `data check`: they have no published checksums, so what is looked at is which
//! recordings are there.

use std::path::Path;

use serde_json::{Value, json};

use super::{Out, text};
use crate::data::error::{DataError, shown_text};
use crate::data::recordings::{Recordings, find};
use crate::spec::EVENT_SETS;

/// Says of each data set of recordings whether it is there; one object for each.
pub(super) fn list(root: &Path, out: &Out) -> std::io::Result<Vec<Value>> {
    let mut sets = Vec::new();
    for name in EVENT_SETS {
        let found = find(name, root, None);
        out.say(&line(name, &found))?;
        sets.push(value(name, &found));
    }
    Ok(sets)
}

/// Says what is there of one, and what is missing.
///
/// # Errors
/// When it cannot be used.
pub(super) fn check(name: &str, root: &Path, out: &Out) -> anyhow::Result<()> {
    let found = find(name, root, None);
    out.say(&line(name, &found))?;
    out.answer(&json!({ "data": text(root), "ok": found.is_ok(), "datasets": [value(name, &found)] }))?;
    let found = found?;
    out.say(&format!("  division: {}", found.split))?;
    if let Some(note) = &found.note {
        out.say(&format!("  {}", shown_text(note)))?;
    }
    Ok(())
}

fn line(name: &str, found: &Result<Recordings, DataError>) -> String {
    match found {
        Ok(found) => {
            let state = if found.note.is_some() { "partial" } else { "present" };
            let (train, test) = (found.train.len(), found.test.len());
            let classes = found.class_names.len();
            format!("{name:14} {state:10} {classes:>3} classes  recordings: {train} to train on, {test} to test on")
        }
        Err(DataError::Missing { .. }) => format!(
            "{name:14} {:10}             recordings: docs/events.md says what is needed",
            "absent"
        ),
        Err(why) => format!(
            "{name:14} {:10}             {}",
            "damaged",
            shown_text(&why.to_string())
        ),
    }
}

fn value(name: &str, found: &Result<Recordings, DataError>) -> Value {
    match found {
        Ok(found) => json!({
            "name": name, "state": if found.note.is_some() { "partial" } else { "present" }, "kind": "recordings",
            "classes": found.class_names.len(), "train": found.train.len(), "test": found.test.len(),
            "split": found.split, "note": found.note,
        }),
        Err(why) => json!({
            "name": name, "kind": "recordings", "why": shown_text(&why.to_string()),
            "state": if matches!(why, DataError::Missing { .. }) { "absent" } else { "damaged" },
        }),
    }
}
