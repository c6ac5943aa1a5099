//! Why an action cannot be done now: each answers with a few words for a greyed key. Pure.

use crate::{
    run::status::RunState,
    tui::{
        activity,
        app::{App, Layer},
        attack_view::Panel,
        charts::XKind,
        inspecting::{self, Asked},
        start_form::missing_data,
        taking_up,
    },
};

pub(super) fn always(_: &App) -> Result<(), &'static str> {
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
pub(super) fn can_demo(app: &App) -> Result<(), &'static str> {
    can_write(app)?;
    match app.can_train {
        true => Ok(()),
        false => Err("this build is the viewer only, it has nothing to train with"),
    }
}

pub(super) fn has_run(app: &App) -> Result<(), &'static str> {
    app.run().map(|_| ()).ok_or("no run is selected")
}

pub(super) fn not_a_date(app: &App) -> Result<(), &'static str> {
    match app.charts.x {
        XKind::Wall => Err("a date has no logarithm: x chooses another axis"),
        _ => Ok(()),
    }
}

pub(super) fn compares(app: &App) -> Result<(), &'static str> {
    match app.overlay.iter().any(|dir| Some(dir) != app.selected.as_ref()) {
        true => Ok(()),
        false => Err("no other run is laid over this one: space on it in the list does"),
    }
}

pub(super) fn unicode(app: &App) -> Result<(), &'static str> {
    match app.glyphs == crate::tui::glyphs::ASCII {
        true => Err("only ASCII is drawn: by --ascii, or because of the locale (LANG)"),
        false => Ok(()),
    }
}

/// A run of a newer program is looked at and left alone, one that is not seen as well.
pub(super) fn may_write(app: &App) -> Result<(), &'static str> {
    can_write(app)?;
    match app.run().is_some_and(|r| r.newer) {
        true => Err("read-only: a newer program wrote this run"),
        false if app.is_hidden() => Err("the filter hides the selected run: / changes it"),
        false => Ok(()),
    }
}

/// Whether the selected run can be told something.
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

pub(super) fn can_pause(app: &App) -> Result<(), &'static str> {
    // The same key resumes: where it cannot, why not.
    if let Err(why) = live(app) {
        return can_resume(app).and(Err(why));
    }
    match app.run().map(|r| r.state) {
        Some(RunState::Paused) => Err("it is paused already"),
        _ => Ok(()),
    }
}

pub(super) fn can_resume(app: &App) -> Result<(), &'static str> {
    may_write(app)?;
    has_run(app)?;
    if app.run().is_some_and(|r| !r.state.is_live()) {
        return taking_up::possible(app);
    }
    match app.run().map(|r| r.state) {
        Some(RunState::Paused) => Ok(()),
        _ => Err("it is not paused"),
    }
}

pub(super) fn can_apply(app: &App) -> Result<(), &'static str> {
    live(app)?;
    staged(app)
}

pub(super) fn staged(app: &App) -> Result<(), &'static str> {
    match app.tune.staged.is_empty() {
        true => Err("nothing is staged: change a value first, with - + < > or a digit"),
        false => Ok(()),
    }
}

pub(super) fn can_undo_selected(app: &App) -> Result<(), &'static str> {
    live(app)?;
    activity::undoable(app).map(|_| ())
}

pub(super) fn can_attack(app: &App) -> Result<(), &'static str> {
    may_write(app)?;
    has_run(app)?;
    sound_checkpoint(app)
}

/// Whether the run can be told to go back to the selected checkpoint.
pub(super) fn can_roll_back(app: &App) -> Result<(), &'static str> {
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
        return Err("this build is the viewer only, it has nothing to train with");
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

pub(super) fn has_checkpoint(app: &App) -> Result<(), &'static str> {
    let none = "this run has no checkpoint yet";
    app.checkpoint().map(|_| ()).ok_or(none)
}

pub(super) fn can_apart(app: &App) -> Result<(), &'static str> {
    sound_checkpoint(app)?;
    let none = "there is no other to compare it with: space marks one";
    inspecting::pair(app).map(|_| ()).ok_or(none)
}

pub(super) fn has_optimizer(app: &App) -> Result<(), &'static str> {
    match app.layers.last() {
        Some(Layer::Tensors {
            asked: Asked::Inside { .. },
            ..
        }) => Ok(()),
        _ => Err("two checkpoints are compared by their weights alone"),
    }
}

