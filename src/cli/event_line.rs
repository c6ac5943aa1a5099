//! An event of a run as one line of text, for `train`, `demo` and the screen as lines.

use crate::{
    run::{
        checkpoint::step_of,
        event::{Event, Happening},
        history::removed_words,
    },
    units::significant,
};
use std::path::Path;

/// An event in one line; nothing for those that nobody needs to hear.
pub fn event_line(event: &Event) -> Option<String> {
    let step = event.step;
    Some(match &event.what {
        Happening::Started {
            device, total_steps, ..
        } => format!("started on {device}: {total_steps} steps"),
        Happening::Resumed { checkpoint } if checkpoint.is_empty() => "resumed from the beginning".into(),
        Happening::Resumed { checkpoint } => format!("resumed from {checkpoint}"),
        Happening::RolledBack {
            from,
            why,
            command: Some(_),
            ..
        } => format!("rolled back from step {from} to step {step}: {why}"),
        Happening::RolledBack {
            from, lr_factor, why, ..
        } => format!("step {from}: {why}: rolled back to step {step}, learning rate × {lr_factor}"),
        Happening::EndedEarly { why } => format!("step {step}: {why}"),
        Happening::Applied { key, old, new, .. } => {
            format!("step {step}: {key} {} → {}", significant(*old), significant(*new))
        }
        Happening::Rejected { why, .. } => format!("step {step}: refused: {why}"),
        Happening::Paused => format!("step {step}: paused"),
        Happening::Continued => format!("step {step}: resumed"),
        Happening::Saved { checkpoint, best, .. } => {
            format!(
                "step {step}: saved {checkpoint}{}",
                if *best { " (best so far)" } else { "" }
            )
        }
        Happening::Alert { kind, why } => format!("step {step}: ALERT {kind}: {why}"),
        Happening::Annotated { text } => format!("step {step}: note: {text}"),
        Happening::Finished { metrics } => match metrics.get("test.accuracy") {
            Some(a) => format!("all {step} steps done, test accuracy {}", significant(*a)),
            None => format!("all {step} steps done"),
        },
        Happening::Stopped { by } => format!("step {step}: stopped by {by}"),
        Happening::Failed { why } => format!("step {step}: failed: {why}"),
        Happening::Pruned { checkpoints } => {
            let steps: Vec<u64> = checkpoints.iter().filter_map(|c| step_of(Path::new(c))).collect();
            format!("step {step}: {}", removed_words(&steps))
        }
        Happening::Received { .. } | Happening::Other => return None,
    })
}
