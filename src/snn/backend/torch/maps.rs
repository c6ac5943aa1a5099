//! Neurons channels first, cut into columns: whole maps, several where they are small.

use super::super::kernels::{Neurons, Plane};
use super::super::neurons::{COLUMN, Columns};
use super::super::widest::dispatch;
use super::pool;

/// The columns of a layer.
pub struct Maps {
    step: Plane,
    k: usize,
    /// Maps to a column.
    group: usize,
}

impl Maps {
    /// As many maps to a column as fit the cache and divide them all.
    pub fn of(n: Neurons) -> Maps {
        let area = n.step.height * n.step.width;
        let maps = n.step.rows * n.step.channels;
        let group = (1..=maps.min(COLUMN / area)).rev().find(|g| maps.is_multiple_of(*g));
        Maps {
            step: n.step,
            k: n.pool,
            group: group.unwrap_or(1),
        }
    }

    fn area(&self) -> usize {
        self.step.height * self.step.width
    }

    fn pooled_area(&self) -> usize {
        let p = self.step.pooled(self.k);
        p.height * p.width
    }

    /// The channel of map `i` of column `index`.
    fn channel(&self, index: usize, i: usize) -> usize {
        (index * self.group + i) % self.step.channels
    }
}

impl Columns for Maps {
    fn width(&self) -> usize {
        self.group * self.area()
    }

    fn pooled(&self) -> usize {
        self.group * self.pooled_area()
    }

    fn fold(&self, s: &[f32], y: &mut [f32]) {
        for (s, y) in s.chunks_exact(self.area()).zip(y.chunks_exact_mut(self.pooled_area())) {
            pool::fold(s, y, self.step, self.k);
        }
    }

    fn unfold(&self, gy: &[f32], gs: &mut [f32]) {
        for (gy, gs) in gy
            .chunks_exact(self.pooled_area())
            .zip(gs.chunks_exact_mut(self.area()))
        {
            pool::unfold(gy, gs, self.step, self.k);
        }
    }

    fn affine(&self, index: usize, x: &[f32], y: &mut [f32], scale: &[f32], shift: &[f32]) {
        let area = self.area();
        for (i, (x, y)) in x.chunks_exact(area).zip(y.chunks_exact_mut(area)).enumerate() {
            let c = self.channel(index, i);
            let (scale, shift) = (scale[c], shift[c]);
            dispatch(
                #[inline(always)]
                || {
                    for (y, x) in y.iter_mut().zip(x) {
                        *y = *x * scale + shift;
                    }
                },
            );
        }
    }

    fn sums(&self) -> usize {
        2 * self.group
    }

    fn add_sums(&self, index: usize, g: &[f32], x: &[f32], mean: &[f32], sums: &mut [f32]) {
        let area = self.area();
        let pairs = g.chunks_exact(area).zip(x.chunks_exact(area));
        for (i, ((g, x), sums)) in pairs.zip(sums.chunks_exact_mut(2)).enumerate() {
            let mean = mean[self.channel(index, i)];
            let [plain, centred] = dispatch(
                #[inline(always)]
                || super::norm::sums(g, x, mean),
            );
            sums[0] += plain;
            sums[1] += centred;
        }
    }

    fn per_channel(&self, sums: &[Vec<f32>]) -> [Vec<f64>; 2] {
        let mut total = [(); 2].map(|()| vec![0.0; self.step.channels]);
        for (index, sums) in sums.iter().enumerate() {
            for (i, sums) in sums.chunks_exact(2).enumerate() {
                let c = self.channel(index, i);
                total[0][c] += f64::from(sums[0]);
                total[1][c] += f64::from(sums[1]);
            }
        }
        total
    }
}
