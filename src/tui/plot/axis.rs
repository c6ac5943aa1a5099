//! An axis: maps values to cells. A label always stands in the cell where its value is drawn, because both use
//! [`Axis::place`]. Which values are labelled is in `ticks`; stable ranges are in `settle`.

use super::number::decade;
use crate::run::history::LARGEST;

/// How values are spread along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scale {
    /// Equal distances for equal differences.
    #[default]
    Linear,
    /// Equal distances for equal ratios; values at or below zero have no place.
    Log,
    /// Equal distances for equal ratios on either side of zero, and for equal differences near it: within ± a power of
    /// ten, [`Axis::linear_within`], which takes as much room on each side as every decade beyond.
    SymLog,
    /// Seconds since the epoch: spread as [`Scale::Linear`], labelled with times of day and dates in the zone in which
    /// times are shown.
    #[serde(skip)]
    Clock,
}

/// The smallest positive value a logarithmic axis shows.
pub const SMALLEST: f64 = 1e-300;

/// The most decades on one side of zero of [`Scale::SymLog`] beyond the linear part.
const DECADES: f64 = 1e6;

/// Those where nothing is known of the values near zero.
const FEW_DECADES: f64 = 1e3;

/// A closed range of values on a scale. Always finite and never empty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Axis {
    scale: Scale,
    low: f64,
    high: f64,
    /// For [`Scale::SymLog`] only.
    linear: f64,
    /// Whether only whole numbers mean anything on it.
    whole: bool,
}

impl Axis {
    /// From exactly `low` to `high`; widened where they coincide or cannot be shown.
    pub fn new(scale: Scale, low: f64, high: f64) -> Axis {
        let (low, high) = widened(scale, low, high);
        let most = low.abs().max(high.abs());
        let least = low.abs().min(high.abs());
        let nearest = if low * high > 0.0 { least } else { most / FEW_DECADES };
        Axis {
            scale,
            low,
            high,
            linear: linear_part(nearest, most),
            whole: false,
        }
    }

    /// As [`Axis::new`], for values of which `nearest` is the one nearest to zero, zero itself aside: on
    /// [`Scale::SymLog`] the linear part ends at the power of ten at or below it, six decades below the largest at
    /// the least.
    pub fn showing(scale: Scale, low: f64, high: f64, nearest: Option<f64>) -> Axis {
        let axis = Axis::new(scale, low, high);
        let most = axis.low.abs().max(axis.high.abs());
        let linear = nearest.map_or(axis.linear, |n| linear_part(n.abs(), most));
        Axis { linear, ..axis }
    }

    /// From `low` to `high` with a margin, so that the curve does not touch the frame.
    pub fn with_air(scale: Scale, low: f64, high: f64) -> Axis {
        let tight = Axis::new(scale, low, high);
        let ends = (tight.position(tight.low), tight.position(tight.high));
        if ends != (Some(0.0), Some(1.0)) {
            return tight;
        }
        // The margin alone does not make the axis of a non-negative quantity negative.
        let floor = if tight.low >= 0.0 { 0.0 } else { f64::NEG_INFINITY };
        tight.stretched(tight.at(-0.04).max(floor), tight.at(1.04))
    }

    /// The same scale, its linear part included, from `low` to `high`.
    pub fn stretched(self, low: f64, high: f64) -> Axis {
        let Axis { linear, whole, .. } = self;
        Axis {
            linear,
            whole,
            ..Axis::new(self.scale, low, high)
        }
    }

    /// The same axis of something that is counted: no fraction is written beside it.
    pub fn counting(self) -> Axis {
        Axis { whole: true, ..self }
    }

    /// Whether it is of something that is counted.
    pub fn is_counting(&self) -> bool {
        self.whole
    }

    /// The same scale between exactly these ends; none where they are no range.
    pub fn between(&self, low: f64, high: f64) -> Option<Axis> {
        let least = if self.scale == Scale::Log { SMALLEST } else { -LARGEST };
        let is_range = low >= least && high <= LARGEST && low < high;
        is_range.then_some(Axis { low, high, ..*self })
    }

    /// With a little more at the high end, so that its last value has a cell of `cells` as wide as the others.
    pub fn with_last_cell(self, cells: usize) -> Axis {
        let high = self.at(1.0 + 0.5 / cells.max(1) as f64);
        self.between(self.low, high).unwrap_or(self)
    }

