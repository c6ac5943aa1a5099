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
mod neurons;
mod norm;
mod shim;
#[cfg(test)]
mod tests;
mod views;

use super::channels_last::{layout, pool};
use super::kernels::{
    Convolution, ConvolutionKernels, LayoutKernels, LinearKernels, OptimiserKernels, Plane, PoolKernels, SgdStep,
};
use super::{sgd, sums};
use call::{run, run1};
use memory::{make, values, values_mut};
use tch::Kind;
use views::{blank, factor, is_host, matrix, plane};

use burn_tch::{LibTorch, TchTensor};

/// A tensor that may be changed in place: the array itself where burn says that nobody shares it, else a copy.
fn owned(t: TchTensor) -> TchTensor {
    match t.can_mut() && t.tensor.is_contiguous() {
        true => t,
        false => TchTensor::new(t.tensor.copy()),
    }
}

impl LayoutKernels for LibTorch {
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
}

impl ConvolutionKernels for LibTorch {
    fn convolution(x: TchTensor, w: TchTensor, b: TchTensor, c: Convolution) -> TchTensor {
        convolution::forward(x, w, b, c)
    }

    fn convolution_input(gy: TchTensor, w: TchTensor, c: Convolution) -> TchTensor {
        convolution::input_gradient(gy, w, c)
    }

    fn convolution_weight(x: TchTensor, gy: TchTensor, c: Convolution) -> (TchTensor, TchTensor) {
        convolution::weight_gradient(x, gy, c)
    }
}

impl PoolKernels for LibTorch {
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
}

impl LinearKernels for LibTorch {
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
}

impl OptimiserKernels for LibTorch {
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
