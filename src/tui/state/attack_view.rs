//! Which attack job is shown, in which view, and which other job is overlaid. Pure.

use crate::tui::model::{AttackRow, CellRow};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::state::app::attack_subjects::subjects;
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
