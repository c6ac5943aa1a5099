//! An axis: which value lies in which cell, and which round values are written beside it. A label always stands in
//! the very cell where its value is drawn, because both ask [`Axis::place`].

/// How values are spread along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scale {
    /// Equal distances for equal differences.
    #[default]
    Linear,
    /// Equal distances for equal ratios; values at or below zero have no place.
    Log,
}

/// Values beyond this are treated as infinite: their differences would overflow.
pub const LARGEST: f64 = 1e300;

/// The smallest positive value a logarithmic axis shows.
const SMALLEST: f64 = 1e-300;

/// A closed range of values on a scale. Always finite and never empty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Axis {
    scale: Scale,
    low: f64,
    high: f64,
}

/// A labelled value.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// The value.
    pub value: f64,
    /// What is written; [`str::parse`] gives the value back, but for a thousands suffix (k, M, G).
    pub label: String,
}

impl Axis {
    /// From exactly `low` to `high`; widened where they coincide or cannot be shown.
    pub fn new(scale: Scale, low: f64, high: f64) -> Axis {
        let clean = |v: f64| if v.is_finite() { v.clamp(-LARGEST, LARGEST) } else { 0.0 };
        let (low, high) = (clean(low.min(high)), clean(high.max(low)));
        let (low, high) = match scale {
            Scale::Linear => (low, high),
            Scale::Log if high <= SMALLEST => (0.1, 1.0),
            Scale::Log => (if low < SMALLEST { high * 1e-3 } else { low }, high),
        };
        let slack = (low.abs().max(high.abs()) * 1e-9).max(1e-200);
        if high - low > slack {
            return Axis { scale, low, high };
        }
        match scale {
            Scale::Log => Axis {
                scale,
                low: low / 2.0,
                high: high * 2.0,
            },
            Scale::Linear => {
                let half = if low == 0.0 { 1.0 } else { low.abs() * 0.1 };
                Axis {
                    scale,
                    low: low - half,
                    high: high + half,
                }
            }
        }
    }

    /// From `low` to `high` with a little air, so that the curve does not lie on the frame.
    pub fn with_air(scale: Scale, low: f64, high: f64) -> Axis {
        let tight = Axis::new(scale, low, high);
        match scale {
            Scale::Linear => {
                let air = (tight.high - tight.low) * 0.04;
                // A quantity that is never negative is not given a negative axis by the air alone.
                let floor = if tight.low >= 0.0 { 0.0 } else { f64::NEG_INFINITY };
                Axis::new(scale, (tight.low - air).max(floor), tight.high + air)
            }
            Scale::Log => {
                let air = (tight.high / tight.low).powf(0.04);
                Axis::new(scale, tight.low / air, tight.high * air)
            }
        }
    }

    /// The least value shown.
    pub fn low(&self) -> f64 {
        self.low
    }

    /// The greatest value shown.
    pub fn high(&self) -> f64 {
        self.high
    }

    /// Where `value` lies, from 0 at the low end to 1 at the high end; `None` outside or without a place.
    fn share(&self, value: f64) -> Option<f64> {
        if !value.is_finite() || value < self.low || value > self.high {
            return None;
        }
        self.position(value).map(|share| share.clamp(0.0, 1.0))
    }

    /// Where `value` lies, also beyond the ends: below 0 or above 1.
    pub fn position(&self, value: f64) -> Option<f64> {
        let share = match self.scale {
            Scale::Linear => (value - self.low) / (self.high - self.low),
            Scale::Log => (value / self.low).ln() / (self.high / self.low).ln(),
        };
        share.is_finite().then_some(share)
    }

    /// Which of `cells` equal cells holds `value`, counted from the low end.
    pub fn place(&self, value: f64, cells: usize) -> Option<usize> {
        let share = self.share(value)?;
        (cells > 0).then(|| ((share * cells as f64) as usize).min(cells - 1))
    }

    /// The value at the middle of cell `cell` of `cells`.
    pub fn value_at(&self, cell: usize, cells: usize) -> f64 {
        let share = (cell as f64 + 0.5) / cells.max(1) as f64;
        match self.scale {
            Scale::Linear => self.low + share * (self.high - self.low),
            Scale::Log => self.low * (self.high / self.low).powf(share),
        }
    }

