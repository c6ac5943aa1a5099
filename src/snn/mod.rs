//! Spiking networks: neurons, layers, networks, and their explicit backward pass. Knows no file, run or screen.
//!
//! There is no automatic differentiation here. A forward pass remembers what its backward needs, and the backward is
//! an explicit walk over that memory, as often as asked: once for the input gradient alone, once more for the
//! weights. That is what the sparse-gradient objective needs and what burn's autodiff, which has no retained graph,
//! cannot give without computing everything again.

#[cfg(test)]
mod batch_tests;

pub mod backend;
mod batch_statistics;
mod build;
mod encoder;
mod how;
mod initialise;
mod layer;
mod layers;
mod modes;
mod network;
mod observe;
mod parameter;
mod pass;
mod plan;
mod signal;
mod stages;
mod twin;
pub mod weights;

pub use batch_statistics::BatchStatistics;
pub use encoder::Encoder;
#[cfg(test)]
pub(crate) use encoder::testing;
pub use how::How;
pub use layer::{LayerPlan, Plan, WeightGradients};
pub use modes::Sharpness;
pub use network::Network;
pub use observe::LayerActivity;
pub use observe::Work;
pub use parameter::{Buffer, Parameter, ParameterKind};
pub use pass::Pass;
pub use plan::plan;
