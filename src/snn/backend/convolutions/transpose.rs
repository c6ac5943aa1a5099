//! Transposes weight matrices: weights are stored by output, kernels read them by input.

/// `dst[place(j) + i] = src[i·stride + j]` for so many rows i and columns j: every column becomes a run of its own.
pub fn transpose(
    src: &[f32],
    stride: usize,
    (rows, columns): (usize, usize),
    dst: &mut [f32],
    place: impl Fn(usize) -> usize,
) {
    #[cfg_attr(
        not(target_arch = "x86_64"),
        expect(unused_mut, reason = "other processors have the plain loop alone")
    )]
    let (mut done_rows, mut done_columns) = (0, 0);
    #[cfg(target_arch = "x86_64")]
    if !super::super::widest::is_scalar() && std::arch::is_x86_feature_detected!("avx") {
        (done_rows, done_columns) = (rows / 8 * 8, columns / 8 * 8);
        // SAFETY: the processor has AVX.
        unsafe { x86::eights(src, stride, (done_rows, done_columns), dst, &place) };
    }
    for j in 0..columns {
        let first = if j < done_columns { done_rows } else { 0 };
        for (i, to) in dst[place(j)..][..rows].iter_mut().enumerate().skip(first) {
            *to = src[i * stride + j];
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    /// [`super::transpose`] in squares of eight; rows and columns are multiples of it.
    #[target_feature(enable = "avx")]
    pub fn eights(
        src: &[f32],
        stride: usize,
        (rows, columns): (usize, usize),
        dst: &mut [f32],
        place: &impl Fn(usize) -> usize,
    ) {
        if rows == 0 || columns == 0 {
            return;
        }
        assert!((rows - 1) * stride + columns <= src.len());
        for j in (0..columns).step_by(8) {
            let to: [usize; 8] = std::array::from_fn(|k| place(j + k));
            assert!(to.iter().all(|to| to + rows <= dst.len()));
            for i in (0..rows).step_by(8) {
                // SAFETY: the first assert bounds what is read, row by row, the second what is written.
                unsafe {
                    let r: [__m256; 8] =
                        std::array::from_fn(|k| _mm256_loadu_ps(src.as_ptr().add((i + k) * stride + j)));
                    for (to, column) in to.iter().zip(turned(r)) {
                        _mm256_storeu_ps(dst.as_mut_ptr().add(to + i), column);
                    }
                }
            }
        }
    }

    /// Eight rows as eight columns.
    #[target_feature(enable = "avx")]
    #[inline]
    fn turned(r: [__m256; 8]) -> [__m256; 8] {
        // Within each half of 128 bits, pairs and then fours of rows; then the halves change places.
        let low = |a, b| _mm256_unpacklo_ps(r[a], r[b]);
        let high = |a, b| _mm256_unpackhi_ps(r[a], r[b]);
        let four = |a, b, c, d| {
            [
                _mm256_shuffle_ps::<0x44>(low(a, b), low(c, d)),
                _mm256_shuffle_ps::<0xEE>(low(a, b), low(c, d)),
                _mm256_shuffle_ps::<0x44>(high(a, b), high(c, d)),
                _mm256_shuffle_ps::<0xEE>(high(a, b), high(c, d)),
            ]
        };
        let (upper, lower) = (four(0, 1, 2, 3), four(4, 5, 6, 7));
        std::array::from_fn(|i| match i < 4 {
            true => _mm256_permute2f128_ps::<0x20>(upper[i], lower[i]),
            false => _mm256_permute2f128_ps::<0x31>(upper[i - 4], lower[i - 4]),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_become_runs_for_any_shape_and_nothing_else_is_touched() {
        for (rows, columns) in [(1, 1), (8, 8), (16, 24), (7, 9), (64, 9), (13, 17), (0, 3)] {
            let stride = columns + 3;
            let src: Vec<f32> = (0..rows.max(1) * stride).map(|i| i as f32).collect();
            let room = rows + 2;
            let mut dst = vec![-1.0; columns * room];
            transpose(&src, stride, (rows, columns), &mut dst, |j| {
                (columns - 1 - j) * room + 1
            });
            for j in 0..columns {
                let run = &dst[(columns - 1 - j) * room..][..room];
                assert!(run[0] == -1.0 && run[rows + 1] == -1.0, "{rows} {columns}");
                assert!((0..rows).all(|i| run[1 + i] == src[i * stride + j]), "{rows} {columns}");
            }
        }
    }
}
