//! The compositions beside each backend's own kernels, on every backend that runs here: both must say the same.

use super::F;
use crate::snn::backend::{
    kernels::{Convolution, Kernels, Membrane, Neurons, Norm, NormedNeurons, Plane, SgdStep},
    samples::{SURROGATES, membranes, numbers},
};
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
    composed_neurons_spike_bit_for_bit_as_the_kernels_do: spikes;
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

/// An array in the outside order, and the same in the order of the backend's own kernels.
fn planes<B: Kernels>(p: Plane, seed: u64) -> (F<B>, F<B>) {
    (array::<B>(p.len(), seed), B::plane_in(array::<B>(p.len(), seed), p))
}

fn convolutions<B: Kernels>() {
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
        let ((x, own_x), (gy, own_gy)) = (planes::<B>(c.input, 3), planes::<B>(c.output(), 4));
        let y = super::convolution::<B>(x.clone(), w.clone(), b.clone(), c);
        let own = <B as Kernels>::convolution(own_x.clone(), w.clone(), b, c);
        assert_close::<B>(y, B::plane_out(own, c.output()), &what);
        let gx = super::convolution_input::<B>(gy.clone(), w.clone(), c);
        let own = <B as Kernels>::convolution_input(own_gy.clone(), w, c);
        assert_close::<B>(gx, B::plane_out(own, c.input), &what);
        let (gw, gb) = super::convolution_weight::<B>(x, gy, c);
        let (own_gw, own_gb) = <B as Kernels>::convolution_weight(own_x, own_gy, c);
        assert_close::<B>(gw, own_gw, &what);
        assert_close::<B>(gb, own_gb, &what);
    }
}

fn norms<B: Kernels>() {
    let n = Norm {
        plane: PLANE,
        eps: 1e-5,
    };
    let (gamma, beta) = (array::<B>(PLANE.channels, 1), array::<B>(PLANE.channels, 2));
    let ((x, own_x), (gy, own_gy)) = (planes::<B>(PLANE, 3), planes::<B>(PLANE, 4));
    let (y, mean, variance) = super::norm::<B>(x.clone(), gamma.clone(), beta.clone(), n);
    let (own_y, own_mean, own_variance) = <B as Kernels>::norm(own_x.clone(), gamma.clone(), beta, n);
    assert_close::<B>(y, B::plane_out(own_y, PLANE), "output");
    assert_close::<B>(mean.clone(), own_mean.clone(), "mean");
    assert_close::<B>(variance.clone(), own_variance.clone(), "variance");
    let (gx, gg, gb) = super::norm_backward::<B>(x, gy, gamma.clone(), mean, variance, n);
    let own = <B as Kernels>::norm_backward(own_x, own_gy, gamma, own_mean, own_variance, n);
    assert_close::<B>(gx, B::plane_out(own.0, PLANE), "gradient of the input");
    assert_close::<B>(gg, own.1, "gradient of γ");
    assert_close::<B>(gb, own.2, "gradient of β");
}

fn pools<B: Kernels>() {
    let (x, own_x) = planes::<B>(PLANE, 1);
    let y = super::pool::<B>(x.clone(), PLANE, 2);
    let own = <B as Kernels>::pool(own_x.clone(), PLANE, 2);
    assert_close::<B>(y, B::plane_out(own, PLANE.pooled(2)), "pool");
    let (gy, own_gy) = planes::<B>(PLANE.pooled(2), 2);
    let gx = super::pool_backward::<B>(gy, PLANE, 2);
    let own = <B as Kernels>::pool_backward(own_gy, PLANE, 2);
    assert_close::<B>(gx, B::plane_out(own, PLANE), "gradient of a pool");
    let (scale, shift) = (array::<B>(PLANE.channels, 3), array::<B>(PLANE.channels, 4));
    let y = super::affine::<B>(x, scale.clone(), shift.clone(), PLANE);
    let own = <B as Kernels>::affine(own_x, scale, shift, PLANE);
    assert_close::<B>(y, B::plane_out(own, PLANE), "affine");
}

fn linears<B: Kernels>() {
    let (rows, inputs, outputs) = (7, 30, 11);
    let (x, gy) = (array::<B>(rows * inputs, 1), array::<B>(rows * outputs, 2));
    let (w, b) = (array::<B>(outputs * inputs, 3), array::<B>(outputs, 4));
    let y = super::linear::<B>(x.clone(), w.clone(), b.clone(), rows);
    assert_close::<B>(y, <B as Kernels>::linear(x.clone(), w.clone(), b, rows), "output");
    let gx = super::linear_input::<B>(gy.clone(), w.clone(), rows);
    assert_close::<B>(gx, <B as Kernels>::linear_input(gy.clone(), w, rows), "gradient of x");
    let (gw, gb) = super::linear_weight::<B>(x.clone(), gy.clone(), rows);
    let own = <B as Kernels>::linear_weight(x, gy, rows);
    assert_close::<B>(gw, own.0, "gradient of W");
    assert_close::<B>(gb, own.1, "gradient of b");
}

