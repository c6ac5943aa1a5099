//! Leaky integrate-and-fire neurons: by one kernel with the pool behind them, or with their membranes for whoever looks at them;
//! in an ANN twin, their rate curve.

use crate::snn::backend::{Array, Membrane, Neurons, Plane, kernels};
use crate::snn::layer::{
    Backward, Cost, Firing, Flow, Forward, FusedNeurons, Layer, Memory, Planning, Remembered, Role,
};
use crate::snn::modes::{self, Spiked};
use crate::snn::signal::{Shape, Signal};
use crate::snn::twin;
use crate::spec::{BackwardMode, NetworkSpec, Reset, Surrogate};

/// A layer of neurons that share their settings.
pub struct Lif {
    /// τ.
    leak: f32,
    /// θ.
    threshold: f32,
    soft_reset: bool,
    detach_reset: bool,
}

/// What it remembers.
#[derive(Clone)]
enum Fired {
    /// Back-propagation through time, with the pool behind it: the input, from which membranes are computed again.
    Fused {
        input: Array,
        shape: Shape,
        neurons: Neurons,
    },
    /// Membranes before each reset, where an observer or a backward mode looks at them; spikes are kept for observers only.
    Membranes {
        u: Array,
        spikes: Option<Array>,
        shape: Shape,
        membrane: Membrane,
    },
    /// The rate-based mode: the input.
    Rates {
        input: Array,
        spikes: Option<Array>,
        shape: Shape,
        membrane: Membrane,
    },
    /// A neuron of an ANN twin: the input.
    Twin { input: Array, shape: Shape },
}

impl Remembered for Fired {
    fn firing(&self) -> Option<Firing<'_>> {
        let (potentials, spikes, membrane) = match self {
            Fired::Membranes {
                u, spikes, membrane, ..
            } => (Some(u), spikes, membrane),
            Fired::Rates { spikes, membrane, .. } => (None, spikes, membrane),
            Fired::Fused { .. } | Fired::Twin { .. } => return None,
        };
        Some(Firing {
            potentials,
            spikes: spikes.as_ref(),
            membrane: *membrane,
        })
    }
}

impl Lif {
    /// Neurons as a network's specification has them.
    pub fn of(spec: &NetworkSpec) -> Lif {
        Lif {
            leak: spec.leak,
            threshold: spec.threshold,
            soft_reset: spec.reset == Reset::Soft,
            detach_reset: spec.detach_reset,
        }
    }

    /// The neurons that an input of this shape meets.
    fn membrane(&self, pass: &Forward<'_>, input: Shape) -> Membrane {
        Membrane {
            steps: pass.values.steps,
            neurons: input.images * input.units(),
            constant_input: input.steps == 1,
            leak: self.leak,
            threshold: self.threshold,
            soft_reset: self.soft_reset,
            detach_reset: self.detach_reset,
            strict: !pass.how.mode.fires_as_counted(),
        }
    }
}

impl Layer for Lif {
    fn role(&self) -> Role<'_> {
        Role::Spikes(Some(self))
    }

    fn forward(&self, pass: &mut Forward<'_>, x: Signal) -> (Signal, Memory) {
        let shape = x.shape;
        if let Some(levels) = pass.values.levels {
            let data = twin::rate(x.data.clone(), self.threshold, levels);
            let memory = pass.keep(|| Memory::of(Fired::Twin { input: x.data, shape }));
            return (Signal { data, shape }, memory);
        }
        let membrane = self.membrane(pass, shape);
        let (s, u) = kernels::lif(x.data.clone(), membrane);
        let spikes = pass.how.observe.then(|| s.clone());
        let memory = pass.keep(|| match pass.how.mode {
            BackwardMode::Rate => Memory::of(Fired::Rates {
                input: x.data,
                spikes,
                shape,
                membrane,
            }),
            _ => Memory::of(Fired::Membranes {
                u,
                spikes,
                shape,
                membrane,
            }),
        });
        let shape = Shape {
            steps: membrane.steps,
            ..shape
        };
        (Signal { data: s, shape }, memory)
    }

    fn backward(&self, pass: &mut Backward<'_>, memory: Memory, gy: Signal, _want_input: bool) -> Option<Signal> {
        let (data, shape) = match memory.take()? {
            Fired::Fused { input, shape, neurons } => (kernels::spikes_backward(input, gy.data, neurons), shape),
            Fired::Membranes { u, shape, membrane, .. } => {
                let data = match pass.how.mode {
                    BackwardMode::Bptt(surrogate) => kernels::lif_backward(u, gy.data, membrane, surrogate),
                    mode => {
                        let layer = Spiked {
                            u: &u,
                            gs: gy.data,
                            membrane,
                            shape: gy.shape,
                        };
                        modes::backward(mode, layer, pass.sharpness)?
                    }
                };
                (data, shape)
            }
            Fired::Rates {
                input, shape, membrane, ..
            } => (kernels::rate_backward(input, gy.data, membrane), shape),
            Fired::Twin { input, shape } => (twin::rate_backward(input, gy.data, self.threshold), shape),
        };
        Some(Signal { data, shape })
    }

    fn plan(&self, plan: &mut Planning<'_>, input: Flow) -> Flow {
        let steps = plan.steps;
        plan.layer(&[], Cost::keeping(input.values(), Flow { steps, ..input }))
    }
}

impl FusedNeurons for Lif {
    fn neurons(&self, pass: &Forward<'_>, input: Shape, pool: usize) -> Neurons {
        let surrogate = match pass.how.mode {
            BackwardMode::Bptt(surrogate) => surrogate,
            _ => Surrogate::REFERENCE,
        };
        Neurons {
            membrane: self.membrane(pass, input),
            step: Plane {
                rows: input.images,
                ..input.plane()
            },
            pool,
            surrogate,
        }
    }

    fn forward_fused(&self, pass: &mut Forward<'_>, x: Signal, neurons: Neurons) -> (Signal, Memory) {
        let shape = x.shape;
        let data = kernels::spikes(x.data.clone(), neurons);
        let memory = pass.keep(|| {
            Memory::of(Fired::Fused {
                input: x.data,
                shape,
                neurons,
            })
        });
        let shape = shape.fired(neurons);
        (Signal { data, shape }, memory)
    }
}
