//! Aligns an axis with the rows of a plot: labelled values stand in the middle of rows, equally many rows apart, so
//! that a value, its label and its line share one row.

use super::{
    axis::{Axis, Scale},
    number::{Notation, alike, exponent, power},
    tick::Tick,
    ticks::Round,
};

/// Where in its row a labelled value stands, from the row's lower edge: in the middle of a dot, of four as of two.
const MIDDLE: f64 = 0.375;

/// The most labels.
const MOST: usize = 9;

/// Labels that are wanted, where there is room.
const WANTED: usize = 5;

/// Decades from label to label.
const EVERY: [i32; 13] = [1, 2, 3, 4, 5, 6, 8, 10, 20, 50, 100, 200, 300];

/// What a label that is wanted and missing may cost, as a share of the plot.
const PRICE: f64 = 0.12;

/// What shares of a row are forgiven: no value is rounded beyond its row.
const SLACK: f64 = 1e-9;

/// Round values at equal distances along an axis.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Grid {
    /// Multiples of n·10^e.
    Steps(i64, i32),
    /// Every so many powers of ten.
    Decades(i32),
    /// This power of ten, doubled and halved.
    Doubles(i32),
    /// On both sides of a linear part that ends at this power of ten: zero, and every so many decades.
    BothSides { linear: i32, every: i32 },
}

impl Grid {
    /// The `k`-th of its values.
    fn value(self, k: i64) -> Option<Round> {
        let small = |k: i64| i32::try_from(k).ok().filter(|k| (-400..400).contains(k));
        match self {
            Grid::Steps(n, e) => Some((k.checked_mul(n)?, e)),
            Grid::Decades(every) => Some((1, small(k)?.checked_mul(every)?)),
            Grid::Doubles(from) => {
                let times = u32::try_from(k.unsigned_abs()).ok()?;
                match k >= 0 {
                    true => Some((2i64.checked_pow(times)?, from)),
                    // A half is five tenths.
                    false => Some((5i64.checked_pow(times)?, from - times as i32)),
                }
            }
            Grid::BothSides { linear, every } => match small(k)?.checked_mul(every)? {
                0 => Some((0, 0)),
                decades => Some((i64::from(decades.signum()), linear + decades.abs() - 1)),
            },
        }
    }

    /// Distance of two values, and place of the 0-th, along the axis as it is spread.
    fn spacing(self, axis: &Axis) -> (f64, f64) {
        match self {
            Grid::Steps(n, e) => (axis.spread(power(n, e)) - axis.spread(0.0), 0.0),
            Grid::Decades(every) => (f64::from(every), 0.0),
            Grid::Doubles(from) => (2f64.log10(), axis.spread(power(1, from))),
            Grid::BothSides { every, .. } => (f64::from(every), 0.0),
        }
    }

    /// How much less readable its numbers are than others, as a cost.
    fn price(self) -> f64 {
        match self {
            Grid::Steps(25, _) => 1.08,
            Grid::Doubles(_) => 1.15,
            _ => 1.0,
        }
    }
}

/// A grid laid on rows.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Laid {
    grid: Grid,
    /// Distance of two rows along the axis as it is spread.
    unit: f64,
    /// Place of the grid's 0-th value.
    zeroth: f64,
    /// The lowest row, counted from the 0-th value's.
    bottom: i64,
    /// Rows from one value to the next.
    gap: i64,
    /// Rows in all.
    rows: i64,
}

impl Laid {
    /// The closest way to lay a grid so that `axis` lies within the rows and at least two values are among them.
    fn closest(grid: Grid, axis: &Axis, rows: usize) -> Option<Laid> {
        let (step, zeroth) = grid.spacing(axis);
        let (low, high) = (axis.spread(axis.low()) - zeroth, axis.spread(axis.high()) - zeroth);
        let least = rows.div_ceil(MOST).max(if rows <= 6 { 1 } else { 2 });
        // A bottom that moves by several rows moves seldom.
        let coarse = match grid {
            Grid::Doubles(_) => 1.0,
            _ => (rows / 10).max(1) as f64,
        };
        (least..rows).rev().find_map(|gap| {
            let unit = step / gap as f64;
            let bottom = ((low / unit + SLACK) / coarse).floor() * coarse;
            let fits = high / unit <= bottom + rows as f64 - 0.9 + SLACK;
            let laid = Laid {
                grid,
                unit,
                zeroth,
                bottom: bottom as i64,
                gap: gap as i64,
                rows: rows as i64,
            };
            let is_exact = bottom.abs() < 1e12 && unit > 0.0;
            (fits && is_exact && (2..=MOST).contains(&laid.places().count())).then_some(laid)
        })
    }

