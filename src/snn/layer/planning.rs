//! What a network needs and costs, told by its layers one after the other: no device, no values.

use super::Layer;
use super::groups::{segments, serves_next};
use crate::snn::parameter::Draft;

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

/// What flows between two layers: time steps that differ, and channels, height and width.
#[derive(Debug, Clone, Copy)]
pub struct Flow {
    /// Time steps: 1 where the signal is constant over time.
    pub steps: usize,
    /// Channels, height and width.
    pub at: [usize; 3],
}

impl Flow {
    /// Values per image.
    pub fn values(self) -> u64 {
        (self.steps * self.at.iter().product::<usize>()) as u64
    }
}

/// What a layer makes of its input, and what it costs.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// What it gives.
    pub output: Flow,
    /// Values per image that it keeps for its backward.
    pub remembered: u64,
    /// Multiply-accumulates per image, as if every input were non-zero.
    pub macs: u64,
}

impl Cost {
    /// That of a layer without a weight, which keeps so many values.
    pub fn keeping(remembered: u64, output: Flow) -> Cost {
        Cost {
            output,
            remembered,
            macs: 0,
        }
    }
}

/// A plan under way.
pub struct Planning<'a> {
    parameters: &'a [Draft],
    /// Time steps T of the network.
    pub steps: usize,
    /// What has been planned so far.
    pub plan: Plan,
}

impl Planning<'_> {
    /// Begins the plan of a network of these parameters and time steps.
    pub fn new(parameters: &[Draft], steps: usize) -> Planning<'_> {
        Planning {
            parameters,
            steps,
            plan: Plan::default(),
        }
    }

    /// Plans layers that follow each other.
    pub fn walk(&mut self, layers: &[Box<dyn Layer>], mut flow: Flow) -> Flow {
        for (i, layer) in layers.iter().enumerate() {
            let entering = flow.values();
            flow = layer.plan(self, flow);
            if i > 0 && serves_next(layers[i - 1].role(), layer.role()) {
                self.shares(entering);
            }
        }
        flow
    }

    /// Plans all layers of a network, segment by segment.
    pub fn walk_segments(&mut self, layers: &[Box<dyn Layer>], mut flow: Flow) {
        for segment in segments(layers) {
            let (entering, before) = (flow.values(), self.plan.remembered);
            flow = self.walk(segment.layers, flow);
            let inside = self.plan.remembered - before;
            match segment.is_plain {
                true => self.plan.entering += inside,
                false => {
                    self.plan.entering += entering;
                    self.plan.widest = self.plan.widest.max(inside);
                }
            }
        }
    }

    /// A layer with these parameters; returns what it gives.
    pub fn layer(&mut self, parameters: &[usize], cost: Cost) -> Flow {
        self.keeps(cost.remembered);
        self.plan.largest = self.plan.largest.max(cost.output.values());
        self.list(parameters, cost.output, cost.macs);
        cost.output
    }

    /// So many values per image are kept for the way back.
    pub fn keeps(&mut self, values: u64) {
        self.plan.remembered += values;
    }

    /// So many that a layer said it keeps are kept by another layer already.
    pub fn shares(&mut self, values: u64) {
        self.plan.remembered = self.plan.remembered.saturating_sub(values);
    }

    /// Lists parameters under the name of the layer that has them.
    pub fn list(&mut self, parameters: &[usize], output: Flow, macs: u64) {
        let Some(first) = parameters.first() else { return };
        let size = |p: &usize| self.parameters[*p].shape.iter().product::<usize>() as u64;
        let name = &self.parameters[*first].name;
        let name = name.rsplit_once('.').map_or(name.as_str(), |(layer, _)| layer);
        self.plan.layers.push(LayerPlan {
            name: name.to_string(),
            output: output.at,
            parameters: parameters.iter().map(size).sum(),
            macs,
        });
    }

    /// Inputs that one output value of a weight sums up.
    pub fn fan_in(&self, weight: usize) -> u64 {
        self.parameters[weight].shape[1..].iter().product::<usize>() as u64
    }
}
