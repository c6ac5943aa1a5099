//! The rows of the table, part by part in the order of the bottom bar. No logic: who may do what when is in `checks`.

use super::{Act, Action, Place};
use Place::{
    Activity, AttackForm as Form, Attacks, Charts, Checkpoints, CommandLine, Confirm, Controls, Expanded,
    Help as HelpPlace, Labels, Logs, Runs, Start as StartPlace,
};

/// Every place, so ordered that the lists below are its beginnings and ends: panes, layers with rows, one chart, questions,
/// and at the end those where keys are text.
const EVERY: &[Place] = &[
    Runs,
    Charts,
    Controls,
    Checkpoints,
    Attacks,
    StartPlace,
    Logs,
    Activity,
    HelpPlace,
    Expanded,
    Confirm,
    Form,
    Labels,
    CommandLine,
];
const BASE: &[Place] = EVERY.split_at(3).0;
const LAYERS: &[Place] = EVERY.split_at(3).1;
const LISTS: &[Place] = EVERY.split_at(9).0;
const SCREENS: &[Place] = EVERY.split_at(10).0;
const ALL: &[Place] = EVERY.split_at(11).0;
const CLOSABLE: &[Place] = ALL.split_at(3).1;
const RUN: &[Place] = &[Runs, Charts, Controls, Expanded, Checkpoints, Logs];
const PLOTS: &[Place] = &[Charts, Expanded];
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
