//! How much memory a training step needs, estimated from the specification: what is held at the peak.

use crate::snn::Plan;
use crate::spec::{Experiment, OptimizerKind};
use crate::train::cost::most_passes;

/// Bytes of a value.
const VALUE: u64 = 4;
/// Images per evaluation batch, as `data_splits` gives them.
const EVALUATION_BATCH: u64 = 100;
/// Signals alive at once around the layer at work: its input, its output, and one in the making.
const SIGNALS: u64 = 3;

/// Bytes by what they are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Footprint {
    /// Weights, their gradients and the optimiser's state.
    pub weights: u64,
    /// What the passes of a step remember, and the signals on their way.
    pub signals: u64,
}

impl Footprint {
    /// Of a training step, or of an evaluation where that is wider.
    pub fn of(spec: &Experiment, plan: &Plan) -> Footprint {
        let passes = most_passes(spec.train.recipe) as u64;
        let states = match spec.train.optimizer {
            OptimizerKind::Sgd => 1,
            OptimizerKind::Adamw => 2,
        };
        let batch = spec.train.batch as u64;
        let remembered = match spec.train.checkpointing {
            true => plan.entering * passes + plan.widest,
            false => plan.remembered * passes,
        };
        let step = batch * (remembered + plan.largest * SIGNALS);
        let evaluation = EVALUATION_BATCH * plan.largest * SIGNALS;
        Footprint {
            weights: VALUE * plan.parameters() * (2 + states),
            signals: VALUE * step.max(evaluation),
        }
    }

    /// All of it.
    pub fn total(self) -> u64 {
        self.weights + self.signals
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn footprint(set: &[&str]) -> Footprint {
        let text = "[data]\nname = \"cifar-10\"\n[network]\npreset = \"small\"\nclasses = 10\nimage = [3, 32, 32]\n\
                    mean = [0, 0, 0]\nstd = [1, 1, 1]\nsteps = 4";
        let set: Vec<String> = set.iter().map(|s| s.to_string()).collect();
        let spec = Experiment::parse(text, "test", "test", &set).unwrap();
        Footprint::of(&spec, &crate::snn::plan(&spec.network).unwrap())
    }

    #[test]
    fn a_larger_batch_a_second_pass_and_a_second_state_need_more() {
        let plain = footprint(&["train.batch=64"]);
        assert!(footprint(&["train.batch=128"]).signals > plain.signals);
        let sr = footprint(&["train.batch=64", "train.recipe=sr", "lambda=0.1"]);
        assert!(sr.signals > plain.signals && sr.weights == plain.weights);
        let again = footprint(&[
            "train.batch=64",
            "train.recipe=sr",
            "lambda=0.1",
            "train.checkpointing=true",
        ]);
        assert!(again.signals * 5 < sr.signals * 4, "{} {}", again.signals, sr.signals);
        assert!(footprint(&["train.batch=64", "train.optimizer=adamw"]).weights > plain.weights);
    }
}
