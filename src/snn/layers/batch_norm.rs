//! A batch norm: by the batch's statistics while training, else by the running ones; alone, as a scale and shift for the weights
//! before it, or as one kernel with the neurons behind it.

use crate::snn::backend::{Array, Neurons, Norm, NormedNeurons, kernels};
use crate::snn::layer::{
    Backward, Builder, ChannelNorm, Cost, Flow, Forward, Layer, Memory, Planning, Remembered, Role, Values,
};
use crate::snn::parameter::ParameterKind;
use crate::snn::signal::{Shape, Signal};

/// Added to the variance.
const EPS: f32 = 1e-5;

/// A batch norm over channels.
pub struct BatchNorm {
    gamma: usize,
    beta: usize,
    statistics: usize,
}

/// What it remembers.
#[derive(Clone)]
enum Normed {
    /// By running statistics: the scale per channel.
    Running(Array),
    /// By the batch's.
    Batch {
        input: Signal,
        mean: Array,
        variance: Array,
    },
    /// The same with the neurons behind it, whose currents are computed again from the input.
    Neurons {
        input: Array,
        shape: Shape,
        mean: Array,
        variance: Array,
        neurons: Neurons,
    },
}

impl Remembered for Normed {}

impl BatchNorm {
    /// A batch norm over the channels reached, whose parameters are called `name.weight` and `name.bias`.
    pub fn build(b: &mut Builder, name: &str) -> BatchNorm {
        let channels = b.at[0];
        BatchNorm {
            gamma: b.parameter(format!("{name}.weight"), &[channels], ParameterKind::Gamma),
            beta: b.parameter(format!("{name}.bias"), &[channels], ParameterKind::Beta),
            statistics: b.statistics(name, channels),
        }
    }

    fn add_gradients(&self, pass: &mut Backward<'_>, gamma: Array, beta: Array) {
        if pass.wants_weights() {
            pass.add(self.gamma, gamma);
            pass.add(self.beta, beta);
        }
    }
}

impl Layer for BatchNorm {
    fn role(&self) -> Role<'_> {
        Role::Normalises(Some(self))
    }

    fn parameters(&self) -> Vec<usize> {
        vec![self.gamma, self.beta]
    }

    fn forward(&self, pass: &mut Forward<'_>, x: Signal) -> (Signal, Memory) {
        let (plane, shape) = (x.shape.plane(), x.shape);
        if !pass.how.training {
            let (scale, shift) = self.running(pass.values);
            let data = kernels::affine(x.data, scale.clone(), shift, plane);
            return (Signal { data, shape }, pass.keep(|| Memory::of(Normed::Running(scale))));
        }
        let n = Norm { plane, eps: EPS };
        let (data, mean, variance) = kernels::norm(x.data.clone(), pass.value(self.gamma), pass.value(self.beta), n);
        pass.tell_statistics(self.statistics, &mean, &variance, shape);
        let memory = pass.keep(|| {
            Memory::of(Normed::Batch {
                input: x,
                mean,
                variance,
            })
        });
        (Signal { data, shape }, memory)
    }

    fn backward(&self, pass: &mut Backward<'_>, memory: Memory, gy: Signal, _want_input: bool) -> Option<Signal> {
        match memory.take()? {
            Normed::Running(scale) => Some(pass.scaled(gy, &scale)),
            Normed::Batch { input, mean, variance } => {
                let shape = gy.shape;
                let n = Norm {
                    plane: shape.plane(),
                    eps: EPS,
                };
                let gamma = pass.value(self.gamma);
                let (data, gg, gb) = kernels::norm_backward(input.data, gy.data, gamma, mean, variance, n);
                self.add_gradients(pass, gg, gb);
                Some(Signal { data, shape })
            }
            Normed::Neurons {
                input,
                shape,
                mean,
                variance,
                neurons,
            } => {
                let n = NormedNeurons { neurons, eps: EPS };
                let affine = [pass.value(self.gamma), pass.value(self.beta)];
                let (data, gg, gb) = kernels::norm_spikes_backward(input, gy.data, affine, [mean, variance], n);
                self.add_gradients(pass, gg, gb);
                Some(Signal { data, shape })
            }
        }
    }

    fn plan(&self, plan: &mut Planning<'_>, input: Flow) -> Flow {
        plan.layer(&self.parameters(), Cost::keeping(input.values(), input))
    }
}

impl ChannelNorm for BatchNorm {
    fn running(&self, values: Values<'_>) -> (Array, Array) {
        let running = &values.buffers[self.statistics];
        let scale = values.of(self.gamma) / (running.variance.clone() + EPS).sqrt();
        let shift = values.of(self.beta) - running.mean.clone() * scale.clone();
        (scale, shift)
    }

    fn forward_neurons(&self, pass: &mut Forward<'_>, x: Signal, neurons: Neurons) -> (Signal, Memory) {
        let shape = x.shape;
        let (mean, variance) = kernels::moments(x.data.clone(), shape.plane());
        pass.tell_statistics(self.statistics, &mean, &variance, shape);
        let n = NormedNeurons { neurons, eps: EPS };
        let (gamma, beta) = (pass.value(self.gamma), pass.value(self.beta));
        let data = kernels::norm_spikes(x.data.clone(), gamma, beta, mean.clone(), variance.clone(), n);
        let memory = pass.keep(|| {
            Memory::of(Normed::Neurons {
                input: x.data,
                shape,
                mean,
                variance,
                neurons,
            })
        });
        let shape = shape.fired(neurons);
        (Signal { data, shape }, memory)
    }
}
