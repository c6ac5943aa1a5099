//! Which round values are written beside an axis: multiples of 1, 2 or 5 times a power of ten, or round times of day.

use super::{
    axis::{Axis, Scale},
    clock,
    number::{Notation, exponent, power},
};

/// A labelled value.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// The value.
    pub value: f64,
    /// What is written; it says the value exactly (k, M and G are thousands, millions, billions).
    pub label: String,
}

/// A round number n·10^e.
type Round = (i64, i32);

impl Axis {
    /// At most `most` round values inside the range, ascending.
    pub fn ticks(&self, most: usize) -> Vec<Tick> {
        if most == 0 {
            return Vec::new();
        }
        let ticks = match self.scale() {
            Scale::Linear => return linear(self, most),
            // Seconds since 1970 would say nothing: rather no label than one of those.
            Scale::Clock => return clock::ticks(self, most),
            Scale::Log => self.labelled(decades(self, most), Notation::Each),
            Scale::SymLog => self.labelled(both_sides(self, most), Notation::Each),
        };
        if ticks.len() >= most.min(3) {
            return ticks;
        }
        // Within one decade.
        let linear = linear(self, most);
        if linear.len() > ticks.len() { linear } else { ticks }
    }

    fn labelled(&self, numbers: Vec<Round>, notation: Notation) -> Vec<Tick> {
        let tick = |(n, e): Round| Tick {
            value: power(n, e),
            label: notation.write(n, e),
        };
        let ticks = numbers.into_iter().map(tick);
        ticks.filter(|tick| self.share(tick.value).is_some()).collect()
    }
}

fn linear(axis: &Axis, most: usize) -> Vec<Tick> {
    let mut exponent = (axis.high() / most as f64 - axis.low() / most as f64).log10().floor() as i32 - 1;
    loop {
        for mantissa in [1i64, 2, 5] {
            let step = power(mantissa, exponent);
            let (first, last) = ((axis.low() / step).ceil(), (axis.high() / step).floor());
            if last - first < most as f64 && first.abs().max(last.abs()) < 1e15 {
                let largest = first.abs().max(last.abs()) * step;
                let numbers = (first as i64..=last as i64).map(|i| (i * mantissa, exponent));
                return axis.labelled(numbers.collect(), Notation::of(largest));
            }
        }
        exponent += 1;
    }
}

/// 1, 2 and 5 times powers of ten, or so few powers as fit.
fn decades(axis: &Axis, most: usize) -> Vec<Round> {
    let (from, to) = (exponent(axis.low()), exponent(axis.high()) + 1);
    fit(axis, most, to - from, |mantissas, stride| {
        let round = (from..=to).filter(|e| e.rem_euclid(stride) == 0);
        round.flat_map(|e| mantissas.iter().map(move |n| (*n, e))).collect()
    })
}

/// The same on both sides of zero, from the end of the linear part on; and zero.
fn both_sides(axis: &Axis, most: usize) -> Vec<Round> {
    let Some(linear) = axis.linear_within() else {
        return Vec::new();
    };
    let (from, to) = (exponent(linear), exponent(axis.low().abs().max(axis.high().abs())));
    fit(axis, most, to - from + 1, |mantissas, stride| {
        let side = |sign: i64| {
            let round = (from..=to).filter(move |e| (e - from) % stride == 0);
            round.flat_map(move |e| mantissas.iter().map(move |n| (sign * n, e)))
        };
        side(-1).rev().chain([(0, 0)]).chain(side(1)).collect()
    })
}

/// The richest choice of which no more than `most` numbers lie on the axis.
fn fit(axis: &Axis, most: usize, decades: i32, choice: impl Fn(&'static [i64], i32) -> Vec<Round>) -> Vec<Round> {
    let inside = |mut numbers: Vec<Round>| {
        numbers.retain(|&(n, e)| axis.share(power(n, e)).is_some());
        (numbers.len() <= most).then_some(numbers)
    };
    // Of many decades the mantissas would never fit.
    let fine = (decades <= 40).then(|| inside(choice(&[1, 2, 5], 1))).flatten();
    if let Some(fine) = fine.filter(|fine| !fine.is_empty()) {
        return fine;
    }
    let strides = 1..=decades.max(1) + 1;
    strides
        .into_iter()
        .find_map(|stride| inside(choice(&[1], stride)))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::number::read;
    use super::*;
    use proptest::prelude::*;

    fn labels(axis: Axis, most: usize) -> Vec<String> {
        axis.ticks(most).into_iter().map(|t| t.label).collect()
    }

    #[test]
    fn ticks_are_round_and_read_well() {
        let linear = |low, high| Axis::new(Scale::Linear, low, high);
        assert_eq!(labels(linear(0.0, 1.0), 6), ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(labels(linear(0.0, 23456.0), 3), ["0", "10k", "20k"]);
        assert_eq!(labels(linear(0.0, 3e-5), 4), ["0", "1e-5", "2e-5", "3e-5"]);
        assert_eq!(labels(linear(-1.0, 1.0), 3), ["-1", "0", "1"]);
        let log = |low, high| Axis::new(Scale::Log, low, high);
        assert_eq!(labels(log(0.001, 10.0), 5), ["0.001", "0.01", "0.1", "1", "10"]);
        assert_eq!(labels(log(1.0, 1e6), 4), ["1", "100", "10k", "1M"]);
        assert_eq!(labels(log(3.0, 8.0), 6), ["3", "4", "5", "6", "7", "8"]);
    }

    #[test]
    fn symlog_labels_zero_and_powers_of_ten_on_both_sides() {
        let axis = Axis::showing(Scale::SymLog, -100.0, 1000.0, Some(1.0));
        assert_eq!(labels(axis, 8), ["-100", "-10", "-1", "0", "1", "10", "100", "1000"]);
        assert_eq!(labels(axis, 5), ["-100", "-1", "0", "1", "100"]);
    }

    fn scale() -> impl Strategy<Value = Scale> {
        prop_oneof![Just(Scale::Linear), Just(Scale::Log), Just(Scale::SymLog)]
    }

    fn end() -> impl Strategy<Value = f64> {
        prop_oneof![-1e6..1e6f64, -1e-6..1e-6f64, -1e290..1e290f64, any::<f64>()]
    }

    proptest! {
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