    /// The rows with values, and which values.
    fn places(self) -> impl Iterator<Item = (i64, i64)> {
        let Laid { bottom, gap, rows, .. } = self;
        let first = (-bottom).rem_euclid(gap);
        (first..rows)
            .step_by(gap.max(1) as usize)
            .map(move |row| (row, (bottom + row) / gap))
    }

    /// How much room it takes, and how hard its labels are to read.
    fn cost(self) -> f64 {
        let wanted = WANTED.min((self.rows / 2).max(2) as usize);
        let missing = wanted.saturating_sub(self.places().count());
        self.rows as f64 * self.unit * (1.0 + PRICE * missing as f64) * self.grid.price()
    }

    /// The axis from the lower edge of the lowest row to the upper edge of the highest.
    fn axis(self, of: &Axis) -> Option<Axis> {
        let edge = |row: i64| of.gather(self.zeroth + (self.bottom as f64 + row as f64 - MIDDLE) * self.unit);
        of.between(edge(0), edge(self.rows))
    }

    fn ticks(self) -> Option<Vec<Tick>> {
        let numbers: Option<Vec<Round>> = self.places().map(|(_, k)| self.grid.value(k)).collect();
        let numbers = numbers?;
        let labels: Vec<String> = match self.grid {
            Grid::Steps(..) | Grid::Doubles(_) => alike(&numbers),
            Grid::Decades(_) | Grid::BothSides { .. } => {
                numbers.iter().map(|(n, e)| Notation::Each.write(*n, *e)).collect()
            }
        };
        let tick = |((n, e), label): (Round, String)| Tick {
            value: power(n, e),
            label,
        };
        Some(numbers.into_iter().zip(labels).map(tick).collect())
    }

    /// Axis and labels, where every value lies where it should.
    fn done(self, of: &Axis) -> Option<(Axis, Vec<Tick>)> {
        let (axis, ticks) = (self.axis(of)?, self.ticks()?);
        let stands = |((row, _), tick): ((i64, i64), &Tick)| {
            let dot = axis.place(tick.value, 4 * self.rows as usize);
            dot == usize::try_from(4 * row + 1).ok()
        };
        let holds = axis.low() <= of.low() && of.high() <= axis.high();
        (holds && self.places().zip(&ticks).all(stands)).then_some((axis, ticks))
    }
}

impl Axis {
    /// This axis, or a little more, so that labelled values stand in the middle of rows and equally far apart; and
    /// these values. Where there is no such way, the axis as it is.
    pub fn on_rows(self, rows: usize) -> (Axis, Vec<Tick>) {
        let axis = self.linear_with_room();
        let grids = grids(&axis, rows).into_iter();
        let mut laid: Vec<Laid> = grids.filter_map(|grid| Laid::closest(grid, &axis, rows)).collect();
        laid.sort_by(|a, b| a.cost().total_cmp(&b.cost()));
        let done = laid.into_iter().find_map(|laid| laid.done(&axis));
        done.unwrap_or_else(|| (self, self.ticks((rows / 2).clamp(2, MOST))))
    }
}

/// The grids that may suit an axis.
fn grids(axis: &Axis, rows: usize) -> Vec<Grid> {
    let (low, high) = (axis.spread(axis.low()), axis.spread(axis.high()));
    // Two rows that lie on both sides of the middle need much more than what they hold.
    let more = if rows < 3 { 60.0 } else { 3.0 };
    let every = |most: f64| EVERY.into_iter().filter(move |n| f64::from(*n) <= more * (most + 1.0));
    match axis.scale() {
        Scale::Clock => Vec::new(),
        Scale::Linear => steps(high / rows.max(1) as f64 - low / rows.max(1) as f64),
        Scale::Log => {
            let from = inside(axis.low(), axis.high());
            every(high - low)
                .map(Grid::Decades)
                .chain([Grid::Doubles(from)])
                .collect()
        }
        Scale::SymLog => {
            let linear = exponent(axis.linear_within().unwrap_or(1.0));
            if low.abs().max(high.abs()) <= 1.0 {
                return steps((axis.high() - axis.low()) / rows.max(1) as f64);
            }
            let both = every(high - low).map(|every| Grid::BothSides { linear, every });
            // Only beyond the linear part doubling takes the same room everywhere.
            let beyond = axis.low() >= power(1, linear);
            let doubles = beyond.then(|| Grid::Doubles(inside(axis.low(), axis.high())));
            both.chain(doubles).collect()
        }
    }
}

/// Steps from about one row on.
fn steps(row: f64) -> Vec<Grid> {
    let least = row.log10().floor();
    if !least.is_finite() || !(-290.0..290.0).contains(&least) {
        return Vec::new();
    }
    let of = |e: i32| [(1, e), (2, e), (25, e - 1), (5, e)];
    let all = (least as i32 - 1..=least as i32 + 3).flat_map(of);
    all.map(|(n, e)| Grid::Steps(n, e)).collect()
}

