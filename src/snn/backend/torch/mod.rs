//! Kernels for LibTorch, CPU and CUDA, through libtorch itself. Planes are channels last in host memory, where LibTorch's
//! convolutions would have to sort them first, and channels first on CUDA, which is the outside order.
//!
//! Matrix products are LibTorch's, and convolutions but for those that spikes make cheaper ([`convolution`]). Norms, pools,
//! neurons and the optimiser's step run in our Rust kernels where the arrays lie in host memory, else as LibTorch's operations
//! or compositions of them ([`composed`]).
//!
//! A kernel returns tensors and no `Result`, because burn's dispatch has no room for one. Where LibTorch refuses (CUDA out
//! of memory is the one to expect) it panics with LibTorch's message; the worker catches the panic and reports it.

#![allow(
    deprecated,
    reason = "burn-tch 0.22 is the last of its line and says so at every use; we pin it and burn 0.22 with it"
)]

mod call;
mod composed;
mod convolution;
mod fused;
mod memory;
mod shim;
#[cfg(test)]
mod tests;
mod views;

use super::channels_last::{self, Affine, layout, norm, pool};
use super::kernels::{Convolution, Kernels, Membrane, Neurons, Norm, NormedNeurons, Plane, SgdStep};
use super::{lif, sgd, sums};
use crate::spec::Surrogate;
use call::{given, run, run1};
use memory::{make, make_two, values, values_mut};
use tch::{Device, Kind, Tensor};
use views::{blank, factor, is_host, matrix, plane};

use burn_tch::{LibTorch, TchTensor};

/// A tensor that may be changed in place: the array itself where burn says that nobody shares it, else a copy.
fn owned(t: TchTensor) -> TchTensor {
    match t.can_mut() && t.tensor.is_contiguous() {
        true => t,
        false => TchTensor::new(t.tensor.copy()),
    }
}

/// γ, β, mean and variance in host memory.
fn affine_of<'a>([gamma, beta, mean, variance]: [&'a Tensor; 4]) -> Affine<'a> {
    Affine {
        gamma: values(gamma),
        beta: values(beta),
        mean: values(mean),
        variance: values(variance),
    }
}

impl Kernels for LibTorch {
    fn plane_in(x: TchTensor, p: Plane) -> TchTensor {
        if p.channels == 1 || p.height * p.width == 1 || !is_host(&x.tensor) {
            return x;
        }
        let x = x.tensor.contiguous();
        run1(|| make(p.len(), |y| layout::channels_last(values(&x), y, p)))
    }

    fn plane_out(x: TchTensor, p: Plane) -> TchTensor {
        if p.channels == 1 || p.height * p.width == 1 || !is_host(&x.tensor) {
            return x;
        }
        let x = x.tensor.contiguous();
        run1(|| make(p.len(), |y| layout::channels_first(values(&x), y, p)))
    }

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

    fn convolution(x: TchTensor, w: TchTensor, b: TchTensor, c: Convolution) -> TchTensor {
        convolution::forward(x, w, b, c)
    }

    fn convolution_input(gy: TchTensor, w: TchTensor, c: Convolution) -> TchTensor {
        convolution::input_gradient(gy, w, c)
    }

