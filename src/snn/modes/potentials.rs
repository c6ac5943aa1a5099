//! PDSG: a surrogate as wide as the membrane potentials are spread.

use super::Membrane;
use crate::snn::backend::{download, kernels};
use crate::snn::signal::Shape;
use crate::spec::Spread;
use burn::tensor::Tensor;
use std::f32::consts::PI;

/// The least variance that f32 tells from none.
const SMALLEST: f64 = 1e-12;

/// g(v) = the normal density with mean σ/2 and deviation σ, where σ_t is the unbiased deviation of a channel's
/// potentials over the batch, the steps up to t and space: in a linear layer, a neuron's over the batch and the steps, as
/// both public codes have it. [`Spread::Layer`] takes a layer without space as a whole instead. Potentials that differ by no more than f32 can tell count as σ = 1, as those that do
/// not differ do, and as a single one does. No gradient flows through σ.
pub fn slope(u: Tensor<2>, m: Membrane, shape: Shape, spread: Spread) -> Tensor<2> {
    let Shape {
        images, height, width, ..
    } = shape;
    let area = height * width;
    let (channels, area) = match (spread, area) {
        (Spread::Layer, 1) => (1, shape.channels),
        _ => (shape.channels, area),
    };
    let plane = Shape {
        steps: m.steps,
        ..shape
    }
    .plane();
    let outside = kernels::plane_out(u.reshape([m.steps * m.neurons]), plane);
    let sorted: Tensor<4> = outside.reshape([m.steps, images, channels, area]);
    let device = sorted.device();
    let sigma = deviations(&sorted, [m.steps, channels], images * area);
    let sigma: Tensor<4> = Tensor::<1>::from_floats(sigma.as_slice(), &device).reshape([m.steps, 1, channels, 1]);
    let z = (sorted - m.threshold) / sigma.clone() - 0.5;
    let bell = (z.clone() * z * -0.5).exp() / (sigma * (2.0 * PI).sqrt());
    let inside = kernels::plane_in(bell.reshape([m.steps * m.neurons]), plane);
    inside.reshape([m.steps, m.neurons])
}

/// σ `[T, channels]`, from sums around the mean of the first step: the spread of values that lie close together must not
/// be lost in their squares. Sums of a step are the device's, steps are joined in f64.
fn deviations(u: &Tensor<4>, [steps, channels]: [usize; 2], per_step: usize) -> Vec<f32> {
    let sums = |x: Tensor<4>| {
        let flat: Tensor<1> = x.sum_dim(3).sum_dim(1).reshape([steps * channels]);
        download(&flat)
    };
    let centre = u.clone().slice(0..1).mean_dim(3).mean_dim(1);
    let u = u.clone() - centre;
    let first = sums(u.clone());
    let second = sums(u.clone() * u);
    let mut sigma = vec![1.0; steps * channels];
    for c in 0..channels {
        let (mut sum, mut squares) = (0.0f64, 0.0f64);
        for t in 0..steps {
            sum += f64::from(first[t * channels + c]);
            squares += f64::from(second[t * channels + c]);
            let n = ((t + 1) * per_step) as f64;
            let variance = (squares - sum * sum / n) / (n - 1.0);
            if variance > SMALLEST {
                sigma[t * channels + c] = variance.sqrt() as f32;
            }
        }
    }
    sigma
}
