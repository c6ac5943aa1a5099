//! A column that grows without ever being copied whole: fixed chunks, so that millions of values cost what they hold
//! and no more, also while they grow.

use std::ops::Range;

/// Items per chunk, 32 KiB of numbers; a power of two.
pub(super) const CHUNK: usize = 1 << 12;

/// A growing column of plain items.
#[derive(Debug, Clone)]
pub(super) struct Chunks<T> {
    /// All but the last are full.
    chunks: Vec<Vec<T>>,
    len: usize,
}

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Chunks {
            chunks: Vec::new(),
            len: 0,
        }
    }
}

impl<T: Copy> Chunks<T> {
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn push(&mut self, item: T) {
        match self.chunks.last_mut().filter(|c| c.len() < CHUNK) {
            Some(last) => last.push(item),
            None => {
                // The first chunk grows with its items, because most columns of most runs are short.
                let capacity = if self.chunks.is_empty() { 4 } else { CHUNK };
                let mut chunk = Vec::with_capacity(capacity);
                chunk.push(item);
                self.chunks.push(chunk);
            }
        }
        self.len += 1;
    }

    /// The item at `index`, which is below [`Chunks::len`].
    pub fn at(&self, index: usize) -> T {
        self.chunks[index / CHUNK][index % CHUNK]
    }

    pub fn last(&self) -> Option<T> {
        self.chunks.last()?.last().copied()
    }

    pub fn last_mut(&mut self) -> Option<&mut T> {
        self.chunks.last_mut()?.last_mut()
    }

    pub fn truncate(&mut self, len: usize) {
        if len >= self.len {
            return;
        }
        self.chunks.truncate(len.div_ceil(CHUNK));
        if let Some(last) = self.chunks.last_mut()
            && !len.is_multiple_of(CHUNK)
        {
            last.truncate(len % CHUNK);
        }
        self.len = len;
    }

    /// The items of a range as slices, each with the index of its first.
    pub fn slices(&self, range: Range<usize>) -> impl Iterator<Item = (usize, &[T])> {
        let end = range.end.min(self.len);
        let mut start = range.start;
        std::iter::from_fn(move || {
            if start >= end {
                return None;
            }
            let stop = end.min((start / CHUNK + 1) * CHUNK);
            let chunk = &self.chunks[start / CHUNK];
            let piece = &chunk[start % CHUNK..start % CHUNK + (stop - start)];
            let at = std::mem::replace(&mut start, stop);
            Some((at, piece))
        })
    }
}

/// The first of a range for which `before` is false, where it is true for all that come earlier. By halving.
pub fn partition(range: Range<usize>, before: impl Fn(usize) -> bool) -> usize {
    let Range {
        start: mut low,
        end: mut high,
    } = range;
    while low < high {
        let middle = low + (high - low) / 2;
        match before(middle) {
            true => low = middle + 1,
            false => high = middle,
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_stay_where_they_are_while_the_column_grows_and_shrinks() {
        let mut column = Chunks::default();
        for n in 0..3 * CHUNK + 5 {
            column.push(n);
        }
        assert_eq!(
            (column.len(), column.at(CHUNK), column.last()),
            (3 * CHUNK + 5, CHUNK, Some(3 * CHUNK + 4))
        );
        for len in [2 * CHUNK + 1, 2 * CHUNK, CHUNK - 1, 0] {
            column.truncate(len);
            assert_eq!((column.len(), column.last()), (len, len.checked_sub(1)));
        }
        column.push(7);
        assert_eq!((column.len(), column.at(0)), (1, 7));
    }

    #[test]
    fn slices_cover_a_range_once_and_in_order() {
        let mut column = Chunks::default();
        (0..2 * CHUNK + 9).for_each(|n| column.push(n));
        for range in [0..0, 3..9, CHUNK - 1..CHUNK + 1, 5..2 * CHUNK + 9, CHUNK..2 * CHUNK] {
            let all: Vec<usize> = column.slices(range.clone()).flat_map(|(_, s)| s.to_vec()).collect();
            assert!(column.slices(range.clone()).all(|(at, s)| s[0] == at));
            assert_eq!(all, range.collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_partition_is_found_by_halving() {
        for cut in 0..20 {
            assert_eq!(partition(0..19, |n| n < cut), cut.min(19));
        }
    }
}
