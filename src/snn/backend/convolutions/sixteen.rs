//! Which of sixteen inputs are active, that is, not zero: as bits, as a list, and their values. Uses compress instructions
//! where `pulp` has found the vector extension that has them, elsewhere a loop.

use pulp::Simd;

/// Inputs looked at together.
pub const SIXTEEN: usize = 16;

/// Up to sixteen values, zeros behind them.
#[inline(always)]
pub fn padded(x: &[f32]) -> [f32; SIXTEEN] {
    match x.first_chunk() {
        Some(whole) => *whole,
        None => {
            let mut values = [0.0; SIXTEEN];
            values[..x.len()].copy_from_slice(x);
            values
        }
    }
}

/// Bit i is set where input i is active.
#[inline(always)]
pub fn active<S: Simd>(x: &[f32; SIXTEEN]) -> u16 {
    #[cfg(target_arch = "x86_64")]
    match S::F32_LANES {
        // SAFETY: `widest::dispatch` gives sixteen lanes only with AVX-512F, eight only with AVX2.
        16 => return unsafe { wide::active(x) },
        // SAFETY: as above.
        8 => return unsafe { middle::active(x) },
        _ => {}
    }
    let mut bits = 0;
    for (i, v) in x.iter().enumerate() {
        bits |= u16::from(*v != 0.0) << i;
    }
    bits
}

/// Writes the numbers of the active inputs in ascending order; what stands behind them means nothing.
#[inline(always)]
pub fn list<S: Simd>(bits: u16, to: &mut [u16; SIXTEEN]) {
    #[cfg(target_arch = "x86_64")]
    match S::F32_LANES {
        // SAFETY: as in `active`.
        16 => return unsafe { wide::list(bits, to) },
        // SAFETY: as in `active`.
        8 => return unsafe { middle::list(bits, to) },
        _ => {}
    }
    for (to, i) in to.iter_mut().zip(ones(bits)) {
        *to = i as u16;
    }
}

/// Writes the values of the active inputs in that order; what stands behind them means nothing.
#[inline(always)]
pub fn values<S: Simd>(x: &[f32; SIXTEEN], bits: u16, to: &mut [f32; SIXTEEN]) {
    #[cfg(target_arch = "x86_64")]
    if S::F32_LANES == 16 {
        // SAFETY: as in `active`.
        return unsafe { wide::values(x, bits, to) };
    }
    for (to, i) in to.iter_mut().zip(ones(bits)) {
        *to = x[i];
    }
}

/// The numbers of the bits that are set, ascending.
#[inline(always)]
pub fn ones(mut bits: u16) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let i = bits.trailing_zeros() as usize;
        bits &= bits.wrapping_sub(1);
        (i < SIXTEEN).then_some(i)
    })
}

/// AVX-512F.
#[cfg(target_arch = "x86_64")]
mod wide {
    use super::SIXTEEN;
    use std::arch::x86_64::*;

    #[inline]
    #[target_feature(enable = "avx512f")]
    pub fn active(x: &[f32; SIXTEEN]) -> u16 {
        // SAFETY: sixteen values are read.
        let x = unsafe { _mm512_loadu_ps(x.as_ptr()) };
        _mm512_cmp_ps_mask::<_CMP_NEQ_UQ>(x, _mm512_setzero_ps())
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    pub fn list(bits: u16, to: &mut [u16; SIXTEEN]) {
        let numbers = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        let chosen = _mm512_cvtepi32_epi16(_mm512_maskz_compress_epi32(bits, numbers));
        // SAFETY: sixteen values of two bytes are written.
        unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), chosen) };
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    pub fn values(x: &[f32; SIXTEEN], bits: u16, to: &mut [f32; SIXTEEN]) {
        // SAFETY: sixteen values are read, sixteen written.
        unsafe {
            let chosen = _mm512_maskz_compress_ps(bits, _mm512_loadu_ps(x.as_ptr()));
            _mm512_storeu_ps(to.as_mut_ptr(), chosen);
        }
    }
}

/// AVX2.
#[cfg(target_arch = "x86_64")]
mod middle {
    use super::SIXTEEN;
    use std::arch::x86_64::*;

    /// For every eight bits the numbers of those that are set.
    static LISTS: [[u16; 8]; 256] = lists();

    const fn lists() -> [[u16; 8]; 256] {
        let mut lists = [[0; 8]; 256];
        let mut bits = 0;
        while bits < 256 {
            let (mut at, mut i) = (0, 0);
            while i < 8 {
                if bits >> i & 1 == 1 {
                    lists[bits][at] = i as u16;
                    at += 1;
                }
                i += 1;
            }
            bits += 1;
        }
        lists
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    pub fn active(x: &[f32; SIXTEEN]) -> u16 {
        let zero = _mm256_setzero_ps();
        // SAFETY: twice eight values are read.
        let [low, high] = [0, 8].map(|from| unsafe { _mm256_loadu_ps(x.as_ptr().add(from)) });
        let low = _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_NEQ_UQ>(low, zero));
        let high = _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_NEQ_UQ>(high, zero));
        (low | high << 8) as u16
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    pub fn list(bits: u16, to: &mut [u16; SIXTEEN]) {
        let [low, high] = bits.to_le_bytes();
        to[..8].copy_from_slice(&LISTS[usize::from(low)]);
        let behind = low.count_ones() as usize;
        for (to, i) in to[behind..behind + 8].iter_mut().zip(&LISTS[usize::from(high)]) {
            *to = i + 8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snn::backend::widest::dispatch;
    use pulp::{Arch, WithSimd};

    struct Check;

    impl WithSimd for Check {
        type Output = ();

        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) {
            for bits in (0..=u16::MAX).step_by(7) {
                let x: [f32; SIXTEEN] = std::array::from_fn(|i| if bits >> i & 1 == 1 { i as f32 - 20.5 } else { 0.0 });
                assert_eq!(active::<S>(&x), bits);
                let (mut found, mut worth) = ([99; SIXTEEN], [99.0; SIXTEEN]);
                list::<S>(bits, &mut found);
                values::<S>(&x, bits, &mut worth);
                let n = bits.count_ones() as usize;
                let want: Vec<usize> = (0..SIXTEEN).filter(|i| x[*i] != 0.0).collect();
                assert!(found[..n].iter().map(|i| usize::from(*i)).eq(want.iter().copied()));
                assert!(worth[..n].iter().eq(want.iter().map(|i| &x[*i])));
                assert!(ones(bits).eq(want));
            }
        }
    }

    #[test]
    fn every_way_finds_the_same_inputs() {
        dispatch(Check);
        Arch::new().dispatch(Check);
        Simd::vectorize(pulp::Scalar::new(), Check);
        #[cfg(target_arch = "x86_64")]
        if let Some(simd) = pulp::x86::V3::try_new() {
            Simd::vectorize(simd, Check);
        }
    }

    #[test]
    fn what_is_not_a_number_is_active_and_a_negative_zero_is_not() {
        let mut x = [0.0; SIXTEEN];
        (x[3], x[9]) = (f32::NAN, -0.0);
        assert_eq!(active::<pulp::Scalar>(&x), 1 << 3);
        assert_eq!(padded(&[1.0, 2.0])[..3], [1.0, 2.0, 0.0]);
    }
}
