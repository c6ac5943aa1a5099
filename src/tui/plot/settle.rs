//! Stable ranges for growing runs, so that a steady chart is redrawn, and sent to the terminal, only where something
//! changed.

use super::{
    axis::{Axis, SMALLEST, Scale},
    number::{exponent, power},
};

/// Mantissas ten to a decade, nearly equal ratios apart (in hundredths): an axis moves once per quarter of growth.
const TENTHS: [i64; 10] = [100, 125, 160, 200, 250, 320, 400, 500, 630, 800];

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
}

fn tenth_above(value: f64) -> f64 {
    let e = exponent(value) - 2;
    let candidates = TENTHS.iter().map(|n| power(*n, e)).chain([power(1000, e)]);
    candidates.into_iter().find(|round| *round >= value).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
