//! Kernels for LibTorch, CPU and CUDA, through libtorch itself. Planes are channels first, `[rows, C, H, W]`, the
//! outside order, so [`Kernels::plane_in`] and [`Kernels::plane_out`] do nothing.
//!
//! Convolutions, norms and matrix products are LibTorch's. Pools, neurons and the optimiser's step run in our Rust
//! kernels where the arrays lie in host memory, else as LibTorch's operations or compositions of them ([`composed`]).
//!
//! A kernel returns tensors and no `Result`, because burn's dispatch has no room for one. Where LibTorch refuses (CUDA out
//! of memory is the one to expect) it panics with LibTorch's message; the worker catches the panic and reports it.

#![allow(
    deprecated,
    reason = "burn-tch 0.22 is the last of its line and says so at every use; we pin it and burn 0.22 with it"
)]

mod composed;
mod maps;
mod memory;
mod norm;
mod pool;
mod shim;
#[cfg(test)]
mod tests;

use super::kernels::{Convolution, Kernels, Membrane, Neurons, Norm, NormedNeurons, Plane, SgdStep};
use super::{lif, neurons, norms, sgd, sums};
use crate::spec::Surrogate;
use maps::Maps;
use memory::{make, make_two, values, values_mut};
use tch::{Device, Kind, Tensor};

use burn_tch::{LibTorch, TchTensor};

/// Runs one kernel without recording for LibTorch's autograd, and flattens what it made.
fn run<const N: usize>(kernel: impl FnOnce() -> [Tensor; N]) -> [TchTensor; N] {
    tch::no_grad(kernel).map(|t| TchTensor::new(t.reshape([-1])))
}

/// As [`run`], for one tensor.
fn run1(kernel: impl FnOnce() -> Tensor) -> TchTensor {
    let [y] = run(|| [kernel()]);
    y
}

/// What a call of the shim gave, or a panic as every failed call of LibTorch is one.
fn given<T>(result: Result<T, String>) -> T {
    match result {
        Ok(value) => value,
        Err(message) => panic!("LibTorch: {message}"),
    }
}

fn is_host(t: &Tensor) -> bool {
    t.device() == Device::Cpu
}

fn plane(t: &TchTensor, p: Plane) -> Tensor {
    t.tensor
        .reshape([p.rows, p.channels, p.height, p.width].map(|n| n as i64))
}

fn weights(t: &TchTensor, c: Convolution) -> Tensor {
    t.tensor
        .reshape([c.outputs, c.input.channels, c.kernel, c.kernel].map(|n| n as i64))
}

/// A flat array as a matrix of so many rows.
fn matrix(t: &TchTensor, rows: usize) -> Tensor {
    t.tensor.reshape([rows as i64, (t.tensor.numel() / rows) as i64])
}

/// A tensor of some shape whose values are not looked at.
fn blank(p: Plane, like: &TchTensor) -> Tensor {
    let shape = [p.rows, p.channels, p.height, p.width].map(|n| n as i64);
    Tensor::empty(shape, (Kind::Float, like.tensor.device()))
}

/// A tensor that may be changed in place: the array itself where burn says that nobody shares it, else a copy.
fn owned(t: TchTensor) -> TchTensor {
    match t.can_mut() && t.tensor.is_contiguous() {
        true => t,
        false => TchTensor::new(t.tensor.copy()),
    }
}

/// The neurons of a layer on its input, with scale and shift of the batch norm before them.
fn layer<'a>(
    x: &'a Tensor,
    n: Neurons,
    columns: &'a Maps,
    norm: Option<(&'a [f32], &'a [f32])>,
) -> neurons::Layer<'a, Maps> {
    neurons::Layer {
        x: values(x),
        m: n.membrane,
        columns,
        norm: norm.map(|(scale, shift)| neurons::Scaling { scale, shift }),
    }
}

impl Kernels for LibTorch {
    fn plane_in(x: TchTensor, _: Plane) -> TchTensor {
        x
    }

    fn plane_out(x: TchTensor, _: Plane) -> TchTensor {
        x
    }

    fn affine(x: TchTensor, scale: TchTensor, shift: TchTensor, p: Plane) -> TchTensor {
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
        shim::exact_convolutions();
        let (stride, padding) = ([c.stride as i64; 2], [c.padding as i64; 2]);
        run1(|| plane(&x, c.input).conv2d(&weights(&w, c), Some(&b.tensor), stride, padding, [1, 1], 1))
    }

    fn convolution_input(gy: TchTensor, w: TchTensor, c: Convolution) -> TchTensor {
        shim::exact_convolutions();
        run1(|| given(shim::convolution_input(&plane(&gy, c.output()), &weights(&w, c), c)))
    }

