//! An attack's table as Markdown for people, and as CSV and JSON for programs. In Markdown shares are per cent with one
//! decimal; CSV and JSON hold shares in [0, 1] and radii as numbers, in full.

use super::{AttackTable, TableRow};
use crate::run::{
    attack::CellEnd,
    markup::{csv, markdown, markdown_row, percent},
};
use serde_json::{Value, json};

const CSV_HEAD: &str =
    "name,run,checkpoint,counts,attack,backward,norm,eps,eps_value,accuracy,low,high,robust,n,state\n";

impl AttackTable {
    /// A table for an issue or a note: the column `note` is there where a row has something to say.
    pub fn markdown(&self) -> String {
        let has_notes = self.rows.iter().any(|r| !AttackTable::note(r).is_empty());
        let row = |cells: [&str; 8]| {
            let shown = if has_notes { 8 } else { 7 };
            markdown_row(cells.iter().take(shown).map(|c| markdown(c)))
        };
        let mut text = row(["checkpoint", "attack", "backward", "ε", "accuracy", "95 %", "n", "note"]);
        text += &row(["---", "---", "---", "---:", "---:", "---:", "---:", "---"]);
        for line in &self.rows {
            let (low, high) = line.tally.interval();
            text += &row([
                &self.checkpoint(line),
                &line.label(),
                &line.backward,
                &line.eps.to_string(),
                &format!("{} %", percent(line.tally.accuracy())),
                &format!("{}–{} %", percent(low), percent(high)),
                &line.tally.n.to_string(),
                AttackTable::note(line),
            ]);
        }
        text
    }

    /// Comma-separated values, one row per accuracy.
    pub fn csv(&self) -> String {
        let mut text = String::from(CSV_HEAD);
        for row in &self.rows {
            let (low, high) = row.tally.interval();
            let (name, run, checkpoint) = self.names(row);
            let cells = [
                csv(name),
                csv(run),
                csv(checkpoint),
                word(&row.counts),
                csv(&row.attack),
                csv(&row.backward),
                word(&self.norm),
                row.eps.to_string(),
                row.eps.value().to_string(),
                row.tally.accuracy().to_string(),
                low.to_string(),
                high.to_string(),
                row.tally.robust.to_string(),
                row.tally.n.to_string(),
                state(row).into(),
            ];
            text += &cells.join(",");
            text.push('\n');
        }
        text
    }

    /// One object, its `rows` with the columns of the CSV.
    pub fn json(&self) -> Value {
        let row = |row: &TableRow| {
            let (low, high) = row.tally.interval();
            let (name, run, checkpoint) = self.names(row);
            json!({
                "name": name,
                "run": run,
                "checkpoint": checkpoint,
                "counts": row.counts,
                "attack": row.attack,
                "backward": row.backward,
                "norm": self.norm,
                "eps": row.eps,
                "eps_value": row.eps.value(),
                "accuracy": row.tally.accuracy(),
                "low": low,
                "high": high,
                "robust": row.tally.robust,
                "n": row.tally.n,
                "state": state(row),
            })
        };
        json!({
            "attack": self.attack,
            "checkpoints": self.checkpoints,
            "split": self.split,
            "conditions": self.conditions,
            "cells_done": self.finished.0,
            "cells": self.finished.1,
            "rows": self.rows.iter().map(row).collect::<Vec<_>>(),
        })
    }

    fn names(&self, row: &TableRow) -> (&str, &str, &str) {
        let it = self.checkpoints.get(row.checkpoint);
        it.map_or(("", "", ""), |c| (&c.name, &c.run, &c.checkpoint))
    }
}

/// The word by which a record names it.
fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

fn state(row: &TableRow) -> &'static str {
    match (row.ended, row.open) {
        (Some(CellEnd::Precision), _) => "precision",
        (Some(CellEnd::Kept), _) => "kept",
        (None, true) => "open",
        (None, false) => "finished",
    }
}
