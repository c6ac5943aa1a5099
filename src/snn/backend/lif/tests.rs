//! The fused layer beside the plain loop over time, one neuron after another.

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
        Surrogate::Arctan(a) => 0.5 * f64::from(a) / (1.0 + (std::f64::consts::FRAC_PI_2 * f64::from(a) * v).powi(2)),
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
    let mut random = crate::random::stream(5, crate::random::Purpose::Probe, 0, 0);
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
