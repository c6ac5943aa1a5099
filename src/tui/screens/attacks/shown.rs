//! What the pictures of a kept sample show: an image as it is, frames as their sum over time. It draws nothing.

use crate::{
    input::Time,
    run::attack_job::Example,
    spec::Norm,
    units::{Epsilon, significant},
};

/// Values between 0 and 1 for three pictures, `[C, H, W]` each.
pub struct Shown {
    /// As it was.
    pub clean: Vec<f32>,
    /// What the attack changed: 0.5 where nothing.
    pub change: Vec<f32>,
    /// As it came back.
    pub attacked: Vec<f32>,
    /// The change that is shown as 0 or 1, in words.
    pub unit: String,
    /// What was added up, in words; empty for an image.
    pub over: String,
}

impl Shown {
    /// Of a sample attacked within this radius.
    pub fn of(example: &Example, norm: Norm, eps: Epsilon) -> Shown {
        let (clean, attacked) = (example.added(&example.clean), example.added(&example.adversarial));
        let change: Vec<f32> = clean.iter().zip(&attacked).map(|(a, b)| b - a).collect();
        let largest = largest(&change);
        // Within an ℓ₂ ball one pixel may change by any part of the radius, and so may a sum of frames.
        let (span, unit) = match (norm.is_cube(), example.time) {
            (true, Time::Static) => (eps.value() as f32, eps.to_string()),
            _ => (largest, significant(f64::from(largest))),
        };
        let scaled = change
            .iter()
            .map(|v| 0.5 + v / (2.0 * span.max(f32::MIN_POSITIVE)))
            .collect();
        let (clean, attacked, over) = match example.time {
            Time::Static => (clean, attacked, String::new()),
            Time::Frames(frames) => {
                let most = self::largest(&clean)
                    .max(self::largest(&attacked))
                    .max(f32::MIN_POSITIVE);
                let share = |values: Vec<f32>| values.into_iter().map(|v| v / most).collect();
                (share(clean), share(attacked), format!(", {frames} frames"))
            }
        };
        Shown {
            clean,
            change: scaled,
            attacked,
            unit,
            over,
        }
    }
}

/// The largest size of what is a number.
fn largest(values: &[f32]) -> f32 {
    let finite = values.iter().filter(|v| v.is_finite());
    finite.fold(0.0, |most, v| most.max(v.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(time: Time) -> Example {
        Example {
            time,
            image: [1, 1, 2],
            clean: vec![0.0, 0.5, 3.0, 0.5],
            adversarial: vec![0.0, 1.5, 3.0, 2.5],
            ..Example::default()
        }
    }

    #[test]
    fn frames_are_added_up_and_shown_against_their_largest_sum() {
        let shown = Shown::of(&example(Time::Frames(2)), Norm::Linf, Epsilon::new(1.0).unwrap());
        assert_eq!((shown.clean, shown.attacked), (vec![0.75, 0.25], vec![0.75, 1.0]));
        assert_eq!((shown.change, shown.unit.as_str()), (vec![0.5, 1.0], "3"));
        assert_eq!(shown.over, ", 2 frames");
    }

    #[test]
    fn an_image_is_shown_as_it_is_and_its_change_in_radii() {
        let image = Example {
            clean: vec![0.25, 0.5],
            adversarial: vec![0.25, 1.0],
            ..example(Time::Static)
        };
        let shown = Shown::of(&image, Norm::Linf, Epsilon::new(0.5).unwrap());
        assert_eq!((shown.clean, shown.attacked), (image.clean, image.adversarial));
        assert_eq!((shown.change, shown.over.as_str()), (vec![0.5, 1.0], ""));
    }
}
