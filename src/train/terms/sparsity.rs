//! The sparsity term R: a finite difference of the confidence f between the clean pass and a pass of images shifted along
//! the sign of f's input gradient (method: section 3).

use crate::spec::{LossTerm, ObjectiveSpec, Variant};
use crate::train::Settings;
use crate::train::objective::{confidence, runner_up};
use crate::train::passes::{PassNumber, Passes};
use crate::train::term::{Evaluated, Term, Work};

/// λ·R. At λ = 0 it is off, unless the specification wants its second pass also then.
pub struct GradientSparsity;

impl Term for GradientSparsity {
    fn name(&self) -> &'static str {
        "the sparsity term"
    }

    fn weight(&self, objective: &ObjectiveSpec) -> f64 {
        objective.weight(LossTerm::Sparsity)
    }

    fn is_on(&self, objective: &ObjectiveSpec) -> bool {
        objective.has_shifted_pass()
    }

    fn work(&self) -> Work {
        Work {
            passes: 1,
            input_gradients: 1,
        }
    }

    fn evaluate(&self, passes: &mut Passes<'_>, s: &Settings<'_>) -> Evaluated {
        let (o, clean) = (s.objective, PassNumber::CLEAN);
        let runners = runner_up(passes.logits(clean), passes.labels());
        let f = confidence(o.variant, passes.logits(clean), passes.labels(), &runners);
        let slopes: Vec<f32> = f.1.iter().map(|v| *v as f32).collect();
        let gx = passes.input_gradient(clean, &slopes);
        let shifted = passes.forward(&shifted_images(passes.values(), &gx, o.h));
        let f2 = confidence(o.variant, passes.logits(shifted), passes.labels(), &runners);
        let found = sparsity(o.variant, &f, &f2, o.h);
        let differences = found.differences.iter().map(|d| *d as f32).collect();
        Evaluated {
            value: found.r,
            gradients: vec![(clean, found.clean), (shifted, found.shifted)],
            metrics: vec![("r", found.r)],
            by_sample: vec![("input_gradient", gx), ("differences", differences)],
        }
    }
}

/// R and what it adds to the gradient of each pass's logits.
pub struct Sparsity {
    /// R.
    pub r: f64,
    /// D = (f(x') − f(x))/h per sample.
    pub differences: Vec<f64>,
    /// ∂R/∂z of the clean pass.
    pub clean: Vec<f64>,
    /// ∂R/∂z of the shifted pass.
    pub shifted: Vec<f64>,
}

/// R from the confidences of both passes (f, ∂f/∂z).
pub fn sparsity(variant: Variant, clean: &(Vec<f64>, Vec<f64>), shifted: &(Vec<f64>, Vec<f64>), h: f64) -> Sparsity {
    let n = clean.0.len();
    let k = clean.1.len() / n.max(1);
    let differences: Vec<f64> = clean.0.iter().zip(&shifted.0).map(|(f, f2)| (f2 - f) / h).collect();
    let size = |d: f64| match variant {
        Variant::PairwiseSquared => d * d,
        Variant::SoftmaxL1 => d.abs(),
    };
    // ∂size/∂D, divided by N and h.
    let slope = |d: f64| {
        let s = match variant {
            Variant::PairwiseSquared => 2.0 * d,
            Variant::SoftmaxL1 if d == 0.0 => 0.0,
            Variant::SoftmaxL1 => d.signum(),
        };
        s / (n as f64 * h)
    };
    let along = |slopes: &[f64], sign: f64| {
        slopes
            .iter()
            .enumerate()
            .map(|(i, s)| sign * slope(differences[i / k]) * s)
            .collect::<Vec<f64>>()
    };
    Sparsity {
        r: differences.iter().map(|d| size(*d)).sum::<f64>() / n as f64,
        clean: along(&clean.1, -1.0),
        shifted: along(&shifted.1, 1.0),
        differences,
    }
}

/// x + h·sign(g), not clamped; the sign of zero is zero.
pub fn shifted_images(pixels: &[f32], gradient: &[f32], h: f64) -> Vec<f32> {
    let sign = |g: f32| if g == 0.0 { 0.0 } else { g.signum() };
    pixels
        .iter()
        .zip(gradient)
        .map(|(x, g)| x + h as f32 * sign(*g))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::testing::{Y, Z, assert_close, numeric};

    #[test]
    fn the_gradient_of_the_sparsity_term_is_its_derivative_in_both_passes() {
        let other = [0.9f32, -0.4, 0.3, 0.0, 1.8, -0.7];
        for variant in [Variant::PairwiseSquared, Variant::SoftmaxL1] {
            let r = runner_up(&Z, &Y);
            let f = |z: &[f32]| confidence(variant, z, &Y, &r);
            let s = sparsity(variant, &f(&Z), &f(&other), 0.5);
            assert_close(&s.clean, &numeric(|z| sparsity(variant, &f(z), &f(&other), 0.5).r));
            let s = sparsity(variant, &f(&other), &f(&Z), 0.5);
            assert_close(&s.shifted, &numeric(|z| sparsity(variant, &f(&other), &f(z), 0.5).r));
        }
    }

    #[test]
    fn an_image_without_gradient_is_not_moved() {
        assert_eq!(
            shifted_images(&[0.5, 0.5, 0.5], &[0.0, 2.0, -3.0], 0.01),
            [0.5, 0.51, 0.49]
        );
    }
}
