//! What is wanted: an `experiment.toml` parsed once, valid by construction. Nothing here touches a tensor, a run
//! directory or a screen; the only file read is the specification itself.

mod as_text;
mod attack;
mod attack_kind;
mod attack_terms;
mod checkpoint;
mod data;
mod document;
mod error;
mod experiment;
mod family;
mod keys;
mod mode;
mod mode_list;
mod network;
mod objective;
mod plain_words;
mod preset;
mod surrogate;
mod training;
mod tunable;

pub use attack::AttackGrid;
pub use attack_kind::{APGD_TARGETS, AttackKind, AttackName};
pub use attack_terms::{Aim, AttackLoss, Norm, STEP_SHARE};
pub use checkpoint::{CheckpointSpec, ProbeSpec};
pub use data::{AugmentKind, DATA_SETS, DataSpec, training_images};
pub use document::page;
pub use error::{Problem, SpecError};
pub use experiment::{Experiment, Overrides, SPEC_FILE};
pub use family::{BlockItem, Family};
pub use keys::{KEYS, Key, Takes};
pub use mode::{BackwardMode, Spread};
pub use mode_list::backward_list;
pub use network::{Encoding, NetworkSpec, Reset};
pub use objective::{AdversarySpec, ObjectiveSpec, Variant};
pub use preset::PRESETS;
pub use surrogate::Surrogate;
pub use training::{OnDivergence, OptimizerKind, Precision, Recipe, ScheduleKind, TrainSpec};
pub use tunable::{TUNABLES, Tunable, tunable};
