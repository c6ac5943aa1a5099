//! Dense 3×3 convolution by Winograd's minimal filtering F(2×2, 3×3) (Lavin and Gray, "Fast Algorithms for Convolutional
//! Neural Networks", 2016): 16 products for four outputs where the definition needs 36. The direct kernel computes as fast
//! as this machine multiplies, so only fewer products are faster.
//!
//! Every 2×2 tile of outputs sees a 4×4 patch d of the input. Y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A; the products in between, one
//! matrix product for each of the 16 places of a patch, sum over channels. A tile's numbers depend on its patch and the
//! weights alone, in a fixed order.

use super::{
    aligned::Aligned,
    lanes::{Lanes, load, run_in_registers, store},
    window::{Weights, Window},
};
use crate::snn::backend::widest::dispatch;
use pulp::{Simd, WithSimd};
use rayon::prelude::*;

/// Places of a patch.
const PLACES: usize = 16;
/// Vectors of output channels summed at once.
const VECTORS: usize = 2;
/// Padded positions per piece of work: transformed weights pass through the caches once for each.
pub const PIECE: usize = 900;

/// Whether it is faster than the direct kernel: channels must be many enough to pay for the transforms of the maps, and maps
/// large enough to pay for those of the weights. The number of maps does not count, or an image's result would depend on
/// its company.
pub fn suits(w: Window) -> bool {
    fits(w) && w.inputs >= 64 && w.outputs >= 32 && w.area() >= 64
}

/// Whether 2×2 tiles cover the maps.
pub fn fits(w: Window) -> bool {
    w.side == 3 && w.height.is_multiple_of(2) && w.width.is_multiple_of(2)
}

/// Transformed weights, in the order in which the kernel reads them: `[place][tile of outputs][input][tile]`.
pub struct Transformed<'a> {
    values: Aligned,
    bias: Option<&'a [f32]>,
    w: Window,
}

impl<'a> Transformed<'a> {
    /// G g Gᵀ of every pair of channels.
    pub fn pack(weights: Weights<'_>, bias: Option<&'a [f32]>, w: Window) -> Transformed<'a> {
        let tile = VECTORS * dispatch(Lanes);
        let tiles = w.outputs.div_ceil(tile);
        let mut values = Aligned::any(PLACES * tiles * w.inputs * tile);
        // By place and tile, so that every (tile, input) can be written by one thread.
        let mut parts: Vec<Vec<&mut [f32]>> = (0..tiles).map(|_| Vec::with_capacity(PLACES)).collect();
        for place in values.chunks_exact_mut(tiles * w.inputs * tile) {
            for (part, to) in parts.iter_mut().zip(place.chunks_exact_mut(w.inputs * tile)) {
                part.push(to);
            }
        }
        parts.into_par_iter().enumerate().for_each(|(t, mut places)| {
            let first = t * tile;
            let wide = tile.min(w.outputs - first);
            let mut taps = vec![0.0f32; 9 * tile];
            for input in 0..w.inputs {
                weights.write(w, (first, wide), (input, 1), &mut taps, |_, tap| tap * tile);
                dispatch(Weigh {
                    taps: &taps,
                    places: &mut places,
                    at: input * tile,
                });
            }
        });
        Transformed { values, bias, w }
    }

    /// y = bias + x ∗ w for some images, on this thread.
    pub fn convolve(&self, x: &[f32], y: &mut [f32]) {
        dispatch(Piece { x, y, by: self });
    }
}

/// G g Gᵀ of one input channel and a tile of output channels.
struct Weigh<'a, 'b> {
    taps: &'a [f32],
    places: &'a mut [&'b mut [f32]],
    at: usize,
}

impl WithSimd for Weigh<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let tile = VECTORS * S::F32_LANES;
        let half = simd.splat_f32s(0.5);
        let spread = |[a, b, c]: [S::f32s; 3]| {
            let outer = simd.add_f32s(a, c);
            let both = |x| simd.mul_f32s(half, x);
            [a, both(simd.add_f32s(outer, b)), both(simd.sub_f32s(outer, b)), c]
        };
        assert!(self.taps.len() >= 9 * tile && self.places.len() == PLACES);
        for lane in (0..tile).step_by(S::F32_LANES) {
            // SAFETY: nine taps of `tile` values were just asserted.
            let g = |tap: usize| unsafe { load::<S>(self.taps.as_ptr().add(tap * tile + lane)) };
            let rows = [0, 1, 2].map(|x| spread([g(x), g(3 + x), g(6 + x)]));
            for (y, column) in turned(rows).into_iter().enumerate() {
                for (x, value) in spread(column).into_iter().enumerate() {
                    let to = &mut self.places[4 * y + x][self.at + lane..][..S::F32_LANES];
                    // SAFETY: `to` has as many values as a vector.
                    unsafe { store::<S>(to.as_mut_ptr(), value) };
                }
            }
        }
    }
}

