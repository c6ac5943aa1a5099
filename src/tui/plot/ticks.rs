//! The labelled values of an axis: multiples of 1, 2 or 5 times a power of ten, powers of ten, or round times; always
//! equally spaced in value. Labels stand in the cell of their value, so their distances are equal up to one cell.

use super::{
    axis::{Axis, Scale},
    clock,
    number::{Notation, alike, exponent, power},
    tick::Tick,
};

/// A round number n·10^e.
pub type Round = (i64, i32);

impl Axis {
    /// At most `most` round values inside the range, ascending and at equal distances from one another.
    pub fn ticks(&self, most: usize) -> Vec<Tick> {
        if most == 0 {
            return Vec::new();
        }
        let apart = match self.scale() {
            Scale::Linear => return linear(self, most),
            // Seconds since 1970 would say nothing: rather no label than one of those.
            Scale::Clock => return clock::ticks(self, most),
            Scale::Log => decades(self, most),
            Scale::SymLog => both_sides(self, most),
        };
        let each = |numbers: Vec<Round>| {
            let labels = numbers.iter().map(|(n, e)| Notation::Each.write(*n, *e)).collect();
            self.labelled(&numbers, labels)
        };
        if apart.len() >= most.min(2) {
            return each(apart);
        }
        // Within one decade: doubled, or the two ends of what is round.
        let doubled = doubles(self, most);
        if doubled.len() >= 2 {
            return self.labelled(&doubled, alike(&doubled));
        }
        let mut ends = linear(self, most);
        if ends.len() > 2 {
            ends.drain(1..ends.len() - 1);
        }
        if ends.len() > apart.len() { ends } else { each(apart) }
    }

    fn labelled(&self, numbers: &[Round], labels: Vec<String>) -> Vec<Tick> {
        let tick = |(&(n, e), label): (&Round, String)| Tick {
            value: power(n, e),
            label,
        };
        let ticks = numbers.iter().zip(labels).map(tick);
        ticks.filter(|tick| self.share(tick.value).is_some()).collect()
    }

    /// Whether a round number may be written beside it.
    fn has(&self, (n, e): Round) -> bool {
        let value = power(n, e);
        self.share(value).is_some() && (!self.is_counting() || value.fract() == 0.0)
    }
}

fn linear(axis: &Axis, most: usize) -> Vec<Tick> {
    let mut exponent = (axis.high() / most as f64 - axis.low() / most as f64).log10().floor() as i32 - 1;
    if axis.is_counting() {
        exponent = exponent.max(0);
    }
    loop {
        for mantissa in [1i64, 2, 5] {
            let step = power(mantissa, exponent);
            let (first, last) = ((axis.low() / step).ceil(), (axis.high() / step).floor());
            if last - first < most as f64 && first.abs().max(last.abs()) < 1e15 {
                let numbers = (first as i64..=last as i64).map(|i| (i * mantissa, exponent));
                let numbers: Vec<Round> = numbers.filter(|round| axis.has(*round)).collect();
                return axis.labelled(&numbers, alike(&numbers));
            }
        }
        exponent += 1;
    }
}

/// Powers of ten, so many decades apart that they fit.
fn decades(axis: &Axis, most: usize) -> Vec<Round> {
    let (from, to) = (exponent(axis.low()), exponent(axis.high()) + 1);
    fit(axis, most, to - from, |every| {
        let round = (from..=to).filter(|e| e.rem_euclid(every) == 0);
        round.map(|e| (1, e)).collect()
    })
}

/// The same on both sides of zero, the linear part counting as a decade; and zero.
fn both_sides(axis: &Axis, most: usize) -> Vec<Round> {
    let Some(linear) = axis.linear_within() else {
        return Vec::new();
    };
    let from = exponent(linear);
    let last = exponent(axis.low().abs().max(axis.high().abs())) - from + 1;
    fit(axis, most, last.max(1), |every| {
        let side = |sign: i64| {
            let round = (1..=last).filter(move |n| n % every == 0);
            round.map(move |n| (sign, from + n - 1))
        };
        side(-1).rev().chain([(0, 0)]).chain(side(1)).collect()
    })
}

/// The closest choice of which no more than `most` numbers lie on the axis.
fn fit(axis: &Axis, most: usize, decades: i32, choice: impl Fn(i32) -> Vec<Round>) -> Vec<Round> {
    let inside = |mut numbers: Vec<Round>| {
        numbers.retain(|round| axis.has(*round));
        (numbers.len() <= most).then_some(numbers)
    };
    let strides = 1..=decades.max(1) + 1;
    strides
        .into_iter()
        .find_map(|every| inside(choice(every)))
        .unwrap_or_default()
}

