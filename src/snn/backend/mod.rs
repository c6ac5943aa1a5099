//! The only room that names a backend: which devices exist, and the kernels that run on each.
//!
//! Everything above works on [`Array`], a flat burn tensor whose shape is known to the layer that holds it. That
//! leaves the memory layout to the backend: channels last in host memory, channels first on CUDA.

#[cfg(any(feature = "flex", feature = "tch"))]
mod channels_last;
pub mod choices;
#[cfg(any(feature = "flex", feature = "tch"))]
mod convolutions;
#[cfg(feature = "cuda")]
mod cube;
mod device;
#[cfg(feature = "flex")]
mod flex;
pub mod kernels;
#[cfg(any(feature = "flex", feature = "tch"))]
mod lif;
#[cfg(any(feature = "flex", feature = "tch"))]
mod norms;
pub mod precision;
#[cfg(test)]
mod samples;
#[cfg(any(feature = "flex", feature = "tch"))]
mod sgd;
#[cfg(any(feature = "flex", feature = "tch"))]
mod sums;
#[cfg(feature = "tch")]
mod torch;
mod widest;

pub use device::{Device, DeviceError, DeviceInfo, PrecisionError, download, list};
pub use kernels::{Array, Convolution, Membrane, Neurons, Norm, NormedNeurons, Plane};
pub use widest::name as vectors;
