//! Minimum and maximum of any range of a column without walking it: blocks of 64 values are summed up as they
//! fill, 64 sums become one of the level above, and so on. A question looks at some 64 items per level.

use super::chunks::Chunks;
use std::ops::Range;

/// Values beyond this, either way, are not drawn: an axis around them would overflow.
pub const LARGEST: f64 = 1e300;

/// Whether a value can be drawn.
pub fn is_drawable(value: f64) -> bool {
    value.abs() <= LARGEST
}

/// A range of points in a few numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Indices of the smallest and the largest drawable value, the first of equals; none where nothing can be drawn.
    pub extremes: Option<(usize, usize)>,
    /// Whether a value cannot be drawn.
    pub broken: bool,
}

/// Items that become one of the level above; divides [`super::chunks::CHUNK`]. 32 bytes for 64 values.
const FAN: usize = 64;

/// What a block of values comes to. Holds the values too: fetched from the column, each would be a cache miss.
#[derive(Debug, Clone, Copy)]
struct Node {
    low: f64,
    high: f64,
    low_at: u32,
    high_at: u32,
    broken: bool,
}

impl Node {
    const EMPTY: Node = Node {
        low: f64::INFINITY,
        high: f64::NEG_INFINITY,
        low_at: u32::MAX,
        high_at: u32::MAX,
        broken: false,
    };

    fn add_values(&mut self, first: usize, values: &[f64]) {
        let mut block = Node::EMPTY;
        for (value, at) in values.iter().zip(u32::try_from(first).unwrap_or(u32::MAX)..) {
            if !is_drawable(*value) {
                block.broken = true;
                continue;
            }
            // In order, so the first of equals stays.
            if *value < block.low {
                (block.low, block.low_at) = (*value, at);
            }
            if *value > block.high {
                (block.high, block.high_at) = (*value, at);
            }
        }
        self.add(&block);
    }

    /// Of equal values the one with the lower index counts, in whatever order they come.
    fn add(&mut self, other: &Node) {
        if other.low < self.low || other.low == self.low && other.low_at < self.low_at {
            (self.low, self.low_at) = (other.low, other.low_at);
        }
        if other.high > self.high || other.high == self.high && other.high_at < self.high_at {
            (self.high, self.high_at) = (other.high, other.high_at);
        }
        self.broken |= other.broken;
    }

    fn summary(&self) -> Summary {
        Summary {
            extremes: (self.low <= self.high).then_some((self.low_at as usize, self.high_at as usize)),
            broken: self.broken,
        }
    }
}

/// The sums of a column's full blocks, level by level, the smallest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Pyramid {
    levels: Vec<Vec<Node>>,
}

impl Pyramid {
    /// To be called before a value is added to `values`. So the last value is never in a sum, and may be replaced.
    pub fn before_push(&mut self, values: &Chunks<f64>) {
        let len = values.len();
        if len == 0 || !len.is_multiple_of(FAN) {
            return;
        }
        let mut node = Node::EMPTY;
        for (at, block) in values.slices(len - FAN..len) {
            node.add_values(at, block);
        }
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let nodes = &mut self.levels[level];
            nodes.push(node);
            if !nodes.len().is_multiple_of(FAN) {
                return;
            }
            node = Node::EMPTY;
            nodes[nodes.len() - FAN..].iter().for_each(|n| node.add(n));
        }
    }

    /// The column keeps only its first `len` values.
    pub fn truncate(&mut self, len: usize) {
        let mut whole = len.saturating_sub(1);
        for level in &mut self.levels {
            whole /= FAN;
            level.truncate(whole);
        }
    }

    /// What lies in a range of `values`, the column that this was built over.
    pub fn summary(&self, values: &Chunks<f64>, range: Range<usize>) -> Summary {
        let (mut start, mut end) = (range.start, range.end.min(values.len()));
        let mut found = Node::EMPTY;
        // Values first, then the sums of each level: what does not fill a block of the level above is taken here.
        let mut below: Option<&Vec<Node>> = None;
        let mut take = |items: Option<&Vec<Node>>, range: Range<usize>| match items {
            Some(nodes) => nodes[range].iter().for_each(|n| found.add(n)),
            None => values.slices(range).for_each(|(at, s)| found.add_values(at, s)),
        };
        for level in &self.levels {
            let (first, last) = (start.div_ceil(FAN), (end / FAN).min(level.len()));
            if first >= last {
                break;
            }
            take(below, start..first * FAN);
            take(below, last * FAN..end);
            (start, end, below) = (first, last, Some(level));
        }
        if start < end {
            take(below, start..end);
        }
        found.summary()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plainly(values: &[f64], range: Range<usize>) -> Summary {
        let mut found = Summary::default();
        for at in range {
            if !(values[at].is_finite() && values[at].abs() <= LARGEST) {
                found.broken = true;
                continue;
            }
            let (low, high) = found.extremes.unwrap_or((at, at));
            found.extremes = Some((
                if values[at] < values[low] { at } else { low },
                if values[at] > values[high] { at } else { high },
            ));
        }
        found
    }

    fn value() -> impl Strategy<Value = f64> {
        prop_oneof![
            8 => (0u8..20).prop_map(f64::from),
            8 => -1.0..1.0f64,
            1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(-f64::INFINITY), Just(-2e300), Just(1e300), Just(-0.0)],
        ]
    }

    /// Long columns out of short random ones, so that several levels fill.
    fn column() -> impl Strategy<Value = Vec<f64>> {
        (proptest::collection::vec(value(), 1..300), 1usize..60).prop_map(|(part, times)| {
            (0..times)
                .flat_map(|n| part.iter().map(move |v| v + n as f64 * 0.25))
                .collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_range_is_what_a_walk_over_it_says(
            mut plain in column(),
            ranges in proptest::collection::vec((0.0..1.0f64, 0.0..1.0f64), 1..40),
            cut in 0.0..1.5f64,
        ) {
            let (mut values, mut pyramid) = (Chunks::default(), Pyramid::default());
            for value in &plain {
                pyramid.before_push(&values);
                values.push(*value);
            }
            for step in 0..2 {
                for (a, b) in &ranges {
                    let place = |share: f64| (share * (plain.len() + 1) as f64) as usize;
                    let range = place(a.min(*b))..place(a.max(*b));
                    prop_assert_eq!(pyramid.summary(&values, range.clone()), plainly(&plain, range));
                }
                if step == 0 {
                    // Going back: the end is cut off, the last value replaced, and others follow.
                    let len = ((plain.len() as f64 * cut) as usize).min(plain.len());
                    plain.truncate(len);
                    values.truncate(len);
                    pyramid.truncate(len);
                    if let (Some(a), Some(b)) = (plain.last_mut(), values.last_mut()) {
                        (*a, *b) = (-5.0, -5.0);
                    }
                    for n in 0..100 {
                        pyramid.before_push(&values);
                        values.push(f64::from(n % 7));
                        plain.push(f64::from(n % 7));
                    }
                }
            }
        }
    }
}
