//! An event of a run as one line of text, for `train`, `demo` and the screen as lines.

use crate::{
    run::{
        event::{Event, EventKind},
        history::removed_words,
    },
    units::significant,
};

/// An event in one line; nothing for those of no interest to a reader.
pub fn event_line(event: &Event) -> Option<String> {
    let step = event.step;
    Some(match &event.what {
        EventKind::Started {
            device, total_steps, ..
        } => format!("started on {device}: {total_steps} steps"),
        EventKind::Resumed { checkpoint } if checkpoint.is_empty() => "resumed from the beginning".into(),
        EventKind::Resumed { checkpoint } => format!("resumed from {checkpoint}"),
        EventKind::RolledBack {
            from,
            why,
            command: Some(_),
            ..
        } => format!("rolled back from step {from} to step {step}: {why}"),
        EventKind::RolledBack {
            from, lr_factor, why, ..
        } => format!("step {from}: {why}: rolled back to step {step}, learning rate × {lr_factor}"),
        EventKind::EndedEarly { why } => format!("step {step}: {why}"),
        EventKind::Applied { key, old, new, .. } => {
            format!("step {step}: {key} {} → {}", significant(*old), significant(*new))
        }
        EventKind::Rejected { why, .. } => format!("step {step}: refused: {why}"),
        EventKind::Paused => format!("step {step}: paused"),
        EventKind::Continued => format!("step {step}: resumed"),
        EventKind::Saved { checkpoint, best, .. } => {
            format!(
                "step {step}: saved {checkpoint}{}",
                if *best { " (best so far)" } else { "" }
            )
        }
        EventKind::Alert { kind, why } => format!("step {step}: ALERT {kind}: {why}"),
        EventKind::Annotated { text } => format!("step {step}: note: {text}"),
        EventKind::Finished { metrics, tested } => match (metrics.get("test.accuracy"), tested) {
            (Some(a), Some(t)) => format!(
                "all {step} steps done, test accuracy {} (n {}, of {})",
                significant(*a),
                t.images,
                t.checkpoint
            ),
            (Some(a), None) => format!("all {step} steps done, test accuracy {}", significant(*a)),
            (None, _) => format!("all {step} steps done"),
        },
        EventKind::Stopped { by } => format!("step {step}: stopped by {by}"),
        EventKind::Failed { why } => format!("step {step}: failed: {why}"),
        EventKind::Pruned { checkpoints } => {
            format!("step {step}: {}", removed_words(checkpoints))
        }
        EventKind::Received { .. } | EventKind::Other => return None,
    })
}
