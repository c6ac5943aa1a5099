//! Whose curves the attack screen shows, and which image is requested. Reads no file.

use super::{App, Layer};
use crate::{
    tui::{
        model::{AttackRow, SampleKey},
        state::attack_view::{Panel, chosen_cell},
    },
    units::Epsilon,
};

/// The image that the screen looks at, where it does.
pub fn wanted_sample(app: &App) -> Option<SampleKey> {
    let shown = app.layers.iter().rev().find_map(|l| match l {
        Layer::Attacks(view) => Some(view),
        _ => None,
    });
    let view = shown.filter(|v| v.panel == Panel::Samples)?;
    let job = app.detail()?.attacks.get(view.job)?;
    let (_, cell) = chosen_cell(job, view)?;
    Some(SampleKey {
        job: job.dir.clone(),
        cell: cell.number?,
        image: view.image.min(cell.done.saturating_sub(1)),
    })
}

/// A checkpoint under attack, as one of those that are compared.
#[derive(Clone)]
pub struct Subject<'a> {
    /// The job that attacked it.
    pub attack: &'a AttackRow,
    /// Its index in that job.
    pub checkpoint: usize,
    /// What tells it from the others; empty where it is the only one.
    pub name: String,
}

/// The checkpoints of a job, and those of the marked job beside it.
pub fn subjects<'a>(app: &'a App, job: &'a AttackRow) -> Vec<Subject<'a>> {
    let marked = app.marked.as_deref().filter(|m| m.dir != job.dir);
    let all: Vec<(&AttackRow, usize)> = std::iter::once(job)
        .chain(marked)
        .flat_map(|a| (0..a.checkpoints.len().max(1)).map(move |c| (a, c)))
        .collect();
    let names = names(&all, job.checkpoints.len().max(1));
    let subject = |((attack, checkpoint), name)| Subject {
        attack,
        checkpoint,
        name,
    };
    all.into_iter().zip(names).map(subject).collect()
}

/// The grid's radii and any others that were measured, ascending.
pub fn radii(subjects: &[Subject]) -> Vec<Epsilon> {
    let of = |s: &Subject| -> Vec<Epsilon> {
        let measured = s.attack.cells.iter().map(|c| &c.eps);
        s.attack.eps.iter().chain(measured).copied().collect()
    };
    let mut radii: Vec<Epsilon> = subjects.iter().flat_map(of).collect();
    radii.sort_by(|a, b| a.value().total_cmp(&b.value()));
    radii.dedup_by(|a, b| a.to_string() == b.to_string());
    radii
}

/// The shortest way to name them that tells them apart: by step, by experiment, by both, by the run's whole name; those
/// of the marked job, which come after the first `own`, as being beside where nothing else tells.
pub fn names(all: &[(&AttackRow, usize)], own: usize) -> Vec<String> {
    if all.len() == 1 {
        return vec![String::new()];
    }
    let part = |list: &[String], at: usize| list.get(at).cloned().unwrap_or_default();
    let step = |(a, c): &(&AttackRow, usize)| short_step(&part(&a.checkpoints, *c));
    let run = |(a, c): &(&AttackRow, usize)| part(&a.origins, *c);
    let joined = |first: &str, second: &str| format!("{first} {second}").trim().to_string();
    let beside = |names: &[String]| -> Vec<String> {
        let marked = |(at, name): (usize, &String)| joined(name, if at < own { "" } else { "overlaid" });
        names.iter().enumerate().map(marked).collect()
    };
    let steps: Vec<String> = all.iter().map(step).collect();
    let both: Vec<String> = all.iter().map(|s| joined(short_run(&run(s)), &step(s))).collect();
    let ways = [
        steps.clone(),
        all.iter().map(|s| short_run(&run(s)).to_string()).collect(),
        both.clone(),
        all.iter().map(|s| joined(&run(s), &step(s))).collect(),
        beside(&steps),
        beside(&both),
        // One checkpoint twice in one job.
        (1..)
            .zip(&steps)
            .map(|(n, name)| joined(name, &format!("#{n}")))
            .collect(),
    ];
    let differ = |names: &Vec<String>| (1..names.len()).all(|i| !names[..i].contains(&names[i]));
    ways.into_iter().find(differ).unwrap_or(steps)
}

/// `step-000001200` is `step 1200`; an imported checkpoint keeps its name.
pub fn short_step(name: &str) -> String {
    let step = name.strip_prefix("step-").and_then(|digits| digits.parse::<u64>().ok());
    step.map_or_else(|| name.to_string(), |n| format!("step {n}"))
}

/// `20261123-094512-glyphs-sr-7f3a` is `glyphs-sr`: a run's id without its time and its random end.
pub fn short_run(id: &str) -> &str {
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let mut parts = id.splitn(3, '-');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(day), Some(time), Some(rest)) if digits(day) && digits(time) => {
            rest.rsplit_once('-').map_or(rest, |r| r.0)
        }
        _ => id,
    }
}
