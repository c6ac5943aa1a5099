//! Memory of arrays that have gone, kept for arrays to come. A training step makes and drops arrays of the same sizes
//! over and over; memory given back to the system would have to be cleared by it, page by page, before it comes again.
//!
//! Kept and lent buffers together never hold more than arrays alone once needed at the same time.

use burn::tensor::{DType, Shape};
use burn_flex::{FlexTensor, Layout};
use burn_std::{AccessError, AccessPolicy, AllocationController, AllocationProperty, Bytes};
use std::collections::BTreeMap;
use std::mem::{MaybeUninit, size_of, take};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Shorter arrays are the allocator's business.
const SHORTEST: usize = 4096;

/// An array of `n` values, whatever they are: every kernel writes all of its output.
pub fn array(n: usize) -> FlexTensor {
    let values = match n < SHORTEST {
        true => vec![0.0; n],
        false => shelf().lend(n),
    };
    let controller = Box::new(Lent(poisoned(values)));
    // SAFETY: the controller's memory is a vector of n initialised values.
    let bytes = unsafe { Bytes::from_controller(controller, n * size_of::<f32>()) };
    FlexTensor::new(bytes, Layout::contiguous(Shape::new([n])), DType::F32)
}

/// In tests, values that no sum survives: a kernel that left one in its output would be found out.
fn poisoned(mut values: Vec<f32>) -> Vec<f32> {
    if cfg!(test) {
        values.fill(f32::NAN);
    }
    values
}

/// A buffer as long as an array needs it.
struct Lent(Vec<f32>);

impl Drop for Lent {
    fn drop(&mut self) {
        if self.0.len() >= SHORTEST {
            shelf().take_back(take(&mut self.0));
        }
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

/// Buffers that nobody uses, by length.
struct Shelf {
    idle: BTreeMap<usize, Vec<Vec<f32>>>,
    /// Values in idle buffers, values lent, and the most ever lent at once.
    kept: usize,
    lent: usize,
    most: usize,
}

static SHELF: Mutex<Shelf> = Mutex::new(Shelf {
    idle: BTreeMap::new(),
    kept: 0,
    lent: 0,
    most: 0,
});

fn shelf() -> MutexGuard<'static, Shelf> {
    // What is counted here stays true even if a thread died while it counted.
    SHELF.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shelf {
    fn lend(&mut self, n: usize) -> Vec<f32> {
        self.lent += n;
        self.most = self.most.max(self.lent);
        if let Some(buffer) = self.idle.get_mut(&n).and_then(Vec::pop) {
            self.kept -= n;
            return buffer;
        }
        self.shrink();
        vec![0.0; n]
    }

    fn take_back(&mut self, buffer: Vec<f32>) {
        let n = buffer.len();
        self.lent = self.lent.saturating_sub(n);
        self.kept += n;
        self.idle.entry(n).or_default().push(buffer);
        self.shrink();
    }

    /// Gives back the longest idle buffers until no more is held than was once lent.
    fn shrink(&mut self) {
        while self.kept + self.lent > self.most {
            let Some(mut longest) = self.idle.last_entry() else {
                return;
            };
            match longest.get_mut().pop() {
                Some(buffer) => self.kept -= buffer.len(),
                None => drop(longest.remove()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn empty() -> Shelf {
        Shelf {
            idle: BTreeMap::new(),
            kept: 0,
            lent: 0,
            most: 0,
        }
    }

    #[test]
    fn a_buffer_that_came_back_is_lent_again() {
        let mut shelf = empty();
        let first = shelf.lend(5000);
        let at = first.as_ptr();
        shelf.take_back(first);
        let again = shelf.lend(5000);
        assert_eq!(again.as_ptr(), at);
        assert_eq!((shelf.kept, shelf.lent), (0, 5000));
    }

    #[test]
    fn no_more_is_held_than_was_lent_at_once() {
        let mut shelf = empty();
        let sizes = [5000, 9000, 7000, 5000, 20_000, 4096, 9000];
        for round in 0..50 {
            let two: Vec<Vec<f32>> = (0..2).map(|i| shelf.lend(sizes[(round + i) % sizes.len()])).collect();
            two.into_iter().for_each(|b| shelf.take_back(b));
            assert!(shelf.kept + shelf.lent <= shelf.most, "{} {}", shelf.kept, shelf.most);
            let counted: usize = shelf.idle.values().flatten().map(Vec::len).sum();
            assert_eq!(counted, shelf.kept);
        }
        assert_eq!(shelf.most, 25_000);
    }

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
