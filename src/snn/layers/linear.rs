//! A linear layer.

use crate::snn::backend::kernels;
use crate::snn::layer::{Backward, Builder, Cost, Flow, Forward, Layer, Memory, Planning, Role};
use crate::snn::parameter::ParameterKind;
use crate::snn::signal::{Shape, Signal};

/// A linear layer with a bias, on flat signals.
pub struct Linear {
    weight: usize,
    bias: usize,
    outputs: usize,
}

impl Linear {
    /// A layer of so many outputs, whose parameters are called `name.weight` and `name.bias`.
    pub fn build(b: &mut Builder, name: &str, outputs: usize) -> Linear {
        let shape = [outputs, b.units()];
        let weight = b.parameter(format!("{name}.weight"), &shape, ParameterKind::Linear);
        let bias = b.parameter(format!("{name}.bias"), &[outputs], ParameterKind::LinearBias);
        b.at = [outputs, 1, 1];
        Linear { weight, bias, outputs }
    }
}

impl Layer for Linear {
    fn role(&self) -> Role<'_> {
        Role::Weighted(None)
    }

    fn parameters(&self) -> Vec<usize> {
        vec![self.weight, self.bias]
    }

    fn forward(&self, pass: &mut Forward<'_>, x: Signal) -> (Signal, Memory) {
        let rows = x.shape.steps * x.shape.images;
        let data = kernels::linear(x.data.clone(), pass.value(self.weight), pass.value(self.bias), rows);
        let shape = Shape {
            channels: self.outputs,
            ..x.shape
        };
        (Signal { data, shape }, pass.keep(|| Memory::of(x)))
    }

    fn backward(&self, pass: &mut Backward<'_>, memory: Memory, gy: Signal, want_input: bool) -> Option<Signal> {
        let x: Signal = memory.take()?;
        let rows = x.shape.steps * x.shape.images;
        if pass.wants_weights() {
            let (gw, gb) = kernels::linear_weight(x.data, gy.data.clone(), rows);
            pass.add(self.weight, gw);
            pass.add(self.bias, gb);
        }
        let data = want_input.then(|| kernels::linear_input(gy.data, pass.value(self.weight), rows))?;
        Some(Signal { data, shape: x.shape })
    }

    fn plan(&self, plan: &mut Planning<'_>, input: Flow) -> Flow {
        let output = Flow {
            at: [self.outputs, 1, 1],
            ..input
        };
        let cost = Cost {
            output,
            remembered: input.values(),
            macs: plan.fan_in(self.weight) * output.values(),
        };
        plan.layer(&self.parameters(), cost)
    }

    fn fan_out(&self) -> f64 {
        self.outputs as f64
    }
}
