//! Calls of LibTorch: without recording for its autograd, and a failed one is a panic. Nothing is computed here.

#![allow(
    deprecated,
    reason = "burn-tch 0.22 is the last of its line and says so at every use; we pin it and burn 0.22 with it"
)]

use burn_tch::TchTensor;
use tch::{Kind, Tensor};

/// Runs one kernel without recording for LibTorch's autograd; what it made comes flat and in f32.
pub fn run<const N: usize>(kernel: impl FnOnce() -> [Tensor; N]) -> [TchTensor; N] {
    tch::no_grad(kernel).map(|t| TchTensor::new(t.reshape([-1]).to_kind(Kind::Float)))
}

/// As [`run`], for one tensor.
pub fn run1(kernel: impl FnOnce() -> Tensor) -> TchTensor {
    let [y] = run(|| [kernel()]);
    y
}

/// What a call of the shim gave, or a panic as every failed call of LibTorch is one.
pub fn given<T>(result: Result<T, String>) -> T {
    match result {
        Ok(value) => value,
        Err(message) => panic!("LibTorch: {message}"),
    }
}
