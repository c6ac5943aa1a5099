//! The one table of actions: keys, words, where they are valid, and why they are greyed. Key dispatch, the bottom
//! bar and the searchable help all read it; nothing else binds a key (typing text apart).

use super::{
    app::{App, Layer, Pane},
    input::Key,
};
use crate::run::status::RunState;

/// Where keys go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The list of runs.
    Runs,
    /// The grid of charts.
    Charts,
    /// The tunables table.
    Controls,
    /// One chart on the whole screen.
    Expanded,
    /// The list of checkpoints.
    Checkpoints,
    /// Robust accuracy against ε.
    Attacks,
    /// The attack form.
    AttackForm,
    /// The list of specifications.
    Start,
    /// The worker's output.
    Logs,
    /// Every key that there is.
    Help,
    /// Are you sure?
    Confirm,
}

/// Every place, with what the help calls it.
pub const PLACES: [(Place, &str); 11] = [
    (Place::Runs, "runs"),
    (Place::Charts, "charts"),
    (Place::Controls, "controls"),
    (Place::Expanded, "one chart"),
    (Place::Checkpoints, "checkpoints"),
    (Place::Attacks, "attack"),
    (Place::AttackForm, "attack form"),
    (Place::Start, "start a run"),
    (Place::Logs, "logs"),
    (Place::Help, "help"),
    (Place::Confirm, "a question"),
];

/// What a key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Selection up.
    Up,
    /// Selection down.
    Down,
    /// First row.
    Top,
    /// Last row.
    Bottom,
    /// Ten rows up.
    PageUp,
    /// Ten rows down.
    PageDown,
    /// Keys go to the next pane.
    NextPane,
    /// Keys go to the pane before.
    PreviousPane,
    /// From the run to its charts.
    Open,
    /// Show only matching runs.
    Filter,
    /// Choose a specification to start.
    Start,
    /// Start the chosen specification.
    StartChosen,
    /// Wait after this step.
    Pause,
    /// Go on.
    Resume,
    /// Save a checkpoint now.
    Checkpoint,
    /// Save and stop.
    Stop,
    /// To the tunables.
    Tune,
    /// Half the value.
    Halve,
    /// Twice the value.
    Double,
    /// Down the 1-2-5 grid.
    GridDown,
    /// Up the 1-2-5 grid.
    GridUp,
    /// Type a value.
    Exact,
    /// Send what is staged.
    Apply,
    /// Forget what is staged in this row.
    Unstage,
    /// Take back the last applied change.
    Undo,
    /// The list of checkpoints.
    Checkpoints,
    /// The attack form.
    AttackForm,
    /// FGSM and PGD-10 on 200 images.
    QuickAttack,
    /// Launch what the form says.
    LaunchAttack,
    /// Robust accuracy against ε.
    Attacks,
    /// Cancel the attack job.
    CancelAttack,
    /// The worker's output.
    Logs,
    /// One chart on the whole screen.
    Expand,
    /// Next smoothing.
    Smooth,
    /// Logarithmic y.
    LogY,
    /// Step, epoch, wall time.
    XAxis,
    /// Stop following.
    Freeze,
    /// Cursor left.
    CursorLeft,
    /// Cursor right.
    CursorRight,
    /// Cursor far left.
    CursorFarLeft,
    /// Cursor far right.
    CursorFarRight,
    /// The next theme.
    Theme,
    /// This table.
    Help,
    /// Type into the help's search.
    SearchHelp,
    /// Yes.
    Yes,
    /// No.
    No,
    /// Leave one layer.
    Back,
    /// Close; at the root, quit.
    Close,
    /// Clear and draw anew.
    Redraw,
    /// Back to the shell for a while.
    Suspend,
}

/// One row of the table.
pub struct Action {
    /// What it does.
    pub act: Act,
    /// Its keys; the first is the one shown.
    pub keys: &'static [&'static str],
    /// For the bottom bar; empty for actions that are not shown there.
    pub title: &'static str,
    /// For the help.
    pub help: &'static str,
    /// Where it is valid.
    pub places: &'static [Place],
    /// Why it cannot be done now.
    check: fn(&App) -> Result<(), &'static str>,
}

use Place::{
    AttackForm as Form, Attacks, Charts, Checkpoints, Confirm, Controls, Expanded, Help as HelpPlace, Logs, Runs,
    Start as StartPlace,
};

