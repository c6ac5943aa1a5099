//! Our kernels for burn's pure-Rust CPU backend. Planes are channels last (`channels_last`), so that gemm too writes its output
//! in place.
//!
//! Work is cut into pieces whose size depends on the shapes alone, and partial sums are added in a fixed order:
//! results are bit-equal from run to run whatever the number of threads.

mod buffers;
mod convolution;
mod gemm;
mod linear;
mod spiking_linear;
mod unrolled;

use super::channels_last::{self, Affine, layout, norm, pool};
use super::convolutions::Branch;
use super::kernels::{
    Convolution, ConvolutionKernels, LayoutKernels, LinearKernels, Membrane, NeuronKernels, Neurons, Norm, NormKernels,
    NormedNeurons, OptimiserKernels, Plane, PoolKernels, SgdStep,
};
use super::{lif, sgd, sums};
use crate::spec::Surrogate;
use burn_flex::{Flex, FlexTensor};

/// The values of a contiguous f32 tensor, as all arrays of this crate are. A kernel returns no `Result`; reading nothing
/// instead would leave another array's numbers in its output, so anything else ends the work, as a panic that the worker
/// catches and reports.
fn values(t: &FlexTensor) -> &[f32] {
    match t.as_slice::<f32>() {
        Some(values) => values,
        None => panic!("an array that is not contiguous f32: {t:?}"),
    }
}

/// Makes an output of `n` values, all of which `fill` writes.
fn make(n: usize, fill: impl FnOnce(&mut [f32])) -> FlexTensor {
    let mut out = buffers::array(n);
    fill(out.storage_mut());
    out
}

impl LayoutKernels for Flex {
    fn plane_in(x: FlexTensor, p: Plane) -> FlexTensor {
        if p.channels == 1 || p.height * p.width == 1 {
            return x;
        }
        make(p.len(), |y| layout::channels_last(values(&x), y, p))
    }

    fn plane_out(x: FlexTensor, p: Plane) -> FlexTensor {
        if p.channels == 1 || p.height * p.width == 1 {
            return x;
        }
        make(p.len(), |y| layout::channels_first(values(&x), y, p))
    }
}

impl ConvolutionKernels for Flex {
    fn convolution(x: FlexTensor, w: FlexTensor, b: FlexTensor, c: Convolution) -> FlexTensor {
        make(c.output().len(), |y| {
            convolution::forward(values(&x), values(&w), values(&b), y, c, Branch::asked())
        })
    }

    fn convolution_input(gy: FlexTensor, w: FlexTensor, c: Convolution) -> FlexTensor {
        make(c.input.len(), |gx| {
            convolution::input_gradient(values(&gy), values(&w), gx, c, Branch::asked())
        })
    }

    fn convolution_weight(x: FlexTensor, gy: FlexTensor, c: Convolution) -> (FlexTensor, FlexTensor) {
        let gw = make(c.outputs * c.fan_in(), |gw| {
            convolution::weight_gradient(values(&x), values(&gy), gw, c, Branch::asked())
        });
        let gb = make(c.outputs, |gb| norm::column_sums(values(&gy), gb));
        (gw, gb)
    }
}

impl NormKernels for Flex {
    fn affine(x: FlexTensor, scale: FlexTensor, shift: FlexTensor, p: Plane) -> FlexTensor {
        make(p.len(), |y| norm::affine(values(&x), values(&scale), values(&shift), y))
    }

    fn moments(x: FlexTensor, p: Plane) -> (FlexTensor, FlexTensor) {
        let mut variance = buffers::array(p.channels);
        let mean = make(p.channels, |mean| {
            norm::moments(values(&x), mean, variance.storage_mut())
        });
        (mean, variance)
    }

    fn norm(x: FlexTensor, gamma: FlexTensor, beta: FlexTensor, n: Norm) -> (FlexTensor, FlexTensor, FlexTensor) {
        let (mut mean, mut variance) = (buffers::array(n.plane.channels), buffers::array(n.plane.channels));
        let y = make(n.plane.len(), |y| {
            norm::forward(
                values(&x),
                values(&gamma),
                values(&beta),
                y,
                mean.storage_mut(),
                variance.storage_mut(),
                n.eps,
            );
        });
        (y, mean, variance)
    }

    fn norm_backward(
        x: FlexTensor,
        gy: FlexTensor,
        gamma: FlexTensor,
        mean: FlexTensor,
        variance: FlexTensor,
        n: Norm,
    ) -> (FlexTensor, FlexTensor, FlexTensor) {
        let (mut gg, mut gb) = (buffers::array(n.plane.channels), buffers::array(n.plane.channels));
        let at = norm::Batch {
            x: values(&x),
            gamma: values(&gamma),
            mean: values(&mean),
            variance: values(&variance),
            eps: n.eps,
        };
        let gx = make(n.plane.len(), |gx| {
            norm::backward(&at, values(&gy), gx, gg.storage_mut(), gb.storage_mut())
        });
        (gx, gg, gb)
    }
}

