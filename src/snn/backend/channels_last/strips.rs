//! Neurons channels last, cut into columns: strips of a map as high as the pool's window, several where maps are small.

use super::super::kernels::Neurons;
use super::super::neurons::{COLUMN, Columns};
use super::super::widest::dispatch;
use super::pool::Rows;

/// The columns of a layer.
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
}

impl Columns for Strips {
    fn width(&self) -> usize {
        self.group * self.rows.large()
    }

    fn pooled(&self) -> usize {
        match self.pooled {
            true => self.group * self.rows.small(),
            false => self.width(),
        }
    }

    fn fold(&self, s: &[f32], y: &mut [f32]) {
        for (s, y) in s
            .chunks_exact(self.rows.large())
            .zip(y.chunks_exact_mut(self.rows.small()))
        {
            self.rows.fold(s, y);
        }
    }

    fn unfold(&self, gy: &[f32], gs: &mut [f32]) {
        for (gs, gy) in gs
            .chunks_exact_mut(self.rows.large())
            .zip(gy.chunks_exact(self.rows.small()))
        {
            self.rows.unfold(gy, gs);
        }
    }

    fn affine(&self, _: usize, x: &[f32], y: &mut [f32], scale: &[f32], shift: &[f32]) {
        dispatch(
            #[inline(always)]
            || super::norm::affine_piece(x, y, scale, shift),
        );
    }

    fn sums(&self) -> usize {
        2 * self.channels
    }

    fn add_sums(&self, _: usize, g: &[f32], x: &[f32], mean: &[f32], sums: &mut [f32]) {
        let (plain, centred) = sums.split_at_mut(self.channels);
        dispatch(
            #[inline(always)]
            || super::norm::add_sums(g, x, mean, plain, centred),
        );
    }

    fn per_channel(&self, sums: &[Vec<f32>]) -> [Vec<f64>; 2] {
        let mut total = [(); 2].map(|()| vec![0.0; self.channels]);
        for sums in sums {
            for (total, sums) in total.iter_mut().zip(sums.chunks_exact(self.channels)) {
                total.iter_mut().zip(sums).for_each(|(t, s)| *t += f64::from(*s));
            }
        }
        total
    }
}
