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

/// Cuts `[steps, neurons]` into columns: for each column its `steps` slices.
fn columns(data: &mut [f32], neurons: usize) -> Vec<Vec<&mut [f32]>> {
    let mut columns: Vec<Vec<&mut [f32]>> = (0..neurons.div_ceil(COLUMN)).map(|_| Vec::new()).collect();
    for step in data.chunks_exact_mut(neurons) {
        for (column, part) in columns.iter_mut().zip(step.chunks_mut(COLUMN)) {
            column.push(part);
        }
    }
    columns
}

/// The part of step `t` of a `[steps, neurons]` (or, for a constant input, `[neurons]`) array that belongs to a column.
fn part(data: &[f32], t: usize, neurons: usize, column: usize) -> &[f32] {
    let step = &data[t * neurons..(t + 1) * neurons];
    &step[column * COLUMN..((column + 1) * COLUMN).min(neurons)]
}

/// u ← τ·v + x; s = [u ≥ θ]; v = reset(u). Writes spikes and the membrane before the reset.
pub fn forward(x: &[f32], s: &mut [f32], u: &mut [f32], m: Membrane) {
    match (m.strict, m.soft_reset) {
        (false, false) => walk::<false, false>(x, s, u, m),
        (false, true) => walk::<false, true>(x, s, u, m),
        (true, false) => walk::<true, false>(x, s, u, m),
        (true, true) => walk::<true, true>(x, s, u, m),
    }
}

/// [`forward`] with its choices made at compile time, so that the loop over neurons has no branch.
fn walk<const STRICT: bool, const SOFT: bool>(x: &[f32], s: &mut [f32], u: &mut [f32], m: Membrane) {
    let pieces: Vec<_> = columns(s, m.neurons).into_iter().zip(columns(u, m.neurons)).collect();
    pieces.into_par_iter().enumerate().for_each(|(column, (mut s, mut u))| {
        dispatch(
            #[inline(always)]
            || {
                let mut v = [0.0f32; COLUMN];
                for t in 0..m.steps {
                    let x = part(x, if m.constant_input { 0 } else { t }, m.neurons, column);
                    let (s, u) = (&mut *s[t], &mut *u[t]);
                    for (((v, x), s), u) in v.iter_mut().zip(x).zip(s.iter_mut()).zip(u.iter_mut()) {
                        let potential = *v * m.leak + *x;
                        let over = potential - m.threshold;
                        let fires = if STRICT { over > 0.0 } else { over >= 0.0 };
                        let after = if SOFT { over } else { 0.0 };
                        *u = potential;
                        *s = if fires { 1.0 } else { 0.0 };
                        *v = if fires { after } else { potential };
                    }
                }
            },
        );
    });
}

/// Back-propagation through time with the surrogate in place of the spike's derivative.
pub fn backward(u: &[f32], gs: &[f32], gx: &mut [f32], m: Membrane, s: Surrogate) {
    match s {
        Surrogate::Triangle(w) => {
            let scale = 1.0 / (w * w);
            through_time(u, gs, gx, m, move |v| (w - v.abs()).max(0.0) * scale);
        }
        Surrogate::Sigmoid(a) => through_time(u, gs, gx, m, move |v| {
            let p = 1.0 / (1.0 + (-a * v).exp());
            a * p * (1.0 - p)
        }),
        Surrogate::Arctan(a) => through_time(u, gs, gx, m, move |v| {
            let z = 0.5 * PI * a * v;
            0.5 * a / (1.0 + z * z)
        }),
        Surrogate::Rectangle(w) => through_time(u, gs, gx, m, move |v| if v.abs() < 0.5 * w { 1.0 / w } else { 0.0 }),
        Surrogate::Gaussian(w) => {
            let scale = 1.0 / (w * (2.0 * PI).sqrt());
            through_time(u, gs, gx, m, move |v| scale * (-0.5 * (v / w) * (v / w)).exp());
        }
        Surrogate::StraightThrough => through_time(u, gs, gx, m, |_| 1.0),
    }
}

