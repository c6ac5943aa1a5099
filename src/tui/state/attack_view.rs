//! Which attack job is shown, in which view, and which other job is overlaid. Pure.

use super::app::{App, Layer};
use crate::{
    tui::model::{AttackRow, CellRow, SampleKey},
    units::Epsilon,
};

/// Views of an attack job, in the order of their keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Panel {
    /// Robust accuracy against ε.
    #[default]
    Curves,
    /// Whether the numbers are reliable.
    Sanity,
    /// Adversarial against random perturbations, and the bound on their ratio.
    Theory,
    /// Accuracy by true class.
    Classes,
    /// One image, clean and attacked.
    Samples,
}

impl Panel {
    /// Every view.
    pub const ALL: [Panel; 5] = [
        Panel::Curves,
        Panel::Sanity,
        Panel::Theory,
        Panel::Classes,
        Panel::Samples,
    ];

    /// As the screen calls it.
    pub fn title(self) -> &'static str {
        match self {
            Panel::Curves => "curves",
            Panel::Sanity => "sanity",
            Panel::Theory => "theory",
            Panel::Classes => "classes",
            Panel::Samples => "samples",
        }
    }

    /// The view `by` places on, around the end.
    pub fn beside(self, by: usize) -> Panel {
        Panel::ALL[(self as usize + by) % Panel::ALL.len()]
    }
}

/// What of the attack jobs is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AttackView {
    /// The selected job, newest first.
    pub job: usize,
    /// In which view.
    pub panel: Panel,
    /// Index into the job's groups of cells, for the classes; the last one, the worst of all, where none is chosen.
    pub group: Option<usize>,
    /// Index into the job's cells that move an image, for the samples.
    pub cell: usize,
    /// Position of the image in the job's order.
    pub image: usize,
    /// The radius read out, in the curves.
    pub radius: Option<usize>,
    /// First row shown, where a view has more than fit.
    pub top: usize,
}

/// The cell whose images are looked at, with its place among those that move images.
pub fn chosen_cell<'a>(job: &'a AttackRow, view: &AttackView) -> Option<(usize, &'a CellRow)> {
    let moving: Vec<&CellRow> = job.cells.iter().filter(|c| c.moves()).collect();
    let at = view.cell.min(moving.len().checked_sub(1)?);
    moving.get(at).map(|cell| (at, *cell))
}

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
fn names(all: &[(&AttackRow, usize)], own: usize) -> Vec<String> {
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
fn short_step(name: &str) -> String {
    let step = name.strip_prefix("step-").and_then(|digits| digits.parse::<u64>().ok());
    step.map_or_else(|| name.to_string(), |n| format!("step {n}"))
}

/// `20261123-094512-glyphs-sr-7f3a` is `glyphs-sr`: a run's id without its time and its random end.
fn short_run(id: &str) -> &str {
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let mut parts = id.splitn(3, '-');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(day), Some(time), Some(rest)) if digits(day) && digits(time) => {
            rest.rsplit_once('-').map_or(rest, |r| r.0)
        }
        _ => id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::tests::fixture;

    fn job(checkpoints: &[(&str, &str)]) -> AttackRow {
        AttackRow {
            dir: format!("/{checkpoints:?}").into(),
            origins: checkpoints.iter().map(|c| c.0.to_string()).collect(),
            checkpoints: checkpoints.iter().map(|c| c.1.to_string()).collect(),
            ..fixture::attack()
        }
    }

    fn named(job: &AttackRow, marked: Option<AttackRow>) -> Vec<String> {
        let mut app = fixture::empty(80, 24, false);
        app.marked = marked.map(Box::new);
        subjects(&app, job).into_iter().map(|s| s.name).collect()
    }

    #[test]
    fn checkpoints_are_named_by_what_tells_them_apart() {
        let (plain, sr) = ("20261123-094512-plain-7f3a", "20261123-101500-sr-11c9");
        let (early, late) = ("step-000000400", "step-000001200");
        assert_eq!(named(&job(&[(plain, late)]), None), [""]);
        assert_eq!(
            named(&job(&[(plain, early), (plain, late)]), None),
            ["step 400", "step 1200"]
        );
        assert_eq!(named(&job(&[(plain, late)]), Some(job(&[(sr, late)]))), ["plain", "sr"]);
        let both = job(&[(plain, early), (plain, late), (sr, late)]);
        assert_eq!(
            named(&both, None),
            ["plain step 400", "plain step 1200", "sr step 1200"]
        );
        assert_eq!(
            named(&job(&[("x", "theirs")]), Some(job(&[("y", "ours")]))),
            ["theirs", "ours"]
        );
    }

    #[test]
    fn a_job_is_not_laid_over_itself() {
        let one = job(&[("a", "b")]);
        assert_eq!(named(&one, Some(one.clone())), [""]);
    }

    #[test]
    fn the_views_follow_one_another_in_a_circle() {
        assert_eq!(Panel::Curves.beside(4), Panel::Samples);
        assert_eq!(Panel::Samples.beside(1), Panel::Curves);
    }
}
