//! The objective, the recipes and the training step (method: section 3), and what is measured beside them.
//! Knows no file and no clock: the worker gives it batches and records what it returns.

pub mod evaluate;
mod finite_checks;
#[cfg(test)]
mod frames_tests;
pub mod objective;
mod optimizer;
mod orthogonal;
pub mod probe;
pub mod probe_budget;
pub mod schedule;
mod step;
pub mod vulnerability;

pub use optimizer::Optimizer;
pub use step::{Found, NotFinite, Settings, Sparse, StepReport, Trainer};
