//! The kernels of burn's CubeCL runtimes, of which CUDA can be compiled in: all composed of burn's operations, which are the
//! defaults. Planes are channels first, the outside order.

use super::kernels::{
    ConvolutionKernels, LayoutKernels, LinearKernels, NeuronKernels, NormKernels, OptimiserKernels, PoolKernels,
};
use burn::backend::Cube;

impl LayoutKernels for Cube {}
impl ConvolutionKernels for Cube {}
impl NormKernels for Cube {}
impl PoolKernels for Cube {}
impl NeuronKernels for Cube {}
impl LinearKernels for Cube {}
impl OptimiserKernels for Cube {}