const BASE: &[Place] = &[Runs, Charts, Controls];
const RUN: &[Place] = &[Runs, Charts, Controls, Expanded, Checkpoints, Attacks, Logs];
const LISTS: &[Place] = &[Runs, Charts, Controls, Checkpoints, Attacks, StartPlace, Logs, HelpPlace];
const PLOTS: &[Place] = &[Charts, Expanded];
const ALL: &[Place] =
    &[Runs, Charts, Controls, Expanded, Checkpoints, Attacks, StartPlace, Logs, HelpPlace, Confirm];
const TABLE: &[Place] = &[Controls];

macro_rules! action {
    ($act:ident, $keys:expr, $title:literal, $places:expr, $check:expr, $help:literal) => {
        Action { act: Act::$act, keys: &$keys, title: $title, help: $help, places: $places, check: $check }
    };
}

/// Every action, in the order of the bottom bar.
pub static ACTIONS: &[Action] = &[
    action!(Yes, ["y", "enter"], "yes", &[Confirm], always, "do it"),
    action!(No, ["n"], "no", &[Confirm], always, "leave everything as it is"),
    action!(LaunchAttack, ["enter"], "launch", &[Form], may_write, "launch the attack as a job of its own; it needs neither this screen nor the run"),
    action!(StartChosen, ["enter"], "start", &[StartPlace], can_start, "start a run from this specification, exactly by the command line shown"),
    action!(SearchHelp, ["/"], "search", &[HelpPlace], always, "search keys and words"),
    action!(Apply, ["enter"], "apply", TABLE, can_apply, "send everything staged as one command; the worker applies all of it or nothing"),
    action!(Open, ["enter"], "charts", &[Runs], has_run, "go to the run's charts"),
    action!(Start, ["n"], "new run", BASE, can_write, "choose a specification and start a run"),
    action!(Halve, ["-"], "÷2", TABLE, live, "stage half the value"),
    action!(Double, ["+"], "×2", TABLE, live, "stage twice the value"),
    action!(GridDown, ["<", ","], "1-2-5", TABLE, live, "stage the next lower of 1, 2, 5 × 10ⁿ"),
    action!(GridUp, [">", "."], "", TABLE, live, "stage the next higher of 1, 2, 5 × 10ⁿ"),
    action!(Exact, ["=", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], "type", TABLE, live, "type an exact value; a digit begins at once"),
    action!(Unstage, ["backspace", "delete"], "", TABLE, staged, "forget what is staged in this row"),
    action!(Undo, ["u"], "undo", RUN, live, "take back the last applied change (the worker sends the opposite)"),
    action!(AttackForm, ["a"], "attack", &[Runs, Charts, Controls, Checkpoints, Attacks], can_attack, "attack the selected checkpoint (elsewhere: the newest); opens a form"),
    action!(QuickAttack, ["A"], "probe", &[Checkpoints, Runs, Charts, Controls, Attacks], can_attack, "quick probe: clean, FGSM and PGD-10 on 200 images, at once"),
    action!(CancelAttack, ["s"], "cancel", &[Attacks], attack_live, "cancel the attack job; what is done is kept"),
    action!(Expand, ["e", "enter"], "expand", &[Charts], has_run, "give this chart the whole screen"),
    action!(Tune, ["t"], "tune", &[Runs, Charts, Expanded], has_run, "go to λ, the learning rate and the other live hyper-parameters"),
    action!(Resume, ["p"], "resume", &[Runs, Charts, Controls, Expanded, Logs], can_resume, "let a paused run go on"),
    action!(Pause, ["p"], "pause", &[Runs, Charts, Controls, Expanded, Logs], can_pause, "wait after this step; a paused run still obeys"),
    action!(Checkpoint, ["c"], "save", &[Runs, Charts, Controls, Expanded, Checkpoints], live, "save a checkpoint after this step"),
    action!(Stop, ["s"], "stop", &[Runs, Charts, Controls, Expanded, Logs], live, "save and stop, after a question; the run can be resumed later"),
    action!(Checkpoints, ["C"], "checkpoints", &[Runs, Charts, Controls], has_run, "the run's checkpoints"),
    action!(Attacks, ["r"], "robustness", &[Runs, Charts, Controls, Checkpoints], has_run, "robust accuracy against ε, live"),
    action!(Smooth, ["m"], "smooth", PLOTS, always, "smoothing 0, 0.6, 0.9, 0.98; the raw line stays as a ghost"),
    action!(LogY, ["L"], "log y", PLOTS, always, "logarithmic or linear y"),
    action!(XAxis, ["x"], "x axis", PLOTS, always, "x counts steps, epochs or time"),
    action!(Freeze, ["f"], "freeze", PLOTS, always, "stop following the run, or follow again"),
    action!(CursorLeft, ["left"], "cursor", PLOTS, has_run, "read-out cursor to the left, in all charts at once"),
    action!(CursorRight, ["right"], "", PLOTS, has_run, "read-out cursor to the right"),
    action!(CursorFarLeft, ["["], "", PLOTS, has_run, "cursor a tenth of the width to the left"),
    action!(CursorFarRight, ["]"], "", PLOTS, has_run, "cursor a tenth of the width to the right"),
    action!(Filter, ["/"], "filter", &[Runs], always, "show only runs whose name or id contains a word"),
    action!(Logs, ["l"], "logs", &[Runs, Charts, Controls, Expanded, Checkpoints, Attacks], has_run, "the worker's output"),
    action!(NextPane, ["tab"], "pane", BASE, always, "keys go to the next pane: runs, charts, controls"),
    action!(PreviousPane, ["backtab"], "", BASE, always, "keys go to the pane before"),
    action!(Up, ["up", "k"], "", LISTS, always, "up; in the charts, the chart before"),
    action!(Down, ["down", "j"], "", LISTS, always, "down; in the charts, the next chart"),
    action!(Up, ["up", "k"], "", &[Expanded], always, "the chart before"),
    action!(Down, ["down", "j"], "", &[Expanded], always, "the next chart"),
    action!(Top, ["g", "home"], "", LISTS, always, "first row"),
    action!(Bottom, ["G", "end"], "", LISTS, always, "last row"),
    action!(PageUp, ["pageup"], "", LISTS, always, "ten rows up"),
    action!(PageDown, ["pagedown"], "", LISTS, always, "ten rows down"),
    action!(Theme, ["T"], "", ALL, always, "the next theme"),
    action!(Help, ["?"], "help", ALL, always, "every key, searchable"),
    action!(Back, ["esc"], "", &[Runs, Charts, Controls], always, "forget what is staged, the cursor or the filter"),
    action!(Back, ["esc"], "back", &[Expanded, Checkpoints, Attacks, Form, StartPlace, Logs, HelpPlace, Confirm], always, "leave one layer"),
    action!(Close, ["q"], "quit", BASE, always, "quit this screen; runs and attacks go on without it"),
    action!(Close, ["q"], "", &[Expanded, Checkpoints, Attacks, StartPlace, Logs, HelpPlace, Confirm], always, "close this layer"),
    action!(Close, ["ctrl-c"], "", ALL, always, "as q"),
    action!(Redraw, ["ctrl-l"], "", ALL, always, "clear the screen and draw it anew"),
    action!(Suspend, ["ctrl-z"], "", ALL, always, "back to the shell; fg returns here"),
];

