//! Initial weights, as the reference draws them (method: section 2), from our own random numbers.

use super::parameter::{Draft, ParameterKind};
use crate::random::{Purpose, Stream, stream};

/// The initial values of the `index`-th parameter.
pub(super) fn draw(parameter: &Draft, index: usize, seed: u64) -> Vec<f32> {
    let n = parameter.shape.iter().product();
    let mut random = stream(seed, Purpose::Weights, index as u64, 0);
    match parameter.kind {
        ParameterKind::Convolution => {
            let fan_out = parameter.shape[0] * parameter.shape[2] * parameter.shape[3];
            let deviation = (2.0 / fan_out as f32).sqrt();
            (0..n).map(|_| random.normal() * deviation).collect()
        }
        ParameterKind::ConvolutionBias { fan_in } => uniform(n, fan_in, &mut random),
        ParameterKind::Linear => uniform(n, parameter.shape[1], &mut random),
        ParameterKind::Gamma => vec![1.0; n],
        ParameterKind::Beta | ParameterKind::LinearBias => vec![0.0; n],
        ParameterKind::Combination => vec![0.5; n],
    }
}

/// U(±1/√fan_in).
fn uniform(n: usize, fan_in: usize, random: &mut Stream) -> Vec<f32> {
    let half = 1.0 / (fan_in as f32).sqrt();
    (0..n).map(|_| random.symmetric(half)).collect()
}
