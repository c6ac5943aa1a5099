//! The LIF layer over all T steps at once (method: section 1). Neurons are independent, so the work is cut into
//! columns of neurons, each walked through time with its membrane in a small local buffer.
//!
//! Works on plain slices, for every backend whose arrays lie in host memory; knows no tensor type.

use super::kernels::Membrane;
use super::widest::dispatch;
use crate::spec::Surrogate;
use rayon::prelude::*;
use std::f32::consts::PI;

/// Neurons per piece: two such f32 buffers fit the first-level cache.
const COLUMN: usize = 2048;

/// The slope that stands for a neuron in the rate-based backward, as a function of its mean input over time:
/// `middle` on [low, high], plus `below` on [0, low].
pub struct RateSlope {
    pub low: f32,
    pub high: f32,
    pub middle: f32,
    pub below: f32,
}

impl RateSlope {
    /// κ = 0.2 and the reference's constants for leak τ and threshold θ.
    pub fn new(m: Membrane) -> RateSlope {
        const KAPPA: f32 = 0.2;
        let (tau, theta) = (m.leak, m.threshold);
        RateSlope {
            low: (1.0 - tau) * theta,
            high: 2.0 * theta,
            middle: (1.0 - KAPPA * (1.0 - tau)) / ((tau + 1.0) * theta),
            below: KAPPA,
        }
    }

    fn at(&self, mean: f32) -> f32 {
        let inside = if (self.low..=self.high).contains(&mean) {
            self.middle
        } else {
            0.0
        };
        let below = if (0.0..=self.low).contains(&mean) {
            self.below
        } else {
            0.0
        };
        inside + below
    }
}

/// Cuts `[steps, width · columns]` into columns of so many values: for each column its `steps` slices.
fn columns(data: &mut [f32], steps: usize, column: usize) -> Vec<Vec<&mut [f32]>> {
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
fn part(data: &[f32], t: usize, width: usize, index: usize, column: usize) -> &[f32] {
    let step = &data[t * width..(t + 1) * width];
    &step[index * column..((index + 1) * column).min(width)]
}

/// A pool right behind the neurons, computed while their spikes are at hand: the spikes themselves are never stored.
///
/// A column of neurons holds whole windows and becomes a smaller column of the pool's output.
pub struct Pooling<'a> {
    /// Neurons of a column; divides the neurons of a step.
    pub column: usize,
    /// What becomes of them.
    pub pooled: usize,
    /// Spikes to their means.
    pub fold: &'a (dyn Fn(&[f32], &mut [f32]) + Sync),
    /// The gradient of the means to that of the spikes.
    pub unfold: &'a (dyn Fn(&[f32], &mut [f32]) + Sync),
}

/// u ← τ·v + x; s = [u ≥ θ]; v = reset(u). Writes spikes, or what a pool makes of them, and the membrane before the reset.
pub fn forward(x: &[f32], s: &mut [f32], u: &mut [f32], m: Membrane, pooling: Option<&Pooling<'_>>) {
    match (m.strict, m.soft_reset) {
        (false, false) => walk::<false, false>(x, s, u, m, pooling),
        (false, true) => walk::<false, true>(x, s, u, m, pooling),
        (true, false) => walk::<true, false>(x, s, u, m, pooling),
        (true, true) => walk::<true, true>(x, s, u, m, pooling),
    }
}

/// [`forward`] with its choices made at compile time, so that the loop over neurons has no branch.
fn walk<const STRICT: bool, const SOFT: bool>(
    x: &[f32],
    s: &mut [f32],
    u: &mut [f32],
    m: Membrane,
    pooling: Option<&Pooling<'_>>,
) {
    let (column, out) = pooling.map_or((COLUMN, COLUMN), |p| (p.column, p.pooled));
    let pieces: Vec<_> = columns(s, m.steps, out)
        .into_iter()
        .zip(columns(u, m.steps, column))
        .collect();
    pieces.into_par_iter().enumerate().for_each(|(index, (mut s, mut u))| {
        let mut v = vec![0.0f32; column];
        let mut spikes = vec![0.0f32; pooling.map_or(0, |_| column)];
        for t in 0..m.steps {
            let x = part(x, if m.constant_input { 0 } else { t }, m.neurons, index, column);
            match pooling {
                None => advance::<STRICT, SOFT>(&mut v, x, s[t], u[t], m),
                Some(p) => {
                    advance::<STRICT, SOFT>(&mut v, x, &mut spikes, u[t], m);
                    (p.fold)(&spikes, s[t]);
                }
            }
        }
    });
}

