//! How often and on how many images is probed, so that probes cost at most a twentieth of the training time.
//!
//! Decided by counting passes, never by a clock: what is recorded must not depend on how busy the machine is. Where a
//! twentieth does not suffice for the images asked for, fewer are taken, and `probe.samples` says how many; the cadence
//! of the gradient probe is kept, and the vulnerability is measured less often. One image is always measured, so a run of a few steps per epoch may spend more.

use super::cost::step_cost;
use super::vulnerability::{DRAWS, STEPS};
use crate::spec::Experiment;

/// Probes per epoch where the specification does not say how often.
const PROBES_PER_EPOCH: u64 = 20;
/// The measured vulnerability is taken at every fourth probe, or less often where that costs too much.
const VULNERABILITY_EVERY: u64 = 4;
/// Images that the measured vulnerability is taken on at the most.
const VULNERABILITY_SAMPLES: usize = 8;
/// Share of the training's passes that the gradient probe may take, and the measured vulnerability; the rest of the
/// twentieth is reserve.
const GRADIENT_SHARE: f64 = 0.022;
const VULNERABILITY_SHARE: f64 = 0.010;
/// Share of all passes of the run that each of the two may take once more at its end.
const END_SHARE: f64 = 0.005;
/// Cost of the gradient probe in forward passes of one image: forward, backward to the input and reading the spikes for
/// each image, and as much as one image for starting every kernel on a batch that does not fill the machine.
const GRADIENT_COST: Cost = Cost { image: 3.0, batch: 3.0 };
/// Cost of the measured vulnerability: both signs of the search, the noise and the clean pass.
const VULNERABILITY_COST: Cost = Cost {
    image: (2 * (2 * STEPS + 1) + DRAWS + 1) as f64,
    batch: 2.0 * (STEPS + 3) as f64,
};

/// What a measurement costs, in forward passes of one image.
struct Cost {
    image: f64,
    batch: f64,
}

impl Cost {
    fn of(&self, images: usize) -> f64 {
        self.batch + self.image * images as f64
    }

    /// How many images `budget` pays for: from 1 to `most`.
    fn affordable(&self, budget: f64, most: usize) -> usize {
        (((budget - self.batch) / self.image) as usize).clamp(1, most.max(1))
    }
}

/// When and on how much is probed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProbeBudget {
    /// Steps between two probes.
    pub every: u64,
    /// Images of a probe.
    pub samples: usize,
    /// The measured vulnerability is taken at every n-th probe.
    pub vulnerability_every: u64,
    /// Images of that probe that it is taken on.
    pub vulnerability_samples: usize,
}

impl ProbeBudget {
    /// The budget of a run as it is set now, with so many steps per epoch.
    pub fn of(experiment: &Experiment, per_epoch: u64) -> ProbeBudget {
        let every = match experiment.probe.every {
            0 => (per_epoch / PROBES_PER_EPOCH).max(1),
            every => every,
        };
        let between = every as f64 * step_cost(experiment);
        let samples = GRADIENT_COST.affordable(GRADIENT_SHARE * between, experiment.probe.samples);
        let budget = VULNERABILITY_SHARE * between;
        let vulnerability_every = ((VULNERABILITY_COST.of(1) / budget).ceil() as u64).max(VULNERABILITY_EVERY);
        let most = samples.min(VULNERABILITY_SAMPLES);
        ProbeBudget {
            every,
            samples,
            vulnerability_every,
            vulnerability_samples: VULNERABILITY_COST.affordable(budget * vulnerability_every as f64, most),
        }
    }

    /// Everything at once, as it is measured at the end of a run of so many steps: results of different runs are then
    /// of the same images, unless the run was so short that they would cost more than a hundredth of it.
    pub fn at_end(experiment: &Experiment, steps: u64) -> ProbeBudget {
        let budget = END_SHARE * steps as f64 * step_cost(experiment);
        let samples = GRADIENT_COST.affordable(budget, experiment.probe.samples);
        let most = samples.min(VULNERABILITY_SAMPLES);
        ProbeBudget {
            every: 1,
            samples,
            vulnerability_every: 1,
            vulnerability_samples: VULNERABILITY_COST.affordable(budget, most),
        }
    }

