//! The compositions beside each backend's own kernels, on every backend that runs here: both must say the same, in the
//! backend's own order of memory.

use super::composing::F;
use super::*;
use super::{convolution::composed as convolution, linear::composed as linear, neurons::composed as neurons};
use super::{norm::composed as norm, optimiser::composed as optimiser, pool::composed as pool};
use crate::snn::backend::samples::{SURROGATES, membranes, numbers};
use burn::backend::{Backend, read_sync};
use burn::tensor::TensorData;

/// Runs a check on every backend that is compiled in.
macro_rules! on_each_backend {
    ($($name:ident: $check:ident;)*) => { $(
        #[test]
        #[cfg_attr(feature = "tch", allow(deprecated, reason = "burn-tch says so at every use; we pin it"))]
        fn $name() {
            #[cfg(feature = "flex")]
            $check::<burn_flex::Flex>();
            #[cfg(feature = "tch")]
            $check::<burn_tch::LibTorch>();
        }
    )* };
}

on_each_backend! {
    composed_convolutions_and_their_gradients_are_those_of_the_kernels: convolutions;
    the_composed_batch_norm_and_its_gradients_are_those_of_the_kernels: norms;
    composed_pools_and_affine_maps_are_those_of_the_kernels: pools;
    composed_linear_layers_and_their_gradients_are_those_of_the_kernels: linears;
    composed_neurons_spike_bit_for_bit_as_the_kernels_do: fired;
    composed_neurons_have_the_gradients_of_the_kernels_for_every_surrogate: gradients;
    neurons_behind_a_pool_are_the_pool_of_their_spikes: pooled_neurons;
    neurons_behind_a_batch_norm_are_those_of_its_output: normed_neurons;
    the_composed_optimiser_step_is_that_of_the_kernels: steps;
}

fn array<B: Backend>(n: usize, seed: u64) -> F<B> {
    B::float_from_data(TensorData::new(numbers(n, seed), [n]), &B::Device::default())
}

fn read<B: Backend>(x: F<B>) -> Vec<f32> {
    read_sync(B::float_into_data(x)).unwrap().try_to_vec().unwrap()
}

fn assert_close<B: Backend>(got: F<B>, want: F<B>, what: &str) {
    let (got, want) = (read::<B>(got), read::<B>(want));
    let largest = want.iter().fold(0.0f32, |m, v| m.max(v.abs()));
    assert_eq!(got.len(), want.len(), "{what}");
    for (a, b) in got.iter().zip(&want) {
        assert!((a - b).abs() <= 2e-5 * largest.max(1.0), "{what}: {a} for {b}");
    }
}

const PLANE: Plane = Plane {
    rows: 3,
    channels: 4,
    height: 6,
    width: 8,
};

/// A plane in the order of the backend's own kernels.
fn plane<B: LayoutKernels>(p: Plane, seed: u64) -> F<B> {
    B::plane_in(array::<B>(p.len(), seed), p)
}

fn convolutions<B: ConvolutionKernels>() {
    for (kernel, stride) in [(3, 1), (3, 2), (1, 1), (1, 2)] {
        let c = Convolution {
            input: PLANE,
            outputs: 5,
            kernel,
            stride,
            padding: kernel / 2,
        };
        let what = format!("{c:?}");
        let (w, b) = (array::<B>(c.outputs * c.fan_in(), 1), array::<B>(c.outputs, 2));
        let (x, gy) = (plane::<B>(c.input, 3), plane::<B>(c.output(), 4));
        let y = convolution::convolution::<B>(x.clone(), w.clone(), b.clone(), c);
        assert_close::<B>(y, B::convolution(x.clone(), w.clone(), b, c), &what);
        let gx = convolution::convolution_input::<B>(gy.clone(), w.clone(), c);
        assert_close::<B>(gx, B::convolution_input(gy.clone(), w, c), &what);
        let (gw, gb) = convolution::convolution_weight::<B>(x.clone(), gy.clone(), c);
        let (own_gw, own_gb) = B::convolution_weight(x, gy, c);
        assert_close::<B>(gw, own_gw, &what);
        assert_close::<B>(gb, own_gb, &what);
    }
}

