//! What an import says beside its result: what was left out, and why.

use super::gather::{Gathered, some};
use crate::{cli::output::Output, run::metric::MOST_NAMES};
use serde_json::{Value, json};
use std::{collections::BTreeMap, path::Path};

/// The most places of a damaged file that are named.
const PLACES: usize = 3;

/// Says all of it, for people.
pub fn say(found: &Gathered, folder: &Path, out: Output) {
    files(found, out);
    series(found, out);
    if !found.apart.is_empty() {
        let names: Vec<String> = found
            .apart
            .iter()
            .map(|f| folder.join(f).display().to_string())
            .collect();
        out.note(format!(
            "not imported, because they are runs of their own: {}; import them one by one",
            some(&names)
        ));
    }
}

fn files(found: &Gathered, out: Output) {
    for (file, why) in &found.unreadable {
        let file = file.display().to_string();
        let named = if why.starts_with(&file) {
            why.clone()
        } else {
            format!("{file}: {why}")
        };
        out.note(format!("{named}; left out"));
    }
    for (file, places, count) in &found.damaged {
        let words: Vec<String> = places.iter().take(PLACES).map(ToString::to_string).collect();
        let more = match count.saturating_sub(words.len() as u64) {
            0 => String::new(),
            n => format!("; and {n} more"),
        };
        out.note(format!(
            "{}: {count} damaged {}, left out; what is before and behind is imported: {}{more}",
            file.display(),
            if *count == 1 { "place" } else { "places" },
            words.join("; "),
        ));
    }
    for (file, bytes) in &found.torn {
        out.note(format!(
            "{}: its last {bytes} bytes are a record that is not whole yet, or was cut off; what is before is imported",
            file.display()
        ));
    }
    for file in &found.unchecked {
        out.note(format!(
            "{}: its writer put zeros where checksums belong: nothing vouches for its values",
            file.display()
        ));
    }
}

fn series(found: &Gathered, out: Output) {
    let rows = &found.rows;
    if rows.voided > 0 {
        out.note(format!(
            "{} values are void: the training went back behind them (SessionLog START)",
            rows.voided
        ));
    }
    if rows.replaced > 0 {
        out.note(format!(
            "{} values were replaced by those of a later file at the same step; it records no restart (SessionLog START), so \
             that the earlier file's other steps stay",
            rows.replaced
        ));
    }
    let skipped = found.skipped.iter().map(|(kind, n)| (*kind, *n));
    let (steps, others): (BTreeMap<&str, u64>, BTreeMap<&str, u64>) =
        skipped.partition(|(kind, _)| kind.contains("steps"));
    if !others.is_empty() {
        out.note(format!("skipped {}: only scalars become metrics", in_words(&others)));
    }
    if !steps.is_empty() {
        out.note(format!("skipped {}: a run counts its steps from 0", in_words(&steps)));
    }
    if found.rounded > 0 {
        out.note(format!(
            "{} values are integers beyond 2^53 and were rounded to double precision",
            found.rounded
        ));
    }
    if rows.left_out > 0 {
        out.note(format!(
            "left out {} values: a run keeps {MOST_NAMES} metrics",
            rows.left_out
        ));
    }
    if !rows.shared.is_empty() {
        let named = |name: &String| {
            let series = rows.series.get(name);
            format!("{name} is {:?}", series.map(|s| s.tag.as_str()).unwrap_or_default())
        };
        let names: Vec<String> = rows.shared.iter().map(named).collect();
        out.note(format!(
            "{} have a number behind their names, which other tags have already: {}",
            match names.len() {
                1 => "1 tag".to_string(),
                n => format!("{n} tags"),
            },
            some(&names)
        ));
    }
}

/// What scripts get beside the result.
pub fn answer(found: &Gathered) -> Value {
    let damaged = |(file, places, count): &(_, Vec<_>, u64)| {
        let places: Vec<String> = places.iter().map(ToString::to_string).collect();
        json!({ "file": file, "count": count, "places": places })
    };
    let unreadable = |(file, why): &(_, String)| json!({ "file": file, "why": why });
    json!({
        "files": found.files,
        "steps": found.rows.len(),
        "values": found.rows.values,
        "metrics": found.rows.names(),
        "series": found.rows.series,
        "configuration": found.configuration,
        "skipped": found.skipped,
        "left_out": found.rows.left_out,
        "void": found.rows.voided,
        "replaced": found.rows.replaced,
        "rounded": found.rounded,
        "torn": found.torn.iter().map(|t| &t.0).collect::<Vec<_>>(),
        "damaged": found.damaged.iter().map(damaged).collect::<Vec<_>>(),
        "unreadable": found.unreadable.iter().map(unreadable).collect::<Vec<_>>(),
        "unchecked": found.unchecked,
        "apart": found.apart,
    })
}

/// `3 histograms, 1 images`.
pub fn in_words<K: std::fmt::Display, N: std::fmt::Display>(skipped: &BTreeMap<K, N>) -> String {
    let words: Vec<String> = skipped.iter().map(|(kind, n)| format!("{n} {kind}")).collect();
    words.join(", ")
}
