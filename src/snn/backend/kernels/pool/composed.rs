//! Pools composed of burn's operations.

use super::super::composing::{F, array, blank, plane, shape};
use super::super::layout::{LayoutKernels, Plane};

/// See `PoolKernels::pool`.
pub fn pool<B: LayoutKernels>(x: F<B>, p: Plane, k: usize) -> F<B> {
    if k == 1 {
        return x;
    }
    let y = B::avg_pool2d(plane::<B>(x, p), [k; 2], [k; 2], [0; 2], true, false);
    array::<B>(y, p.pooled(k))
}

/// See `PoolKernels::pool_backward`.
pub fn pool_backward<B: LayoutKernels>(gy: F<B>, p: Plane, k: usize) -> F<B> {
    if k == 1 {
        return gy;
    }
    let (x, gy) = (blank::<B>(shape(p), &gy), plane::<B>(gy, p.pooled(k)));
    let gx = B::avg_pool2d_backward(x, gy, [k; 2], [k; 2], [0; 2], true, false);
    array::<B>(gx, p)
}