pub(super) fn can_pin(app: &App) -> Result<(), &'static str> {
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
        true => Err("a run that is running prunes by itself (checkpoint.keep)"),
        false => Ok(()),
    }
}

/// The command with its folder is on the screen.
const NO_DATA: &str = "its data are missing: spikedeck data fetch brings them, as shown";

pub(super) fn can_start(app: &App) -> Result<(), &'static str> {
    can_write(app)?;
    match app.screen() {
        Some(Layer::StartForm(form)) if form.wrong().is_some() => Err("mend what is marked first"),
        Some(Layer::StartForm(_)) if missing_data(app).is_some() => Err(NO_DATA),
        Some(Layer::Start { .. }) => match app.chosen_spec() {
            None => Err("there is no specification to start"),
            Some(spec) if spec.summary.is_err() => Err("this specification has a mistake; see right"),
            Some(spec) if spec.missing.is_some() => Err(NO_DATA),
            Some(_) => Ok(()),
        },
        _ => Ok(()),
    }
}

/// Measuring takes the machine for seconds: one at a time.
pub(super) fn can_estimate(app: &App) -> Result<(), &'static str> {
    can_start(app)?;
    match crate::tui::estimate::is_measured_now(app) {
        true => Err("it is being measured already; Esc cancels that"),
        false => Ok(()),
    }
}

pub(super) fn attack_live(app: &App) -> Result<(), &'static str> {
    can_write(app)?;
    match app.attack().is_some_and(|a| a.state.is_live()) {
        true => Ok(()),
        false => Err("no attack is running here"),
    }
}

/// Tags and notes are wishes, also about a run that has ended.
pub(super) fn can_label(app: &App) -> Result<(), &'static str> {
    may_write(app)?;
    has_run(app)
}

/// Whether the selected run can go into the trash.
pub(super) fn can_remove(app: &App) -> Result<(), &'static str> {
    can_label(app)?;
    let run = app.run().ok_or("no run is selected")?;
    // One that was created and never started waits for ever.
    match run.state.is_live() && !(run.state == RunState::Queued && run.pid == 0) {
        true => Err("it is live: s stops it first"),
        false => Ok(()),
    }
}

pub(super) fn has_row(app: &App) -> Result<(), &'static str> {
    match app.shown_runs().is_empty() {
        true => Err("no run is shown"),
        false => Ok(()),
    }
}

pub(super) fn not_grouped(app: &App) -> Result<(), &'static str> {
    match app.table.pivot.is_some() {
        true => Err("runs are grouped: p shows single runs again"),
        false => Ok(()),
    }
}

pub(super) fn can_compare(app: &App) -> Result<(), &'static str> {
    has_run(app)?;
    match app.runs.len() > 1 {
        true => Ok(()),
        false => Err("there is no second run to compare with"),
    }
}

pub(super) fn can_copy(app: &App) -> Result<(), &'static str> {
    crate::tui::copying::blocked(app)
}

pub(super) fn searched(app: &App) -> Result<(), &'static str> {
    match app.screen() {
        Some(Layer::Logs(view)) if !view.query.text().is_empty() => Ok(()),
        _ => Err("nothing is searched: / does"),
    }
}

pub(super) fn cut(app: &App) -> Result<(), &'static str> {
    match app.screen() {
        Some(Layer::Logs(view)) if !view.wrapped => Ok(()),
        _ => Err("long lines are wrapped: W cuts them"),
    }
}

pub(super) fn has_job(app: &App) -> Result<(), &'static str> {
    app.attack().map(|_| ()).ok_or("there is no attack yet")
}

pub(super) fn has_cells(app: &App) -> Result<(), &'static str> {
    has_job(app)?;
    match app.attack_view().map(|v| v.panel) {
        Some(Panel::Classes | Panel::Samples) => Ok(()),
        _ => Err("cells are chosen in classes and samples: press 4 or 5"),
    }
}

pub(super) fn has_samples(app: &App) -> Result<(), &'static str> {
    has_job(app)?;
    match app.attack_view().map(|v| v.panel) {
        Some(Panel::Samples) => Ok(()),
        _ => Err("images are shown in samples: press 5"),
    }
}

/// Left and right: images in samples, radii in curves.
pub(super) fn has_places(app: &App) -> Result<(), &'static str> {
    has_job(app)?;
    match app.attack_view().map(|v| v.panel) {
        Some(Panel::Samples | Panel::Curves) => Ok(()),
        _ => Err("radii are read out in curves and images in samples: press 1 or 5"),
    }
}
