//! Flat arrays as LibTorch's operations want them, and back.

#![allow(
    deprecated,
    reason = "burn-tch 0.22 is the last of its line and says so at every use; we pin it and burn 0.22 with it"
)]

use super::shim;
use crate::{
    snn::backend::{
        kernels::{Convolution, Plane},
        precision,
    },
    spec::Precision,
};
use burn_tch::TchTensor;
use tch::{Device, Kind, Tensor};

/// Whether it lies in host memory.
pub fn is_host(t: &Tensor) -> bool {
    t.device() == Device::Cpu
}

/// A flat array as `[rows, C, H, W]`, in the order in which it lies in memory.
pub fn plane(t: &TchTensor, p: Plane) -> Tensor {
    let [rows, channels, height, width] = [p.rows, p.channels, p.height, p.width].map(|n| n as i64);
    match is_host(&t.tensor) {
        true => t.tensor.reshape([rows, height, width, channels]).permute([0, 3, 1, 2]),
        false => t.tensor.reshape([rows, channels, height, width]),
    }
}

/// The input of a convolution, or a gradient that comes back to it. Small maps of many channels are faster channels first: then
/// LibTorch sorts them into blocks of channels, which costs little there.
pub fn argument(t: &TchTensor, p: Plane) -> Tensor {
    let t = plane(t, p);
    match is_host(&t) && p.height * p.width <= 64 && p.channels >= 256 {
        true => t.contiguous(),
        false => t,
    }
}

/// `[rows, C, H, W]` as a flat array in our order, which LibTorch's own is where it went by its input's.
pub fn flat(t: Tensor) -> Tensor {
    match is_host(&t) {
        true => t.permute([0, 2, 3, 1]).reshape([-1]),
        false => t,
    }
}

/// A flat array as `[outputs, channels, k, k]`.
pub fn weights(t: &TchTensor, c: Convolution) -> Tensor {
    t.tensor
        .reshape([c.outputs, c.input.channels, c.kernel, c.kernel].map(|n| n as i64))
}

/// A flat array as a matrix of so many rows.
pub fn matrix(t: &TchTensor, rows: usize) -> Tensor {
    t.tensor.reshape([rows as i64, (t.tensor.numel() / rows) as i64])
}

/// A tensor of some shape whose values are not looked at.
pub fn blank(p: Plane, like: &TchTensor) -> Tensor {
    let shape = [p.rows, p.channels, p.height, p.width].map(|n| n as i64);
    Tensor::empty(shape, (Kind::Float, like.tensor.device()))
}

/// A factor of a product, rounded as the pass under way allows.
pub fn factor(t: Tensor) -> Tensor {
    let now = precision::current();
    shim::float_precision(now == Precision::Tf32);
    match now {
        Precision::Bf16 => t.to_kind(Kind::BFloat16),
        Precision::F32 | Precision::Tf32 => t,
    }
}
