//! The kernels of burn's CubeCL runtimes, of which CUDA can be compiled in: those of [`super`], for that backend type.

use super::*;
use crate::{
    snn::backend::kernels::{Kernels, Membrane, Neurons},
    spec::Surrogate,
};
use burn::backend::Cube;

impl Kernels for Cube {
    fn plane_in(x: F<Cube>, _: Plane) -> F<Cube> {
        x
    }

    fn plane_out(x: F<Cube>, _: Plane) -> F<Cube> {
        x
    }

    fn affine(x: F<Cube>, scale: F<Cube>, shift: F<Cube>, p: Plane) -> F<Cube> {
        affine::<Cube>(x, scale, shift, p)
    }

    fn convolution(x: F<Cube>, w: F<Cube>, b: F<Cube>, c: Convolution) -> F<Cube> {
        convolution::<Cube>(x, w, b, c)
    }

    fn convolution_input(gy: F<Cube>, w: F<Cube>, c: Convolution) -> F<Cube> {
        convolution_input::<Cube>(gy, w, c)
    }

    fn convolution_weight(x: F<Cube>, gy: F<Cube>, c: Convolution) -> (F<Cube>, F<Cube>) {
        convolution_weight::<Cube>(x, gy, c)
    }

    fn norm(x: F<Cube>, gamma: F<Cube>, beta: F<Cube>, n: Norm) -> (F<Cube>, F<Cube>, F<Cube>) {
        norm::<Cube>(x, gamma, beta, n)
    }

    fn norm_backward(
        x: F<Cube>,
        gy: F<Cube>,
        gamma: F<Cube>,
        mean: F<Cube>,
        variance: F<Cube>,
        n: Norm,
    ) -> (F<Cube>, F<Cube>, F<Cube>) {
        norm_backward::<Cube>(x, gy, gamma, mean, variance, n)
    }

    fn lif(x: F<Cube>, m: Membrane) -> (F<Cube>, F<Cube>) {
        lif::<Cube>(x, m)
    }

    fn lif_backward(u: F<Cube>, gs: F<Cube>, m: Membrane, s: Surrogate) -> F<Cube> {
        lif_backward::<Cube>(u, gs, m, s)
    }

    fn spikes(x: F<Cube>, n: Neurons) -> F<Cube> {
        spikes::<Cube>(x, n)
    }

    fn spikes_backward(x: F<Cube>, gy: F<Cube>, n: Neurons) -> F<Cube> {
        spikes_backward::<Cube>(x, gy, n)
    }

    fn moments(x: F<Cube>, p: Plane) -> (F<Cube>, F<Cube>) {
        moments::<Cube>(x, p)
    }

    fn norm_spikes(
        x: F<Cube>,
        gamma: F<Cube>,
        beta: F<Cube>,
        mean: F<Cube>,
        variance: F<Cube>,
        n: NormedNeurons,
    ) -> F<Cube> {
        norm_spikes::<Cube>(x, [gamma, beta], [mean, variance], n)
    }

    fn norm_spikes_backward(
        x: F<Cube>,
        gy: F<Cube>,
        gamma: F<Cube>,
        beta: F<Cube>,
        mean: F<Cube>,
        variance: F<Cube>,
        n: NormedNeurons,
    ) -> (F<Cube>, F<Cube>, F<Cube>) {
        norm_spikes_backward::<Cube>(x, gy, [gamma, beta], [mean, variance], n)
    }

    fn rate_backward(x: F<Cube>, gs: F<Cube>, m: Membrane) -> F<Cube> {
        rate_backward::<Cube>(x, gs, m)
    }

    fn pool(x: F<Cube>, p: Plane, k: usize) -> F<Cube> {
        pool::<Cube>(x, p, k)
    }

    fn pool_backward(gy: F<Cube>, p: Plane, k: usize) -> F<Cube> {
        pool_backward::<Cube>(gy, p, k)
    }

    fn linear(x: F<Cube>, w: F<Cube>, b: F<Cube>, rows: usize) -> F<Cube> {
        linear::<Cube>(x, w, b, rows)
    }

    fn linear_input(gy: F<Cube>, w: F<Cube>, rows: usize) -> F<Cube> {
        linear_input::<Cube>(gy, w, rows)
    }

    fn linear_weight(x: F<Cube>, gy: F<Cube>, rows: usize) -> (F<Cube>, F<Cube>) {
        linear_weight::<Cube>(x, gy, rows)
    }

    fn accumulate(sum: F<Cube>, x: F<Cube>) -> F<Cube> {
        accumulate::<Cube>(sum, x)
    }

    fn sum_of_squares(x: F<Cube>) -> F<Cube> {
        sum_of_squares::<Cube>(x)
    }

    fn sgd(w: F<Cube>, g: F<Cube>, v: F<Cube>, s: SgdStep) -> (F<Cube>, F<Cube>) {
        sgd::<Cube>(w, g, v, s)
    }
}
