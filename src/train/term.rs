//! What a term of the loss is to the step that adds them up.

use super::Settings;
use super::passes::{PassNumber, Passes};
use crate::spec::ObjectiveSpec;

/// A term of the loss. What a specification and a screen need to know of it is in `spec::LossTerm`, its live
/// hyper-parameters among it.
pub trait Term: Sync {
    /// As a message about its value calls it: `the cross-entropy`.
    fn name(&self) -> &'static str;

    /// What its value is multiplied by in the loss.
    fn weight(&self, objective: &ObjectiveSpec) -> f64;

    /// Whether it is evaluated as things are set; one that is not adds nothing and records nothing.
    fn is_on(&self, _: &ObjectiveSpec) -> bool {
        true
    }

    /// What it takes beside the clean pass while it is on.
    fn work(&self) -> Work {
        Work::default()
    }

    /// Evaluates it on a batch whose clean pass has been taken. A further pass belongs to the term that takes it.
    fn evaluate(&self, passes: &mut Passes<'_>, settings: &Settings<'_>) -> Evaluated;
}

/// Passes and walks of a term beside the clean pass, each over the whole batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Work {
    /// Forward passes, each with its walk back to the weights.
    pub passes: usize,
    /// Walks back to the input.
    pub input_gradients: usize,
}

/// A term's value on a batch of N samples.
pub struct Evaluated {
    /// The value, without its weight: a mean over the samples.
    pub value: f64,
    /// ∂value/∂logits `[N, K]` for each pass that it depends on.
    pub gradients: Vec<(PassNumber, Vec<f64>)>,
    /// What is recorded of it, by name (`r` becomes `train.r`): means over the samples.
    pub metrics: Vec<(&'static str, f64)>,
    /// What it computed on the way, by name, `[N, …]`: for tests and golden numbers.
    pub by_sample: Vec<(&'static str, Vec<f32>)>,
}
