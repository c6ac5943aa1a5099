//! Why an action cannot be done now, as a few words beside a greyed key. Pure; does nothing.

use super::resume;
use crate::{
    run::status::RunState,
    tui::{
        keys::Check,
        model::charts::view::XKind,
        state::{
            self,
            app::{App, Layer, start_arguments::missing_data},
            attack_view::Panel,
            inspection::Asked,
        },
    },
};

pub fn always(_: &App) -> Result<(), &'static str> {
    Ok(())
}

/// Whether anything may be written at all: flag, variable or configuration may forbid it.
///
/// # Errors
/// That it may not.
pub fn can_write(app: &App) -> Result<(), &'static str> {
    if app.read_only {
        Err("read-only: this screen changes nothing")
    } else {
        Ok(())
    }
}

/// Whether the demonstration can be started here.
pub fn can_demo(app: &App) -> Result<(), &'static str> {
    can_write(app)?;
    match app.can_train {
        true => Ok(()),
        false => Err("this is a viewer-only build: it cannot train"),
    }
}

pub fn has_run(app: &App) -> Result<(), &'static str> {
    app.run().map(|_| ()).ok_or("no run is selected")
}

pub fn not_a_date(app: &App) -> Result<(), &'static str> {
    match app.charts.x {
        XKind::Wall => Err("dates have no log scale: x chooses another axis"),
        _ => Ok(()),
    }
}

pub fn compares(app: &App) -> Result<(), &'static str> {
    match app.overlay.iter().any(|dir| Some(dir) != app.selected.as_ref()) {
        true => Ok(()),
        false => Err("no run is overlaid: press space on one in the list"),
    }
}

pub fn unicode(app: &App) -> Result<(), &'static str> {
    match app.glyphs == crate::tui::theme::glyphs::ASCII {
        true => Err("ASCII only: set by --ascii or by the locale (LANG)"),
        false => Ok(()),
    }
}

/// A run of a newer program is looked at and left alone, one that is not seen as well.
pub fn may_write(app: &App) -> Result<(), &'static str> {
    can_write(app)?;
    match app.run().is_some_and(|r| r.newer) {
        true => Err("read-only: this run was written by a newer version"),
        false if app.is_hidden() => Err("the filter hides the selected run: / changes it"),
        false => Ok(()),
    }
}

/// Whether a command can be sent to the selected run.
///
/// # Errors
/// Why it cannot.
pub fn live(app: &App) -> Result<(), &'static str> {
    may_write(app)?;
    has_run(app)?;
    match app.run().is_some_and(|r| r.state.is_live()) {
        true => Ok(()),
        false => Err("this run is not running"),
    }
}

pub fn can_pause(app: &App) -> Result<(), &'static str> {
    // The same key resumes: where it cannot, why not.
    if let Err(why) = live(app) {
        return can_resume(app).and(Err(why));
    }
    match app.run().map(|r| r.state) {
        Some(RunState::Paused) => Err("this run is already paused"),
        _ => Ok(()),
    }
}

pub fn can_resume(app: &App) -> Result<(), &'static str> {
    may_write(app)?;
    has_run(app)?;
    if app.run().is_some_and(|r| !r.state.is_live()) {
        return resume::possible(app);
    }
    match app.run().map(|r| r.state) {
        Some(RunState::Paused) => Ok(()),
        _ => Err("this run is not paused"),
    }
}

pub fn can_apply(app: &App) -> Result<(), &'static str> {
    live(app)?;
    staged(app)
}

pub fn staged(app: &App) -> Result<(), &'static str> {
    match app.tune.staged.is_empty() {
        true => Err("nothing is staged: change a value first, with - + < > or a digit"),
        false => Ok(()),
    }
}

pub fn can_undo_selected(app: &App) -> Result<(), &'static str> {
    live(app)?;
    state::activity::undoable(app).map(|_| ())
}

pub fn can_attack(app: &App) -> Result<(), &'static str> {
    may_write(app)?;
    has_run(app)?;
    sound_checkpoint(app)
}

