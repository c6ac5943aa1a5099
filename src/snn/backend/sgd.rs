//! Stochastic gradient descent in place, on plain slices in host memory.

use super::kernels::SgdStep;
use super::widest::dispatch;
use rayon::prelude::*;

/// Values per piece.
const PIECE: usize = 1 << 15;

/// v ← μ·v + (g + wd·w); w ← w − lr·v (PyTorch's SGD, dampening 0, no Nesterov).
pub fn step(w: &mut [f32], g: &[f32], v: &mut [f32], s: SgdStep) {
    w.par_chunks_mut(PIECE)
        .zip(v.par_chunks_mut(PIECE))
        .zip(g.par_chunks(PIECE))
        .for_each(|((w, v), g)| {
            dispatch(
                #[inline(always)]
                || {
                    for ((w, v), g) in w.iter_mut().zip(v).zip(g) {
                        *v = s.momentum * *v + (*g + s.weight_decay * *w);
                        *w -= s.lr * *v;
                    }
                },
            );
        });
}
