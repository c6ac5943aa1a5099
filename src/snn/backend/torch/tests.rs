//! What runs on CUDA, run on the CPU beside our Rust kernels: both must say the same.

#![allow(
    deprecated,
    reason = "burn-tch 0.22 is the last of its line and says so at every use; we pin it and burn 0.22 with it"
)]

use super::{
    composed,
    convolution::by_library,
    memory::{make, make_two, values},
};
use crate::snn::backend::{
    convolutions::{self, Branch},
    kernels::{Convolution, Plane, SgdStep},
    lif,
    samples::{SURROGATES, membranes, numbers},
    sgd,
};
use burn_tch::TchTensor;
use tch::Tensor;

fn array(n: usize, seed: u64) -> Tensor {
    Tensor::from_slice(&numbers(n, seed))
}

fn assert_close(got: &Tensor, want: &Tensor, what: &str) {
    let largest = values(want).iter().fold(0.0f32, |m, v| m.max(v.abs()));
    assert_eq!(got.numel(), want.numel(), "{what}");
    for (a, b) in values(got).iter().zip(values(want)) {
        assert!((a - b).abs() <= 1e-5 * largest.max(1.0), "{what}: {a} for {b}");
    }
}

#[test]
fn composed_neurons_spike_bit_for_bit_as_the_rust_kernel_does() {
    for m in membranes() {
        let x = array(m.input_len(), 1);
        let (s, u) = composed::forward(&x, m);
        let [want_s, want_u] = make_two((m.steps * m.neurons, m.steps * m.neurons), |s, u| {
            lif::forward(values(&x), s, u, m)
        });
        assert_eq!(values(&s), values(&want_s), "{m:?}");
        assert_eq!(values(&u), values(&want_u), "{m:?}");
        let fired: f32 = values(&s).iter().sum();
        assert!(fired > 100.0, "{fired} spikes test little");
    }
}

#[test]
fn composed_neurons_have_the_gradient_of_the_rust_kernel_for_every_surrogate() {
    for m in membranes() {
        let n = m.steps * m.neurons;
        let (_, u) = composed::forward(&array(m.input_len(), 2), m);
        let gs = array(n, 3);
        for surrogate in SURROGATES {
            let got = composed::backward(&u, &gs, m, surrogate);
            let want = make(m.input_len(), |gx| {
                lif::backward(values(&u), values(&gs), gx, m, surrogate)
            });
            assert_close(&got, &want, &format!("{surrogate} {m:?}"));
        }
    }
}

#[test]
fn the_composed_rate_based_gradient_is_that_of_the_rust_kernel() {
    for m in membranes() {
        let (x, gs) = (array(m.input_len(), 4), array(m.steps * m.neurons, 5));
        let got = composed::rate_backward(&x, &gs, m);
        let want = make(m.input_len(), |gx| lif::rate_backward(values(&x), values(&gs), gx, m));
        assert_close(&got, &want, &format!("{m:?}"));
    }
}

#[test]
fn the_composed_optimiser_step_is_that_of_the_rust_kernel() {
    let step = SgdStep {
        lr: 0.1,
        momentum: 0.9,
        weight_decay: 5e-4,
    };
    let (mut w, g, mut v) = (array(700, 6), array(700, 7), array(700, 8));
    let (mut want_w, mut want_v) = (values(&w).to_vec(), values(&v).to_vec());
    sgd::step(&mut want_w, values(&g), &mut want_v, step);
    composed::sgd(&mut w, &g, &mut v, step);
    assert_close(&w, &Tensor::from_slice(&want_w), "w");
    assert_close(&v, &Tensor::from_slice(&want_v), "v");
}

/// Somebody else's convolution, for our kernels to be held against.
#[test]
fn our_convolutions_are_those_of_libtorch() {
    for (channels, outputs, side, kernel) in [(16, 70, 8, 3), (40, 24, 5, 3), (8, 9, 4, 1), (64, 64, 8, 3)] {
        let input = Plane {
            rows: 5,
            channels,
            height: side,
            width: side,
        };
        let c = Convolution {
            input,
            outputs,
            kernel,
            stride: 1,
            padding: kernel / 2,
        };
        let flat = |values: Vec<f32>| TchTensor::new(Tensor::from_slice(&values));
        let spikes: Vec<f32> = (0..input.len()).map(|i| f32::from(i * 7919 % 11 < 2)).collect();
        let (w, b) = (numbers(outputs * c.fan_in(), 2), numbers(outputs, 3));
        let gy = numbers(c.output().len(), 4);
        let [x_, w_, b_, gy_] = [&spikes, &w, &b, &gy].map(|v| flat(v.clone()));
        let want_y = by_library::forward(x_.clone(), w_.clone(), b_, c).tensor;
        let want_gx = by_library::input_gradient(gy_.clone(), w_, c).tensor;
        let (want_gw, _) = by_library::weight_gradient(x_, gy_, c);
        for branch in [Branch::Measured, Branch::Winograd, Branch::Events] {
            let what = format!("{branch:?} {c:?}");
            let y = make(c.output().len(), |y| {
                assert!(convolutions::forward(&spikes, &w, &b, y, c, branch))
            });
            let gx = make(input.len(), |gx| {
                assert!(convolutions::input_gradient(&gy, &w, gx, c, branch))
            });
            assert_close(&y, &want_y, &format!("forward {what}"));
            assert_close(&gx, &want_gx, &format!("input gradient {what}"));
            let mut done = false;
            let gw = make(w.len(), |gw| {
                done = convolutions::weight_gradient(&spikes, &gy, gw, c, branch);
            });
            match done {
                true => assert_close(&gw, &want_gw.tensor, &format!("weight gradient {what}")),
                false => assert!(kernel == 1 || branch == Branch::Winograd, "{what}"),
            }
        }
    }
}