impl Action {
    /// Why it cannot be done now, if it cannot.
    pub fn blocked(&self, app: &App) -> Option<&'static str> {
        (self.check)(app).err()
    }
}

/// Where keys go now.
pub fn place(app: &App) -> Place {
    match app.layers.last() {
        None => match app.pane {
            Pane::Runs => Runs,
            Pane::Charts => Charts,
            Pane::Controls => Controls,
        },
        Some(Layer::Expanded) => Expanded,
        Some(Layer::Checkpoints { .. }) => Checkpoints,
        Some(Layer::Attacks { .. }) => Attacks,
        Some(Layer::AttackForm(_)) => Form,
        Some(Layer::Start { .. }) => StartPlace,
        Some(Layer::Logs { .. }) => Logs,
        Some(Layer::Help { .. }) => HelpPlace,
        Some(Layer::Confirm(_)) => Confirm,
    }
}

/// The action of a key, here and now: where two share a key, the one that can be done.
pub fn find(app: &App, key: Key) -> Option<&'static Action> {
    let here = place(app);
    let name = key.to_string();
    let fits = |a: &&Action| a.places.contains(&here) && a.keys.contains(&name.as_str());
    let mut all = ACTIONS.iter().filter(fits).peekable();
    let first = all.peek().copied();
    all.find(|a| a.blocked(app).is_none()).or(first)
}

