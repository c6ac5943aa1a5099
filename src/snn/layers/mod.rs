//! The kinds of layers, one file each. A new one is a file here and its two lines below; how a network is put together of them
//! is in `build`.

mod average_pool;
mod batch_norm;
mod convolution;
mod flatten;
mod lif;
mod linear;
mod residual_block;
#[cfg(test)]
mod toy_tests;

pub use average_pool::AveragePool;
pub use batch_norm::BatchNorm;
pub use convolution::Convolution;
pub use flatten::Flatten;
pub use lif::Lif;
pub use linear::Linear;
pub use residual_block::ResidualBlock;