/// Some images on one thread.
struct Piece<'a, 'b> {
    x: &'a [f32],
    y: &'a mut [f32],
    by: &'a Transformed<'b>,
}

impl WithSimd for Piece<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        run_in_registers!(self, S, simd)
    }
}

impl Piece<'_, '_> {
    #[inline(always)]
    fn run<S: Simd, const P: usize>(self, simd: S) {
        let w = self.by.w;
        let tile = VECTORS * S::F32_LANES;
        let channels = w.inputs.next_multiple_of(S::F32_LANES);
        let outputs = w.outputs.next_multiple_of(tile);
        let images = self.x.len() / (w.area() * w.inputs);
        let tiles = images * w.area() / 4;
        let patches = transform::<S>(simd, &pad(self.x, channels, w), channels, tiles, w);
        let mut products = Aligned::any(PLACES * tiles * outputs);
        let places = patches.chunks_exact(tiles * channels);
        let weights = self.by.values.chunks_exact(outputs * w.inputs);
        for ((v, u), m) in places.zip(weights).zip(products.chunks_exact_mut(tiles * outputs)) {
            for (t, u) in u.chunks_exact(w.inputs * tile).enumerate() {
                for first in (0..tiles).step_by(P) {
                    let at = std::array::from_fn(|p| (first + p).min(tiles - 1));
                    multiply::<S, P>(simd, v, channels, u, m, outputs, t * tile, at);
                }
            }
        }
        let mut bias = Aligned::zeros(outputs);
        if let Some(given) = self.by.bias {
            bias[..w.outputs].copy_from_slice(given);
        }
        let mut made = Aligned::any(4 * outputs);
        for t in 0..tiles {
            gather::<S>(simd, &products, &bias, (t, tiles), &mut made);
            for (i, made) in made.chunks_exact(outputs).enumerate() {
                let at = corner(t, w.height, w.width) + i / 2 * w.width + i % 2;
                self.y[at * w.outputs..][..w.outputs].copy_from_slice(&made[..w.outputs]);
            }
        }
    }
}

/// Rows as columns.
#[inline(always)]
fn turned<T: Copy, const N: usize, const M: usize>(rows: [[T; M]; N]) -> [[T; N]; M] {
    std::array::from_fn(|x| std::array::from_fn(|y| rows[y][x]))
}

/// The position of the upper left of tile `t` in images of some height and width.
fn corner(t: usize, height: usize, width: usize) -> usize {
    let across = width / 2;
    let (image, row, column) = (t / (height / 2 * across), t / across % (height / 2), t % across);
    (image * height + 2 * row) * width + 2 * column
}

/// Images with their borders, and channels up to whole vectors.
fn pad(x: &[f32], channels: usize, w: Window) -> Aligned {
    let images = x.len() / (w.area() * w.inputs);
    let mut padded = Aligned::zeros(images * w.padded_area() * channels);
    for (position, x) in x.chunks_exact(w.inputs).enumerate() {
        let cell = position / w.area() * w.padded_area() + w.first_tap(position % w.area()) + w.centre();
        padded[cell * channels..][..x.len()].copy_from_slice(x);
    }
    padded
}

/// Bᵀ d B of every tile: `[place][tile][channel]`.
#[inline(always)]
fn transform<S: Simd>(simd: S, padded: &[f32], channels: usize, tiles: usize, w: Window) -> Aligned {
    let mut out = Aligned::any(PLACES * tiles * channels);
    let line = w.padded_width() * channels;
    let spread = |[a, b, c, d]: [S::f32s; 4]| {
        [
            simd.sub_f32s(a, c),
            simd.add_f32s(b, c),
            simd.sub_f32s(c, b),
            simd.sub_f32s(b, d),
        ]
    };
    for t in 0..tiles {
        let per_image = w.area() / 4;
        let inside = corner(t % per_image, w.height, w.width);
        let from = (t / per_image * w.padded_area() + w.first_tap(inside)) * channels;
        assert!(from + 3 * line + 4 * channels <= padded.len());
        assert!(((PLACES - 1) * tiles + t + 1) * channels <= out.len());
        for c in (0..channels).step_by(S::F32_LANES) {
            // SAFETY: the patch is four times four positions of `channels` values, within `padded` by the first assert; a
            // place is `tiles` times `channels` values, within `out` by the second; channels are whole vectors.
            unsafe {
                let d = |y: usize, x: usize| load::<S>(padded.as_ptr().add(from + y * line + x * channels + c));
                let columns: [_; 4] = std::array::from_fn(|x| spread([d(0, x), d(1, x), d(2, x), d(3, x)]));
                for (y, row) in turned(columns).into_iter().enumerate() {
                    for (x, value) in spread(row).into_iter().enumerate() {
                        let to = ((4 * y + x) * tiles + t) * channels + c;
                        store::<S>(out.as_mut_ptr().add(to), value);
                    }
                }
            }
        }
    }
    out
}