fn norms<B: NormKernels>() {
    let n = Norm {
        plane: PLANE,
        eps: 1e-5,
    };
    let (gamma, beta) = (array::<B>(PLANE.channels, 1), array::<B>(PLANE.channels, 2));
    let (x, gy) = (plane::<B>(PLANE, 3), plane::<B>(PLANE, 4));
    let (y, mean, variance) = norm::norm::<B>(x.clone(), gamma.clone(), beta.clone(), n);
    let (own_y, own_mean, own_variance) = B::norm(x.clone(), gamma.clone(), beta, n);
    assert_close::<B>(y, own_y, "output");
    assert_close::<B>(mean.clone(), own_mean.clone(), "mean");
    assert_close::<B>(variance.clone(), own_variance.clone(), "variance");
    let (gx, gg, gb) = norm::norm_backward::<B>(x.clone(), gy.clone(), gamma.clone(), mean, variance, n);
    let own = B::norm_backward(x.clone(), gy, gamma, own_mean.clone(), own_variance.clone(), n);
    assert_close::<B>(gx, own.0, "gradient of the input");
    assert_close::<B>(gg, own.1, "gradient of γ");
    assert_close::<B>(gb, own.2, "gradient of β");
    let (mean, variance) = norm::moments::<B>(x, PLANE);
    assert_close::<B>(mean, own_mean, "mean alone");
    assert_close::<B>(variance, own_variance, "variance alone");
}

fn pools<B: NormKernels + PoolKernels>() {
    let x = plane::<B>(PLANE, 1);
    assert_close::<B>(
        pool::pool::<B>(x.clone(), PLANE, 2),
        B::pool(x.clone(), PLANE, 2),
        "pool",
    );
    let gy = plane::<B>(PLANE.pooled(2), 2);
    let gx = pool::pool_backward::<B>(gy.clone(), PLANE, 2);
    assert_close::<B>(gx, B::pool_backward(gy, PLANE, 2), "gradient of a pool");
    let (scale, shift) = (array::<B>(PLANE.channels, 3), array::<B>(PLANE.channels, 4));
    let y = norm::affine::<B>(x.clone(), scale.clone(), shift.clone(), PLANE);
    assert_close::<B>(y, B::affine(x, scale, shift, PLANE), "affine");
}

fn linears<B: LinearKernels>() {
    let (rows, inputs, outputs) = (7, 30, 11);
    let (x, gy) = (array::<B>(rows * inputs, 1), array::<B>(rows * outputs, 2));
    let (w, b) = (array::<B>(outputs * inputs, 3), array::<B>(outputs, 4));
    let y = linear::linear::<B>(x.clone(), w.clone(), b.clone(), rows);
    assert_close::<B>(y, <B as LinearKernels>::linear(x.clone(), w.clone(), b, rows), "output");
    let gx = linear::linear_input::<B>(gy.clone(), w.clone(), rows);
    assert_close::<B>(gx, B::linear_input(gy.clone(), w, rows), "gradient of x");
    let (gw, gb) = linear::linear_weight::<B>(x.clone(), gy.clone(), rows);
    let own = B::linear_weight(x, gy, rows);
    assert_close::<B>(gw, own.0, "gradient of W");
    assert_close::<B>(gb, own.1, "gradient of b");
}

fn fired<B: NeuronKernels>() {
    for m in membranes() {
        let x = array::<B>(m.input_len(), 1);
        let (s, u) = neurons::lif::<B>(x.clone(), m);
        let (own_s, own_u) = B::lif(x, m);
        let s = read::<B>(s);
        assert_eq!(s, read::<B>(own_s), "{m:?}");
        assert_eq!(read::<B>(u), read::<B>(own_u), "{m:?}");
        let fired: f32 = s.iter().sum();
        assert!(fired > 100.0, "{fired} spikes test little");
    }
}