    /// Whether there is a probe after this step.
    pub fn is_due(self, step: u64) -> bool {
        step == 1 || step.is_multiple_of(self.every)
    }

    /// Whether that probe measures the vulnerability too.
    pub fn measures_vulnerability(self, step: u64) -> bool {
        self.is_due(step) && (step == 1 || (step / self.every).is_multiple_of(self.vulnerability_every))
    }

    /// How many of the probes of so many steps there are, and how many of them measure the vulnerability.
    pub fn count(self, steps: u64) -> (u64, u64) {
        let first = |every: u64| u64::from(steps > 0 && every > 1);
        let often = self.every.saturating_mul(self.vulnerability_every);
        (steps / self.every + first(self.every), steps / often + first(often))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn experiment(set: &[&str]) -> Experiment {
        let text = "[data]\nname = \"cifar-10\"\n[network]\npreset = \"small\"\nclasses = 10\nimage = [3, 32, 32]\n\
                    mean = [0, 0, 0]\nstd = [1, 1, 1]";
        let set: Vec<String> = set.iter().map(|s| s.to_string()).collect();
        Experiment::parse(text, "test", "test", &set).unwrap()
    }

    /// Passes of the probes over passes of the training, in one epoch.
    fn share(e: &Experiment, per_epoch: u64) -> f64 {
        let budget = ProbeBudget::of(e, per_epoch);
        let (all, some) = budget.count(per_epoch);
        let cost = all as f64 * GRADIENT_COST.of(budget.samples)
            + some as f64 * VULNERABILITY_COST.of(budget.vulnerability_samples);
        cost / (per_epoch as f64 * step_cost(e))
    }

    #[test]
    fn twenty_probes_or_more_per_epoch_cost_a_twentieth_at_the_most() {
        for recipe in [
            &["train.recipe=plain"][..],
            &["train.recipe=sr", "lambda=0.002"],
            &["train.recipe=at"],
        ] {
            let e = experiment(recipe);
            for per_epoch in [100, 281, 1407, 10_000] {
                let budget = ProbeBudget::of(&e, per_epoch);
                assert!(budget.count(per_epoch).0 >= 20, "{recipe:?} {per_epoch}: {budget:?}");
                let share = share(&e, per_epoch);
                assert!(share <= 0.05, "{recipe:?} {per_epoch}: {share} {budget:?}");
            }
        }
    }

    #[test]
    fn all_images_asked_for_are_measured_where_they_can_be_afforded() {
        let budget = ProbeBudget::of(&experiment(&["train.recipe=at"]), 1407);
        assert_eq!(
            (budget.every, budget.samples, budget.vulnerability_samples),
            (70, 32, 8)
        );
        let short = ProbeBudget::of(&experiment(&[]), 100);
        assert!(short.samples < 32 && short.every == 5, "{short:?}");
        let few = ProbeBudget::of(&experiment(&["train.batch=2"]), 5);
        assert_eq!((few.every, few.samples, few.vulnerability_samples), (1, 1, 1));
    }

    #[test]
    fn the_last_probe_is_whole_unless_the_run_was_short() {
        let e = experiment(&[]);
        let images = |steps| {
            (
                ProbeBudget::at_end(&e, steps).samples,
                ProbeBudget::at_end(&e, steps).vulnerability_samples,
            )
        };
        assert_eq!((images(1124), images(57)), ((32, 8), (8, 1)));
    }

    #[test]
    fn the_first_step_is_probed_and_then_every_so_manieth() {
        let budget = ProbeBudget {
            every: 3,
            samples: 1,
            vulnerability_every: 4,
            vulnerability_samples: 1,
        };
        let due: Vec<u64> = (1..=24).filter(|s| budget.is_due(*s)).collect();
        assert_eq!(due, [1, 3, 6, 9, 12, 15, 18, 21, 24]);
        let also: Vec<u64> = (1..=24).filter(|s| budget.measures_vulnerability(*s)).collect();
        assert_eq!(also, [1, 12, 24]);
        assert_eq!(budget.count(24), (9, 3));
    }
}
