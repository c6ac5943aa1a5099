//! How the neurons of a feature map are cut into pieces of work, channels last: horizontal strips as high as the pooling
//! window; small maps are taken several at a time.

use super::pool::Rows;
use crate::snn::backend::{kernels::Neurons, widest::dispatch};

/// Neurons that fire together, so that their membranes and spikes stay in the first-level cache.
const COLUMN: usize = 2048;

/// The columns of a layer: contiguous runs of the neurons of one time step, each of which a pool makes into a shorter run.
pub struct Strips {
    rows: Rows,
    channels: usize,
    /// Strips to a column.
    group: usize,
    pooled: bool,
}

impl Strips {
    /// As many strips to a column as fit the cache and divide them all.
    pub fn of(n: Neurons) -> Strips {
        let rows = Rows::of(n.step, n.pool);
        let strips = n.step.len() / rows.large();
        let group = (1..=strips.min(COLUMN / rows.large()))
            .rev()
            .find(|g| strips.is_multiple_of(*g));
        Strips {
            rows,
            channels: n.step.channels,
            group: group.unwrap_or(1),
            pooled: n.pool > 1,
        }
    }

    /// Neurons of a column; divides those of a step.
    pub fn width(&self) -> usize {
        self.group * self.rows.large()
    }

    /// What a pool leaves of a column; the same as [`Strips::width`] where there is none.
    pub fn pooled(&self) -> usize {
        match self.pooled {
            true => self.group * self.rows.small(),
            false => self.width(),
        }
    }

    /// The pool, of one column.
    pub fn fold(&self, s: &[f32], y: &mut [f32]) {
        for (s, y) in s
            .chunks_exact(self.rows.large())
            .zip(y.chunks_exact_mut(self.rows.small()))
        {
            self.rows.fold(s, y);
        }
    }

    /// Its gradient.
    pub fn unfold(&self, gy: &[f32], gs: &mut [f32]) {
        for (gs, gy) in gs
            .chunks_exact_mut(self.rows.large())
            .zip(gy.chunks_exact(self.rows.small()))
        {
            self.rows.unfold(gy, gs);
        }
    }

    /// `y = x·scale[c] + shift[c]` of a column.
    pub fn affine(&self, x: &[f32], y: &mut [f32], scale: &[f32], shift: &[f32]) {
        dispatch(
            #[inline(always)]
            || super::norm::affine_piece(x, y, scale, shift),
        );
    }

    /// How many numbers [`Strips::add_sums`] adds to.
    pub fn sums(&self) -> usize {
        2 * self.channels
    }

    /// Adds Σ g and `Σ g·(x − mean[c])` of a column to its sums.
    pub fn add_sums(&self, g: &[f32], x: &[f32], mean: &[f32], sums: &mut [f32]) {
        let (plain, centred) = sums.split_at_mut(self.channels);
        dispatch(
            #[inline(always)]
            || super::norm::add_sums(g, x, mean, plain, centred),
        );
    }

    /// The sums of all columns as two per channel: Σ g, and Σ g·(x − mean).
    pub fn per_channel(&self, sums: &[Vec<f32>]) -> [Vec<f64>; 2] {
        let mut total = [(); 2].map(|()| vec![0.0; self.channels]);
        for sums in sums {
            for (total, sums) in total.iter_mut().zip(sums.chunks_exact(self.channels)) {
                total.iter_mut().zip(sums).for_each(|(t, s)| *t += f64::from(*s));
            }
        }
        total
    }
}
