//! Views into a storage: shape, strides and offset, checked before a single value is read.

use super::pickle::TensorRef;

/// A view that lies within its storage.
#[derive(Debug)]
pub struct View<'a> {
    tensor: &'a TensorRef,
    shape: Vec<usize>,
    count: usize,
}

impl<'a> View<'a> {
    /// The view, if it lies within a storage of `elements` elements.
    pub fn checked(tensor: &'a TensorRef, elements: usize) -> Result<View<'a>, String> {
        let TensorRef {
            shape, strides, offset, ..
        } = tensor;
        if shape.len() != strides.len() {
            return Err(format!("has {} dimensions and {} strides", shape.len(), strides.len()));
        }
        let overflow = || "is larger than any memory".to_string();
        let count = shape
            .iter()
            .try_fold(1usize, |n, d| n.checked_mul(*d))
            .ok_or_else(overflow)?;
        let mut last = *offset;
        for (d, stride) in shape.iter().zip(strides) {
            let reach = d.saturating_sub(1).checked_mul(*stride);
            last = reach.and_then(|r| last.checked_add(r)).ok_or_else(overflow)?;
        }
        match count == 0 || last < elements {
            true => Ok(View {
                shape: shape.clone(),
                tensor,
                count,
            }),
            false => Err(format!("reaches element {last} of a storage of {elements}")),
        }
    }

    /// How many values it has.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The places of its values in the storage, in row-major order.
    pub fn places(&self) -> impl Iterator<Item = usize> {
        let (shape, strides) = (self.shape.clone(), self.tensor.strides.clone());
        let mut index = vec![0; shape.len()];
        let mut at = self.tensor.offset;
        (0..self.count).map(move |_| {
            let place = at;
            for d in (0..shape.len()).rev() {
                index[d] += 1;
                at += strides[d];
                if index[d] < shape[d] {
                    break;
                }
                at -= strides[d] * shape[d];
                index[d] = 0;
            }
            place
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tensor(shape: &[usize], strides: &[usize], offset: usize) -> TensorRef {
        TensorRef {
            storage: 0,
            element: crate::exchange::element::Element::F32,
            elements: 6,
            offset,
            shape: shape.to_vec(),
            strides: strides.to_vec(),
        }
    }

    fn places(t: &TensorRef, elements: usize) -> Vec<usize> {
        View::checked(t, elements).unwrap().places().collect()
    }

    #[test]
    fn strides_and_offsets_are_followed() {
        assert_eq!(places(&tensor(&[2, 3], &[3, 1], 0), 6), [0, 1, 2, 3, 4, 5]);
        assert_eq!(places(&tensor(&[3, 2], &[1, 3], 0), 6), [0, 3, 1, 4, 2, 5]);
        assert_eq!(places(&tensor(&[2, 2], &[4, 1], 6), 12), [6, 7, 10, 11]);
        assert_eq!(places(&tensor(&[3], &[0], 2), 3), [2, 2, 2]);
        assert_eq!(places(&tensor(&[], &[], 1), 2), [1]);
        assert!(places(&tensor(&[0, 3], &[3, 1], 0), 0).is_empty());
    }

    #[test]
    fn a_view_that_leaves_its_storage_is_refused() {
        for t in [
            tensor(&[7], &[1], 0),
            tensor(&[2], &[1], 5),
            tensor(&[2], &[usize::MAX], 1),
            tensor(&[usize::MAX, 3], &[0, 0], 0),
            tensor(&[1], &[], 0),
        ] {
            assert!(View::checked(&t, 6).is_err(), "{t:?}");
        }
    }
}