    fn convolution_weight(x: TchTensor, gy: TchTensor, c: Convolution) -> (TchTensor, TchTensor) {
        shim::exact_convolutions();
        run(|| {
            given(shim::convolution_weight(
                &plane(&gy, c.output()),
                &plane(&x, c.input),
                c,
            ))
        })
        .into()
    }

    fn norm(x: TchTensor, gamma: TchTensor, beta: TchTensor, n: Norm) -> (TchTensor, TchTensor, TchTensor) {
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
            let (s, _) = <LibTorch as Kernels>::lif(x, n.membrane);
            return <LibTorch as Kernels>::pool(s, n.spikes(), n.pool);
        }
        let x = x.tensor.contiguous();
        run1(|| make(n.outputs().len(), |y| layer(&x, n, &Maps::of(n), None).forward(y)))
    }

    fn spikes_backward(x: TchTensor, gy: TchTensor, n: Neurons) -> TchTensor {
        if !is_host(&x.tensor) {
            let (_, u) = <LibTorch as Kernels>::lif(x, n.membrane);
            let gs = <LibTorch as Kernels>::pool_backward(gy, n.spikes(), n.pool);
            return <LibTorch as Kernels>::lif_backward(u, gs, n.membrane, n.surrogate);
        }
        let (x, gy) = (x.tensor.contiguous(), gy.tensor.contiguous());
        run1(|| {
            make(n.inputs().len(), |gx| {
                layer(&x, n, &Maps::of(n), None).backward(values(&gy), gx, n.surrogate);
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
                norm::moments(values(&x), p, mean, variance);
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
        let NormedNeurons { neurons: n, eps } = n;
        if !is_host(&x.tensor) {
            let scaled = composed::normalise(&plane(&x, n.inputs()), [&gamma, &beta, &mean, &variance], eps);
            return <LibTorch as Kernels>::spikes(TchTensor::new(scaled), n);
        }
        let [x, gamma, beta, mean, variance] = [x, gamma, beta, mean, variance].map(|t| t.tensor.contiguous());
        let (gamma, beta) = (values(&gamma), values(&beta));
        let (scale, shift) = norms::scaling(gamma, beta, values(&mean), values(&variance), eps);
        run1(|| {
            make(n.outputs().len(), |y| {
                layer(&x, n, &Maps::of(n), Some((&scale, &shift))).forward(y);
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
        let NormedNeurons { neurons: n, eps } = n;
        let p = n.inputs();
        if !is_host(&x.tensor) {
            let scaled = composed::normalise(&plane(&x, p), [&gamma, &beta, &mean, &variance], eps);
            let g = <LibTorch as Kernels>::spikes_backward(TchTensor::new(scaled), gy, n);
            return <LibTorch as Kernels>::norm_backward(x, g, gamma, mean, variance, Norm { plane: p, eps });
        }
        let [x, gy, gamma, beta] = [x, gy, gamma, beta].map(|t| t.tensor.contiguous());
        let [mean, variance] = [mean, variance].map(|t| t.tensor.contiguous());
        let (gamma, mean, variance) = (values(&gamma), values(&mean), values(&variance));
        let (scale, shift) = norms::scaling(gamma, values(&beta), mean, variance, eps);
        run(|| {
            let mut sums = [Vec::new(), Vec::new()];
            let mut gx = make(p.len(), |gx| {
                let maps = Maps::of(n);
                let at = layer(&x, n, &maps, Some((&scale, &shift)));
                sums = at.backward_with_sums(values(&gy), gx, n.surrogate, mean);
            });
            let [gg, gb] = make_two((gamma.len(), gamma.len()), |gg, gb| {
                let spread = norms::spread(&sums, p.positions(), (gamma, variance, eps), gg, gb);
                // SAFETY: `gx` was made above.
                norm::spread_out(unsafe { memory::values_mut(&mut gx) }, values(&x), p, mean, &spread);
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
        run1(|| matrix(&x, rows).linear(&matrix(&w, b.tensor.numel()), Some(&b.tensor)))
    }

    fn linear_input(gy: TchTensor, w: TchTensor, rows: usize) -> TchTensor {
        let outputs = gy.tensor.numel() / rows;
        run1(|| matrix(&gy, rows).matmul(&matrix(&w, outputs)))
    }

    fn linear_weight(x: TchTensor, gy: TchTensor, rows: usize) -> (TchTensor, TchTensor) {
        run(|| {
            let gy = matrix(&gy, rows);
            let gw = gy.tr().matmul(&matrix(&x, rows));
            [gw, gy.sum_dim_intlist(0, false, Kind::Float)]
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
