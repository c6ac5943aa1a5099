//! What is wanted: an `experiment.toml` parsed once, valid by construction. Nothing here touches a tensor, a run
//! directory or a screen; the only file read is the specification itself.

mod as_text;
mod attack;
mod attack_kind;
mod attack_terms;
mod batch_transform;
mod checkpoint;
mod data;
mod document;
mod error;
mod experiment;
mod family;
mod joined;
mod keys;
mod loss_term;
mod mode;
mod mode_list;
mod network;
mod objective;
mod plain_words;
mod preset;
mod recipe;
mod recipe_words;
mod step_hook;
mod surrogate;
mod training;
mod tunable;

pub use attack::AttackGrid;
pub use attack_kind::{APGD_TARGETS, AttackKind, AttackName};
pub use attack_terms::{Aim, AttackLoss, Norm, STEP_SHARE};
pub use batch_transform::{BatchTransform, TransformFacts};
pub use checkpoint::{CheckpointSpec, ProbeSpec};
pub use data::{
    AugmentKind, DATA_SETS, DataSpec, EVENT_SETS, FOLDER_PREFIX, FrameConvention, FrameResize, FramesBy, is_recordings,
    training_images,
};
pub use document::page;
pub use error::{Problem, SpecError};
pub use experiment::{Experiment, Overrides, SPEC_FILE};
pub use family::{BlockItem, Family};
pub use keys::{KEYS, Key, Takes};
pub use loss_term::{LossTerm, TermFacts, Weight};
pub use mode::{BackwardMode, Spread};
pub use mode_list::backward_list;
pub use network::{Encoding, NetworkSpec, Reset};
pub use objective::{AdversarySpec, ObjectiveSpec, Variant};
pub use preset::PRESETS;
pub use recipe::{RECIPE_DESCRIPTIONS, RECIPE_NAME_LIST, RECIPE_NAMES, Recipe, RecipeFacts};
pub use recipe_words::recipe_in_words;
pub use step_hook::StepHook;
pub use surrogate::Surrogate;
pub use training::{OnDivergence, OptimizerKind, Precision, ScheduleKind, TrainSpec};
pub use tunable::{TUNABLES, Tunable, tunable};
