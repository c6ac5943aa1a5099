//! Neurons with what lies around them beside the same one after the other.

use super::*;
use crate::snn::backend::{
    channels_last::{norm, pool},
    kernels::{Neurons, Plane},
    lif,
    samples::{SURROGATES, membranes, numbers},
};

/// One time step of the neurons of [`membranes`].
const STEP: Plane = Plane {
    rows: 5,
    channels: 3,
    height: 2,
    width: 10,
};

#[test]
fn what_is_computed_at_once_is_what_is_computed_one_after_the_other() {
    for m in membranes() {
        assert_eq!(STEP.len(), m.neurons);
        let channels = STEP.channels;
        let x = numbers(m.input_len(), 3);
        let (scale, shift, mean) = (numbers(channels, 5), numbers(channels, 6), numbers(channels, 7));
        for (k, normed) in [(1, false), (2, false), (1, true), (2, true)] {
            let n = Neurons {
                membrane: m,
                step: STEP,
                pool: k,
                surrogate: SURROGATES[0],
            };
            let mut currents = x.clone();
            if normed {
                norm::affine(&x, &scale, &shift, &mut currents);
            }
            let all = m.steps * m.neurons;
            let [mut spikes, mut u] = [(); 2].map(|()| vec![9.0; all]);
            lif::forward(&currents, &mut spikes, &mut u, m);
            let mut want = spikes.clone();
            if k > 1 {
                want = vec![9.0; n.outputs().len()];
                pool::forward(&spikes, &mut want, n.spikes(), k);
            }
            let strips = Strips::of(n);
            let layer = Layer {
                x: &x,
                m,
                strips: &strips,
                norm: normed.then_some(Scaling {
                    scale: &scale,
                    shift: &shift,
                }),
            };
            let mut y = vec![9.0; want.len()];
            layer.forward(&mut y);
            assert_eq!(y, want, "{m:?}");

            let gy = numbers(y.len(), 4);
            let mut gs = gy.clone();
            if k > 1 {
                gs = vec![9.0; all];
                pool::backward(&gy, &mut gs, n.spikes(), k);
            }
            for s in SURROGATES {
                let [mut plain, mut again] = [(); 2].map(|()| vec![9.0; x.len()]);
                lif::backward(&u, &gs, &mut plain, m, s);
                layer.backward(&gy, &mut again, s);
                assert_eq!(plain, again, "{s} {m:?}");
                let found = layer.backward_with_sums(&gy, &mut again, s, &mean);
                assert_eq!(plain, again);
                let mut sums = [(); 2].map(|()| vec![0.0f64; channels]);
                for (i, (g, x)) in plain.iter().zip(&x).enumerate() {
                    let c = i % channels;
                    sums[0][c] += f64::from(*g);
                    sums[1][c] += f64::from(*g) * f64::from(x - mean[c]);
                }
                let close = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-3 * (1.0 + b.abs());
                assert!(
                    found.iter().flatten().zip(sums.iter().flatten()).all(close),
                    "{s} {m:?}"
                );
            }
        }
    }
}