/// One place of `P` tiles: patches `v [tiles, channels]` times weights `u [inputs, tile]` into `m [tiles, outputs]`.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "matrices with their strides")]
fn multiply<S: Simd, const P: usize>(
    simd: S,
    v: &[f32],
    channels: usize,
    u: &[f32],
    m: &mut [f32],
    outputs: usize,
    column: usize,
    at: [usize; P],
) {
    let tile = VECTORS * S::F32_LANES;
    let inputs = u.len() / tile;
    let last = at[P - 1];
    assert!(inputs <= channels && (last + 1) * channels <= v.len());
    assert!(column + tile <= outputs && (last + 1) * outputs <= m.len());
    // SAFETY: tiles ascend, so the asserts bound every read of `v` and every write to `m`; `u` is read in its order.
    unsafe {
        let mut acc: [[S::f32s; VECTORS]; P] = [[simd.splat_f32s(0.0); VECTORS]; P];
        let from: [*const f32; P] = at.map(|t| v.as_ptr().add(t * channels));
        let mut weight = u.as_ptr();
        for c in 0..inputs {
            let values: [S::f32s; VECTORS] = std::array::from_fn(|i| load::<S>(weight.add(i * S::F32_LANES)));
            weight = weight.add(tile);
            for p in 0..P {
                let x = simd.splat_f32s(*from[p].add(c));
                for i in 0..VECTORS {
                    acc[p][i] = simd.mul_add_e_f32s(x, values[i], acc[p][i]);
                }
            }
        }
        for (t, acc) in at.iter().zip(&acc) {
            for (i, value) in acc.iter().enumerate() {
                store::<S>(m.as_mut_ptr().add(t * outputs + column + i * S::F32_LANES), *value);
            }
        }
    }
}

/// Aᵀ M A of tile `t` of `tiles`, plus bias: its four positions.
#[inline(always)]
fn gather<S: Simd>(simd: S, products: &[f32], bias: &[f32], (t, tiles): (usize, usize), made: &mut [f32]) {
    let outputs = bias.len();
    assert!(((PLACES - 1) * tiles + t + 1) * outputs <= products.len() && made.len() >= 4 * outputs);
    let fold = |[a, b, c, d]: [S::f32s; 4]| {
        let (sum, difference) = (simd.add_f32s(b, c), simd.sub_f32s(b, c));
        [simd.add_f32s(a, sum), simd.sub_f32s(difference, d)]
    };
    for o in (0..outputs).step_by(S::F32_LANES) {
        // SAFETY: a place is `tiles` times `outputs` values, within `products` by the assert, as four positions are within
        // `made`; outputs are whole vectors.
        unsafe {
            let m = |y: usize, x: usize| load::<S>(products.as_ptr().add(((4 * y + x) * tiles + t) * outputs + o));
            let columns: [_; 4] = std::array::from_fn(|x| fold([m(0, x), m(1, x), m(2, x), m(3, x)]));
            let shift = load::<S>(bias.as_ptr().add(o));
            for (y, row) in turned(columns).into_iter().enumerate() {
                for (x, value) in fold(row).into_iter().enumerate() {
                    let to = made.as_mut_ptr().add((2 * y + x) * outputs + o);
                    store::<S>(to, simd.add_f32s(value, shift));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snn::backend::convolutions::direct;

    #[test]
    fn tiles_are_what_the_direct_kernel_computes() {
        for (rows, height, width, inputs, outputs) in [(3, 4, 6, 5, 7), (2, 8, 2, 33, 40), (7, 2, 2, 16, 65)] {
            let w = Window {
                rows,
                height,
                width,
                inputs,
                outputs,
                side: 3,
            };
            let numbers = |n: usize, seed| crate::snn::backend::samples::numbers(n, seed);
            let (x, values) = (numbers(rows * w.area() * inputs, 1), numbers(9 * inputs * outputs, 2));
            let bias = numbers(outputs, 3);
            for reversed in [false, true] {
                let weights = || Weights {
                    values: &values,
                    reversed,
                };
                let [mut direct, mut tiles] = [(); 2].map(|()| vec![f32::NAN; rows * w.area() * outputs]);
                direct::Panels::pack(weights(), Some(&bias), w).convolve(&x, &mut direct);
                Transformed::pack(weights(), Some(&bias), w).convolve(&x, &mut tiles);
                let largest = direct.iter().fold(0.0f32, |m, v| m.max(v.abs()));
                for (a, b) in direct.iter().zip(&tiles) {
                    assert!((a - b).abs() <= 4e-6 * largest, "{a} {b} of {largest}, {w:?}");
                }
            }
        }
    }
}
