//! Batch norms: our Rust kernels in host memory, else LibTorch's.

use super::call::{given, run, run1};
use super::memory::{self, make, make_two, values};
use super::shim;
use super::views::{is_host, plane};
use crate::snn::backend::channels_last::norm;
use crate::snn::backend::kernels::{Norm, NormKernels, Plane};
use burn_tch::{LibTorch, TchTensor};
use tch::{Device, Kind, Tensor};

impl NormKernels for LibTorch {
    fn affine(x: TchTensor, scale: TchTensor, shift: TchTensor, p: Plane) -> TchTensor {
        if is_host(&x.tensor) {
            let [x, scale, shift] = [x, scale, shift].map(|t| t.tensor.contiguous());
            return run1(|| {
                make(p.len(), |y| {
                    norm::affine(values(&x), values(&scale), values(&shift), y);
                })
            });
        }
        // A batch norm in evaluation mode with mean 0 and variance 1 is this in one pass over the memory.
        run1(|| {
            let (mean, variance) = (scale.tensor.zeros_like(), scale.tensor.ones_like());
            let (scale, shift) = (Some(&scale.tensor), Some(&shift.tensor));
            let x = plane(&x, p);
            let (y, _, _) = x.native_batch_norm(scale, shift, Some(&mean), Some(&variance), false, 0.0, 0.0);
            y
        })
    }

    fn moments(x: TchTensor, p: Plane) -> (TchTensor, TchTensor) {
        run(|| {
            if !is_host(&x.tensor) {
                let (variance, mean) = plane(&x, p).var_mean_dim([0i64, 2, 3].as_slice(), false, false);
                return [mean, variance];
            }
            let x = x.tensor.contiguous();
            make_two((p.channels, p.channels), |mean, variance| {
                norm::moments(values(&x), mean, variance);
            })
        })
        .into()
    }

    fn norm(x: TchTensor, gamma: TchTensor, beta: TchTensor, n: Norm) -> (TchTensor, TchTensor, TchTensor) {
        if is_host(&x.tensor) {
            let [x, gamma, beta] = [x, gamma, beta].map(|t| t.tensor.contiguous());
            let channels = n.plane.channels;
            return run(|| {
                let mut y = Tensor::empty([n.plane.len() as i64], (Kind::Float, Device::Cpu));
                let [mean, variance] = make_two((channels, channels), |mean, variance| {
                    // SAFETY: `y` was allocated above.
                    let y = unsafe { memory::values_mut(&mut y) };
                    norm::forward(values(&x), values(&gamma), values(&beta), y, mean, variance, n.eps);
                });
                [y, mean, variance]
            })
            .into();
        }
        let (gamma, beta, eps) = (Some(&gamma.tensor), Some(&beta.tensor), f64::from(n.eps));
        run(|| {
            let none: Option<&Tensor> = None;
            let x = plane(&x, n.plane);
            let (y, mean, inverse_deviation) = x.native_batch_norm(gamma, beta, none, none, true, 0.0, eps);
            // LibTorch returns 1/√(variance + ε).
            let variance = (inverse_deviation.square().reciprocal_() - eps).clamp_min_(0.0);
            [y, mean, variance]
        })
        .into()
    }

    fn norm_backward(
        x: TchTensor,
        gy: TchTensor,
        gamma: TchTensor,
        mean: TchTensor,
        variance: TchTensor,
        n: Norm,
    ) -> (TchTensor, TchTensor, TchTensor) {
        if is_host(&x.tensor) {
            let [x, gy, gamma, mean, variance] = [x, gy, gamma, mean, variance].map(|t| t.tensor.contiguous());
            let channels = n.plane.channels;
            return run(|| {
                let mut gx = Tensor::empty([n.plane.len() as i64], (Kind::Float, Device::Cpu));
                let [gg, gb] = make_two((channels, channels), |gg, gb| {
                    let at = norm::Batch {
                        x: values(&x),
                        gamma: values(&gamma),
                        mean: values(&mean),
                        variance: values(&variance),
                        eps: n.eps,
                    };
                    // SAFETY: `gx` was allocated above.
                    norm::backward(&at, values(&gy), unsafe { memory::values_mut(&mut gx) }, gg, gb);
                });
                [gx, gg, gb]
            })
            .into();
        }
        run(|| {
            let at = shim::Batch {
                x: &plane(&x, n.plane),
                gamma: &gamma.tensor,
                mean: &mean.tensor,
                inverse_deviation: &(&variance.tensor + f64::from(n.eps)).rsqrt_(),
                eps: n.eps,
            };
            given(shim::norm_backward(&at, &plane(&gy, n.plane)))
        })
        .into()
    }
}