    /// On [`Scale::SymLog`], where all of it is linear: with room beyond its ends that is linear too.
    pub fn linear_with_room(self) -> Axis {
        match self.scale == Scale::SymLog && self.low.abs().max(self.high.abs()) <= self.linear {
            true => Axis {
                linear: self.linear * 10.0,
                ..self
            },
            false => self,
        }
    }

    /// A value as it is spread: equal differences of this take equal room.
    pub fn spread(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Linear | Scale::Clock => value,
            Scale::Log => value.log10(),
            Scale::SymLog => self.bent(value),
        }
    }

    /// The value that is spread to `place`.
    pub fn gather(&self, place: f64) -> f64 {
        match self.scale {
            Scale::Linear | Scale::Clock => place,
            Scale::Log => 10f64.powf(place),
            Scale::SymLog => self.unbent(place),
        }
    }

    /// How values are spread.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// The least value shown.
    pub fn low(&self) -> f64 {
        self.low
    }

    /// The maximum shown.
    pub fn high(&self) -> f64 {
        self.high
    }

    /// On [`Scale::SymLog`] the distance from zero within which it is linear.
    pub fn linear_within(&self) -> Option<f64> {
        (self.scale == Scale::SymLog).then_some(self.linear)
    }

    /// Where `value` lies, from 0 at the low end to 1 at the high end; `None` outside or without a place.
    pub fn share(&self, value: f64) -> Option<f64> {
        if !value.is_finite() || value < self.low || value > self.high {
            return None;
        }
        self.position(value).map(|share| share.clamp(0.0, 1.0))
    }

    /// Where `value` lies, also beyond the ends: below 0 or above 1.
    pub fn position(&self, value: f64) -> Option<f64> {
        let (low, high) = (self.low, self.high);
        let share = match self.scale {
            Scale::Linear | Scale::Clock => (value - low) / (high - low),
            // The ratio is the more exact, but may be beyond all numbers.
            Scale::Log if (high / low).is_finite() => (value / low).ln() / (high / low).ln(),
            Scale::Log => (value.ln() - low.ln()) / (high.ln() - low.ln()),
            Scale::SymLog => {
                let start = self.bent(low);
                (self.bent(value) - start) / (self.bent(high) - start)
            }
        };
        share.is_finite().then_some(share)
    }

    /// The value whose [`Axis::position`] is `share`.
    fn at(&self, share: f64) -> f64 {
        let (low, high) = (self.low, self.high);
        match self.scale {
            Scale::Linear | Scale::Clock => low + share * (high - low),
            Scale::Log if (high / low).is_finite() => low * (high / low).powf(share),
            Scale::Log => (low.ln() + share * (high.ln() - low.ln())).exp(),
            Scale::SymLog => {
                let start = self.bent(low);
                self.unbent(start + share * (self.bent(high) - start))
            }
        }
    }

    /// Decades from zero on [`Scale::SymLog`], of which the first is the linear part.
    fn bent(&self, value: f64) -> f64 {
        let times = value.abs() / self.linear;
        if times <= 1.0 {
            value / self.linear
        } else {
            (1.0 + times.log10()).copysign(value)
        }
    }

    fn unbent(&self, decades: f64) -> f64 {
        if decades.abs() <= 1.0 {
            decades * self.linear
        } else {
            (self.linear * 10f64.powf(decades.abs() - 1.0)).copysign(decades)
        }
    }

    /// Which of `cells` equal cells holds `value`, counted from the low end.
    pub fn place(&self, value: f64, cells: usize) -> Option<usize> {
        let share = self.share(value)?;
        (cells > 0).then(|| ((share * cells as f64) as usize).min(cells - 1))
    }

    /// The value at the middle of cell `cell` of `cells`.
    pub fn value_at(&self, cell: usize, cells: usize) -> f64 {
        self.at((cell as f64 + 0.5) / cells.max(1) as f64)
    }
}

