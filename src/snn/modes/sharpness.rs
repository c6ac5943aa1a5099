//! ASSG: an arctan surrogate as sharp as each neuron's own potentials ask for, learned over an attack's steps.

use burn::tensor::{Int, Tensor};

/// Running statistics of |v|, v = u − θ, for each image, neuron and step: their mean M (from 1) and their mean
/// deviation D from it (from 0). They belong to their image: images may leave the batch, and new ones begin afresh.
#[derive(Default)]
pub struct Sharpness {
    /// Which images the statistics are of, in the batch's order.
    who: Vec<usize>,
    /// One entry per layer of neurons, in the order in which the backward walk meets them.
    layers: Vec<Moments>,
    /// The layer that comes next.
    next: usize,
    /// Whether this pass leaves the statistics alone.
    frozen: bool,
}

struct Moments {
    /// M, `[T, images, units]`.
    mean: Tensor<3>,
    /// D, the same.
    deviation: Tensor<3>,
}

/// Share of a new step in the statistics.
const NEW: f32 = 0.1;
/// How far beyond the mean the surrogate reaches, in mean deviations.
const REACH: f32 = 1.5;
/// Keeps the sharpness finite.
const SMALL: f32 = 1e-4;

impl Sharpness {
    /// Begins a pass over these images. A frozen one uses the statistics without moving them: further draws of a random
    /// coding in the same attack step.
    pub fn begin(&mut self, who: &[usize], frozen: bool) {
        self.next = 0;
        self.frozen = frozen;
        if self.who == who {
            return;
        }
        // The row after the last stands for an image not met before.
        let rows: Vec<i64> = who
            .iter()
            .map(|i| self.who.iter().position(|w| w == i).unwrap_or(self.who.len()) as i64)
            .collect();
        for layer in &mut self.layers {
            layer.rearrange(&rows);
        }
        self.who = who.to_vec();
    }

    /// α of the next layer's neurons put into the arctan surrogate: (α/2)/(1 + (παv/2)²), α = w/(M + 1.5·D + 1e−4),
    /// w = (2/π)·tan(πa).
    pub(super) fn slope(&mut self, v: Tensor<2>, images: usize, a: f32) -> Tensor<2> {
        let [steps, neurons] = v.dims();
        let shape = [steps, images, neurons / images.max(1)];
        let at = self.next;
        self.next += 1;
        if self.layers.len() <= at {
            let one = Tensor::<3>::ones(shape, &v.device());
            self.layers.push(Moments {
                deviation: one.zeros_like(),
                mean: one,
            });
        }
        let layer = &mut self.layers[at];
        if !self.frozen {
            layer.learn(v.clone().abs().reshape(shape));
        }
        let width = std::f32::consts::FRAC_2_PI * (std::f32::consts::PI * a).tan();
        let reach: Tensor<2> = (layer.mean.clone() + layer.deviation.clone() * REACH + SMALL).reshape([steps, neurons]);
        let alpha = reach.recip() * width;
        let z = v * alpha.clone() * std::f32::consts::FRAC_PI_2;
        alpha * 0.5 / (z.clone() * z + 1.0)
    }
}

impl Moments {
    fn learn(&mut self, size: Tensor<3>) {
        self.mean = self.mean.clone() * (1.0 - NEW) + size.clone() * NEW;
        let off = (size - self.mean.clone()).abs();
        self.deviation = self.deviation.clone() * (1.0 - NEW) + off * NEW;
    }

    fn rearrange(&mut self, rows: &[i64]) {
        let device = self.mean.device();
        let rows = Tensor::<1, Int>::from_ints(rows, &device);
        let pick = |x: &Tensor<3>, fresh: f32| {
            let [steps, _, units] = x.dims();
            let unknown = Tensor::<3>::full([steps, 1, units], fresh, &device);
            Tensor::cat(vec![x.clone(), unknown], 1).select(1, rows.clone())
        };
        (self.mean, self.deviation) = (pick(&self.mean, 1.0), pick(&self.deviation, 0.0));
    }
}
