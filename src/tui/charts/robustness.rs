//! Robust accuracy over training: results of the attack jobs on the run's checkpoints, one curve per attack and radius
//! with its Wilson interval, next to the run's own probe at every checkpoint. Pure.

use super::{marks::x_of, selection::Member, series::Series};
use crate::tui::{
    model::{AttackRow, CellRow, charts::view::ChartsView},
    plot::{Curve, Point},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

/// More curves than colours and symbols could not be told apart.
const MOST_LINES: usize = 7;

/// Attack, backward mode and radius.
type Way = (String, String, String);

/// The curves of a run's attack jobs, the most often measured first, and how many there would be in all.
pub fn curves<'a>(run: &Member<'a>, attacks: &[AttackRow], view: &ChartsView, unit: f64) -> (Vec<Curve<'a>>, usize) {
    let mut lines: BTreeMap<Way, Vec<(u64, &CellRow)>> = BTreeMap::new();
    // Oldest job first, so that of two measurements of the same thing the newest counts.
    for job in attacks.iter().rev() {
        for cell in job.cells.iter().filter(|c| c.n > 0 && !c.open) {
            let here = job.origins.get(cell.checkpoint).is_some_and(|o| is_run(run, o));
            let step = job.checkpoints.get(cell.checkpoint).and_then(|name| step_of(name));
            let (true, Some(step)) = (here, step) else { continue };
            // Attacks that change nothing have no backward mode.
            let mode = if cell.moves() {
                cell.backward.clone()
            } else {
                String::new()
            };
            let key = (cell.attack.clone(), mode, cell.eps.to_string());
            let line = lines.entry(key).or_default();
            line.retain(|(at, _)| *at != step);
            line.push((step, cell));
        }
    }
    let modes: BTreeSet<&str> = lines.keys().map(|k| k.1.as_str()).filter(|m| !m.is_empty()).collect();
    let several = modes.len() > 1;
    let radius = |points: &[(u64, &CellRow)]| points.first().map_or(0.0, |(_, cell)| cell.eps.value());
    let mut lines: Vec<_> = lines.into_values().collect();
    lines.sort_by(|a, b| b.len().cmp(&a.len()).then(radius(a).total_cmp(&radius(b))));
    let measured = run.history.series("val.robust_accuracy").filter(|s| !s.is_empty());
    let own = measured.map(|series| Curve {
        name: "probe (val)".into(),
        data: Rc::new(Series::new(series, view.x, unit, &run.calendar)),
        dotted: true,
        ..Curve::default()
    });
    let from = usize::from(own.is_some());
    let all = from + lines.len();
    let found = (from..)
        .zip(lines.into_iter().take(MOST_LINES))
        .map(|(hue, mut points)| {
            let name = points.first().map_or_else(String::new, |(_, cell)| name(cell, several));
            points.sort_by_key(|(step, _)| *step);
            let placed = |(step, cell): (u64, &'_ CellRow)| {
                let x = x_of(run, step, None, view.x)? / unit;
                Some((x, cell.accuracy, cell.interval))
            };
            let placed: Vec<_> = points.into_iter().filter_map(placed).collect();
            let points: Vec<Point> = placed.iter().map(|(x, y, _)| Point { x: *x, y: *y }).collect();
            Curve {
                name,
                data: Rc::new(points),
                band: placed.iter().map(|(x, _, (low, high))| (*x, *low, *high)).collect(),
                hue,
                sign: hue,
                dotted: true,
                ..Curve::default()
            }
        });
    (own.into_iter().chain(found).collect(), all)
}

fn is_run(run: &Member, origin: &str) -> bool {
    run.dir.file_name().is_some_and(|name| *name == *origin)
}

/// `pgd:10 8/255`, `clean`; with several backward modes `pgd:10 rate 8/255`.
fn name(cell: &CellRow, several: bool) -> String {
    if !cell.moves() {
        return "clean".into();
    }
    let mode = if several { cell.backward.as_str() } else { "" };
    let words = [cell.attack.as_str(), mode, &cell.eps.to_string()];
    words
        .into_iter()
        .filter(|w| !w.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// `step-000001200` is 1200; an imported checkpoint has no place in the run.
fn step_of(name: &str) -> Option<u64> {
    name.strip_prefix("step-")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        run::history::History,
        tui::{charts::clock::Calendar, model::charts::view::ChartsView, tests::fixture},
    };
    use std::path::Path;

    #[test]
    fn every_attack_and_radius_is_a_line_over_the_steps_of_the_checkpoints_and_the_newest_job_counts() {
        let history = History::default();
        let run = Member {
            dir: Path::new("/x/run"),
            name: String::new(),
            history: &history,
            manifest: None,
            calendar: Calendar::default(),
            hue: 0,
        };
        let job = |step: u64, accuracy: f64| {
            let attack = fixture::attack();
            let cells = attack.cells.iter().map(|c| CellRow {
                checkpoint: 0,
                accuracy,
                open: false,
                ..c.clone()
            });
            AttackRow {
                origins: vec!["run".into()],
                checkpoints: vec![format!("step-{step:09}")],
                cells: cells.collect(),
                ..fixture::attack()
            }
        };
        let jobs = [job(200, 0.5), job(100, 0.4), job(200, 0.1)];
        let (curves, all) = curves(&run, &jobs, &ChartsView::default(), 1.0);
        assert_eq!(curves.len(), all);
        assert!(curves.iter().any(|c| c.name == "clean"));
        for curve in &curves {
            let points: Vec<_> = (0..curve.data.len())
                .map(|i| (curve.data.x(i), curve.data.y(i)))
                .collect();
            assert_eq!(points, [(100.0, 0.4), (200.0, 0.5)], "{}", curve.name);
        }
    }
}