impl PoolKernels for Flex {
    fn pool(x: FlexTensor, p: Plane, k: usize) -> FlexTensor {
        let out = p.pooled(k);
        make(out.len(), |y| pool::forward(values(&x), y, p, k))
    }

    fn pool_backward(gy: FlexTensor, p: Plane, k: usize) -> FlexTensor {
        make(p.len(), |gx| pool::backward(values(&gy), gx, p, k))
    }
}

impl NeuronKernels for Flex {
    fn lif(x: FlexTensor, m: Membrane) -> (FlexTensor, FlexTensor) {
        let mut u = buffers::array(m.steps * m.neurons);
        let s = make(m.steps * m.neurons, |s| lif::forward(values(&x), s, u.storage_mut(), m));
        (s, u)
    }

    fn lif_backward(u: FlexTensor, gs: FlexTensor, m: Membrane, s: Surrogate) -> FlexTensor {
        make(m.input_len(), |gx| lif::backward(values(&u), values(&gs), gx, m, s))
    }

    fn rate_backward(x: FlexTensor, gs: FlexTensor, m: Membrane) -> FlexTensor {
        make(m.input_len(), |gx| lif::rate_backward(values(&x), values(&gs), gx, m))
    }

    fn spikes(x: FlexTensor, n: Neurons) -> FlexTensor {
        make(n.outputs().len(), |y| channels_last::spikes(values(&x), y, n))
    }

    fn spikes_backward(x: FlexTensor, gy: FlexTensor, n: Neurons) -> FlexTensor {
        make(n.inputs().len(), |gx| {
            channels_last::spikes_backward(values(&x), values(&gy), gx, n)
        })
    }

    fn norm_spikes(
        x: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        mean: FlexTensor,
        variance: FlexTensor,
        n: NormedNeurons,
    ) -> FlexTensor {
        let by = Affine {
            gamma: values(&gamma),
            beta: values(&beta),
            mean: values(&mean),
            variance: values(&variance),
        };
        make(n.neurons.outputs().len(), |y| {
            channels_last::norm_spikes(values(&x), y, by, n)
        })
    }

    fn norm_spikes_backward(
        x: FlexTensor,
        gy: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        mean: FlexTensor,
        variance: FlexTensor,
        n: NormedNeurons,
    ) -> (FlexTensor, FlexTensor, FlexTensor) {
        let by = Affine {
            gamma: values(&gamma),
            beta: values(&beta),
            mean: values(&mean),
            variance: values(&variance),
        };
        let (mut gg, mut gb) = (buffers::array(by.gamma.len()), buffers::array(by.gamma.len()));
        let gx = make(n.neurons.inputs().len(), |gx| {
            let gradients = (gg.storage_mut(), gb.storage_mut());
            channels_last::norm_spikes_backward(values(&x), values(&gy), gx, by, n, gradients);
        });
        (gx, gg, gb)
    }
}

impl LinearKernels for Flex {
    fn linear(x: FlexTensor, w: FlexTensor, b: FlexTensor, rows: usize) -> FlexTensor {
        make(rows * values(&b).len(), |y| {
            linear::forward(values(&x), values(&w), values(&b), y, Branch::asked())
        })
    }

    fn linear_input(gy: FlexTensor, w: FlexTensor, rows: usize) -> FlexTensor {
        let outputs = values(&gy).len() / rows;
        let inputs = values(&w).len() / outputs;
        make(rows * inputs, |gx| {
            linear::input_gradient(values(&gy), values(&w), gx, rows, Branch::asked())
        })
    }

    fn linear_weight(x: FlexTensor, gy: FlexTensor, rows: usize) -> (FlexTensor, FlexTensor) {
        let (inputs, outputs) = (values(&x).len() / rows, values(&gy).len() / rows);
        let gw = make(inputs * outputs, |gw| {
            linear::weight_gradient(values(&x), values(&gy), gw, rows, Branch::asked())
        });
        let gb = make(outputs, |gb| norm::column_sums(values(&gy), gb));
        (gw, gb)
    }
}

impl OptimiserKernels for Flex {
    fn accumulate(mut sum: FlexTensor, x: FlexTensor) -> FlexTensor {
        sums::accumulate(sum.storage_mut(), values(&x));
        sum
    }

    fn sum_of_squares(x: FlexTensor) -> FlexTensor {
        make(1, |sum| sum[0] = sums::squares(values(&x)) as f32)
    }

    fn sgd(mut w: FlexTensor, g: FlexTensor, mut v: FlexTensor, s: SgdStep) -> (FlexTensor, FlexTensor) {
        sgd::step(w.storage_mut(), values(&g), v.storage_mut(), s);
        (w, v)
    }
}
