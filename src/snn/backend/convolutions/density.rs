//! The density of an image's inputs: how many are not zero, and whether all of those are 1.

use crate::snn::backend::widest::dispatch;
use rayon::prelude::*;

/// Counts over some inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Density {
    values: usize,
    nonzero: usize,
    ones: usize,
}

impl Density {
    fn of(x: &[f32]) -> Density {
        dispatch(
            #[inline(always)]
            || Density::count(x),
        )
    }

    #[inline(always)]
    fn count(x: &[f32]) -> Density {
        let (mut nonzero, mut ones) = (0, 0);
        // Short enough that the counts of a chunk fit 32 bits, which vectorises better than 64.
        for chunk in x.chunks(1 << 20) {
            let (mut n, mut o) = (0u32, 0u32);
            for v in chunk {
                n += u32::from(*v != 0.0);
                o += u32::from(*v == 1.0);
            }
            nonzero += n as usize;
            ones += o as usize;
        }
        Density {
            values: x.len(),
            nonzero,
            ones,
        }
    }

    /// Counts over several images.
    pub fn sum(of: &[Density]) -> Density {
        of.iter().fold(Density::default(), |a, b| Density {
            values: a.values + b.values,
            nonzero: a.nonzero + b.nonzero,
            ones: a.ones + b.ones,
        })
    }

    /// Share of inputs that are not zero.
    pub fn nonzero(self) -> f32 {
        self.nonzero as f32 / self.values.max(1) as f32
    }

    /// Whether every input is 0 or 1.
    pub fn binary(self) -> bool {
        self.nonzero == self.ones
    }
}

/// One [`Density`] per image of `image` values.
pub fn densities(x: &[f32], image: usize) -> Vec<Density> {
    x.par_chunks(image.max(1)).map(Density::of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spikes_are_binary_and_pooled_spikes_are_not() {
        let d = densities(&[0.0, 1.0, 1.0, 0.0, 0.0, 0.25, 0.0, 0.0], 4);
        assert!(d[0].binary() && !d[1].binary());
        assert_eq!(
            (d[0].nonzero(), d[1].nonzero(), Density::sum(&d).nonzero()),
            (0.5, 0.25, 0.375)
        );
    }
}
