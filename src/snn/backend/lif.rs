//! The LIF layer over all T steps at once (method: section 1). Neurons are independent, so the work is cut into
//! columns of neurons, each walked through time with its membrane in a small local buffer.
//!
//! Works on plain slices, for every backend whose arrays lie in host memory; knows no tensor type. [`forward`] and
//! [`backward`] keep every membrane potential, for those who look at them; `neurons.rs` computes them again instead.

use super::kernels::{Membrane, RateSlope};
use super::widest::dispatch;
use crate::spec::Surrogate;
use rayon::prelude::*;
use std::f32::consts::PI;

/// Neurons per piece: two such f32 buffers fit the first-level cache.
const COLUMN: usize = 2048;

/// Cuts `[steps, width · columns]` into columns of so many values: for each column its `steps` slices.
pub(super) fn columns(data: &mut [f32], steps: usize, column: usize) -> Vec<Vec<&mut [f32]>> {
    let step = data.len() / steps.max(1);
    let mut columns: Vec<Vec<&mut [f32]>> = (0..step.div_ceil(column.max(1))).map(|_| Vec::new()).collect();
    for step in data.chunks_exact_mut(step.max(1)) {
        for (column, part) in columns.iter_mut().zip(step.chunks_mut(column.max(1))) {
            column.push(part);
        }
    }
    columns
}

/// The part of step `t` of a `[steps, width]` array that belongs to a column.
pub(super) fn part(data: &[f32], t: usize, width: usize, index: usize, column: usize) -> &[f32] {
    let step = &data[t * width..(t + 1) * width];
    &step[index * column..((index + 1) * column).min(width)]
}

/// u ← τ·v + x; s = [u ≥ θ]; v = reset(u). Writes spikes and the membranes before the reset.
pub fn forward(x: &[f32], s: &mut [f32], u: &mut [f32], m: Membrane) {
    let pieces: Vec<_> = columns(s, m.steps, COLUMN)
        .into_iter()
        .zip(columns(u, m.steps, COLUMN))
        .collect();
    pieces.into_par_iter().enumerate().for_each(|(index, (mut s, mut u))| {
        let mut v = vec![0.0f32; COLUMN];
        for t in 0..m.steps {
            let x = part(x, if m.constant_input { 0 } else { t }, m.neurons, index, COLUMN);
            advance(&mut v, x, s[t], u[t], m);
        }
    });
}

/// Back-propagation through time with the surrogate in place of the spike's derivative.
pub fn backward(u: &[f32], gs: &[f32], gx: &mut [f32], m: Membrane, s: Surrogate) {
    let pieces = columns(gx, if m.constant_input { 1 } else { m.steps }, COLUMN);
    pieces.into_par_iter().enumerate().for_each(|(index, mut gx)| {
        let [mut gv, mut gu] = [(); 2].map(|()| vec![0.0f32; COLUMN]);
        for t in (0..m.steps).rev() {
            let u = part(u, t, m.neurons, index, COLUMN);
            let gs = part(gs, t, m.neurons, index, COLUMN);
            match m.constant_input {
                false => retreat(&mut gv, u, gs, gx[t], m, s),
                true => {
                    retreat(&mut gv, u, gs, &mut gu, m, s);
                    add_step(gx[0], &gu, t + 1 == m.steps);
                }
            }
        }
    });
}

/// Adds one step's gradient to that of an input which all steps share; the first one to come is the sum's beginning.
pub(super) fn add_step(sum: &mut [f32], gu: &[f32], is_first: bool) {
    for (sum, gu) in sum.iter_mut().zip(gu) {
        *sum = if is_first { *gu } else { *sum + *gu };
    }
}

/// One time step of some neurons: from the membranes `v` after the reset and the currents `x` to spikes and the membranes
/// before the reset.
pub(super) fn advance(v: &mut [f32], x: &[f32], s: &mut [f32], u: &mut [f32], m: Membrane) {
    // The choices are made at compile time, so that the loop over neurons has no branch.
    match (m.strict, m.soft_reset) {
        (false, false) => advance_as::<false, false>(v, x, s, u, m),
        (false, true) => advance_as::<false, true>(v, x, s, u, m),
        (true, false) => advance_as::<true, false>(v, x, s, u, m),
        (true, true) => advance_as::<true, true>(v, x, s, u, m),
    }
}

fn advance_as<const STRICT: bool, const SOFT: bool>(
    v: &mut [f32],
    x: &[f32],
    s: &mut [f32],
    u: &mut [f32],
    m: Membrane,
) {
    dispatch(
        #[inline(always)]
        || {
            for (((v, x), s), u) in v.iter_mut().zip(x).zip(s.iter_mut()).zip(u.iter_mut()) {
                let potential = *v * m.leak + *x;
                let over = potential - m.threshold;
                let fires = if STRICT { over > 0.0 } else { over >= 0.0 };
                let after = if SOFT { over } else { 0.0 };
                *u = potential;
                *s = if fires { 1.0 } else { 0.0 };
                *v = if fires { after } else { potential };
            }
        },
    );
}

