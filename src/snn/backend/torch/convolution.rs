//! Convolutions. In host memory those that spikes can make cheaper go by our kernels (`convolutions`); all others, and all
//! products in less than f32, are LibTorch's.

#![allow(
    deprecated,
    reason = "burn-tch 0.22 is the last of its line and says so at every use; we pin it and burn 0.22 with it"
)]

use super::{
    call::{given, run, run1},
    memory::{make, values},
    shim,
    views::{argument, factor, flat, is_host, weights},
};
use crate::{
    snn::backend::{
        channels_last::norm,
        convolutions::{self, Branch, CHANNELS},
        kernels::Convolution,
        precision,
    },
    spec::Precision,
};
use burn_tch::TchTensor;

/// Whether our kernels do a convolution of `t`: not of images, whose channels are too few. By its shape alone: an image's result must not depend on the other images in
/// the batch. `SPIKEDECK_KERNELS=dense` leaves everything to LibTorch.
fn ours(t: &TchTensor, c: Convolution) -> bool {
    is_host(&t.tensor)
        && precision::current() == Precision::F32
        && c.input.channels >= CHANNELS
        && Branch::asked() != Branch::Dense
}

/// An array of `n` values, if `fill` says that it filled it.
fn made<const N: usize>(
    n: usize,
    arrays: [&TchTensor; N],
    fill: impl FnOnce([&[f32]; N], &mut [f32]) -> bool,
) -> Option<TchTensor> {
    let arrays = arrays.map(|t| t.tensor.contiguous());
    let mut filled = false;
    let y = run1(|| make(n, |y| filled = fill(arrays.each_ref().map(values), y)));
    filled.then_some(y)
}

/// x ∗ w + b.
pub fn forward(x: TchTensor, w: TchTensor, b: TchTensor, c: Convolution) -> TchTensor {
    let by_us = |[x, w, b]: [&[f32]; 3], y: &mut [f32]| convolutions::forward(x, w, b, y, c, Branch::asked());
    if ours(&x, c)
        && let Some(y) = made(c.output().len(), [&x, &w, &b], by_us)
    {
        return y;
    }
    by_library::forward(x, w, b, c)
}

/// ∂/∂x.
pub fn input_gradient(gy: TchTensor, w: TchTensor, c: Convolution) -> TchTensor {
    let by_us = |[gy, w]: [&[f32]; 2], gx: &mut [f32]| convolutions::input_gradient(gy, w, gx, c, Branch::asked());
    if ours(&gy, c)
        && let Some(gx) = made(c.input.len(), [&gy, &w], by_us)
    {
        return gx;
    }
    by_library::input_gradient(gy, w, c)
}

/// ∂/∂w, and ∂/∂b.
pub fn weight_gradient(x: TchTensor, gy: TchTensor, c: Convolution) -> (TchTensor, TchTensor) {
    let by_us = |[x, gy]: [&[f32]; 2], gw: &mut [f32]| convolutions::weight_gradient(x, gy, gw, c, Branch::asked());
    if ours(&x, c)
        && let Some(gw) = made(c.outputs * c.fan_in(), [&x, &gy], by_us)
    {
        let gy = gy.tensor.contiguous();
        return (gw, run1(|| make(c.outputs, |gb| norm::column_sums(values(&gy), gb))));
    }
    by_library::weight_gradient(x, gy, c)
}

/// The same by LibTorch alone.
pub(super) mod by_library {
    use super::*;

    pub fn forward(x: TchTensor, w: TchTensor, b: TchTensor, c: Convolution) -> TchTensor {
        let (stride, padding) = ([c.stride as i64; 2], [c.padding as i64; 2]);
        run1(|| {
            let (x, w, b) = (factor(argument(&x, c.input)), factor(weights(&w, c)), factor(b.tensor));
            flat(x.conv2d(&w, Some(&b), stride, padding, [1, 1], 1))
        })
    }

    pub fn input_gradient(gy: TchTensor, w: TchTensor, c: Convolution) -> TchTensor {
        run1(|| {
            let (gy, w) = (factor(argument(&gy, c.output())), factor(weights(&w, c)));
            flat(given(shim::convolution_input(&gy, &w, c)))
        })
    }

    pub fn weight_gradient(x: TchTensor, gy: TchTensor, c: Convolution) -> (TchTensor, TchTensor) {
        run(|| {
            let (gy, x) = (factor(argument(&gy, c.output())), factor(argument(&x, c.input)));
            given(shim::convolution_weight(&gy, &x, c))
        })
        .into()
    }
}