/// The power of ten from which a range is doubled: one within it, or the one below.
fn inside(low: f64, high: f64) -> i32 {
    let above = exponent(low) + i32::from(power(1, exponent(low)) < low);
    if power(1, above) <= high { above } else { exponent(low) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn labels(scale: Scale, low: f64, high: f64, rows: usize) -> Vec<String> {
        let (_, ticks) = Axis::new(scale, low, high).on_rows(rows);
        ticks.into_iter().map(|t| t.label).collect()
    }

    #[test]
    fn labels_are_round_and_alike() {
        assert_eq!(
            labels(Scale::Linear, 0.0, 1.0, 11),
            ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]
        );
        assert_eq!(
            labels(Scale::Linear, 0.0, 1.0, 10),
            ["0.00", "0.25", "0.50", "0.75", "1.00"]
        );
        assert_eq!(
            labels(Scale::Linear, -1.0, 1.0, 5),
            ["-1.0", "-0.5", "0.0", "0.5", "1.0"]
        );
        assert_eq!(labels(Scale::Log, 0.011, 4.0, 20), ["0.01", "0.1", "1"]);
        assert_eq!(
            labels(Scale::Log, 0.3, 2.3, 10),
            ["0.25", "0.50", "1.00", "2.00", "4.00"]
        );
    }

    #[test]
    fn the_ends_of_a_share_stand_on_the_lines_of_their_labels() {
        for rows in 2..40 {
            let (axis, ticks) = Axis::new(Scale::Linear, 0.0, 1.0).on_rows(rows);
            for tick in &ticks {
                assert_eq!(axis.place(tick.value, 4 * rows).map(|dot| dot % 4), Some(1), "{rows}");
            }
            assert_eq!(ticks[0].value, 0.0, "{rows}");
        }
    }

    fn decimals(label: &str) -> usize {
        let number = label.trim_end_matches(['k', 'M', 'G']).split('e').next().unwrap_or("");
        number.split_once('.').map_or(0, |(_, part)| part.len())
    }

    fn axis() -> impl Strategy<Value = Axis> {
        let scale = prop_oneof![Just(Scale::Linear), Just(Scale::Log), Just(Scale::SymLog)];
        let end = prop_oneof![4 => -1e4..1e4f64, 1 => -1e-6..1e-6f64, 1 => Just(0.0), 1 => -1e12..1e12f64];
        let span = prop_oneof![1e-6..10.0f64, 1e-2..1e5f64, 1.0..1e9f64];
        (scale, end, span, prop::option::of(1e-9..1e9f64)).prop_map(|(scale, low, span, nearest)| {
            let low = if scale == Scale::Log { low.abs().max(1e-9) } else { low };
            Axis::showing(scale, low, low + span, nearest)
        })
    }

    proptest! {
        #[test]
        fn a_value_stands_in_the_row_of_its_label_and_labels_are_equally_far_apart(
            tight in axis(), rows in 2usize..100,
        ) {
            let (axis, ticks) = tight.on_rows(rows);
            prop_assert!(axis.low() <= tight.low() && tight.high() <= axis.high(), "{axis:?} of {tight:?}");
            prop_assert!((2..=MOST).contains(&ticks.len()), "{ticks:?} on {axis:?}");
            let row = |v: f64| axis.place(v, rows).map(|r| r as i64).unwrap_or(-1);
            for tick in &ticks {
                for dots in [1, 2, 4] {
                    let dot = axis.place(tick.value, dots * rows).map(|d| (d / dots) as i64);
                    prop_assert_eq!(dot, Some(row(tick.value)));
                }
                prop_assert_eq!(axis.place(tick.value, 4 * rows).map(|d| d % 4), Some(1), "{:?} on {:?}", tick, axis);
            }
            let gaps: Vec<i64> = ticks.windows(2).map(|w| row(w[1].value) - row(w[0].value)).collect();
            prop_assert!(gaps.iter().all(|g| *g == gaps[0] && *g > 0), "{gaps:?} of {ticks:?}");
        }

        #[test]
        fn linear_labels_have_equally_many_decimals_and_waste_less_than_half(
            low in -1e6..1e6f64, span in 1e-3..1e6f64, rows in 8usize..80,
        ) {
            let (axis, ticks) = Axis::new(Scale::Linear, low, low + span).on_rows(rows);
            prop_assert!(ticks.iter().all(|t| decimals(&t.label) == decimals(&ticks[0].label)), "{ticks:?}");
            prop_assert!(span / (axis.high() - axis.low()) > 0.4, "{axis:?}");
        }
    }
}