/// Whether the run can be rolled back to the selected checkpoint.
pub fn can_roll_back(app: &App) -> Result<(), &'static str> {
    live(app)?;
    sound_checkpoint(app)
}

/// Whether another run can be started from a checkpoint of this one.
///
/// # Errors
/// Why it cannot.
pub fn can_fork(app: &App) -> Result<(), &'static str> {
    may_write(app)?;
    has_run(app)?;
    if !app.can_train {
        return Err("this is a viewer-only build: it cannot train");
    }
    sound_checkpoint(app)
}

fn sound_checkpoint(app: &App) -> Result<(), &'static str> {
    match app.checkpoint() {
        None => Err("this run has no checkpoint yet: press c to save one"),
        Some(c) if !c.problem.is_empty() => Err("this checkpoint is damaged"),
        Some(_) => Ok(()),
    }
}

pub fn has_checkpoint(app: &App) -> Result<(), &'static str> {
    let none = "this run has no checkpoint yet";
    app.checkpoint().map(|_| ()).ok_or(none)
}

pub fn can_apart(app: &App) -> Result<(), &'static str> {
    sound_checkpoint(app)?;
    let none = "no other checkpoint to compare with: space marks one";
    state::app::checkpoints::pair(app).map(|_| ()).ok_or(none)
}

pub fn has_optimizer(app: &App) -> Result<(), &'static str> {
    match app.layers.last() {
        Some(Layer::Tensors {
            asked: Asked::Inside { .. },
            ..
        }) => Ok(()),
        _ => Err("checkpoints are compared by their weights only"),
    }
}

pub fn can_pin(app: &App) -> Result<(), &'static str> {
    may_write(app)?;
    sound_checkpoint(app)
}

/// Whether older checkpoints of the run can be removed: a live worker does so by itself.
///
/// # Errors
/// Why they cannot.
pub fn can_prune(app: &App) -> Result<(), &'static str> {
    may_write(app)?;
    has_checkpoint(app)?;
    match app.run().is_some_and(|r| r.state.is_live()) {
        true => Err("this run is running and prunes by itself (checkpoint.keep)"),
        false => Ok(()),
    }
}

/// The command with its folder is on the screen.
const NO_DATA: &str = "its data set is missing: get it with spikedeck data fetch, as shown";

pub fn can_start(app: &App) -> Result<(), &'static str> {
    can_write(app)?;
    match app.screen() {
        Some(Layer::StartForm(form)) if form.wrong().is_some() => Err("fix the highlighted field"),
        Some(Layer::StartForm(_)) if missing_data(app).is_some() => Err(NO_DATA),
        Some(Layer::Start { .. }) => match app.chosen_spec() {
            None => Err("no specification to start"),
            Some(spec) if spec.summary.is_err() => Err("this specification has an error; see right"),
            Some(spec) if spec.missing.is_some() => Err(NO_DATA),
            Some(_) => Ok(()),
        },
        _ => Ok(()),
    }
}

/// Measuring takes the machine for seconds: one at a time.
pub fn can_estimate(app: &App) -> Result<(), &'static str> {
    can_start(app)?;
    match crate::tui::state::app::estimates::is_measured_now(app) {
        true => Err("already measuring; Esc cancels"),
        false => Ok(()),
    }
}

pub fn attack_live(app: &App) -> Result<(), &'static str> {
    can_write(app)?;
    match app.attack().is_some_and(|a| a.state.is_live()) {
        true => Ok(()),
        false => Err("no attack is running here"),
    }
}

/// Tags and notes are commands, also about a run that has ended.
pub fn can_label(app: &App) -> Result<(), &'static str> {
    may_write(app)?;
    has_run(app)
}

/// Whether the selected run can go into the trash.
pub fn can_remove(app: &App) -> Result<(), &'static str> {
    can_label(app)?;
    let run = app.run().ok_or("no run is selected")?;
    // A run that was created and never started would wait forever.
    match run.state.is_live() && !(run.state == RunState::Queued && run.worker.is_empty()) {
        true => Err("this run is live: s stops it first"),
        false => Ok(()),
    }
}

