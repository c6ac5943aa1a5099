//! Events of a run on the x axis: checkpoints, changes, alerts, resumes and forks. Pure.

use super::selection::Member;
use crate::run::event::EventKind;
use crate::{
    run::{history::History, text::clean},
    tui::{
        model::{charts::view::XKind, commands},
        plot::{Mark, MarkKind},
    },
};

/// The marks of the first run; of the others only where they were forked from it.
pub fn marks(members: &[Member], kind: XKind, unit: f64) -> Vec<Mark> {
    let Some((run, others)) = members.split_first() else {
        return Vec::new();
    };
    let own = run.history.marks().iter().filter(|m| !m.superseded);
    let mut marks: Vec<Mark> = own
        .filter_map(|m| {
            let (kind_of, text) = said(&m.kind)?;
            Some(Mark {
                x: x_of(run, m.step, Some(m.wall), kind)? / unit,
                kind: kind_of,
                text,
            })
        })
        .collect();
    marks.extend(others.iter().filter_map(|child| {
        Some(Mark {
            x: x_of(run, forked_at(run, child)?, None, kind)? / unit,
            kind: MarkKind::Fork,
            text: format!("fork: {}", child.name),
        })
    }));
    marks
}

fn said(kind: &EventKind) -> Option<(MarkKind, String)> {
    Some(match kind {
        EventKind::Applied { key, old, new, .. } => (MarkKind::Tweak, commands::change(key, Some(*old), *new)),
        EventKind::Saved { .. } => (MarkKind::Checkpoint, String::new()),
        EventKind::Resumed { .. } => (MarkKind::Resume, "resumed".into()),
        EventKind::RolledBack { .. } => (MarkKind::Resume, "rolled back".into()),
        EventKind::Alert { kind, .. } => (MarkKind::Alert, clean(kind).into_owned()),
        _ => return None,
    })
}

/// The step of the checkpoint of `run` that `child` began from, if it did.
fn forked_at(run: &Member, child: &Member) -> Option<u64> {
    let from = child.manifest?.parent.as_ref()?;
    let of = from.parent()?.file_name()?;
    (of == run.dir.file_name()?).then_some(())?;
    from.file_name()?.to_str()?.strip_prefix("step-")?.parse().ok()
}

/// Where a step lies on x. Epochs are those of the run's own pace; its clock at a step is the recorded one where the
/// moment itself is not known.
pub fn x_of(run: &Member, step: u64, wall: Option<f64>, kind: XKind) -> Option<f64> {
    let pace = run.history.progress().steps_per_epoch;
    let clock = || wall.or_else(|| wall_at(run.history, step));
    match kind {
        XKind::Step => Some(step as f64),
        XKind::Epoch => (pace > 0).then(|| step as f64 / pace as f64),
        XKind::Relative => clock(),
        XKind::Wall => clock().and_then(|w| run.calendar.at(w)),
    }
}

/// The run's clock when it had done `step` steps, by whatever was measured then or last before.
fn wall_at(history: &History, step: u64) -> Option<f64> {
    let series = ["train.ce", "train.loss", "val.accuracy"];
    let filled = |name| history.series(name).filter(|s| !s.is_empty());
    let view = series.into_iter().find_map(filled)?;
    let at = view.within(0, step).end.checked_sub(1)?;
    Some(view.wall(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        run::{manifest::Manifest, testing},
        tui::charts::clock::Calendar,
    };
    use std::path::Path;

    fn member<'a>(dir: &'a str, history: &'a History, manifest: Option<&'a Manifest>) -> Member<'a> {
        Member {
            dir: Path::new(dir),
            name: "child".into(),
            history,
            manifest,
            calendar: Calendar::default(),
            hue: 0,
        }
    }

    #[test]
    fn a_fork_is_marked_at_the_step_of_its_checkpoint_and_only_on_its_own_parent() {
        let mut history = History::default();
        for step in 1..=9 {
            history.apply_metric(&testing::metric(step, "train.ce", 1.0));
        }
        let child = Manifest {
            parent: Some("/c/mother/step-000000004".into()),
            ..testing::manifest("20261123-094512-here-0abc")
        };
        let run = |dir| [member(dir, &history, None), member("/r/child", &history, Some(&child))];
        let found = marks(&run("/r/mother"), XKind::Step, 1.0);
        assert_eq!((found.len(), found[0].x, found[0].kind), (1, 4.0, MarkKind::Fork));
        assert_eq!(marks(&run("/r/mother"), XKind::Relative, 1.0)[0].x, 4.0);
        assert!(marks(&run("/r/stranger"), XKind::Step, 1.0).is_empty());
    }
}
