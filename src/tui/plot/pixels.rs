//! Pixels drawn larger or smaller than they are: how many are drawn, and which pixels of the picture each one covers.

use std::ops::Range;

/// Pixels across and down that fit into `room`, in the proportions of a picture of `size` (both width, height); enlarged by whole
/// multiples only.
pub fn fitted(size: (usize, usize), room: (usize, usize)) -> (usize, usize) {
    if [size.0, size.1, room.0, room.1].contains(&0) {
        return (0, 0);
    }
    let scale = (room.0 as f64 / size.0 as f64).min(room.1 as f64 / size.1 as f64);
    let scale = if scale >= 1.0 { scale.floor() } else { scale };
    let side = |n: usize, most: usize| ((n as f64 * scale).round() as usize).clamp(1, most);
    (side(size.0, room.0), side(size.1, room.1))
}

/// Of `n` pixels in a row those that drawn pixel `at` of `of` covers: one at least.
pub fn covered(at: usize, of: usize, n: usize) -> Range<usize> {
    let from = at * n / of;
    from..((at + 1) * n).div_ceil(of).max(from + 1).min(n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proportions_stay_and_pictures_grow_by_whole_multiples() {
        assert_eq!(fitted((32, 32), (38, 36)), (32, 32));
        assert_eq!(fitted((16, 16), (38, 36)), (32, 32));
        assert_eq!(fitted((32, 32), (24, 18)), (18, 18));
        assert_eq!(fitted((34, 4), (17, 100)), (17, 2));
        assert_eq!(fitted((0, 4), (9, 9)), (0, 0));
    }

    #[test]
    fn every_pixel_is_covered() {
        for (of, n) in [(1, 7), (3, 7), (7, 7), (14, 7)] {
            let all: std::collections::BTreeSet<usize> = (0..of).flat_map(|at| covered(at, of, n)).collect();
            assert_eq!(all.len(), n, "{of} of {n}");
        }
    }
}