pub fn has_row(app: &App) -> Result<(), &'static str> {
    match app.shown_runs().is_empty() {
        true => Err("no run is shown"),
        false => Ok(()),
    }
}

pub fn not_grouped(app: &App) -> Result<(), &'static str> {
    match app.table.pivot.is_some() {
        true => Err("runs are grouped: p shows single runs again"),
        false => Ok(()),
    }
}

pub fn can_compare(app: &App) -> Result<(), &'static str> {
    has_run(app)?;
    match app.runs.len() > 1 {
        true => Ok(()),
        false => Err("no second run to compare with"),
    }
}

pub fn can_copy(app: &App) -> Result<(), &'static str> {
    super::copying::blocked(app)
}

pub fn searched(app: &App) -> Result<(), &'static str> {
    match app.screen() {
        Some(Layer::Logs(view)) if !view.query.text().is_empty() => Ok(()),
        _ => Err("no search yet: / starts one"),
    }
}

pub fn cut(app: &App) -> Result<(), &'static str> {
    match app.screen() {
        Some(Layer::Logs(view)) if !view.wrapped => Ok(()),
        _ => Err("long lines are wrapped: W truncates them"),
    }
}

pub fn has_job(app: &App) -> Result<(), &'static str> {
    app.attack().map(|_| ()).ok_or("no attack yet")
}

pub fn has_cells(app: &App) -> Result<(), &'static str> {
    has_job(app)?;
    match app.attack_view().map(|v| v.panel) {
        Some(Panel::Classes | Panel::Samples) => Ok(()),
        _ => Err("cells are chosen in classes and samples: press 4 or 5"),
    }
}

pub fn has_samples(app: &App) -> Result<(), &'static str> {
    has_job(app)?;
    match app.attack_view().map(|v| v.panel) {
        Some(Panel::Samples) => Ok(()),
        _ => Err("images are shown in samples: press 5"),
    }
}

/// Left and right: images in samples, radii in curves.
pub fn has_places(app: &App) -> Result<(), &'static str> {
    has_job(app)?;
    match app.attack_view().map(|v| v.panel) {
        Some(Panel::Samples | Panel::Curves) => Ok(()),
        _ => Err("radii are read out in curves and images in samples: press 1 or 5"),
    }
}

/// Whether this holds now, or a few words why it does not.
///
/// # Errors
/// Why it does not.
pub fn holds(check: Check, app: &App) -> Result<(), &'static str> {
    match check {
        Check::Always => always(app),
        Check::CanWrite => can_write(app),
        Check::CanDemo => can_demo(app),
        Check::HasRun => has_run(app),
        Check::MayWrite => may_write(app),
        Check::Live => live(app),
        Check::CanPause => can_pause(app),
        Check::CanResume => can_resume(app),
        Check::CanApply => can_apply(app),
        Check::Staged => staged(app),
        Check::CanUndoSelected => can_undo_selected(app),
        Check::CanStart => can_start(app),
        Check::CanEstimate => can_estimate(app),
        Check::CanAttack => can_attack(app),
        Check::AttackLive => attack_live(app),
        Check::HasJob => has_job(app),
        Check::HasCells => has_cells(app),
        Check::HasSamples => has_samples(app),
        Check::HasPlaces => has_places(app),
        Check::NotADate => not_a_date(app),
        Check::Compares => compares(app),
        Check::Unicode => unicode(app),
        Check::CanCopy => can_copy(app),
        Check::Searched => searched(app),
        Check::Cut => cut(app),
        Check::CanLabel => can_label(app),
        Check::CanRemove => can_remove(app),
        Check::HasRow => has_row(app),
        Check::NotGrouped => not_grouped(app),
        Check::CanCompare => can_compare(app),
        Check::CanRollBack => can_roll_back(app),
        Check::CanFork => can_fork(app),
        Check::HasCheckpoint => has_checkpoint(app),
        Check::CanApart => can_apart(app),
        Check::HasOptimizer => has_optimizer(app),
        Check::CanPin => can_pin(app),
        Check::CanPrune => can_prune(app),
    }
}