/// [`advance`] backwards: gu_t = (gs_t − r·gv_t)·g(u_t − θ) + gv_t·keep, with gv_t = τ·gu_{t+1}; r = u (hard) or θ (soft)
/// where the reset is part of the graph, keep = ∂reset/∂u with the spike held fixed.
pub(super) fn retreat(gv: &mut [f32], u: &[f32], gs: &[f32], gu: &mut [f32], m: Membrane, s: Surrogate) {
    match s {
        Surrogate::Triangle(w) => {
            let scale = 1.0 / (w * w);
            retreat_by(gv, u, gs, gu, m, move |v| (w - v.abs()).max(0.0) * scale);
        }
        Surrogate::Sigmoid(a) => retreat_by(gv, u, gs, gu, m, move |v| {
            let p = 1.0 / (1.0 + (-a * v).exp());
            a * p * (1.0 - p)
        }),
        Surrogate::Arctan(a) => retreat_by(gv, u, gs, gu, m, move |v| {
            let z = 0.5 * PI * a * v;
            0.5 * a / (1.0 + z * z)
        }),
        Surrogate::Rectangle(w) => retreat_by(gv, u, gs, gu, m, move |v| if v.abs() < 0.5 * w { 1.0 / w } else { 0.0 }),
        Surrogate::Gaussian(w) => {
            let scale = 1.0 / (w * (2.0 * PI).sqrt());
            retreat_by(gv, u, gs, gu, m, move |v| scale * (-0.5 * (v / w) * (v / w)).exp());
        }
        Surrogate::StraightThrough => retreat_by(gv, u, gs, gu, m, |_| 1.0),
    }
}

fn retreat_by(gv: &mut [f32], u: &[f32], gs: &[f32], gu: &mut [f32], m: Membrane, slope: impl Fn(f32) -> f32) {
    match (m.soft_reset, m.detach_reset) {
        (false, false) => retreat_as::<false, false>(gv, u, gs, gu, m, slope),
        (false, true) => retreat_as::<false, true>(gv, u, gs, gu, m, slope),
        (true, false) => retreat_as::<true, false>(gv, u, gs, gu, m, slope),
        (true, true) => retreat_as::<true, true>(gv, u, gs, gu, m, slope),
    }
}

fn retreat_as<const SOFT: bool, const DETACH: bool>(
    gv: &mut [f32],
    u: &[f32],
    gs: &[f32],
    gu: &mut [f32],
    m: Membrane,
    slope: impl Fn(f32) -> f32,
) {
    dispatch(
        #[inline(always)]
        || {
            for (((gv, u), gs), gu) in gv.iter_mut().zip(u).zip(gs).zip(gu.iter_mut()) {
                let over = *u - m.threshold;
                let fired = if m.strict { over > 0.0 } else { over >= 0.0 };
                let keep = if fired && !SOFT { 0.0 } else { *gv };
                let reset = if SOFT { m.threshold } else { *u };
                let through = if DETACH { *gs } else { *gs - *gv * reset };
                let here = through * slope(over) + keep;
                *gu = here;
                *gv = here * m.leak;
            }
        },
    );
}

/// gx_t = gs_t·slope(Ī): the rate-based backward, Ī = mean input over time.
pub fn rate_backward(x: &[f32], gs: &[f32], gx: &mut [f32], m: Membrane) {
    let slope = RateSlope::new(m);
    let pieces = columns(gx, if m.constant_input { 1 } else { m.steps }, COLUMN);
    pieces.into_par_iter().enumerate().for_each(|(column, mut gx)| {
        let mut mean = [0.0f32; COLUMN];
        let steps = if m.constant_input { 1 } else { m.steps };
        for t in 0..steps {
            for (a, x) in mean.iter_mut().zip(part(x, t, m.neurons, column, COLUMN)) {
                *a += *x;
            }
        }
        for a in &mut mean {
            *a = slope.at(*a / steps as f32);
        }
        if m.constant_input {
            gx[0].fill(0.0);
        }
        for t in 0..m.steps {
            let out = &mut *gx[if m.constant_input { 0 } else { t }];
            for ((out, a), gs) in out.iter_mut().zip(&mean).zip(part(gs, t, m.neurons, column, COLUMN)) {
                match m.constant_input {
                    true => *out += *a * *gs,
                    false => *out = *a * *gs,
                }
            }
        }
    });
}

#[cfg(test)]
mod tests;
