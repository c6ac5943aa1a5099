//! Which rows a metric has values in: rows at equal distances are stored as one piece, so that a metric of every step,
//! or of every fiftieth, costs nothing per point.

use super::chunks::partition;

/// Ascending row numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct RowNumbers {
    pieces: Vec<Piece>,
    len: usize,
}

/// Rows at equal distances.
#[derive(Debug, Clone, Copy)]
struct Piece {
    /// The index of its first row number.
    index: u32,
    row: u32,
    /// Between one row and the next; means nothing while there is only one.
    stride: u32,
}

impl Piece {
    fn row(&self, index: usize) -> usize {
        self.row as usize + self.stride as usize * (index - self.index as usize)
    }
}

impl RowNumbers {
    pub fn len(&self) -> usize {
        self.len
    }

    /// Adds a row after the last one.
    pub fn push(&mut self, row: usize) {
        // 2³² rows of 24 bytes do not fit in any memory we run in.
        let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let joins = match self.pieces.last_mut() {
            None => false,
            Some(piece) if self.len == piece.index as usize + 1 => {
                piece.stride = narrow(row - piece.row as usize);
                true
            }
            Some(piece) => piece.row(self.len) == row,
        };
        if !joins {
            self.pieces.push(Piece {
                index: narrow(self.len),
                row: narrow(row),
                stride: 0,
            });
        }
        self.len += 1;
    }

    /// The `index`-th row number; `index` is below [`RowNumbers::len`].
    pub fn at(&self, index: usize) -> usize {
        // Most have one piece, and most questions are about the end.
        match self.pieces.last() {
            Some(last) if last.index as usize <= index => last.row(index),
            _ => {
                let after = self.pieces.partition_point(|p| p.index as usize <= index);
                self.pieces[after - 1].row(index)
            }
        }
    }

    pub fn last(&self) -> Option<usize> {
        Some(self.at(self.len.checked_sub(1)?))
    }

    /// The index of the first that is not below `row`.
    pub fn first_from(&self, row: usize) -> usize {
        partition(0..self.len, |index| self.at(index) < row)
    }

    pub fn truncate(&mut self, len: usize) {
        let kept = self.pieces.partition_point(|p| (p.index as usize) < len);
        self.pieces.truncate(kept);
        self.len = self.len.min(len);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rows_at_equal_distances_are_one_piece() {
        for stride in [1, 50] {
            let mut rows = RowNumbers::default();
            (0..1000).for_each(|n| rows.push(3 + n * stride));
            assert_eq!((rows.pieces.len(), rows.at(999)), (1, 3 + 999 * stride));
        }
    }

    proptest! {
        #[test]
        fn any_ascending_rows_come_back(steps in proptest::collection::vec(prop_oneof![Just(1usize), 1usize..4], 0..200), cut in 0usize..200) {
            let mut all: Vec<usize> = steps.iter().scan(0, |row, step| { *row += step; Some(*row) }).collect();
            let mut rows = RowNumbers::default();
            all.iter().for_each(|row| rows.push(*row));
            rows.truncate(cut);
            all.truncate(cut);
            for more in 0..5 {
                let row = 1000 + more * 3;
                rows.push(row);
                all.push(row);
            }
            prop_assert_eq!((0..rows.len()).map(|n| rows.at(n)).collect::<Vec<_>>(), all.clone());
            prop_assert_eq!(rows.last(), all.last().copied());
            for row in [0, 1, all[0], all[all.len() / 2], all[all.len() / 2] + 1, 5000] {
                prop_assert_eq!(rows.first_from(row), all.partition_point(|r| *r < row));
            }
        }
    }
}
