//! The loss and its terms, the training step (method: section 3), and what is measured beside it.
//! Knows no file and no clock: the worker gives it batches and records what it returns.

pub mod cost;
pub mod evaluate;
mod finite_checks;
mod found;
#[cfg(test)]
mod frames_tests;
mod hooks;
mod loss;
mod not_finite;
pub mod objective;
mod optimizer;
mod orthogonal;
pub mod passes;
pub mod probe;
pub mod probe_budget;
pub mod schedule;
mod settings;
mod step;
pub mod term;
pub mod terms;
#[cfg(test)]
mod testing;
pub mod vulnerability;

pub use found::{Found, Weighted};
pub use not_finite::NotFinite;
pub use optimizer::Optimizer;
pub use settings::Settings;
pub use step::{StepReport, Trainer};
