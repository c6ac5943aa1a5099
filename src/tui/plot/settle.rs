//! Ranges that stay where they are while a run grows, so that a steady chart is redrawn, and sent to a terminal,
//! only where something happened.

use super::{
    axis::{Axis, SMALLEST, Scale},
    number::{decade, exponent, power},
};

/// Mantissas ten to a decade, nearly equal ratios apart (in hundredths): an axis moves once per quarter of growth.
const TENTHS: [i64; 10] = [100, 125, 160, 200, 250, 320, 400, 500, 630, 800];

/// The most steps that a linear range is rounded to: fewer lie quieter, more waste less room.
const STEPS: f64 = 10.0;

impl Axis {
    /// For something that grows to the right: from `low` to beyond `high` by at most a quarter, but not beyond
    /// `total`, where that is known and `high` within it.
    pub fn growing(scale: Scale, low: f64, high: f64, total: Option<f64>) -> Axis {
        let start = if scale == Scale::Log { 0.0 } else { low };
        let span = high - start;
        let round = match span.is_finite() && span > SMALLEST {
            true => start + tenth_above(span),
            false => high,
        };
        let cap = total.filter(|t| *t >= high && t.is_finite()).unwrap_or(f64::INFINITY);
        Axis::new(scale, low, round.min(cap))
    }

    /// For values between `low` and `high`, of which `nearest` is the one nearest to zero: both ends rounded
    /// outwards, to round numbers.
    pub fn settled(scale: Scale, low: f64, high: f64, nearest: Option<f64>) -> Axis {
        let tight = Axis::showing(scale, low, high, nearest);
        let (low, high) = match scale {
            Scale::Linear => whole_steps(tight.low(), tight.high()),
            Scale::Clock => (tight.low(), tight.high()),
            Scale::Log => (below(tight.low()), above(tight.high())),
            Scale::SymLog => {
                let linear = tight.linear_within().unwrap_or(1.0);
                (-outwards(-tight.low(), linear), outwards(tight.high(), linear))
            }
        };
        let round = tight.stretched(low, high);
        // At the limits of numbers there may be no rounder range.
        match round.low() <= tight.low() && tight.high() <= round.high() {
            true => round,
            false => tight,
        }
    }
}

fn tenth_above(value: f64) -> f64 {
    let e = exponent(value) - 2;
    let candidates = TENTHS.iter().map(|n| power(*n, e)).chain([power(1000, e)]);
    candidates.into_iter().find(|round| *round >= value).unwrap_or(value)
}

/// Outwards to multiples of a step that is 1, 2 or 5 times a power of ten.
fn whole_steps(low: f64, high: f64) -> (f64, f64) {
    let mut exponent = (high / STEPS - low / STEPS).log10().floor() as i32 - 1;
    loop {
        for mantissa in [1i64, 2, 5] {
            let step = power(mantissa, exponent);
            let (first, last) = ((low / step).floor(), (high / step).ceil());
            if last - first <= STEPS && first.abs().max(last.abs()) < 1e15 {
                return (
                    power(first as i64 * mantissa, exponent),
                    power(last as i64 * mantissa, exponent),
                );
            }
        }
        exponent += 1;
    }
}

/// 1, 2 or 5 times a power of ten, at or below.
fn below(value: f64) -> f64 {
    let e = exponent(value);
    let candidates = [5, 2, 1].map(|n| power(n, e));
    candidates.into_iter().find(|round| *round <= value).unwrap_or(value)
}

/// At or above.
fn above(value: f64) -> f64 {
    let e = exponent(value);
    let candidates = [1, 2, 5, 10].map(|n| power(n, e));
    candidates.into_iter().find(|round| *round >= value).unwrap_or(value)
}

/// The upper end of a range that is linear near zero; the lower end is its mirror image.
fn outwards(value: f64, linear: f64) -> f64 {
    if value > linear {
        above(value)
    } else if value > 0.0 {
        linear
    } else if value > -linear {
        0.0
    } else {
        -below(-value).max(decade(linear))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_run_of_a_hundred_thousand_steps_moves_its_axis_a_few_dozen_times() {
        let ends = (1..100_000).map(|step| Axis::growing(Scale::Linear, 0.0, f64::from(step), None).high());
        let mut ends: Vec<f64> = ends.collect();
        assert!(ends.windows(2).all(|w| w[0] <= w[1]));
        ends.dedup();
        assert!(ends.len() <= 51, "{}", ends.len());
    }

    #[test]
    fn an_axis_ends_where_the_run_will() {
        assert_eq!(Axis::growing(Scale::Linear, 0.0, 910.0, Some(930.0)).high(), 930.0);
        assert_eq!(Axis::growing(Scale::Linear, 0.0, 910.0, Some(5000.0)).high(), 1000.0);
        assert_eq!(Axis::growing(Scale::Linear, 0.0, 910.0, Some(900.0)).high(), 1000.0);
        assert_eq!(Axis::growing(Scale::Clock, 5000.0, 5060.0, None).high(), 5063.0);
    }

    #[test]
    fn ranges_of_values_end_at_round_numbers() {
        let ends = |scale, low, high| {
            let axis = Axis::settled(scale, low, high, None);
            (axis.low(), axis.high())
        };
        assert_eq!(ends(Scale::Linear, 0.113, 2.34), (0.0, 2.5));
        assert_eq!(ends(Scale::Linear, 0.0, 1.0), (0.0, 1.0));
        assert_eq!(ends(Scale::Log, 0.0113, 2.34), (0.01, 5.0));
        assert_eq!(ends(Scale::SymLog, -3.4, 120.0), (-5.0, 200.0));
        assert_eq!(ends(Scale::SymLog, 3.4, 120.0), (2.0, 200.0));
    }

    proptest! {
        #[test]
        fn a_settled_range_holds_its_values_and_wastes_less_than_half(
            scale in prop_oneof![Just(Scale::Linear), Just(Scale::SymLog), Just(Scale::Log)],
            low in any::<f64>(), high in any::<f64>(), nearest in prop::option::of(any::<f64>()),
        ) {
            let tight = Axis::showing(scale, low, high, nearest);
            let axis = Axis::settled(scale, low, high, nearest);
            prop_assert!(axis.low() <= tight.low() && tight.high() <= axis.high(), "{tight:?} {axis:?}");
            prop_assert_eq!(axis.linear_within(), tight.linear_within());
            if scale == Scale::Linear {
                let wasted = 1.0 - (tight.high() / 2.0 - tight.low() / 2.0) / (axis.high() / 2.0 - axis.low() / 2.0);
                prop_assert!(wasted < 0.5, "{wasted}: {tight:?} {axis:?}");
            }
        }
    }
}