/// One time step of a column.
fn advance<const STRICT: bool, const SOFT: bool>(v: &mut [f32], x: &[f32], s: &mut [f32], u: &mut [f32], m: Membrane) {
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

/// Back-propagation through time with the surrogate in place of the spike's derivative, from the gradient of the spikes or
/// of what a pool made of them.
pub fn backward(u: &[f32], gs: &[f32], gx: &mut [f32], m: Membrane, s: Surrogate, pooling: Option<&Pooling<'_>>) {
    let at = Way { u, gs, m, pooling };
    match s {
        Surrogate::Triangle(w) => {
            let scale = 1.0 / (w * w);
            at.through_time(gx, move |v| (w - v.abs()).max(0.0) * scale);
        }
        Surrogate::Sigmoid(a) => at.through_time(gx, move |v| {
            let p = 1.0 / (1.0 + (-a * v).exp());
            a * p * (1.0 - p)
        }),
        Surrogate::Arctan(a) => at.through_time(gx, move |v| {
            let z = 0.5 * PI * a * v;
            0.5 * a / (1.0 + z * z)
        }),
        Surrogate::Rectangle(w) => at.through_time(gx, move |v| if v.abs() < 0.5 * w { 1.0 / w } else { 0.0 }),
        Surrogate::Gaussian(w) => {
            let scale = 1.0 / (w * (2.0 * PI).sqrt());
            at.through_time(gx, move |v| scale * (-0.5 * (v / w) * (v / w)).exp());
        }
        Surrogate::StraightThrough => at.through_time(gx, |_| 1.0),
    }
}

/// What the way back begins with.
struct Way<'a> {
    u: &'a [f32],
    gs: &'a [f32],
    m: Membrane,
    pooling: Option<&'a Pooling<'a>>,
}

impl Way<'_> {
    /// gu_t = (gs_t − r·gv_t)·g(u_t − θ) + gv_t·keep, with gv_t = τ·gu_{t+1}; r = u (hard) or θ (soft) where the reset is
    /// part of the graph, keep = ∂reset/∂u with the spike held fixed.
    fn through_time(&self, gx: &mut [f32], surrogate: impl Fn(f32) -> f32 + Sync) {
        match (self.m.soft_reset, self.m.detach_reset) {
            (false, false) => self.walk::<false, false>(gx, surrogate),
            (false, true) => self.walk::<false, true>(gx, surrogate),
            (true, false) => self.walk::<true, false>(gx, surrogate),
            (true, true) => self.walk::<true, true>(gx, surrogate),
        }
    }

    /// [`Way::through_time`] with its choices made at compile time.
    fn walk<const SOFT: bool, const DETACH: bool>(&self, gx: &mut [f32], surrogate: impl Fn(f32) -> f32 + Sync) {
        let m = self.m;
        let (column, from) = self.pooling.map_or((COLUMN, COLUMN), |p| (p.column, p.pooled));
        let width = self.gs.len() / m.steps.max(1);
        let pieces = columns(gx, if m.constant_input { 1 } else { m.steps }, column);
        pieces.into_par_iter().enumerate().for_each(|(index, mut gx)| {
            let [mut gv, mut gu] = [(); 2].map(|()| vec![0.0f32; column]);
            let mut spread = vec![0.0f32; self.pooling.map_or(0, |_| column)];
            for t in (0..m.steps).rev() {
                let u = part(self.u, t, m.neurons, index, column);
                let given = part(self.gs, t, width, index, from);
                let gs = match self.pooling {
                    None => given,
                    Some(p) => {
                        (p.unfold)(given, &mut spread);
                        &spread
                    }
                };
                retreat::<SOFT, DETACH>((&mut gv, &mut gu), u, gs, m, &surrogate);
                let first = t + 1 == m.steps;
                let out = &mut *gx[if m.constant_input { 0 } else { t }];
                if m.constant_input && !first {
                    for (out, gu) in out.iter_mut().zip(&gu) {
                        *out += *gu;
                    }
                } else {
                    let n = out.len();
                    out.copy_from_slice(&gu[..n]);
                }
            }
        });
    }
}

/// One time step of a column, backwards.
fn retreat<const SOFT: bool, const DETACH: bool>(
    (gv, gu): (&mut [f32], &mut [f32]),
    u: &[f32],
    gs: &[f32],
    m: Membrane,
    surrogate: &(impl Fn(f32) -> f32 + Sync),
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
                *gu = through * surrogate(over) + keep;
                *gv = *gu * m.leak;
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