/// The range in order, finite, on the scale, and long enough to be divided.
fn widened(scale: Scale, low: f64, high: f64) -> (f64, f64) {
    let clean = |v: f64| if v.is_finite() { v.clamp(-LARGEST, LARGEST) } else { 0.0 };
    // Only what is clean can be ordered: an infinite end becomes the smaller one.
    let (low, high) = (clean(low), clean(high));
    let (low, high) = (low.min(high), low.max(high));
    let (low, high) = match scale {
        Scale::Log if high <= SMALLEST => (0.1, 1.0),
        Scale::Log => (if low < SMALLEST { high * 1e-3 } else { low }, high),
        Scale::Linear | Scale::SymLog | Scale::Clock => (low, high),
    };
    let slack = (low.abs().max(high.abs()) * 1e-9).max(1e-200);
    if high - low > slack {
        return (low, high);
    }
    match scale {
        Scale::Log => (low / 2.0, high * 2.0),
        Scale::Clock => (low - 30.0_f64.max(slack), high + 30.0_f64.max(slack)),
        Scale::Linear | Scale::SymLog => {
            let half = if low.abs() <= 1e-200 { 1.0 } else { low.abs() * 0.1 };
            (low - half, high + half)
        }
    }
}

/// The power of ten at or below the value nearest to zero, within what is shown.
fn linear_part(nearest: f64, most: f64) -> f64 {
    let most = most.max(1e-200);
    // Only a number within the range bounds it; NaN does not.
    decade(nearest.max(most / DECADES).min(most))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::plot::tests::scale;
    use proptest::prelude::*;

    #[test]
    fn a_flat_series_still_has_an_axis() {
        for scale in [Scale::Linear, Scale::SymLog, Scale::Clock] {
            for v in [0.0, 1.0, -3.0, 1e-200, 1e250] {
                let axis = Axis::with_air(scale, v, v);
                assert!(axis.place(v, 10).is_some(), "{v}: {axis:?}");
            }
        }
    }

    #[test]
    fn the_linear_part_of_symlog_ends_where_the_values_near_zero_are() {
        let within = |low, high, nearest| Axis::showing(Scale::SymLog, low, high, nearest).linear_within();
        assert_eq!(within(-50.0, 20.0, Some(0.03)), Some(0.01));
        assert_eq!(within(-50.0, 20.0, Some(1e-30)), Some(1e-5));
        assert_eq!(within(-50.0, 20.0, None), Some(0.01));
        assert_eq!(within(3.0, 200.0, None), Some(1.0));
        assert_eq!(Axis::new(Scale::Linear, 0.0, 1.0).linear_within(), None);
    }

    #[test]
    fn on_symlog_every_decade_and_the_linear_part_are_equally_long() {
        let axis = Axis::showing(Scale::SymLog, -100.0, 100.0, Some(1.0));
        let shares = [-100.0, -10.0, -1.0, 0.0, 1.0, 10.0, 100.0].map(|v| axis.position(v).unwrap());
        for (at, share) in shares.iter().enumerate() {
            assert!((share - at as f64 / 6.0).abs() < 1e-12, "{shares:?}");
        }
    }

    proptest! {
        #[test]
        fn places_grow_with_values(
            scale in scale(), low in -1e9..1e9f64, span in 1e-3..1e9f64, u in 0.0..1.0f64, v in 0.0..1.0f64,
            cells in 1usize..300, nearest in prop::option::of(1e-9..1e9f64),
        ) {
            let axis = Axis::showing(scale, low, low + span, nearest);
            let at = |s: f64| axis.place((axis.low() + s * (axis.high() - axis.low())).clamp(axis.low(), axis.high()), cells);
            prop_assert!(at(u.min(v)).unwrap() <= at(u.max(v)).unwrap());
            prop_assert_eq!(axis.place(axis.low(), cells), Some(0));
            prop_assert_eq!(axis.place(axis.high(), cells), Some(cells - 1));
            for cell in 0..cells {
                prop_assert_eq!(axis.place(axis.value_at(cell, cells), cells), Some(cell));
            }
        }

        #[test]
        fn any_two_numbers_make_an_axis(scale in scale(), low in any::<f64>(), high in any::<f64>()) {
            let axis = Axis::with_air(scale, low, high);
            prop_assert!(axis.low().is_finite() && axis.high().is_finite() && axis.low() < axis.high(), "{axis:?}");
            prop_assert!(axis.place(axis.low(), 7) == Some(0) && axis.place(axis.high(), 7) == Some(6), "{axis:?}");
        }
    }
}