/// What the bottom bar shows: one action per key, the possible one of two that share it.
pub fn bar(app: &App) -> Vec<&'static Action> {
    let here = place(app);
    let mut shown: Vec<&'static Action> = Vec::new();
    for action in ACTIONS.iter().filter(|a| a.places.contains(&here) && !a.title.is_empty()) {
        let chosen = Key::parse(action.keys[0]).ok().and_then(|key| find(app, key)).unwrap_or(action);
        if !shown.iter().any(|s| std::ptr::eq(*s, chosen)) {
            shown.push(chosen);
        }
    }
    shown
}

fn always(_: &App) -> Result<(), &'static str> {
    Ok(())
}

fn can_write(app: &App) -> Result<(), &'static str> {
    if app.read_only { Err("read-only: started with --read-only") } else { Ok(()) }
}

fn has_run(app: &App) -> Result<(), &'static str> {
    app.run().map(|_| ()).ok_or("no run is selected")
}

/// A run of a newer program is looked at and left alone.
fn may_write(app: &App) -> Result<(), &'static str> {
    can_write(app)?;
    match app.run().is_some_and(|r| r.newer) {
        true => Err("read-only: a newer program wrote this run"),
        false => Ok(()),
    }
}

fn live(app: &App) -> Result<(), &'static str> {
    may_write(app)?;
    has_run(app)?;
    match app.run().is_some_and(|r| r.state.is_live()) {
        true => Ok(()),
        false => Err("this run is not running"),
    }
}

fn can_pause(app: &App) -> Result<(), &'static str> {
    live(app)?;
    match app.run().map(|r| r.state) {
        Some(RunState::Paused) => Err("it is paused already"),
        _ => Ok(()),
    }
}

fn can_resume(app: &App) -> Result<(), &'static str> {
    live(app)?;
    match app.run().map(|r| r.state) {
        Some(RunState::Paused) => Ok(()),
        _ => Err("it is not paused"),
    }
}

fn can_apply(app: &App) -> Result<(), &'static str> {
    live(app)?;
    staged(app)
}

fn staged(app: &App) -> Result<(), &'static str> {
    match app.tune.staged.is_empty() {
        true => Err("nothing is staged: change a value first, with - + < > or a digit"),
        false => Ok(()),
    }
}

fn can_attack(app: &App) -> Result<(), &'static str> {
    may_write(app)?;
    has_run(app)?;
    match app.checkpoint() {
        None => Err("this run has no checkpoint yet: press c to save one"),
        Some(c) if !c.problem.is_empty() => Err("this checkpoint is damaged"),
        Some(_) => Ok(()),
    }
}

fn can_start(app: &App) -> Result<(), &'static str> {
    can_write(app)?;
    let Some(Layer::Start { row }) = app.layers.last() else { return Ok(()) };
    match app.specs.as_ref().and_then(|s| s.get(*row)) {
        None => Err("there is no specification to start"),
        Some(spec) if spec.summary.is_err() => Err("this specification has a mistake; see right"),
        Some(_) => Ok(()),
    }
}

fn attack_live(app: &App) -> Result<(), &'static str> {
    can_write(app)?;
    match app.attack().is_some_and(|a| a.state.is_live()) {
        true => Ok(()),
        false => Err("no attack is running here"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_in_the_table_is_a_key() {
        for action in ACTIONS {
            for key in action.keys {
                assert_eq!(Key::parse(key).unwrap().to_string(), *key);
            }
            assert!(!action.help.is_empty() && !action.places.is_empty());
        }
    }

    #[test]
    fn no_key_means_two_things_in_one_place() {
        for (place, name) in PLACES {
            let mut keys: Vec<(&str, Act)> = Vec::new();
            for action in ACTIONS.iter().filter(|a| a.places.contains(&place)) {
                keys.extend(action.keys.iter().map(|k| (*k, action.act)));
            }
            for (at, (key, act)) in keys.iter().enumerate() {
                let twice = keys[..at].iter().any(|(k, a)| k == key && (*a, *act) != (Act::Resume, Act::Pause));
                assert!(!twice, "{name}: {key} is bound twice");
            }
        }
    }

    #[test]
    fn every_place_can_be_left_and_explains_itself() {
        for (place, name) in PLACES {
            let has = |act| ACTIONS.iter().any(|a| a.act == act && a.places.contains(&place));
            assert!(has(Act::Back), "{name}");
            assert!(has(Act::Help) || place == Place::AttackForm, "{name}");
        }
    }
}
