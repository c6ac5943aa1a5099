//! The host memory behind CPU tensors, as slices. Nothing here copies.

use tch::{Device, Kind, Tensor};

/// Whether a tensor's values can be read in place as one slice of f32.
fn is_plain(t: &Tensor) -> bool {
    t.device() == Device::Cpu && t.kind() == Kind::Float && t.is_contiguous()
}

/// The values of a contiguous CPU tensor.
pub fn values(t: &Tensor) -> &[f32] {
    assert!(is_plain(t), "not a contiguous f32 tensor in host memory");
    if t.numel() == 0 {
        return &[];
    }
    // SAFETY: a contiguous f32 CPU tensor is `numel` aligned floats from `data_ptr` on, which stay while the tensor is
    // borrowed. Nothing writes to them meanwhile: `values_mut` demands that nobody else holds the memory it lends.
    unsafe { std::slice::from_raw_parts(t.data_ptr().cast(), t.numel()) }
}

/// The values of a contiguous CPU tensor, to be written.
///
/// # Safety
/// No other tensor shares this one's memory: it has just been allocated, or burn says that it may be changed.
pub unsafe fn values_mut(t: &mut Tensor) -> &mut [f32] {
    assert!(is_plain(t), "not a contiguous f32 tensor in host memory");
    if t.numel() == 0 {
        return &mut [];
    }
    // SAFETY: as in `values`; `t` is borrowed mutably, and by this function's contract nobody else has its memory.
    unsafe { std::slice::from_raw_parts_mut(t.data_ptr().cast(), t.numel()) }
}

/// A new array of `n` values in host memory, filled by `fill`, which finds arbitrary values there: they come from
/// LibTorch's allocator, which does not clear (clearing would cost a pass over the memory).
pub fn make(n: usize, fill: impl FnOnce(&mut [f32])) -> Tensor {
    let mut out = Tensor::empty([n as i64], (Kind::Float, Device::Cpu));
    // SAFETY: `out` was allocated on the line above.
    fill(unsafe { values_mut(&mut out) });
    out
}

/// As [`make`], two arrays at once, of `n` and `m` values.
pub fn make_two((n, m): (usize, usize), fill: impl FnOnce(&mut [f32], &mut [f32])) -> [Tensor; 2] {
    let mut second = Tensor::empty([m as i64], (Kind::Float, Device::Cpu));
    // SAFETY: `second` was allocated on the line above.
    let first = make(n, |a| fill(a, unsafe { values_mut(&mut second) }));
    [first, second]
}
