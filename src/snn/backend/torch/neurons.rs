//! Neurons: our Rust kernels in host memory; on CUDA our fused kernels, or compositions of LibTorch's operations where those
//! cannot run.

use super::call::{run, run1};
use super::memory::{self, make, make_two, values};
use super::views::{is_host, plane};
use super::{composed, fused};
use crate::snn::backend::channels_last::{self, Affine};
use crate::snn::backend::kernels::{Membrane, NeuronKernels, Neurons, Norm, NormKernels, NormedNeurons, PoolKernels};
use crate::snn::backend::lif;
use crate::spec::Surrogate;
use burn_tch::{LibTorch, TchTensor};
use tch::{Device, Kind, Tensor};

/// γ, β, mean and variance in host memory.
fn affine_of<'a>([gamma, beta, mean, variance]: [&'a Tensor; 4]) -> Affine<'a> {
    Affine {
        gamma: values(gamma),
        beta: values(beta),
        mean: values(mean),
        variance: values(variance),
    }
}

impl NeuronKernels for LibTorch {
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

    fn rate_backward(x: TchTensor, gs: TchTensor, m: Membrane) -> TchTensor {
        run1(|| {
            if !is_host(&x.tensor) {
                return composed::rate_backward(&x.tensor, &gs.tensor, m);
            }
            let (x, gs) = (x.tensor.contiguous(), gs.tensor.contiguous());
            make(m.input_len(), |gx| lif::rate_backward(values(&x), values(&gs), gx, m))
        })
    }

    fn spikes(x: TchTensor, n: Neurons) -> TchTensor {
        if !is_host(&x.tensor) {
            if let Some(y) = fused::forward(&x.tensor, None, n) {
                return run1(|| y);
            }
            let (s, _) = <LibTorch as NeuronKernels>::lif(x, n.membrane);
            return <LibTorch as PoolKernels>::pool(s, n.spikes(), n.pool);
        }
        let x = x.tensor.contiguous();
        run1(|| make(n.outputs().len(), |y| channels_last::spikes(values(&x), y, n)))
    }

    fn spikes_backward(x: TchTensor, gy: TchTensor, n: Neurons) -> TchTensor {
        if !is_host(&x.tensor) {
            if let Some(gx) = fused::backward(&x.tensor, &gy.tensor, None, n) {
                return run1(|| gx);
            }
            let (_, u) = <LibTorch as NeuronKernels>::lif(x, n.membrane);
            let gs = <LibTorch as PoolKernels>::pool_backward(gy, n.spikes(), n.pool);
            return <LibTorch as NeuronKernels>::lif_backward(u, gs, n.membrane, n.surrogate);
        }
        let (x, gy) = (x.tensor.contiguous(), gy.tensor.contiguous());
        run1(|| {
            make(n.inputs().len(), |gx| {
                channels_last::spikes_backward(values(&x), values(&gy), gx, n);
            })
        })
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
            return <LibTorch as NeuronKernels>::spikes(TchTensor::new(scaled), n.neurons);
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
                    <LibTorch as NeuronKernels>::spikes_backward(TchTensor::new(scaled), gy, n.neurons)
                }
            };
            let at = Norm { plane: p, eps: n.eps };
            return <LibTorch as NormKernels>::norm_backward(x, g, gamma, mean, variance, at);
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
}