    /// At most `most` round values inside the range, ascending: multiples of 1, 2 or 5 times a power of ten.
    pub fn ticks(&self, most: usize) -> Vec<Tick> {
        if most == 0 {
            return Vec::new();
        }
        match self.scale {
            Scale::Linear => self.linear_ticks(most),
            Scale::Log => match self.log_ticks(most) {
                ticks if ticks.len() >= 2 || most < 2 => ticks,
                few => {
                    let linear = self.linear_ticks(most);
                    if linear.len() > few.len() { linear } else { few }
                }
            },
        }
    }

    fn linear_ticks(&self, most: usize) -> Vec<Tick> {
        let mut exponent = ((self.high - self.low) / most as f64).log10().floor() as i32 - 1;
        loop {
            for mantissa in [1i64, 2, 5] {
                let step = power(mantissa, exponent);
                let first = (self.low / step).ceil();
                let last = (self.high / step).floor();
                if last - first < most as f64 && first.abs().max(last.abs()) < 1e15 {
                    let numbers = (first as i64..=last as i64).map(|i| i * mantissa);
                    return labelled(numbers.map(|n| (n, exponent)).collect(), self);
                }
            }
            exponent += 1;
        }
    }

    fn log_ticks(&self, most: usize) -> Vec<Tick> {
        let (from, to) = (self.low.log10().floor() as i32, self.high.log10().ceil() as i32);
        let inside = |list: Vec<(i64, i32)>| -> Vec<(i64, i32)> {
            list.into_iter()
                .filter(|&(n, e)| self.share(power(n, e)).is_some())
                .collect()
        };
        let fine = if to - from > 40 {
            Vec::new()
        } else {
            inside((from..=to).flat_map(|e| [(1, e), (2, e), (5, e)]).collect())
        };
        if !fine.is_empty() && fine.len() <= most {
            return labelled(fine, self);
        }
        for stride in 1..=700 {
            let decades = inside(
                (from..=to)
                    .filter(|e| e.rem_euclid(stride) == 0)
                    .map(|e| (1, e))
                    .collect(),
            );
            if decades.len() <= most {
                return labelled(decades, self);
            }
        }
        Vec::new()
    }
}

/// n·10^e, correctly rounded.
fn power(n: i64, e: i32) -> f64 {
    format!("{n}e{e}").parse().unwrap_or(f64::NAN)
}

/// Labels in one style for a whole axis.
fn labelled(numbers: Vec<(i64, i32)>, axis: &Axis) -> Vec<Tick> {
    let values: Vec<f64> = numbers.iter().map(|&(n, e)| power(n, e)).collect();
    let largest = values.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    let style = match (axis.scale, largest) {
        (_, m) if m >= 1e13 || (m > 0.0 && m < 1e-3) => Style::Scientific,
        (Scale::Log, m) if m > 0.0 && axis.low < m * 1e-7 => Style::Scientific,
        (_, m) if m >= 1e10 => Style::Suffix("G", 9),
        (_, m) if m >= 1e7 => Style::Suffix("M", 6),
        (_, m) if m >= 1e4 => Style::Suffix("k", 3),
        _ => Style::Suffix("", 0),
    };
    let ticks = numbers.iter().zip(values);
    ticks
        .filter(|(_, value)| axis.share(*value).is_some())
        .map(|(&(n, e), value)| Tick {
            value,
            label: style.write(n, e),
        })
        .collect()
}

