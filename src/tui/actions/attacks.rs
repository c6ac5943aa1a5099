//! Keys of the attack screen: which job and view are shown, and how jobs are started and cancelled. Starts no process
//! itself.

use super::Act;
use crate::{
    input::Range,
    run::command::{Order, When},
    spec::AttackGrid,
    tui::{
        state::{
            app::{
                App, Confirm, Confirmed, Effect, Launch, Layer,
                attack_subjects::{radii, subjects},
            },
            attack_form::{Asked, AttackForm, cost_in_words},
            attack_view::{AttackView, Panel, chosen_cell},
        },
        terminal::key::Key,
    },
    units::significant,
};

/// Changes what is shown; causes no effects.
pub fn look(app: &mut App, act: Act, key: Key) {
    match act {
        Act::Mark => return mark(app),
        Act::FooledBefore | Act::FooledAfter => return to_fooled(app, act == Act::FooledAfter),
        _ => {}
    }
    let cells = app.attack().map_or(0, |a| a.cells.iter().filter(|c| c.moves()).count());
    let shown = shown_image(app);
    let groups = app.attack().map_or(0, |a| a.groups.len());
    let radii = app.attack().map_or(0, |a| radii(&subjects(app, a)).len());
    let Some(Layer::Attacks(view)) = app.layers.last_mut() else {
        return;
    };
    let moved = |at: usize, by: isize, len: usize| at.saturating_add_signed(by).min(len.saturating_sub(1));
    let by = if matches!(act, Act::CellBefore | Act::SampleBefore) {
        -1
    } else {
        1
    };
    match act {
        Act::CellBefore | Act::CellAfter if view.panel == Panel::Classes => {
            let at = view.group.unwrap_or(groups.saturating_sub(1));
            view.group = Some(moved(at, by, groups));
        }
        Act::CellBefore | Act::CellAfter => view.cell = moved(view.cell, by, cells),
        Act::SampleBefore | Act::SampleAfter if view.panel == Panel::Curves => {
            let beyond = if by > 0 { 0 } else { radii.saturating_sub(1) };
            view.radius = Some(view.radius.map_or(beyond, |at| moved(at, by, radii)));
        }
        Act::SampleBefore | Act::SampleAfter => {
            let (at, images) = shown.unwrap_or_default();
            view.image = moved(at, by, images);
        }
        Act::NextPanel => turn(view, view.panel.beside(1)),
        Act::PreviousPanel => turn(view, view.panel.beside(Panel::ALL.len() - 1)),
        _ => {
            let number = key.typed().and_then(|c| c.to_digit(10)).and_then(|n| n.checked_sub(1));
            if let Some(panel) = number.and_then(|n| Panel::ALL.get(n as usize)) {
                turn(view, *panel);
            }
        }
    }
}

/// The position of the image that the screen shows, and how many there are to show.
fn shown_image(app: &App) -> Option<(usize, usize)> {
    let (_, cell) = chosen_cell(app.attack()?, app.attack_view()?)?;
    let image = app.attack_view()?.image;
    Some((image.min(cell.done.saturating_sub(1)), cell.done))
}

/// To the nearest image that fooled the network, after this one or before.
fn to_fooled(app: &mut App, after: bool) {
    let Some((view, attack)) = app.attack_view().zip(app.attack()) else {
        return;
    };
    let all = chosen_cell(attack, view).map_or(&[][..], |(_, cell)| &cell.fooled);
    let image = shown_image(app).map_or(view.image, |(at, _)| at);
    let at = match after {
        true => all.iter().find(|at| **at > image),
        false => all.iter().rfind(|at| **at < image),
    };
    match (at.copied(), app.layers.last_mut()) {
        (Some(at), Some(Layer::Attacks(view))) => view.image = at,
        _ => app.say("no more fooled images in this direction, among those attacked so far"),
    }
}

fn turn(view: &mut AttackView, panel: Panel) {
    view.panel = panel;
    view.top = 0;
}

/// Another job: what was chosen within the one before goes.
pub fn choose_job(view: &mut AttackView, job: usize) {
    if job != view.job {
        *view = AttackView {
            job,
            panel: view.panel,
            ..AttackView::default()
        };
    }
}

/// Keeps the job's curves to overlay them on another's, or drops them.
fn mark(app: &mut App) {
    let Some(attack) = app.attack().cloned() else { return };
    let again = app.marked.as_ref().is_some_and(|m| m.dir == attack.dir);
    app.marked = (!again).then(|| Box::new(attack));
    match again {
        true => app.say("overlay removed"),
        false => {
            app.say("this job is overlaid on the next one you open, in this run or another; space here removes it")
        }
    }
}

