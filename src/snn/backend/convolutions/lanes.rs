//! Vectors of f32 for the convolution kernels: loads and stores on top of `pulp`.

use pulp::{Simd, WithSimd};

/// Asks how many values a vector has on this machine.
pub struct Lanes;

impl WithSimd for Lanes {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> usize {
        S::F32_LANES
    }
}

/// Reads one vector.
///
/// # Safety
/// `at` must be readable for `S::F32_LANES` values.
#[inline(always)]
pub unsafe fn load<S: Simd>(at: *const f32) -> S::f32s {
    // SAFETY: the caller's promise; `S::f32s` is plain old data of that many f32.
    unsafe { at.cast::<S::f32s>().read_unaligned() }
}

/// Writes one vector.
///
/// # Safety
/// `at` must be writable for `S::F32_LANES` values.
#[inline(always)]
pub unsafe fn store<S: Simd>(at: *mut f32, v: S::f32s) {
    // SAFETY: the caller's promise; `S::f32s` is plain old data of that many f32.
    unsafe { at.cast::<S::f32s>().write_unaligned(v) }
}

/// Calls `$kernel.run::<S, V, BINARY>($simd)` with `V` the vectors of this machine that make up `$tile` values.
macro_rules! run_in_vectors {
    ($kernel:expr, $S:ident, $simd:expr, $tile:ident, $binary:expr) => {
        match ($S::F32_LANES, $binary) {
            (16, true) => $kernel.run::<$S, { $tile / 16 }, true>($simd),
            (16, false) => $kernel.run::<$S, { $tile / 16 }, false>($simd),
            (8, true) => $kernel.run::<$S, { $tile / 8 }, true>($simd),
            (8, false) => $kernel.run::<$S, { $tile / 8 }, false>($simd),
            (4, true) => $kernel.run::<$S, { $tile / 4 }, true>($simd),
            (4, false) => $kernel.run::<$S, { $tile / 4 }, false>($simd),
            (_, true) => $kernel.run::<$S, $tile, true>($simd),
            (_, false) => $kernel.run::<$S, $tile, false>($simd),
        }
    };
}
pub(in super::super) use run_in_vectors;

/// Calls `$kernel.run::<S, P>($simd)` with `P` as many places as registers hold sums of two vectors each, two weights and an
/// input: AVX-512 has 32 of them, the others 16.
macro_rules! run_in_registers {
    ($kernel:expr, $S:ident, $simd:expr) => {
        match $S::F32_LANES {
            16 => $kernel.run::<$S, 12>($simd),
            _ => $kernel.run::<$S, 6>($simd),
        }
    };
}
pub(super) use run_in_registers;
