//! What the batch norms of one training pass found in their inputs: kept apart from the network until a step is applied.

use super::layer::Statistics;
use super::pass::Pass;

/// Mean and variance of every batch norm over one batch, in the order of the walk.
pub struct BatchStatistics(pub(super) Vec<Statistics>);

impl Pass {
    /// What its batch norms found; a second call finds nothing. No backward walk needs it.
    pub fn take_statistics(&mut self) -> BatchStatistics {
        BatchStatistics(std::mem::take(&mut self.statistics))
    }
}

impl BatchStatistics {
    /// Those of all shards of a batch, as if each norm had seen their inputs together: means weighted by their numbers of
    /// positions, and the variance within the shards plus that between their means. Sums go in the order of the shards.
    pub fn join(shards: Vec<BatchStatistics>) -> BatchStatistics {
        let norms = shards.iter().map(|s| s.0.len()).min().unwrap_or(0);
        let joined = |norm| of_one(&shards.iter().map(|s| &s.0[norm]).collect::<Vec<_>>());
        BatchStatistics((0..norms).filter_map(joined).collect())
    }
}

/// One norm's statistics over all shards.
fn of_one(shards: &[&Statistics]) -> Option<Statistics> {
    let positions: usize = shards.iter().map(|s| s.positions).sum();
    let share = |s: &Statistics| (s.positions as f64 / positions as f64) as f32;
    let means = shards.iter().map(|s| s.mean.clone() * share(s));
    let mean = means.reduce(|sum, next| sum + next)?;
    let squares = shards.iter().map(|s| {
        let away = s.mean.clone() - mean.clone();
        (s.variance.clone() + away.clone() * away) * share(s)
    });
    Some(Statistics {
        norm: shards.first()?.norm,
        variance: squares.reduce(|sum, next| sum + next)?,
        mean,
        positions,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snn::backend::{Device, download};

    #[test]
    fn the_joined_statistics_are_those_of_all_values_together() {
        let values = [1.0f64, 4.0, -2.0, 0.5, 8.0];
        let device = Device::find("cpu").unwrap();
        let of = |values: &[f64]| {
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64;
            BatchStatistics(vec![Statistics {
                norm: 0,
                mean: device.upload(vec![mean as f32]),
                variance: device.upload(vec![variance as f32]),
                positions: values.len(),
            }])
        };
        let (whole, joined) = (
            of(&values),
            BatchStatistics::join(vec![of(&values[..2]), of(&values[2..])]),
        );
        assert_eq!(joined.0[0].positions, 5);
        for (want, got) in [
            (&whole.0[0].mean, &joined.0[0].mean),
            (&whole.0[0].variance, &joined.0[0].variance),
        ] {
            let (want, got) = (download(want)[0], download(got)[0]);
            assert!((want - got).abs() < 1e-5, "{got} is not {want}");
        }
    }
}
