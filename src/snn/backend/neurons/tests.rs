//! Neurons with what lies around them beside the same one after the other, on a layout of single channels.

use super::super::lif;
use super::super::samples::{SURROGATES, membranes, numbers};
use super::*;

/// One image; windows of four neighbours, three windows to a column, one channel per column.
struct Plain {
    pooled: bool,
    channels: usize,
}

const WIDTH: usize = 12;

fn mean_of_four(s: &[f32]) -> f32 {
    s.iter().sum::<f32>() * 0.25
}

impl Columns for Plain {
    fn width(&self) -> usize {
        WIDTH
    }

    fn pooled(&self) -> usize {
        if self.pooled { WIDTH / 4 } else { WIDTH }
    }

    fn fold(&self, s: &[f32], y: &mut [f32]) {
        y.iter_mut()
            .zip(s.chunks_exact(4))
            .for_each(|(y, s)| *y = mean_of_four(s));
    }

    fn unfold(&self, gy: &[f32], gs: &mut [f32]) {
        gs.chunks_exact_mut(4).zip(gy).for_each(|(s, g)| s.fill(g * 0.25));
    }

    fn affine(&self, index: usize, x: &[f32], y: &mut [f32], scale: &[f32], shift: &[f32]) {
        y.iter_mut()
            .zip(x)
            .for_each(|(y, x)| *y = x * scale[index] + shift[index]);
    }

    fn sums(&self) -> usize {
        2
    }

    fn add_sums(&self, index: usize, g: &[f32], x: &[f32], mean: &[f32], sums: &mut [f32]) {
        for (g, x) in g.iter().zip(x) {
            sums[0] += g;
            sums[1] += g * (x - mean[index]);
        }
    }

    fn per_channel(&self, sums: &[Vec<f32>]) -> [Vec<f64>; 2] {
        assert_eq!(sums.len(), self.channels);
        [0, 1].map(|i| sums.iter().map(|s| f64::from(s[i])).collect())
    }
}

#[test]
fn what_is_computed_at_once_is_what_is_computed_one_after_the_other() {
    for m in membranes() {
        let channels = m.neurons / WIDTH;
        let x = numbers(m.input_len(), 3);
        let (scale, shift, mean) = (numbers(channels, 5), numbers(channels, 6), numbers(channels, 7));
        let channel = |i: usize| i % m.neurons / WIDTH;
        for (pooled, normed) in [(false, false), (true, false), (false, true), (true, true)] {
            let currents: Vec<f32> = match normed {
                false => x.clone(),
                true => (x.iter().enumerate())
                    .map(|(i, x)| x * scale[channel(i)] + shift[channel(i)])
                    .collect(),
            };
            let n = m.steps * m.neurons;
            let [mut spikes, mut u] = [(); 2].map(|()| vec![9.0; n]);
            lif::forward(&currents, &mut spikes, &mut u, m);
            if pooled {
                spikes = spikes.chunks_exact(4).map(mean_of_four).collect();
            }
            let columns = Plain { pooled, channels };
            let layer = Layer {
                x: &x,
                m,
                columns: &columns,
                norm: normed.then_some(Scaling {
                    scale: &scale,
                    shift: &shift,
                }),
            };
            let mut y = vec![9.0; spikes.len()];
            layer.forward(&mut y);
            assert_eq!(y, spikes, "{m:?}");

            let gy = numbers(y.len(), 4);
            let gs = match pooled {
                true => gy.iter().flat_map(|g| [g * 0.25; 4]).collect(),
                false => gy.clone(),
            };
            for s in SURROGATES {
                let [mut plain, mut again] = [(); 2].map(|()| vec![9.0; x.len()]);
                lif::backward(&u, &gs, &mut plain, m, s);
                layer.backward(&gy, &mut again, s);
                assert_eq!(plain, again, "{s} {m:?}");
                let found = layer.backward_with_sums(&gy, &mut again, s, &mean);
                assert_eq!(plain, again);
                let mut sums = [(); 2].map(|()| vec![0.0f64; channels]);
                for (i, (g, x)) in plain.iter().zip(&x).enumerate() {
                    let c = channel(i);
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
