//! The comparison of configurations: one column per run, only the keys that differ. Pure.

use super::app::App;
use crate::tui::model::config_value::cell;
use crate::tui::model::{
    RunRow,
    disambiguation::Apart,
    sheet::{Cell, Head, Line, Sheet},
};
use std::collections::BTreeSet;

/// Why runs are compared where nothing else was chosen.
pub const ALL: &str = "all runs shown";

/// The most runs beside one another.
const MOST: usize = 64;

/// Which runs are compared, and why these.
pub fn compared(app: &App) -> (Vec<&RunRow>, &'static str) {
    let of = |dirs: &mut dyn Iterator<Item = &std::path::PathBuf>| -> Vec<&RunRow> {
        dirs.filter_map(|dir| app.runs.iter().find(|r| r.dir == *dir))
            .take(MOST)
            .collect()
    };
    let marked = of(&mut app.overlay.iter());
    if marked.len() > 1 {
        return (marked, "marked runs");
    }
    if let (Some(one), Some(selected)) = (marked.first(), app.run())
        && one.dir != selected.dir
    {
        return (vec![one, selected], "the marked run and the selected one");
    }
    if let (Some(parent), Some(selected)) = (parent(app), app.run()) {
        return (vec![parent, selected], "the selected run and the one it came from");
    }
    (app.shown_runs().into_iter().take(MOST).collect(), ALL)
}

/// The run whose checkpoint the selected one began with: the folder of checkpoints has the run's id.
fn parent(app: &App) -> Option<&RunRow> {
    let checkpoint = app.detail()?.manifest.as_ref()?.parent.as_ref()?;
    let id = checkpoint.parent()?.file_name()?.to_string_lossy().into_owned();
    app.runs
        .iter()
        .find(|r| r.id == id && Some(&r.dir) != app.selected.as_ref())
}

/// The comparison.
pub fn sheet(app: &App) -> Sheet {
    let (runs, _) = compared(app);
    let head = |label: String| Head {
        label,
        sorted: None,
        right: false,
    };
    let apart = Apart::of(app.runs.iter());
    let mut heads = vec![head("key".into())];
    heads.extend(runs.iter().map(|run| head(apart.name(run))));
    let keys: BTreeSet<&String> = runs
        .iter()
        .flat_map(|r| r.facts.names().filter(|n| r.facts.is_key(n)))
        .collect();
    let row = |key: &&String| {
        let said: Vec<Cell> = runs.iter().map(|run| cell(run, key, app.glyphs.arrow)).collect();
        let differ = said.iter().any(|s| s.text != said[0].text);
        differ.then(|| Line {
            run: None,
            cells: std::iter::once(Cell::text(key.as_str())).chain(said).collect(),
        })
    };
    Sheet {
        heads,
        rows: keys.iter().filter_map(row).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::{model::facts::Facts, tests::fixture};
    use serde_json::json;

    fn app() -> App {
        let mut app = fixture::app(120, 40, false);
        for (n, run) in app.runs.iter_mut().enumerate() {
            let spec = json!({"objective": {"lambda": 0.01}, "train": {"seed": n, "batch": 32}});
            run.facts = Facts::of_spec(&spec).into();
            run.tunables = Default::default();
        }
        app
    }

    #[test]
    fn only_what_differs_is_shown_and_what_was_changed_live_says_so() {
        let mut app = app();
        let changed = [("objective.lambda".to_string(), 0.005)].into_iter().collect();
        app.runs[1].tunables = std::sync::Arc::new(changed);
        let sheet = sheet(&app);
        let keys: Vec<&str> = sheet.rows.iter().map(|r| r.cells[0].text.as_str()).collect();
        assert_eq!(keys, ["objective.lambda", "train.seed"]);
        assert_eq!(sheet.rows[0].cells[2].text, "0.01 → 0.005 (live)");
        assert_eq!((sheet.heads.len(), sheet.rows[1].cells[5].text.as_str()), (6, "4"));
    }

    #[test]
    fn numbers_that_look_alike_are_still_told_apart_and_copied_in_full() {
        let mut app = app();
        for (n, run) in app.runs.iter_mut().enumerate() {
            let lambda = if n == 0 { 0.123456 } else { 0.123457 };
            run.facts = Facts::of_spec(&json!({"objective": {"lambda": lambda}})).into();
        }
        let csv = sheet(&app).csv();
        assert!(csv.contains("\nobjective.lambda,0.123456,0.123457,"), "{csv}");
    }

    #[test]
    fn marked_runs_are_compared_then_the_marked_with_the_selected_then_with_the_parent() {
        let mut app = app();
        assert_eq!(compared(&app).1, "all runs shown");
        if let Some(manifest) = app.detail.as_mut().and_then(|d| d.manifest.as_mut()) {
            manifest.parent = Some(format!("/w/checkpoints/{}/step-000000400", app.runs[2].id).into());
        }
        let (runs, why) = compared(&app);
        assert_eq!((runs.len(), runs[0].id.as_str()), (2, app.runs[2].id.as_str()), "{why}");
        app.overlay = vec![app.runs[3].dir.clone()];
        assert!(compared(&app).1.contains("the marked run and the selected one"));
        app.overlay.push(app.runs[4].dir.clone());
        assert_eq!((compared(&app).0.len(), compared(&app).1), (2, "marked runs"));
    }
}