/// A power of ten doubled and halved, where no more than `most` of them lie on the axis and none in a linear part.
fn doubles(axis: &Axis, most: usize) -> Vec<Round> {
    if axis.low() <= 0.0 || axis.linear_within().is_some_and(|linear| axis.low() < linear) {
        return Vec::new();
    }
    let from = exponent(axis.low());
    let all = (0..7).map(|k| (1i64 << k, from));
    let numbers: Vec<Round> = all.filter(|round| axis.has(*round)).collect();
    match numbers.len() <= most {
        true => numbers,
        false => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::plot::number::read;
    use proptest::prelude::*;

    fn labels(axis: Axis, most: usize) -> Vec<String> {
        axis.ticks(most).into_iter().map(|t| t.label).collect()
    }

    #[test]
    fn ticks_are_round_and_read_well() {
        let linear = |low, high| Axis::new(Scale::Linear, low, high);
        assert_eq!(labels(linear(0.0, 1.0), 6), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(labels(linear(0.0, 23456.0), 3), ["0", "10k", "20k"]);
        assert_eq!(labels(linear(0.0, 3e-5), 4), ["0", "1e-5", "2e-5", "3e-5"]);
        assert_eq!(labels(linear(-1.0, 1.0), 3), ["-1", "0", "1"]);
        let log = |low, high| Axis::new(Scale::Log, low, high);
        assert_eq!(labels(log(0.001, 10.0), 5), ["0.001", "0.01", "0.1", "1", "10"]);
        assert_eq!(labels(log(1.0, 1e6), 4), ["1", "100", "10k", "1M"]);
        assert_eq!(labels(log(3.0, 8.0), 6), ["4", "8"]);
        assert_eq!(labels(log(300.0, 390.0), 6), ["300", "380"]);
    }

    #[test]
    fn symlog_labels_zero_and_powers_of_ten_on_both_sides() {
        let axis = Axis::showing(Scale::SymLog, -100.0, 1000.0, Some(1.0));
        assert_eq!(labels(axis, 8), ["-100", "-10", "-1", "0", "1", "10", "100", "1000"]);
        assert_eq!(labels(axis, 5), ["-10", "0", "10", "1000"]);
    }

    #[test]
    fn what_is_counted_has_no_fractions() {
        let steps = |scale, low, high| labels(Axis::new(scale, low, high).counting(), 6);
        assert_eq!(steps(Scale::Linear, 10.0, 12.4), ["10", "11", "12"]);
        assert_eq!(steps(Scale::Linear, 10.2, 10.8), [""; 0]);
        assert_eq!(steps(Scale::Log, 1.0, 5.5), ["1", "2", "4"]);
    }

    fn scale() -> impl Strategy<Value = Scale> {
        prop_oneof![Just(Scale::Linear), Just(Scale::Log), Just(Scale::SymLog)]
    }

    fn end() -> impl Strategy<Value = f64> {
        prop_oneof![-1e6..1e6f64, -1e-6..1e-6f64, -1e290..1e290f64, any::<f64>()]
    }

    #[test]
    fn gaps_are_equal_where_they_are_a_whole_number_of_cells() {
        for (high, step, each) in [(10.0, 2.0, 14), (1000.0, 200.0, 7), (5.0, 1.0, 12)] {
            let cells = (high / step) as usize * each;
            let axis = Axis::new(Scale::Linear, 0.0, high);
            let ticks = axis.ticks(6);
            let places: Vec<usize> = ticks.iter().filter_map(|t| axis.place(t.value, cells)).collect();
            // The last value stands in the last cell, which is the only one that closes the range.
            let gaps: Vec<usize> = places.windows(2).map(|w| w[1] - w[0]).collect();
            let whole = gaps.len() - 1;
            assert!(gaps[..whole].iter().all(|gap| *gap == each), "{gaps:?}");
        }
    }

    proptest! {
        #[test]
        fn gaps_differ_by_rounding_alone(
            scale in scale(), low in prop_oneof![Just(0.0), -1e4..1e4f64], span in 1e-2..1e6f64, most in 2usize..13,
            cells in 20usize..300, counting in any::<bool>(),
        ) {
            let axis = Axis::new(scale, low, low + span);
            let axis = if counting { axis.counting() } else { axis }.with_last_cell(cells);
            let ticks = axis.ticks(most);
            let places: Vec<usize> = ticks.iter().filter_map(|t| axis.place(t.value, cells)).collect();
            let gaps: Vec<usize> = places.windows(2).map(|w| w[1] - w[0]).collect();
            let (least, most) = (gaps.iter().min(), gaps.iter().max());
            prop_assert!(most.zip(least).is_none_or(|(m, l)| m - l <= 1), "{gaps:?} of {ticks:?} on {axis:?}");
            prop_assert!(!counting || ticks.iter().all(|t| t.value.fract() == 0.0));
        }

        #[test]
        fn every_label_says_its_value_and_stands_in_its_cell(
            scale in scale(), a in end(), b in end(), nearest in prop::option::of(end()), most in 0usize..20,
            cells in 1usize..400,
        ) {
            let axis = Axis::showing(scale, a, b, nearest);
            let ticks = axis.ticks(most);
            prop_assert!(ticks.len() <= most, "{ticks:?}");
            let mut before = None;
            for tick in &ticks {
                prop_assert_eq!(read(&tick.label), Some(tick.value), "{}", &tick.label);
                prop_assert!(before.is_none_or(|(value, _)| value < tick.value));
                let cell = axis.place(tick.value, cells);
                prop_assert!(cell.is_some() && before.is_none_or(|(_, last)| last <= cell));
                before = Some((tick.value, cell));
            }
        }
    }
}
