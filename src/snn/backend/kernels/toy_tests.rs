//! How to add kernels: a group of one, whose default is composed of burn's operations, on backends that have nothing of their own
//! for it, whatever their order of memory.

use super::array::{Array, on_arrays, wrap};
use super::composing::{array, per_channel, plane};
use super::layout::{LayoutKernels, Plane, plane_in, plane_out};
use crate::snn::backend::{Device, download, samples::numbers};
use burn::backend::{Dispatch, backend_extension, tensor::FloatTensor};

#[backend_extension(Flex: cfg(feature = "flex"), LibTorch: cfg(feature = "tch"), Cube: cfg(feature = "cuda"))]
trait SlopeKernels: LayoutKernels {
    /// max(x, 0) + slope[c]·min(x, 0).
    fn sloped(x: FloatTensor<Self>, slope: FloatTensor<Self>, p: Plane) -> FloatTensor<Self> {
        let x = plane::<Self>(x, p);
        let above = Self::float_clamp_min(x.clone(), 0.0f32.into());
        let below = Self::float_clamp_max(x, 0.0f32.into());
        array::<Self>(
            Self::float_add(above, Self::float_mul(below, per_channel::<Self>(slope))),
            p,
        )
    }
}

#[cfg(feature = "flex")]
impl SlopeKernels for burn_flex::Flex {}
#[cfg(feature = "tch")]
impl SlopeKernels for burn_tch::LibTorch {}
#[cfg(feature = "cuda")]
impl SlopeKernels for burn::backend::Cube {}

on_arrays! { SlopeKernels:
    /// See [`SlopeKernels::sloped`].
    sloped(x, slope; p: Plane) -> 1;
}

#[test]
fn a_kernel_without_an_implementation_of_the_backends_own_is_right_in_its_order_of_memory() {
    let p = Plane {
        rows: 3,
        channels: 4,
        height: 5,
        width: 2,
    };
    let (x, slope) = (numbers(p.len(), 1), [0.5, -2.0, 0.0, 3.0]);
    let device = Device::find("cpu").unwrap();
    let inside = plane_in(device.upload(x.clone()), p);
    let y = sloped(inside, device.upload(slope.to_vec()), p);
    let of_channel = |i: usize| slope[i / (p.height * p.width) % p.channels];
    let want: Vec<f32> = x
        .iter()
        .enumerate()
        .map(|(i, x)| x.max(0.0) + of_channel(i) * x.min(0.0))
        .collect();
    assert_eq!(download(&plane_out(y, p)), want);
}
