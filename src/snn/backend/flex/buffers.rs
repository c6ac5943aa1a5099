//! Arrays in memory from the buffer pool.

use crate::snn::backend::convolutions::buffer_pool;
use burn::tensor::{DType, Shape};
use burn_flex::{FlexTensor, Layout};
use burn_std::{AccessError, AccessPolicy, AllocationController, AllocationProperty, Bytes};
use std::mem::{MaybeUninit, size_of, take};

/// An array of `n` unspecified values: every kernel writes all of its output.
pub fn array(n: usize) -> FlexTensor {
    let controller = Box::new(Lent(buffer_pool::acquire(n)));
    // SAFETY: the controller's memory is a vector of n initialised values.
    let bytes = unsafe { Bytes::from_controller(controller, n * size_of::<f32>()) };
    FlexTensor::new(bytes, Layout::contiguous(Shape::new([n])), DType::F32)
}

/// A buffer as long as an array needs it.
struct Lent(Vec<f32>);

impl Drop for Lent {
    fn drop(&mut self) {
        buffer_pool::release(take(&mut self.0));
    }
}

impl AllocationController for Lent {
    fn alloc_align(&self) -> usize {
        align_of::<f32>()
    }

    fn property(&self) -> AllocationProperty {
        AllocationProperty::Other
    }

    unsafe fn memory_mut(&mut self, _: AccessPolicy) -> Result<&mut [MaybeUninit<u8>], AccessError> {
        let bytes = self.0.len() * size_of::<f32>();
        // SAFETY: the vector's values are that many bytes, any of which is a `MaybeUninit<u8>`; the caller promises to
        // write initialised bytes only, all of which make numbers; the borrow of `self` is the slice's.
        Ok(unsafe { std::slice::from_raw_parts_mut(self.0.as_mut_ptr().cast(), bytes) })
    }

    fn memory(&self, _: AccessPolicy) -> Result<&[MaybeUninit<u8>], AccessError> {
        let bytes = self.0.len() * size_of::<f32>();
        // SAFETY: as in `memory_mut`, and nothing is written.
        Ok(unsafe { std::slice::from_raw_parts(self.0.as_ptr().cast(), bytes) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_is_its_own_until_it_is_dropped() {
        let mut a = array(5000);
        let mut b = array(5000);
        a.storage_mut::<f32>().fill(1.0);
        b.storage_mut::<f32>().fill(2.0);
        let copy = a.clone();
        a.storage_mut::<f32>()[0] = 7.0;
        assert_eq!(
            copy.storage::<f32>()[0],
            1.0,
            "a shared array is copied before it is written"
        );
        drop(b);
        let c = array(5000);
        assert!(c.storage::<f32>().iter().all(|v| v.is_nan()));
        assert!(a.storage::<f32>()[1..].iter().all(|v| *v == 1.0));
    }
}
