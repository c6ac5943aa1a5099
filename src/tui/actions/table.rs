//! The rows of the table, part by part in the order of the bottom bar. No logic: who may do what when is in `checks`.

use super::{Act, Action, Place};
use Place::{
    Activity, Attacks, Charts, Checkpoints, Confirm, Controls, Expanded, Help as HelpPlace, Logs, Runs,
    Start as StartPlace,
};

const BASE: &[Place] = &[Runs, Charts, Controls];
const RUN: &[Place] = &[Runs, Charts, Controls, Expanded, Checkpoints, Logs];
const LISTS: &[Place] = &[
    Runs,
    Charts,
    Controls,
    Checkpoints,
    Attacks,
    StartPlace,
    Logs,
    Activity,
    HelpPlace,
];
const PLOTS: &[Place] = &[Charts, Expanded];
const ALL: &[Place] = &[
    Runs,
    Charts,
    Controls,
    Expanded,
    Checkpoints,
    Attacks,
    StartPlace,
    Logs,
    Activity,
    HelpPlace,
    Confirm,
];
const ALL_BUT_QUESTIONS: &[Place] = &[
    Runs,
    Charts,
    Controls,
    Expanded,
    Checkpoints,
    Attacks,
    StartPlace,
    Logs,
    HelpPlace,
];
const TABLE: &[Place] = &[Controls];

macro_rules! action {
    ($act:ident, $keys:expr, $title:literal, $places:expr, $check:expr, $help:literal) => {
        Action {
            act: Act::$act,
            keys: &$keys,
            title: $title,
            help: $help,
            places: $places,
            check: $check,
        }
    };
}

mod attacks;
mod looking;
mod steering;

/// Every action, in the order of the bottom bar.
pub fn all() -> impl Iterator<Item = &'static Action> {
    [attacks::VIEWS, steering::STEERING, attacks::JOBS, looking::LOOKING]
        .into_iter()
        .flatten()
}