/// gu_t = (gs_t − r·gv_t)·g(u_t − θ) + gv_t·keep, with gv_t = τ·gu_{t+1}; r = u (hard) or θ (soft) where the reset is
/// part of the graph, keep = ∂reset/∂u with the spike held fixed.
fn through_time(u: &[f32], gs: &[f32], gx: &mut [f32], m: Membrane, surrogate: impl Fn(f32) -> f32 + Sync) {
    match (m.soft_reset, m.detach_reset) {
        (false, false) => walk_back::<false, false>(u, gs, gx, m, surrogate),
        (false, true) => walk_back::<false, true>(u, gs, gx, m, surrogate),
        (true, false) => walk_back::<true, false>(u, gs, gx, m, surrogate),
        (true, true) => walk_back::<true, true>(u, gs, gx, m, surrogate),
    }
}

/// [`through_time`] with its choices made at compile time.
fn walk_back<const SOFT: bool, const DETACH: bool>(
    u: &[f32],
    gs: &[f32],
    gx: &mut [f32],
    m: Membrane,
    surrogate: impl Fn(f32) -> f32 + Sync,
) {
    let pieces = columns(gx, m.neurons);
    pieces.into_par_iter().enumerate().for_each(|(column, mut gx)| {
        dispatch(
            #[inline(always)]
            || {
                let mut gv = [0.0f32; COLUMN];
                let mut gu = [0.0f32; COLUMN];
                for t in (0..m.steps).rev() {
                    let (u, gs) = (part(u, t, m.neurons, column), part(gs, t, m.neurons, column));
                    for (((gv, u), gs), gu) in gv.iter_mut().zip(u).zip(gs).zip(gu.iter_mut()) {
                        let over = *u - m.threshold;
                        let fired = if m.strict { over > 0.0 } else { over >= 0.0 };
                        let keep = if fired && !SOFT { 0.0 } else { *gv };
                        let reset = if SOFT { m.threshold } else { *u };
                        let through = if DETACH { *gs } else { *gs - *gv * reset };
                        *gu = through * surrogate(over) + keep;
                        *gv = *gu * m.leak;
                    }
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
            },
        );
    });
}

/// gx_t = gs_t·slope(Ī): the rate-based backward, Ī = mean input over time.
pub fn rate_backward(x: &[f32], gs: &[f32], gx: &mut [f32], m: Membrane) {
    let slope = RateSlope::new(m);
    let pieces = columns(gx, m.neurons);
    pieces.into_par_iter().enumerate().for_each(|(column, mut gx)| {
        let mut mean = [0.0f32; COLUMN];
        let steps = if m.constant_input { 1 } else { m.steps };
        for t in 0..steps {
            for (a, x) in mean.iter_mut().zip(part(x, t, m.neurons, column)) {
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
            for ((out, a), gs) in out.iter_mut().zip(&mean).zip(part(gs, t, m.neurons, column)) {
                match m.constant_input {
                    true => *out += *a * *gs,
                    false => *out = *a * *gs,
                }
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One neuron, step by step, in f64, with the derivative of everything by the current of step `k` carried along
    /// (forward mode): another way to the same gradient than the walk back through time.
    fn plain(x: &[f64], k: usize, m: Membrane, slope: impl Fn(f64) -> f64) -> (Vec<f64>, Vec<f64>) {
        let (leak, threshold) = (f64::from(m.leak), f64::from(m.threshold));
        let (mut v, mut dv) = (0.0, 0.0);
        let (mut spikes, mut derivatives) = (Vec::new(), Vec::new());
        for (t, x) in x.iter().enumerate() {
            let (u, du) = (leak * v + x, leak * dv + if t == k { 1.0 } else { 0.0 });
            let fires = if m.strict { u > threshold } else { u >= threshold };
            let s = if fires { 1.0 } else { 0.0 };
            let ds = slope(u - threshold) * du;
            let through = if m.detach_reset { 0.0 } else { ds };
            (v, dv) = match m.soft_reset {
                true => (u - threshold * s, du - threshold * through),
                false => ((1.0 - s) * u, (1.0 - s) * du - u * through),
            };
            spikes.push(s);
            derivatives.push(ds);
        }
        (spikes, derivatives)
    }

    fn slope(s: Surrogate, v: f64) -> f64 {
        match s {
            Surrogate::Triangle(w) => (f64::from(w) - v.abs()).max(0.0) / f64::from(w * w),
            Surrogate::Sigmoid(a) => {
                let p = 1.0 / (1.0 + (-f64::from(a) * v).exp());
                f64::from(a) * p * (1.0 - p)
            }
            Surrogate::Arctan(a) => {
                0.5 * f64::from(a) / (1.0 + (std::f64::consts::FRAC_PI_2 * f64::from(a) * v).powi(2))
            }
            Surrogate::Rectangle(w) if v.abs() < 0.5 * f64::from(w) => 1.0 / f64::from(w),
            Surrogate::Rectangle(_) => 0.0,
            Surrogate::Gaussian(w) => {
                let w = f64::from(w);
                (-0.5 * (v / w).powi(2)).exp() / (w * (2.0 * std::f64::consts::PI).sqrt())
            }
            Surrogate::StraightThrough => 1.0,
        }
    }

    fn check(m: Membrane, s: Surrogate) {
        let mut random = crate::snn::random::stream(5, crate::snn::random::Purpose::Probe, 0, 0);
        let x: Vec<f32> = (0..m.input_len()).map(|_| 0.4 + random.symmetric(1.0)).collect();
        let gs: Vec<f32> = (0..m.steps * m.neurons).map(|_| random.symmetric(1.0)).collect();
        let (mut spikes, mut u) = (vec![9.0; gs.len()], vec![9.0; gs.len()]);
        forward(&x, &mut spikes, &mut u, m);
        let mut gx = vec![9.0; x.len()];
        backward(&u, &gs, &mut gx, m, s);
        for n in 0..m.neurons {
            let at = |t: usize| if m.constant_input { n } else { t * m.neurons + n };
            let current: Vec<f64> = (0..m.steps).map(|t| f64::from(x[at(t)])).collect();
            let mut want = vec![0.0; m.steps];
            for (k, want) in want.iter_mut().enumerate() {
                let (fired, derivatives) = plain(&current, k, m, |v| slope(s, v));
                for t in 0..m.steps {
                    assert_eq!(f64::from(spikes[t * m.neurons + n]), fired[t], "{m:?}");
                    *want += f64::from(gs[t * m.neurons + n]) * derivatives[t];
                }
            }
            let found: Vec<f64> = match m.constant_input {
                true => vec![f64::from(gx[n])],
                false => (0..m.steps).map(|t| f64::from(gx[at(t)])).collect(),
            };
            let want = match m.constant_input {
                true => vec![want.iter().sum()],
                false => want,
            };
            for (found, want) in found.iter().zip(&want) {
                assert!(
                    (found - want).abs() < 1e-4 * (1.0 + want.abs()),
                    "{found} {want} {m:?} {s:?}"
                );
            }
        }
    }

    #[test]
    fn the_fused_layer_is_the_plain_loop_over_time_for_every_reset_leak_and_surrogate() {
        let surrogates = [
            Surrogate::Triangle(1.0),
            Surrogate::Triangle(0.4),
            Surrogate::Sigmoid(4.0),
            Surrogate::Arctan(2.0),
            Surrogate::Rectangle(1.0),
            Surrogate::Gaussian(0.5),
            Surrogate::StraightThrough,
        ];
        for flags in 0..16 {
            let m = Membrane {
                steps: 5,
                neurons: 23,
                constant_input: flags & 1 != 0,
                leak: if flags & 2 != 0 { 0.5 } else { 1.0 },
                threshold: 0.8,
                soft_reset: flags & 4 != 0,
                detach_reset: flags & 8 != 0,
                strict: false,
            };
            for s in surrogates {
                check(m, s);
            }
        }
    }

    #[test]
    fn more_neurons_than_a_column_holds_are_no_different() {
        let m = Membrane {
            steps: 2,
            neurons: COLUMN + 3,
            constant_input: false,
            leak: 0.9,
            threshold: 1.0,
            soft_reset: false,
            detach_reset: false,
            strict: true,
        };
        check(m, Surrogate::REFERENCE);
    }
}
