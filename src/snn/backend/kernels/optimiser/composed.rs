//! Sums and the optimiser's step composed of burn's operations, which reuse memory that nobody else holds.

use super::super::composing::{F, flat};
use super::SgdStep;
use burn::backend::Backend;

/// See `OptimiserKernels::accumulate`.
pub fn accumulate<B: Backend>(sum: F<B>, x: F<B>) -> F<B> {
    B::float_add(sum, x)
}

/// See `OptimiserKernels::sum_of_squares`.
pub fn sum_of_squares<B: Backend>(x: F<B>) -> F<B> {
    flat::<B>(B::float_sum(B::float_mul(x.clone(), x)))
}

/// See `OptimiserKernels::sgd`.
pub fn sgd<B: Backend>(w: F<B>, g: F<B>, v: F<B>, s: SgdStep) -> (F<B>, F<B>) {
    let decayed = B::float_add(g, B::float_mul_scalar(w.clone(), s.weight_decay.into()));
    let v = B::float_add(B::float_mul_scalar(v, s.momentum.into()), decayed);
    let w = B::float_sub(w, B::float_mul_scalar(v.clone(), s.lr.into()));
    (w, v)
}