fn spikes<B: Kernels>() {
    for m in membranes() {
        let x = array::<B>(m.input_len(), 1);
        let (s, u) = super::lif::<B>(x.clone(), m);
        let (own_s, own_u) = <B as Kernels>::lif(x, m);
        let s = read::<B>(s);
        assert_eq!(s, read::<B>(own_s), "{m:?}");
        assert_eq!(read::<B>(u), read::<B>(own_u), "{m:?}");
        let fired: f32 = s.iter().sum();
        assert!(fired > 100.0, "{fired} spikes test little");
    }
}

fn gradients<B: Kernels>() {
    for m in membranes() {
        let (x, gs) = (array::<B>(m.input_len(), 2), array::<B>(m.steps * m.neurons, 3));
        let (_, u) = <B as Kernels>::lif(x.clone(), m);
        for s in SURROGATES {
            let got = super::lif_backward::<B>(u.clone(), gs.clone(), m, s);
            let own = <B as Kernels>::lif_backward(u.clone(), gs.clone(), m, s);
            assert_close::<B>(got, own, &format!("{s} {m:?}"));
        }
        let got = super::rate_backward::<B>(x.clone(), gs.clone(), m);
        let own = <B as Kernels>::rate_backward(x, gs, m);
        assert_close::<B>(got, own, &format!("rate-based {m:?}"));
    }
}

fn steps<B: Kernels>() {
    let step = SgdStep {
        lr: 0.1,
        momentum: 0.9,
        weight_decay: 5e-4,
    };
    let (w, g, v) = (array::<B>(700, 6), array::<B>(700, 7), array::<B>(700, 8));
    let (got_w, got_v) = super::sgd::<B>(w, g.clone(), v, step);
    let (own_w, own_v) = <B as Kernels>::sgd(array::<B>(700, 6), g, array::<B>(700, 8), step);
    assert_close::<B>(got_w, own_w, "w");
    assert_close::<B>(got_v, own_v, "v");
    let sum = super::sum_of_squares::<B>(array::<B>(700, 9));
    assert_close::<B>(
        sum,
        <B as Kernels>::sum_of_squares(array::<B>(700, 9)),
        "sum of squares",
    );
    let added = super::accumulate::<B>(array::<B>(700, 6), array::<B>(700, 7));
    assert_close::<B>(
        <B as Kernels>::accumulate(array::<B>(700, 6), array::<B>(700, 7)),
        added,
        "sum",
    );
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

fn pooled_neurons<B: Kernels>() {
    for n in layers() {
        let x = || array::<B>(n.inputs().len(), 1);
        let (s, u) = B::lif(x(), n.membrane);
        let pool = |s: F<B>| if n.pool > 1 { B::pool(s, n.spikes(), n.pool) } else { s };
        assert_eq!(read::<B>(B::spikes(x(), n)), read::<B>(pool(s)), "{n:?}");
        let gy = array::<B>(n.outputs().len(), 2);
        let gs = match n.pool {
            1 => gy.clone(),
            k => B::pool_backward(gy.clone(), n.spikes(), k),
        };
        let want = B::lif_backward(u, gs, n.membrane, n.surrogate);
        assert_close::<B>(B::spikes_backward(x(), gy, n), want, "gradient");
    }
}

fn normed_neurons<B: Kernels>() {
    for neurons in layers() {
        let n = NormedNeurons { neurons, eps: 1e-5 };
        let (inside, outside) = (neurons.inputs(), neurons.outputs());
        let channels = inside.channels;
        let affine = || [6, 7].map(|seed| array::<B>(channels, seed));
        let ((x, own_x), (gy, own_gy)) = (planes::<B>(inside, 3), planes::<B>(outside, 4));
        let (mean, variance) = B::moments(own_x.clone(), inside);
        let (want_mean, want_variance) = super::moments::<B>(x.clone(), inside);
        assert_close::<B>(mean.clone(), want_mean, "mean");
        assert_close::<B>(variance.clone(), want_variance, "variance");
        let statistics = || [mean.clone(), variance.clone()];
        let [gamma, beta] = affine();
        let y = B::norm_spikes(
            own_x.clone(),
            gamma.clone(),
            beta.clone(),
            mean.clone(),
            variance.clone(),
            n,
        );
        let want = super::norm_spikes::<B>(x.clone(), affine(), statistics(), n);
        assert_close::<B>(B::plane_out(y, outside), want, &format!("spikes {n:?}"));
        let own = B::norm_spikes_backward(own_x, own_gy, gamma, beta, mean.clone(), variance.clone(), n);
        let want = super::norm_spikes_backward::<B>(x, gy, affine(), statistics(), n);
        assert_close::<B>(B::plane_out(own.0, inside), want.0, &format!("gradient of x {n:?}"));
        assert_close::<B>(own.1, want.1, &format!("gradient of γ {n:?}"));
        assert_close::<B>(own.2, want.2, &format!("gradient of β {n:?}"));
    }
}
