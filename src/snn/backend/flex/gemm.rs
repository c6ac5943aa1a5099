//! Matrix products of row-major matrices on one thread: a safe wrapper of the `gemm` crate, which picks AVX-512, AVX2,
//! NEON or portable code at run time.

/// A row-major matrix `[rows, cols]`, read as its transpose if `transposed`.
#[derive(Clone, Copy)]
pub struct Matrix<'a> {
    data: &'a [f32],
    rows: usize,
    cols: usize,
    /// Distance in memory between two consecutive rows.
    stride: usize,
    transposed: bool,
}

impl<'a> Matrix<'a> {
    /// All of `data` as `[data.len() / cols, cols]`.
    pub fn new(data: &'a [f32], cols: usize) -> Self {
        Matrix {
            data,
            rows: data.len() / cols.max(1),
            cols,
            stride: cols,
            transposed: false,
        }
    }

    /// Columns `from .. from + n`.
    pub fn columns(self, from: usize, n: usize) -> Self {
        Matrix {
            data: &self.data[from.min(self.data.len())..],
            cols: n,
            ..self
        }
    }

    /// Its transpose.
    pub fn t(self) -> Self {
        Matrix {
            transposed: !self.transposed,
            ..self
        }
    }

    fn shape(self) -> (usize, usize) {
        if self.transposed {
            (self.cols, self.rows)
        } else {
            (self.rows, self.cols)
        }
    }

    /// (row stride, column stride) in elements.
    fn strides(self) -> (isize, isize) {
        let s = self.stride as isize;
        if self.transposed { (1, s) } else { (s, 1) }
    }

    fn assert_inside(self) {
        let needed = if self.rows == 0 || self.cols == 0 {
            0
        } else {
            (self.rows - 1) * self.stride + self.cols
        };
        assert!(
            self.data.len() >= needed && self.cols <= self.stride,
            "matrix reaches beyond its data"
        );
    }
}

/// `out = a·b`, or `out += a·b` with `accumulate`; `out` is row-major with `out_stride` between rows.
pub fn product(out: &mut [f32], out_stride: usize, a: Matrix<'_>, b: Matrix<'_>, accumulate: bool) {
    let ((m, k), (k2, n)) = (a.shape(), b.shape());
    assert!(k == k2, "inner sizes {k} and {k2} differ");
    if m == 0 || n == 0 {
        return;
    }
    assert!(
        n <= out_stride && out.len() >= (m - 1) * out_stride + n,
        "product does not fit its output"
    );
    a.assert_inside();
    b.assert_inside();
    let ((ars, acs), (brs, bcs)) = (a.strides(), b.strides());
    // SAFETY: the asserts above show that every element addressed by the shapes and strides lies inside `out`, `a`
    // and `b`; `out` is borrowed mutably, so it overlaps neither.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            out.as_mut_ptr(),
            1,
            out_stride as isize,
            accumulate,
            a.data.as_ptr(),
            acs,
            ars,
            b.data.as_ptr(),
            bcs,
            brs,
            1.0f32,
            1.0f32,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_of_views_and_transposes_are_what_the_definition_says() {
        let a: Vec<f32> = (0..12).map(|i| i as f32).collect(); // [3, 4]
        let b: Vec<f32> = (0..10).map(|i| (i % 3) as f32 - 1.0).collect(); // [5, 2]
        let (am, bm) = (Matrix::new(&a, 4), Matrix::new(&b, 2));
        let mut out = vec![100.0; 3 * 2];
        // columns 1..3 of a [3, 2] times the transpose of the first... [2, 2]
        product(&mut out, 2, am.columns(1, 2), Matrix::new(&b[..4], 2).t(), true);
        for i in 0..3 {
            for j in 0..2 {
                let sum: f32 = (0..2).map(|k| a[i * 4 + 1 + k] * b[j * 2 + k]).sum();
                assert_eq!(out[i * 2 + j], 100.0 + sum);
            }
        }
        assert_eq!(bm.t().shape(), (2, 5));
    }
}
