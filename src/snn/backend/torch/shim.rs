//! Bindings to shim.cpp: backward passes that the crate `tch` does not bind. Nothing is computed here.

use crate::snn::backend::kernels::Convolution;
use std::ffi::{CStr, c_char, c_void};
use std::sync::{Mutex, PoisonError};
use tch::Tensor;

/// A C++ `at::Tensor`, which is what a [`Tensor`] points to.
type Raw = c_void;

/// Room for LibTorch's message when a call fails.
const MESSAGE: usize = 1024;

/// Mirrors `Geometry` in shim.cpp.
#[repr(C)]
struct Geometry {
    rows: i64,
    channels: i64,
    height: i64,
    width: i64,
    outputs: i64,
    kernel: i64,
    stride: i64,
    padding: i64,
}

unsafe extern "C" {
    fn spikedeck_convolution_input(
        gy: *const Raw,
        w: *const Raw,
        geometry: *const Geometry,
        gx: *mut *mut Raw,
        error: *mut c_char,
        error_size: usize,
    ) -> bool;
    fn spikedeck_convolution_weight(
        gy: *const Raw,
        x: *const Raw,
        geometry: *const Geometry,
        gw: *mut *mut Raw,
        gb: *mut *mut Raw,
        error: *mut c_char,
        error_size: usize,
    ) -> bool;
    fn spikedeck_norm_backward(
        gy: *const Raw,
        x: *const Raw,
        gamma: *const Raw,
        mean: *const Raw,
        inverse_deviation: *const Raw,
        eps: f64,
        gx: *mut *mut Raw,
        g_gamma: *mut *mut Raw,
        g_beta: *mut *mut Raw,
        error: *mut c_char,
        error_size: usize,
    ) -> bool;
    fn spikedeck_float_precision(tf32: bool, error: *mut c_char, error_size: usize) -> bool;
}

impl Geometry {
    fn new(c: Convolution) -> Geometry {
        Geometry {
            rows: c.input.rows as i64,
            channels: c.input.channels as i64,
            height: c.input.height as i64,
            width: c.input.width as i64,
            outputs: c.outputs as i64,
            kernel: c.kernel as i64,
            stride: c.stride as i64,
            padding: c.padding as i64,
        }
    }
}

/// Calls a function of shim.cpp that makes `N` tensors.
fn call<const N: usize>(f: impl FnOnce(&mut [*mut Raw; N], *mut c_char) -> bool) -> Result<[Tensor; N], String> {
    let mut made = [std::ptr::null_mut(); N];
    let mut message: [c_char; MESSAGE] = [0; MESSAGE];
    if !f(&mut made, message.as_mut_ptr()) {
        // SAFETY: the buffer started as zeros and the callee writes at most MESSAGE bytes, the last of them zero.
        let text = unsafe { CStr::from_ptr(message.as_ptr()) };
        return Err(text.to_string_lossy().into_owned());
    }
    // SAFETY: on success the callee has set each pointer to a new heap-allocated at::Tensor that belongs to us.
    Ok(made.map(|t| unsafe { Tensor::from_ptr(t.cast()) }))
}

fn raw(t: &Tensor) -> *const Raw {
    t.as_ptr().cast()
}

/// ∂/∂x of a convolution; gy `[rows, O, H', W']`, w `[O, C, k, k]`.
pub fn convolution_input(gy: &Tensor, w: &Tensor, c: Convolution) -> Result<Tensor, String> {
    let geometry = Geometry::new(c);
    let [gx] = call(|[gx], error| {
        // SAFETY: the tensors are borrowed for the call, which only reads them; `gx` is one place for a pointer, and
        // `error` has room for MESSAGE bytes.
        unsafe { spikedeck_convolution_input(raw(gy), raw(w), &geometry, gx, error, MESSAGE) }
    })?;
    Ok(gx)
}

/// ∂/∂w `[O, C, k, k]` and ∂/∂b `[O]` of a convolution.
pub fn convolution_weight(gy: &Tensor, x: &Tensor, c: Convolution) -> Result<[Tensor; 2], String> {
    let geometry = Geometry::new(c);
    call(|[gw, gb], error| {
        // SAFETY: as in `convolution_input`.
        unsafe { spikedeck_convolution_weight(raw(gy), raw(x), &geometry, gw, gb, error, MESSAGE) }
    })
}

/// What a batch norm saw and found: input `[rows, C, H, W]`, the others `[C]`.
pub struct Batch<'a> {
    pub x: &'a Tensor,
    pub gamma: &'a Tensor,
    pub mean: &'a Tensor,
    pub inverse_deviation: &'a Tensor,
    pub eps: f32,
}

/// ∂/∂x, ∂/∂γ, ∂/∂β of a batch norm.
pub fn norm_backward(at: &Batch<'_>, gy: &Tensor) -> Result<[Tensor; 3], String> {
    let (mean, inverse) = (raw(at.mean), raw(at.inverse_deviation));
    call(|[gx, gg, gb], error| {
        // SAFETY: as in `convolution_input`.
        unsafe {
            spikedeck_norm_backward(
                raw(gy),
                raw(at.x),
                raw(at.gamma),
                mean,
                inverse,
                f64::from(at.eps),
                gx,
                gg,
                gb,
                error,
                MESSAGE,
            )
        }
    })
}

/// Has LibTorch compute in full f32, or with factors rounded to TF32, and with the same result in every run; only CUDA needs
/// to be told.
pub fn float_precision(tf32: bool) {
    static TOLD: Mutex<Option<bool>> = Mutex::new(None);
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    if *told == Some(tf32) {
        return;
    }
    // SAFETY: `error` has room for MESSAGE bytes.
    let set = call(|[], error| unsafe { spikedeck_float_precision(tf32, error, MESSAGE) });
    if let Err(message) = set {
        panic!("LibTorch: {message}");
    }
    *told = Some(tf32);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snn::backend::kernels::Plane;

    #[test]
    fn an_error_of_libtorch_comes_back_as_text() {
        let c = Convolution {
            input: Plane {
                rows: 1,
                channels: 2,
                height: 4,
                width: 4,
            },
            outputs: 3,
            kernel: 3,
            stride: 1,
            padding: 1,
        };
        let wrong = Tensor::zeros([1, 5, 4, 4], (tch::Kind::Float, tch::Device::Cpu));
        let message = convolution_input(&wrong, &wrong, c).unwrap_err();
        assert!(message.contains("channels"), "{message}");
    }
}
