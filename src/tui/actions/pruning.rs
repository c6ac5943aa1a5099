//! Removes a run's older checkpoints: lists which would be removed, then asks for confirmation. Pure; the command
//! line's `prune` chooses them again under the run's lock.

use crate::{
    tui::{
        model::CheckpointRow,
        state::{
            app::{App, Confirm, Confirmed, Effect, Layer},
            command_line::CommandLine,
        },
        terminal::key::Line,
    },
    units::bytes,
};

/// Begins the line that says how many stay.
pub fn begin(app: &mut App) {
    let line = Line::new("prune ");
    app.layers.push(Layer::Command(CommandLine { line, row: 0 }));
}

/// Which of the list (newest first) would go if so many of the newest stay.
fn going(list: &[CheckpointRow], keep: usize) -> Vec<&CheckpointRow> {
    list.iter().skip(keep).filter(|c| !c.best && !c.pinned).collect()
}

/// What could be typed: how many stay, with what that frees.
pub fn choices(app: &App, prefix: &str) -> Vec<(String, String)> {
    let list = app.detail().map(|d| d.checkpoints.as_slice()).unwrap_or_default();
    let choice = |keep: usize| {
        let going = going(list, keep);
        let freed: u64 = going.iter().map(|c| c.bytes).sum();
        (
            keep.to_string(),
            format!("removes {}, frees {}", going.len(), bytes(freed)),
        )
    };
    let fits = |keep: &usize| *keep <= list.len() && keep.to_string().starts_with(prefix.trim());
    [1, 2, 3, 5, 10, 20, 50].into_iter().filter(fits).map(choice).collect()
}

/// Asks, with what would go.
///
/// # Errors
/// When it is no number, or nothing would go.
pub fn ask(app: &mut App, words: &str) -> Result<Vec<Effect>, String> {
    let keep: usize = words.trim().parse().ok().filter(|n| (1..=100_000).contains(n)).ok_or(
        "prune: how many of the newest to keep, 1 or more, such as prune 3; the best and pinned ones are always kept",
    )?;
    let (Some(run), Some(detail)) = (app.run(), app.detail()) else {
        return Err("prune: no run is selected".into());
    };
    let going = going(&detail.checkpoints, keep);
    if going.is_empty() {
        return Err(format!(
            "prune: nothing to remove; there are {} checkpoints, and the best and pinned ones are always kept",
            detail.checkpoints.len()
        ));
    }
    let steps: Vec<String> = going.iter().rev().map(|c| c.step.to_string()).collect();
    let listed = match steps.len() {
        0..=8 => steps.join(", "),
        n => format!("{}, … {} ({n} in all)", steps[..4].join(", "), steps[n - 1]),
    };
    let freed: u64 = going.iter().map(|c| c.bytes).sum();
    let stay = detail.checkpoints.len() - going.len();
    let confirm = Confirm {
        question: format!(
            "Remove {} of the {} checkpoints of {}: steps {listed}?",
            going.len(),
            detail.checkpoints.len(),
            run.id
        ),
        consequence: format!(
            "This frees {} and cannot be undone. {stay} are kept: the {keep} newest, the best and pinned ones.",
            bytes(freed)
        ),
        deed: Confirmed::Prune(run.dir.clone(), keep),
    };
    app.layers.push(Layer::Confirm(confirm));
    Ok(Vec::new())
}

/// They were removed, or could not be.
pub fn done(app: &mut App, result: Result<u64, String>) {
    match result {
        Ok(gone) => app.say(format!("{gone} checkpoints removed")),
        Err(why) => app.warn(why),
    }
}
