//! Convolutions: by the kernels of [`super::super::convolutions`], the others by unrolled patches.

use super::unrolled;
use crate::snn::backend::{
    convolutions::{self, Branch},
    kernels::Convolution,
};

/// y = x ∗ w + b.
pub fn forward(x: &[f32], w: &[f32], b: &[f32], y: &mut [f32], c: Convolution, branch: Branch) {
    if !convolutions::forward(x, w, b, y, c, branch) {
        unrolled::forward(x, w, b, y, c);
    }
}

/// ∂/∂x.
pub fn input_gradient(gy: &[f32], w: &[f32], gx: &mut [f32], c: Convolution, branch: Branch) {
    if !convolutions::input_gradient(gy, w, gx, c, branch) {
        unrolled::input_gradient(gy, w, gx, c);
    }
}

/// ∂/∂w.
pub fn weight_gradient(x: &[f32], gy: &[f32], gw: &mut [f32], c: Convolution, branch: Branch) {
    if !convolutions::weight_gradient(x, gy, gw, c, branch) {
        unrolled::weight_gradient(x, gy, gw, c);
    }
}

#[cfg(test)]
mod tests;
