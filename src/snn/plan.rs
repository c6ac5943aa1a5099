//! What a network needs and costs, from its specification alone: no device, no values.

use super::build::blueprint;
use super::encoder::Encoder;
use super::layer::Layer;
use super::parameter::Draft;
use super::segments::segments;
use super::stages::own_parameters;
use crate::spec::NetworkSpec;

/// What a network is made of.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan {
    /// Its layers that have parameters, in order.
    pub layers: Vec<LayerPlan>,
    /// Values per image that a recorded pass keeps for its backward walk.
    pub remembered: u64,
    /// The same where it keeps only what enters each segment (`train.checkpointing`).
    pub entering: u64,
    /// Values per image that the widest segment needs while it is computed again.
    pub widest: u64,
    /// Values per image of the largest signal between two layers, all time steps.
    pub largest: u64,
}

/// One layer.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerPlan {
    /// As in the state dict: `layer1.0`.
    pub name: String,
    /// Channels, height and width of what it gives.
    pub output: [usize; 3],
    /// Trained values.
    pub parameters: u64,
    /// Multiply-accumulates of one forward pass per image, all time steps, as if every input were non-zero.
    pub macs: u64,
}

impl Plan {
    /// Trained values in all.
    pub fn parameters(&self) -> u64 {
        self.layers.iter().map(|l| l.parameters).sum()
    }

    /// Multiply-accumulates of one forward pass per image.
    pub fn macs(&self) -> u64 {
        self.layers.iter().map(|l| l.macs).sum()
    }
}

/// Plans a network; `None` only for a specification that was not checked.
pub fn plan(spec: &NetworkSpec) -> Option<Plan> {
    let blueprint = blueprint(spec)?;
    let mut walk = Walk {
        parameters: &blueprint.parameters,
        time: spec.steps,
        plan: Plan::default(),
    };
    let mut flow = Flow {
        steps: Encoder::of(spec).steps(),
        at: spec.input().frame,
    };
    for segment in segments(&blueprint.layers) {
        let (entering, before) = (flow.values(), walk.plan.remembered);
        flow = walk.layers(segment.layers, flow);
        let inside = walk.plan.remembered - before;
        match segment.is_plain {
            true => walk.plan.entering += inside,
            false => {
                walk.plan.entering += entering;
                walk.plan.widest = walk.plan.widest.max(inside);
            }
        }
    }
    Some(walk.plan)
}

/// What flows between two layers: time steps that differ, and channels, height and width.
#[derive(Debug, Clone, Copy)]
struct Flow {
    steps: usize,
    at: [usize; 3],
}

impl Flow {
    fn values(self) -> u64 {
        (self.steps * self.at.iter().product::<usize>()) as u64
    }
}

struct Walk<'a> {
    parameters: &'a [Draft],
    /// T.
    time: usize,
    plan: Plan,
}

impl Walk<'_> {
    fn layers(&mut self, layers: &[Layer], flow: Flow) -> Flow {
        let mut flow = flow;
        for (i, layer) in layers.iter().enumerate() {
            // Neurons keep their input; behind a batch norm, what that one keeps serves both.
            let norm_serves = i > 0 && matches!(layers[i - 1], Layer::Norm { .. });
            if matches!(layer, Layer::Lif) && !norm_serves {
                self.plan.remembered += flow.values();
            }
            flow = self.layer(layer, flow);
        }
        flow
    }

    fn layer(&mut self, layer: &Layer, from: Flow) -> Flow {
        let to = match layer {
            Layer::Convolution {
                outputs,
                kernel,
                stride,
                padding,
                ..
            } => {
                let side = |n: usize| (n + 2 * padding - kernel) / stride + 1;
                let at = [*outputs, side(from.at[1]), side(from.at[2])];
                Flow { at, ..from }
            }
            Layer::Linear { outputs, .. } => Flow {
                at: [*outputs, 1, 1],
                ..from
            },
            Layer::Flatten => Flow {
                at: [from.at.iter().product(), 1, 1],
                ..from
            },
            Layer::Pool(k) => Flow {
                at: [from.at[0], from.at[1] / k, from.at[2] / k],
                ..from
            },
            Layer::Lif => Flow {
                steps: self.time,
                ..from
            },
            Layer::Norm { .. } => from,
            Layer::Block(_) => return self.block(layer, from),
        };
        self.plan.remembered += match layer {
            Layer::Convolution { .. } | Layer::Linear { .. } | Layer::Norm { .. } => from.values(),
            _ => 0,
        };
        self.plan.largest = self.plan.largest.max(to.values());
        let own = own_parameters(layer);
        if let Some(first) = own.first() {
            let macs = match layer {
                Layer::Norm { .. } => 0,
                _ => self.fan_in(*first) * to.values(),
            };
            self.list(own, to.at, macs);
        }
        to
    }

    fn block(&mut self, layer: &Layer, from: Flow) -> Flow {
        let Layer::Block(block) = layer else { return from };
        let activated = self.layers(&block.head, from);
        let to = self.layers(&block.branch, activated);
        if let Some(shortcut) = &block.shortcut {
            self.layer(shortcut, activated);
            // Its input is the one that the branch keeps already.
            self.plan.remembered -= activated.values();
        }
        // Both summands are kept for the gradient of their coefficients.
        self.plan.remembered += 2 * to.values();
        self.list(vec![block.combination], to.at, 0);
        to
    }

    fn list(&mut self, parameters: Vec<usize>, output: [usize; 3], macs: u64) {
        let size = |p: &usize| self.parameters[*p].shape.iter().product::<usize>() as u64;
        let name = &self.parameters[parameters[0]].name;
        let name = name.rsplit_once('.').map_or(name.as_str(), |(layer, _)| layer);
        self.plan.layers.push(LayerPlan {
            name: name.to_string(),
            output,
            parameters: parameters.iter().map(size).sum(),
            macs,
        });
    }

    /// Inputs that one output value sums up.
    fn fan_in(&self, weight: usize) -> u64 {
        self.parameters[weight].shape[1..].iter().product::<usize>() as u64
    }
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