/// Asks before an attack job is cancelled.
pub fn ask_to_cancel(app: &mut App) {
    let Some(attack) = app.attack() else { return };
    let confirm = Confirm {
        question: format!(
            "Cancel attack {} at cell {} of {}?",
            attack.id, attack.cells_done.0, attack.cells_done.1
        ),
        consequence: "Finished cells are kept; launching the same attack again starts a new job.".into(),
        deed: Confirmed::Send {
            job: attack.dir.clone(),
            order: Order::Stop,
            when: When::Now,
        },
    };
    app.layers.push(Layer::Confirm(confirm));
}

fn grid(app: &App) -> AttackGrid {
    let manifest = app.detail().and_then(|d| d.manifest.as_ref());
    manifest.map(|m| m.spec.attack.clone()).unwrap_or_default()
}

/// What the values of the run's samples may be.
fn range(app: &App) -> Range {
    let manifest = app.detail().and_then(|d| d.manifest.as_ref());
    manifest.map_or(Range::UNIT, |m| m.spec.network.input().range)
}

/// The folder of data sets that the run used, unless one was given to this program.
fn extra(app: &App) -> Vec<String> {
    let manifest = app.detail().and_then(|d| d.manifest.as_ref());
    match manifest {
        Some(m) if !app.extra.iter().any(|a| a == "--data") => {
            let mut extra = app.extra.clone();
            extra.extend(["--data".to_string(), m.data.display().to_string()]);
            extra
        }
        _ => app.extra.clone(),
    }
}

/// Opens the attack form on the checkpoint that is meant.
pub fn open_form(app: &mut App) {
    if let Some(checkpoint) = app.checkpoint().map(|c| c.dir.clone()) {
        let form = AttackForm::new(checkpoint, &grid(app)).of_range(range(app));
        app.layers.push(Layer::AttackForm(Box::new(form)));
    }
}

/// Asks before a quick probe, saying what it costs.
pub fn ask_to_probe(app: &mut App) {
    let Some(checkpoint) = app.checkpoint().cloned() else {
        return;
    };
    let form = AttackForm::probe(checkpoint.dir.clone(), &grid(app)).of_range(range(app));
    let asked = form
        .arguments(&extra(app))
        .and_then(|arguments| Ok((arguments, form.asked()?)));
    let (arguments, asked) = match asked {
        Ok(asked) => asked,
        Err(why) => return app.warn(why),
    };
    let radii: Vec<String> = asked.grid.eps.iter().map(ToString::to_string).collect();
    let confirm = Confirm {
        question: format!(
            "Probe step {} of {} with FGSM and PGD-10 on {} images at {}?",
            checkpoint.step,
            app.run().map_or("the run", |r| r.id.as_str()),
            asked.grid.samples,
            radii.join(", ")
        ),
        consequence: format!(
            "Cost: {}{}. It runs as a separate job and does not stop the run.",
            cost_in_words(&asked, app.run().map_or(0.0, |r| r.rate)),
            room_in_words(app, &asked)
        ),
        deed: Confirmed::Attack(arguments),
    };
    app.layers.push(Layer::Confirm(confirm));
}

/// What the kept images take on the disk at most; nothing where none are kept or their size is not known.
fn room_in_words(app: &App, asked: &Asked) -> String {
    let manifest = app.detail().and_then(|d| d.manifest.as_ref());
    let Some(manifest) = manifest.filter(|_| asked.keep) else {
        return String::new();
    };
    let values: usize = manifest.spec.network.input().len();
    // Clean and attacked, four bytes a value.
    let bytes = (asked.cells * asked.grid.samples * values * 2 * 4) as f64;
    format!(
        "; {} MB of disk for the images (view 5)",
        significant((bytes / 1e6).max(0.1))
    )
}

/// Launches what the form says.
pub fn launch_form(app: &mut App) -> Vec<Effect> {
    let Some(Layer::AttackForm(form)) = app.layers.last() else {
        return Vec::new();
    };
    match form.arguments(&extra(app)) {
        Ok(arguments) => launch(app, arguments),
        Err(why) => {
            app.warn(why);
            Vec::new()
        }
    }
}

/// Starts an attack job.
pub fn launch(app: &mut App, arguments: Vec<String>) -> Vec<Effect> {
    app.layers.retain(|l| !matches!(l, Layer::AttackForm(_)));
    app.say("starting the attack…");
    vec![Effect::Launch(Launch::Attack, arguments)]
}

/// Command-line arguments of the attack form on the screen.
///
/// # Errors
/// The form's first problem.
pub fn form_arguments(app: &App, form: &AttackForm) -> Result<Vec<String>, String> {
    form.arguments(&extra(app))
}