    fn convolution_weight(x: TchTensor, gy: TchTensor, c: Convolution) -> (TchTensor, TchTensor) {
        convolution::weight_gradient(x, gy, c)
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

    fn lif(x: TchTensor, m: Membrane) -> (TchTensor, TchTensor) {
        run(|| {
            if !is_host(&x.tensor) {
                return composed::forward(&x.tensor, m).into();
            }
            let x = x.tensor.contiguous();
            make_two((m.steps * m.neurons, m.steps * m.neurons), |s, u| {
                lif::forward(values(&x), s, u, m)
            })
        })
        .into()
    }

    fn lif_backward(u: TchTensor, gs: TchTensor, m: Membrane, s: Surrogate) -> TchTensor {
        run1(|| {
            if !is_host(&u.tensor) {
                return composed::backward(&u.tensor, &gs.tensor, m, s);
            }
            let (u, gs) = (u.tensor.contiguous(), gs.tensor.contiguous());
            make(m.input_len(), |gx| lif::backward(values(&u), values(&gs), gx, m, s))
        })
    }

    fn spikes(x: TchTensor, n: Neurons) -> TchTensor {
        if !is_host(&x.tensor) {
            if let Some(y) = fused::forward(&x.tensor, None, n) {
                return run1(|| y);
            }
            let (s, _) = <LibTorch as Kernels>::lif(x, n.membrane);
            return <LibTorch as Kernels>::pool(s, n.spikes(), n.pool);
        }
        let x = x.tensor.contiguous();
        run1(|| make(n.outputs().len(), |y| channels_last::spikes(values(&x), y, n)))
    }

    fn spikes_backward(x: TchTensor, gy: TchTensor, n: Neurons) -> TchTensor {
        if !is_host(&x.tensor) {
            if let Some(gx) = fused::backward(&x.tensor, &gy.tensor, None, n) {
                return run1(|| gx);
            }
            let (_, u) = <LibTorch as Kernels>::lif(x, n.membrane);
            let gs = <LibTorch as Kernels>::pool_backward(gy, n.spikes(), n.pool);
            return <LibTorch as Kernels>::lif_backward(u, gs, n.membrane, n.surrogate);
        }
        let (x, gy) = (x.tensor.contiguous(), gy.tensor.contiguous());
        run1(|| {
            make(n.inputs().len(), |gx| {
                channels_last::spikes_backward(values(&x), values(&gy), gx, n);
            })
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

    fn norm_spikes(
        x: TchTensor,
        gamma: TchTensor,
        beta: TchTensor,
        mean: TchTensor,
        variance: TchTensor,
        n: NormedNeurons,
    ) -> TchTensor {
        if !is_host(&x.tensor) {
            let (scale, shift) = composed::scaling([&gamma, &beta, &mean, &variance], n.eps);
            if let Some(y) = fused::forward(&x.tensor, Some((&scale, &shift)), n.neurons) {
                return run1(|| y);
            }
            let scaled = composed::normalise(&plane(&x, n.neurons.inputs()), [&gamma, &beta, &mean, &variance], n.eps);
            return <LibTorch as Kernels>::spikes(TchTensor::new(scaled), n.neurons);
        }
        let [x, gamma, beta, mean, variance] = [x, gamma, beta, mean, variance].map(|t| t.tensor.contiguous());
        let by = affine_of([&gamma, &beta, &mean, &variance]);
        run1(|| {
            make(n.neurons.outputs().len(), |y| {
                channels_last::norm_spikes(values(&x), y, by, n);
            })
        })
    }

    fn norm_spikes_backward(
        x: TchTensor,
        gy: TchTensor,
        gamma: TchTensor,
        beta: TchTensor,
        mean: TchTensor,
        variance: TchTensor,
        n: NormedNeurons,
    ) -> (TchTensor, TchTensor, TchTensor) {
        let p = n.neurons.inputs();
        if !is_host(&x.tensor) {
            let (scale, shift) = composed::scaling([&gamma, &beta, &mean, &variance], n.eps);
            let g = match fused::backward(&x.tensor, &gy.tensor, Some((&scale, &shift)), n.neurons) {
                Some(g) => TchTensor::new(g),
                None => {
                    let scaled = composed::normalise(&plane(&x, p), [&gamma, &beta, &mean, &variance], n.eps);
                    <LibTorch as Kernels>::spikes_backward(TchTensor::new(scaled), gy, n.neurons)
                }
            };
            let at = Norm { plane: p, eps: n.eps };
            return <LibTorch as Kernels>::norm_backward(x, g, gamma, mean, variance, at);
        }
        let [x, gy, gamma, beta] = [x, gy, gamma, beta].map(|t| t.tensor.contiguous());
        let [mean, variance] = [mean, variance].map(|t| t.tensor.contiguous());
        let by = affine_of([&gamma, &beta, &mean, &variance]);
        run(|| {
            let mut gx = Tensor::empty([p.len() as i64], (Kind::Float, Device::Cpu));
            let [gg, gb] = make_two((p.channels, p.channels), |gg, gb| {
                // SAFETY: `gx` was allocated above.
                let gx = unsafe { memory::values_mut(&mut gx) };
                channels_last::norm_spikes_backward(values(&x), values(&gy), gx, by, n, (gg, gb));
            });
            [gx, gg, gb]
        })
        .into()
    }

    fn rate_backward(x: TchTensor, gs: TchTensor, m: Membrane) -> TchTensor {
        run1(|| {
            if !is_host(&x.tensor) {
                return composed::rate_backward(&x.tensor, &gs.tensor, m);
            }
            let (x, gs) = (x.tensor.contiguous(), gs.tensor.contiguous());
            make(m.input_len(), |gx| lif::rate_backward(values(&x), values(&gs), gx, m))
        })
    }

    fn pool(x: TchTensor, p: Plane, k: usize) -> TchTensor {
        if k == 1 {
            return x;
        }
        let side = [k as i64; 2];
        if is_host(&x.tensor) {
            let x = x.tensor.contiguous();
            return run1(|| make(p.pooled(k).len(), |y| pool::forward(values(&x), y, p, k)));
        }
        run1(|| plane(&x, p).avg_pool2d(side, side, [0, 0], false, true, None))
    }

    fn pool_backward(gy: TchTensor, p: Plane, k: usize) -> TchTensor {
        if k == 1 {
            return gy;
        }
        let side = [k as i64; 2];
        if is_host(&gy.tensor) {
            let gy = gy.tensor.contiguous();
            return run1(|| make(p.len(), |gx| pool::backward(values(&gy), gx, p, k)));
        }
        // LibTorch asks for the input, of which it takes the shape.
        run1(|| blank(p, &gy).avg_pool2d_backward(&plane(&gy, p.pooled(k)), side, side, [0, 0], false, true, None))
    }

    fn linear(x: TchTensor, w: TchTensor, b: TchTensor, rows: usize) -> TchTensor {
        run1(|| {
            let (x, w) = (factor(matrix(&x, rows)), factor(matrix(&w, b.tensor.numel())));
            x.linear(&w, Some(&factor(b.tensor)))
        })
    }

    fn linear_input(gy: TchTensor, w: TchTensor, rows: usize) -> TchTensor {
        let outputs = gy.tensor.numel() / rows;
        run1(|| factor(matrix(&gy, rows)).matmul(&factor(matrix(&w, outputs))))
    }

    fn linear_weight(x: TchTensor, gy: TchTensor, rows: usize) -> (TchTensor, TchTensor) {
        run(|| {
            let gy = matrix(&gy, rows);
            let gb = gy.sum_dim_intlist(0, false, Kind::Float);
            let gw = factor(gy).tr().matmul(&factor(matrix(&x, rows)));
            [gw, gb]
        })
        .into()
    }

    fn accumulate(sum: TchTensor, x: TchTensor) -> TchTensor {
        let mut sum = owned(sum);
        tch::no_grad(|| {
            if !is_host(&sum.tensor) {
                sum.tensor += &x.tensor;
                return;
            }
            let x = x.tensor.contiguous();
            // SAFETY: `owned` returned a tensor whose memory nobody else holds.
            sums::accumulate(unsafe { values_mut(&mut sum.tensor) }, values(&x));
        });
        sum
    }

    fn sum_of_squares(x: TchTensor) -> TchTensor {
        run1(|| {
            if !is_host(&x.tensor) {
                return x.tensor.dot(&x.tensor);
            }
            let x = x.tensor.contiguous();
            make(1, |sum| sum[0] = sums::squares(values(&x)) as f32)
        })
    }

    fn sgd(w: TchTensor, g: TchTensor, v: TchTensor, s: SgdStep) -> (TchTensor, TchTensor) {
        let (mut w, mut v) = (owned(w), owned(v));
        tch::no_grad(|| {
            if !is_host(&w.tensor) {
                return composed::sgd(&mut w.tensor, &g.tensor, &mut v.tensor, s);
            }
            let g = g.tensor.contiguous();
            // SAFETY: `owned` returned tensors whose memory nobody else holds.
            let (w, v) = unsafe { (values_mut(&mut w.tensor), values_mut(&mut v.tensor)) };
            sgd::step(w, values(&g), v, s);
        });
        (w, v)
    }
}
