//! Feature maps and their order in memory.
//!
//! A *plane* is `[rows, channels, height, width]` in the order that the backend chooses. Only [`LayoutKernels`] knows the
//! outside order, which is PyTorch's: channels first.

use super::array::{Array, on_arrays, wrap};
use burn::backend::{Backend, Dispatch, backend_extension, tensor::FloatTensor};

/// Shape of a stack of feature maps; `rows` = time steps × images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plane {
    /// Feature maps.
    pub rows: usize,
    /// Channels of each.
    pub channels: usize,
    /// Height.
    pub height: usize,
    /// Width.
    pub width: usize,
}

impl Plane {
    /// Elements in all.
    pub fn len(self) -> usize {
        self.rows * self.channels * self.height * self.width
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Shape after a k×k pool.
    pub fn pooled(self, k: usize) -> Plane {
        Plane {
            height: self.height / k,
            width: self.width / k,
            ..self
        }
    }

    /// Positions over which a batch norm averages.
    pub fn positions(self) -> usize {
        self.rows * self.height * self.width
    }
}

/// From the outside order to the backend's and back. A backend that says nothing has the outside order.
#[backend_extension(Flex: cfg(feature = "flex"), LibTorch: cfg(feature = "tch"), Cube: cfg(feature = "cuda"))]
pub trait LayoutKernels: Backend {
    /// Outside order `[rows, C, H, W]` → the backend's order.
    fn plane_in(x: FloatTensor<Self>, p: Plane) -> FloatTensor<Self> {
        let _ = p;
        x
    }
    /// The backend's order → `[rows, C, H, W]`.
    fn plane_out(x: FloatTensor<Self>, p: Plane) -> FloatTensor<Self> {
        let _ = p;
        x
    }
}

on_arrays! { LayoutKernels:
    /// See [`LayoutKernels::plane_in`].
    plane_in(x; p: Plane) -> 1;
    /// See [`LayoutKernels::plane_out`].
    plane_out(x; p: Plane) -> 1;
}
