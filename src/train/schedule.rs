//! The learning rate as a factor of its base, constant within an epoch as in the reference.

use crate::spec::{ScheduleKind, TrainSpec};
use std::f64::consts::PI;

/// Factor of the base rate in `epoch` (from 0).
pub fn factor(spec: &TrainSpec, epoch: u64) -> f64 {
    if epoch < spec.warmup {
        return (epoch + 1) as f64 / (spec.warmup + 1) as f64;
    }
    let done = (epoch - spec.warmup) as f64 / (spec.epochs.saturating_sub(spec.warmup)).max(1) as f64;
    match spec.schedule {
        ScheduleKind::Constant => 1.0,
        ScheduleKind::Cosine => 0.5 * (1.0 + (PI * done).cos()),
        ScheduleKind::Step => match done {
            d if d < 0.5 => 1.0,
            d if d < 0.75 => 0.1,
            _ => 0.01,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(schedule: ScheduleKind, warmup: u64, epoch: u64) -> f64 {
        factor(
            &TrainSpec {
                schedule,
                warmup,
                epochs: 8,
                ..TrainSpec::default()
            },
            epoch,
        )
    }

    #[test]
    fn a_cosine_begins_at_one_and_is_at_half_in_the_middle() {
        assert_eq!(at(ScheduleKind::Cosine, 0, 0), 1.0);
        assert!((at(ScheduleKind::Cosine, 0, 4) - 0.5).abs() < 1e-12);
        assert!(at(ScheduleKind::Cosine, 0, 7) > 0.0);
    }

    #[test]
    fn steps_divide_by_ten_and_warmup_rises() {
        assert_eq!([0, 4, 6].map(|e| at(ScheduleKind::Step, 0, e)), [1.0, 0.1, 0.01]);
        assert_eq!([0, 1].map(|e| at(ScheduleKind::Constant, 3, e)), [0.25, 0.5]);
    }
}
