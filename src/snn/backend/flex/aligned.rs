//! Scratch memory of the kernels that begins at a cache line. A vector of AVX-512 is as long as a line: read from anywhere
//! else, each would touch two lines and take twice the time.

use std::ops::{Deref, DerefMut};

/// Values of a line.
const VALUES: usize = 16;

/// One line.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line([f32; VALUES]);

/// f32 values from the beginning of a line on.
pub struct Aligned {
    lines: Vec<Line>,
    len: usize,
}

impl Aligned {
    /// So many zeros.
    pub fn zeros(len: usize) -> Aligned {
        Aligned {
            lines: vec![Line([0.0; VALUES]); len.div_ceil(VALUES)],
            len,
        }
    }
}

impl Deref for Aligned {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        // SAFETY: `Line` is sixteen f32 and, its size being its alignment, nothing else; there are enough lines for `len`.
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.len) }
    }
}

impl DerefMut for Aligned {
    fn deref_mut(&mut self) -> &mut [f32] {
        // SAFETY: as in `deref`; the borrow of `self` is the slice's.
        unsafe { std::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), self.len) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_begin_at_a_line_and_are_all_there() {
        for n in [0, 1, 16, 17, 1000] {
            let mut a = Aligned::zeros(n);
            assert!(a.len() == n && a.iter().all(|v| *v == 0.0));
            assert_eq!(a.as_ptr() as usize % 64, 0);
            a.iter_mut().enumerate().for_each(|(i, v)| *v = i as f32);
            assert_eq!(a.iter().sum::<f32>(), (0..n).sum::<usize>() as f32);
        }
    }
}
