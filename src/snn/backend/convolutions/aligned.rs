//! Scratch memory of the kernels, aligned to a cache line. A vector of AVX-512 is as long as a line: unaligned, each access
//! would touch two lines and take twice the time.

use super::buffer_pool;
use std::mem::take;
use std::ops::{Deref, DerefMut};

/// Values of a line.
const LINE: usize = 16;

/// The next larger of few lengths, four to each doubling: how much scratch is needed depends on how many images fire how
/// often, and a pool of lengths that never come again would be of no use.
fn class(len: usize) -> usize {
    len.next_multiple_of((len.next_power_of_two() / 8).max(1))
}

/// f32 values from the beginning of a line on.
pub struct Aligned {
    /// The values somewhere inside.
    buffer: Vec<f32>,
    first: usize,
    len: usize,
}

impl Aligned {
    /// So many unspecified values: for what is written before it is read.
    pub fn any(len: usize) -> Aligned {
        let buffer = buffer_pool::acquire(class(len + LINE - 1));
        let past = buffer.as_ptr() as usize / size_of::<f32>() % LINE;
        let first = (LINE - past) % LINE;
        Aligned { buffer, first, len }
    }

    /// So many zeros.
    pub fn zeros(len: usize) -> Aligned {
        let mut made = Aligned::any(len);
        made.fill(0.0);
        made
    }
}

impl Drop for Aligned {
    fn drop(&mut self) {
        buffer_pool::release(take(&mut self.buffer));
    }
}

impl Deref for Aligned {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.buffer[self.first..][..self.len]
    }
}

impl DerefMut for Aligned {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.buffer[self.first..][..self.len]
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
