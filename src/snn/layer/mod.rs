//! The seam between a network and its layers: what every kind of layer answers, and the walks that ask.
//!
//! A kind is one file in `layers`. It holds the numbers of its parameters and its own settings, and says what it computes, how a
//! gradient comes back through it, what it remembers meanwhile, what it costs, and its role. The walks here know no kind: what
//! several layers do together is decided from their roles (`groups`).

mod backward;
mod builder;
mod forward;
mod groups;
mod memory;
mod planning;
mod values;

pub use backward::{Backward, WeightGradients};
pub use builder::Builder;
pub use forward::{Forward, Statistics};
pub use memory::{Firing, Memory, Remembered};
pub use planning::{Cost, Flow, LayerPlan, Plan, Planning};
pub use values::Values;

use super::backend::{Array, Neurons};
use super::signal::{Shape, Signal};

/// One layer. Its parameters are numbers into [`Values`], so that one network can be walked by several threads.
pub trait Layer: Send + Sync {
    /// What it is to the layers around it; by itself, a map of values to values that is computed alone.
    fn role(&self) -> Role<'_> {
        Role::Maps
    }

    /// Its own parameters, a weight before its bias; not those of layers that it is made of.
    fn parameters(&self) -> Vec<usize> {
        Vec::new()
    }

    /// Computes it alone; what the backward needs is kept by [`Forward::keep`].
    fn forward(&self, pass: &mut Forward<'_>, x: Signal) -> (Signal, Memory);

    /// From ∂/∂output to ∂/∂input; ∂/∂parameters go to [`Backward::add`] where they are wanted. `None` where the pass was
    /// not recorded, or where ∂/∂input is not wanted and costs something.
    fn backward(&self, pass: &mut Backward<'_>, memory: Memory, gy: Signal, want_input: bool) -> Option<Signal>;

    /// What it makes of an input, told to the plan with what that costs.
    fn plan(&self, plan: &mut Planning<'_>, input: Flow) -> Flow;

    /// Outputs that one input value reaches, edges neglected; 0 where there is nothing to accumulate.
    fn fan_out(&self) -> f64 {
        0.0
    }

    /// The layers that it is made of, each with what it remembered.
    fn parts<'a>(&'a self, memory: &'a Memory) -> Vec<(&'a dyn Layer, &'a Memory)> {
        let _ = memory;
        Vec::new()
    }

    /// Marks each parameter with the number of spiking layers before what it feeds, given those before this layer; returns
    /// how many there are behind it.
    fn mark_stages(&self, spiking: usize, stages: &mut [usize]) -> usize {
        for parameter in self.parameters() {
            stages[parameter] = spiking;
        }
        spiking + usize::from(matches!(self.role(), Role::Spikes(_)))
    }
}

/// Layers in the order in which they are computed.
pub type Layers = Vec<Box<dyn Layer>>;

/// What a layer is to the layers around it, and what it can do together with them.
#[derive(Clone, Copy)]
pub enum Role<'a> {
    /// Multiplies its input by weights.
    Weighted(Option<&'a dyn ScaledWeights>),
    /// Normalises each channel.
    Normalises(Option<&'a dyn ChannelNorm>),
    /// Neurons: currents become spikes.
    Spikes(Option<&'a dyn FusedNeurons>),
    /// Leaves fewer values; with k where it is a k×k average pool of stride k.
    Shrinks(Option<usize>),
    /// The same values in another shape.
    Reshapes,
    /// Made of other layers.
    Composite,
    /// None of these: a map of values to values.
    Maps,
}

/// Weights that can take in the scale and shift of a norm behind them.
pub trait ScaledWeights {
    /// Computes scale·(weights applied to x) + shift; scale and shift have a value per output channel.
    fn forward_scaled(&self, pass: &mut Forward<'_>, x: Signal, scale: Array, shift: Array) -> (Signal, Memory);
}

/// A norm of channels over the batch, that can be a scale and a shift, or one kernel with the neurons behind it.
pub trait ChannelNorm {
    /// Scale and shift per channel by the running statistics.
    fn running(&self, values: Values<'_>) -> (Array, Array);

    /// Normalises by the statistics of the batch and computes the neurons behind it; its memory is of all of them.
    fn forward_neurons(&self, pass: &mut Forward<'_>, x: Signal, neurons: Neurons) -> (Signal, Memory);
}

/// Neurons of which a kernel computes the spikes, and the pool behind them, without storing potentials.
pub trait FusedNeurons {
    /// The kernel's parameters for an input of this shape and a k×k pool, 1 for none.
    fn neurons(&self, pass: &Forward<'_>, input: Shape, pool: usize) -> Neurons;

    /// Computes them; their memory is of the pool as well.
    fn forward_fused(&self, pass: &mut Forward<'_>, x: Signal, neurons: Neurons) -> (Signal, Memory);
}
