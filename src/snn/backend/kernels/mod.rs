//! The kernels: what every backend can compute, in groups of one file each. Arrays are flat; the parameters carry the shapes.
//!
//! A group holds the parameters of its kernels, a trait with one function each, and the functions on [`Array`] that
//! everything above calls. burn's `backend_extension` makes the choice of the backend at run time of each trait. Every kernel
//! has a default that is composed of burn's operations (`composed`): a backend implements what it can do better, and what it
//! leaves out is correct, in the order of memory that it has chosen, and slower.

#![cfg_attr(
    feature = "tch",
    allow(
        deprecated,
        reason = "burn-tch 0.22 is the last of its line and says so at every use; we pin it"
    )
)]

mod array;
mod composing;
mod convolution;
mod layout;
mod linear;
mod neurons;
mod norm;
mod optimiser;
mod pool;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod toy_tests;

pub use array::Array;
pub use convolution::{Convolution, ConvolutionKernels, convolution, convolution_input, convolution_weight};
pub use layout::{LayoutKernels, Plane, plane_in, plane_out};
pub use linear::{LinearKernels, linear, linear_input, linear_weight};
pub use neurons::{
    Membrane, NeuronKernels, Neurons, NormedNeurons, RateSlope, lif, lif_backward, norm_spikes, norm_spikes_backward,
    rate_backward, spikes, spikes_backward,
};
pub use norm::{Norm, NormKernels, affine, moments, norm, norm_backward};
pub use optimiser::{OptimiserKernels, SgdStep, accumulate, sgd, sum_of_squares};
pub use pool::{PoolKernels, pool, pool_backward};