#[derive(Clone, Copy)]
enum Style {
    Scientific,
    Suffix(&'static str, i32),
}

impl Style {
    fn write(self, n: i64, e: i32) -> String {
        match self {
            _ if n == 0 => "0".into(),
            Style::Scientific => {
                let (mut n, mut e) = (n, e);
                while n % 10 == 0 {
                    (n, e) = (n / 10, e + 1);
                }
                // 12e-5 is written 1.2e-4.
                let digits = n.unsigned_abs().to_string();
                let sign = if n < 0 { "-" } else { "" };
                let exponent = e + digits.len() as i32 - 1;
                match digits.split_at(1) {
                    (d, "") => format!("{sign}{d}e{exponent}"),
                    (d, rest) => format!("{sign}{d}.{rest}e{exponent}"),
                }
            }
            Style::Suffix(suffix, thousands) => format!("{}{suffix}", decimal(n, e - thousands)),
        }
    }
}

/// n·10^e written out, without an exponent.
fn decimal(n: i64, e: i32) -> String {
    let sign = if n < 0 { "-" } else { "" };
    let digits = n.unsigned_abs().to_string();
    if e >= 0 {
        return format!("{sign}{digits}{}", "0".repeat(e as usize));
    }
    let places = (-e) as usize;
    let padded = format!("{digits:0>width$}", width = places + 1);
    let (whole, part) = padded.split_at(padded.len() - places);
    format!("{sign}{whole}.{part}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The number a label says.
    fn read(label: &str) -> f64 {
        let (digits, factor) = match label.strip_suffix(['k', 'M', 'G']) {
            Some(d) => (
                d,
                if label.ends_with('k') {
                    "e3"
                } else if label.ends_with('M') {
                    "e6"
                } else {
                    "e9"
                },
            ),
            None => (label, ""),
        };
        format!("{digits}{factor}").parse().unwrap()
    }

    fn labels(axis: Axis, most: usize) -> Vec<String> {
        axis.ticks(most).into_iter().map(|t| t.label).collect()
    }

    #[test]
    fn ticks_are_round_and_read_well() {
        assert_eq!(
            labels(Axis::new(Scale::Linear, 0.0, 1.0), 6),
            ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]
        );
        assert_eq!(labels(Axis::new(Scale::Linear, 0.0, 23456.0), 3), ["0", "10k", "20k"]);
        assert_eq!(
            labels(Axis::new(Scale::Linear, 0.0, 3e-5), 4),
            ["0", "1e-5", "2e-5", "3e-5"]
        );
        assert_eq!(
            labels(Axis::new(Scale::Log, 0.001, 10.0), 5),
            ["0.001", "0.010", "0.100", "1", "10"].map(|s| if s == "0.010" {
                "0.01"
            } else if s == "0.100" {
                "0.1"
            } else {
                s
            })
        );
        assert_eq!(labels(Axis::new(Scale::Linear, -1.0, 1.0), 3), ["-1", "0", "1"]);
    }

    #[test]
    fn a_flat_series_still_has_an_axis() {
        for v in [0.0, 1.0, -3.0, 1e-200, 1e250] {
            let axis = Axis::with_air(Scale::Linear, v, v);
            assert!(axis.place(v, 10).is_some(), "{v}: {axis:?}");
        }
    }

    proptest! {
        #[test]
        fn every_label_says_its_value_and_stands_in_its_cell(
            a in prop_oneof![-1e6..1e6f64, -1e-6..1e-6f64, -1e290..1e290f64, any::<f64>()],
            b in prop_oneof![-1e6..1e6f64, -1e-6..1e-6f64, -1e290..1e290f64, any::<f64>()],
            log in any::<bool>(), most in 0usize..20, cells in 1usize..400,
        ) {
            let scale = if log { Scale::Log } else { Scale::Linear };
            let axis = Axis::with_air(scale, a, b);
            let ticks = axis.ticks(most);
            prop_assert!(ticks.len() <= most.max(1), "{ticks:?}");
            let mut before = None;
            for tick in &ticks {
                prop_assert_eq!(read(&tick.label), tick.value, "{}", &tick.label);
                let cell = axis.place(read(&tick.label), cells);
                prop_assert_eq!(cell, axis.place(tick.value, cells));
                prop_assert!(cell.is_some());
                prop_assert!(before <= cell);
                before = cell;
            }
        }

        #[test]
        fn places_grow_with_values(low in -1e9..1e9f64, span in 1e-3..1e9f64, u in 0.0..1.0f64, v in 0.0..1.0f64, cells in 1usize..300) {
            let axis = Axis::new(Scale::Linear, low, low + span);
            let at = |s: f64| axis.place((low + s * span).clamp(axis.low(), axis.high()), cells).unwrap();
            prop_assert!((u <= v) == (u <= v) && (u > v || at(u) <= at(v)));
            for cell in 0..cells {
                prop_assert_eq!(axis.place(axis.value_at(cell, cells), cells), Some(cell));
            }
        }
    }
}
