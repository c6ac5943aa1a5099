//! The rows of the table, in the order of the bottom bar. No logic: conditions are in `actions::checks`.

use super::{Act, Action, Check, Place};
use Place::{
    Activity, AttackForm as Form, Attacks, Charts, Checkpoints, Columns, CommandLine, Confirm, Controls, Diff,
    Expanded, Help as HelpPlace, Labels, Logs, Runs, Start as StartPlace, StartForm, Table, Tensors,
};

/// Every place, so ordered that the lists below are its beginnings and ends: panes, layers with rows, one chart,
/// questions, and at the end those where keys are text.
const EVERY: &[Place] = &[
    Runs,
    Charts,
    Controls,
    Checkpoints,
    Tensors,
    Attacks,
    StartPlace,
    Logs,
    Activity,
    Table,
    Diff,
    HelpPlace,
    Expanded,
    Confirm,
    Form,
    StartForm,
    Labels,
    Columns,
    CommandLine,
];
const BASE: &[Place] = EVERY.split_at(3).0;
const LAYERS: &[Place] = EVERY.split_at(3).1;
const LISTS: &[Place] = EVERY.split_at(12).0;
const SCREENS: &[Place] = EVERY.split_at(13).0;
const ALL: &[Place] = EVERY.split_at(14).0;
const CLOSABLE: &[Place] = ALL.split_at(3).1;
const RUN: &[Place] = &[Runs, Charts, Controls, Expanded, Checkpoints, Logs];
const PLOTS: &[Place] = &[Charts, Expanded];
const TUNABLES: &[Place] = &[Controls];

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
mod checkpoints;
mod runs;
mod steering;
mod views;

/// Every action, in the order of the bottom bar.
pub fn all() -> impl Iterator<Item = &'static Action> {
    [
        attacks::VIEWS,
        checkpoints::CHECKPOINTS,
        steering::STEERING,
        attacks::JOBS,
        runs::RUNS,
        views::LOOKING,
        runs::WAYS,
    ]
    .into_iter()
    .flatten()
}