fn gradients<B: NeuronKernels>() {
    for m in membranes() {
        let (x, gs) = (array::<B>(m.input_len(), 2), array::<B>(m.steps * m.neurons, 3));
        let (_, u) = B::lif(x.clone(), m);
        for s in SURROGATES {
            let got = neurons::lif_backward::<B>(u.clone(), gs.clone(), m, s);
            let own = B::lif_backward(u.clone(), gs.clone(), m, s);
            assert_close::<B>(got, own, &format!("{s} {m:?}"));
        }
        let got = neurons::rate_backward::<B>(x.clone(), gs.clone(), m);
        let own = B::rate_backward(x, gs, m);
        assert_close::<B>(got, own, &format!("rate-based {m:?}"));
    }
}

fn steps<B: OptimiserKernels>() {
    let step = SgdStep {
        lr: 0.1,
        momentum: 0.9,
        weight_decay: 5e-4,
    };
    let (w, g, v) = (array::<B>(700, 6), array::<B>(700, 7), array::<B>(700, 8));
    let (got_w, got_v) = optimiser::sgd::<B>(w, g.clone(), v, step);
    let (own_w, own_v) = B::sgd(array::<B>(700, 6), g, array::<B>(700, 8), step);
    assert_close::<B>(got_w, own_w, "w");
    assert_close::<B>(got_v, own_v, "v");
    let sum = optimiser::sum_of_squares::<B>(array::<B>(700, 9));
    assert_close::<B>(sum, B::sum_of_squares(array::<B>(700, 9)), "sum of squares");
    let added = optimiser::accumulate::<B>(array::<B>(700, 6), array::<B>(700, 7));
    assert_close::<B>(B::accumulate(array::<B>(700, 6), array::<B>(700, 7)), added, "sum");
}

/// Layers of neurons with every combination of the switches, with and without a pool.
fn layers() -> Vec<Neurons> {
    let step = Plane {
        rows: 3,
        channels: 4,
        height: 6,
        width: 10,
    };
    let of = |m: Membrane| {
        [1, 2].map(|pool| Neurons {
            membrane: Membrane {
                neurons: step.len(),
                ..m
            },
            step,
            pool,
            surrogate: SURROGATES[0],
        })
    };
    membranes().into_iter().flat_map(of).collect()
}

fn pooled_neurons<B: NeuronKernels>() {
    for n in layers() {
        let x = || array::<B>(n.inputs().len(), 1);
        assert_eq!(
            read::<B>(B::spikes(x(), n)),
            read::<B>(neurons::spikes::<B>(x(), n)),
            "{n:?}"
        );
        let gy = array::<B>(n.outputs().len(), 2);
        let composed = neurons::spikes_backward::<B>(x(), gy.clone(), n);
        assert_close::<B>(B::spikes_backward(x(), gy, n), composed, "gradient");
    }
}

fn normed_neurons<B: NeuronKernels>() {
    for layer in layers() {
        let n = NormedNeurons {
            neurons: layer,
            eps: 1e-5,
        };
        let (inside, outside) = (layer.inputs(), layer.outputs());
        let [gamma, beta] = [6, 7].map(|seed| array::<B>(inside.channels, seed));
        let affine = || [gamma.clone(), beta.clone()];
        let (x, gy) = (plane::<B>(inside, 3), plane::<B>(outside, 4));
        let (mean, variance) = B::moments(x.clone(), inside);
        let statistics = || [mean.clone(), variance.clone()];
        let y = neurons::norm_spikes::<B>(x.clone(), affine(), statistics(), n);
        let [[g, b], [m, v]] = [affine(), statistics()];
        assert_close::<B>(y, B::norm_spikes(x.clone(), g, b, m, v, n), &format!("spikes {n:?}"));
        let found = neurons::norm_spikes_backward::<B>(x.clone(), gy.clone(), affine(), statistics(), n);
        let [[g, b], [m, v]] = [affine(), statistics()];
        let own = B::norm_spikes_backward(x, gy, g, b, m, v, n);
        assert_close::<B>(found.0, own.0, &format!("gradient of x {n:?}"));
        assert_close::<B>(found.1, own.1, &format!("gradient of γ {n:?}"));
        assert_close::<B>(found.2, own.2, &format!("gradient of β {n:?}"));
    }
}
