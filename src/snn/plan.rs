//! The plan of a network from its specification alone.

use super::build::{Blueprint, blueprint};
use super::encoder::Encoder;
use super::layer::{Flow, Plan, Planning};
use crate::spec::NetworkSpec;

/// Plans a network; `None` only for a specification that was not checked.
pub fn plan(spec: &NetworkSpec) -> Option<Plan> {
    Some(plan_of(&blueprint(spec)?, spec))
}

/// Plans these layers on the input and time steps of a specification.
pub(super) fn plan_of(blueprint: &Blueprint, spec: &NetworkSpec) -> Plan {
    let mut planning = Planning::new(&blueprint.parameters, spec.steps);
    let flow = Flow {
        steps: Encoder::of(spec).steps(),
        at: spec.input().frame,
    };
    planning.walk_segments(&blueprint.layers, flow);
    planning.plan
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Experiment;

    fn planned(network: &str) -> Plan {
        let text = format!(
            "[data]\nname = \"cifar-10\"\n[network]\nclasses = 10\nimage = [3, 32, 32]\nmean = [0, 0, 0]\nstd = [1, 1, 1]\n{network}"
        );
        plan(&Experiment::parse(&text, "test", "test", &Vec::new()).unwrap().network).unwrap()
    }

    #[test]
    fn vgg_11_has_the_parameters_that_its_widths_add_up_to() {
        let convolution = |from: u64, to: u64| from * to * 9 + to + 2 * to;
        let linear = |from: u64, to: u64| from * to + to;
        let widths = [3, 64, 128, 256, 512, 512, 512, 512, 512];
        let features: u64 = widths.windows(2).map(|w| convolution(w[0], w[1])).sum();
        let classifier = linear(8192, 4096) + linear(4096, 4096) + linear(4096, 10);
        let plan = planned("preset = \"vgg11\"");
        assert_eq!(plan.parameters(), features + classifier);
        assert_eq!(plan.parameters(), 61_377_034);
    }

    #[test]
    fn wrn_16_4_has_the_parameters_that_its_blocks_add_up_to() {
        let block = |from: u64, to: u64| {
            let shortcut = if from == to { 0 } else { from * to };
            2 * from + from * to * 9 + 2 * to + to * to * 9 + shortcut + 2
        };
        let groups: u64 = [(16, 64), (64, 128), (128, 256)]
            .iter()
            .map(|(a, b)| block(*a, *b) + block(*b, *b))
            .sum();
        let expected = 3 * 16 * 9 + groups + 2 * 256 + 256 * 10 + 10;
        assert_eq!(planned("preset = \"wrn-16-4\"").parameters(), expected);
    }

    #[test]
    fn the_first_convolution_is_computed_once_and_the_others_at_every_time_step() {
        let plan = planned("preset = \"small\"\nsteps = 4");
        let macs: Vec<u64> = plan.layers.iter().map(|l| l.macs).filter(|m| *m > 0).collect();
        let expected = [
            27 * 32 * 1024,
            4 * 32 * 9 * 64 * 256,
            4 * 64 * 9 * 128 * 64,
            4 * 128 * 16 * 10,
        ];
        assert_eq!(macs, expected);
        assert_eq!(plan.largest, 4 * 32 * 1024);
    }

    #[test]
    fn what_is_planned_is_what_is_built() {
        use crate::snn::{Network, backend::Device};
        let text = "[data]\nname = \"cifar-10\"\n[network]\nfamily = \"wide_resnet\"\ndepth = 10\nwidth = 1\n\
                    classes = 10\nimage = [3, 32, 32]\nmean = [0, 0, 0]\nstd = [1, 1, 1]";
        let spec = Experiment::parse(text, "test", "test", &Vec::new()).unwrap().network;
        let network = Network::new(&spec, &Device::find("cpu").unwrap(), 0).unwrap();
        assert_eq!(plan(&spec).unwrap().parameters(), network.parameter_count() as u64);
    }
}
