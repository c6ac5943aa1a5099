//! What one forward pass leaves behind: its logits, and what its backward and its observers need.

use super::backend::{Array, Membrane, Neurons, Plane};
use super::how::How;
use super::signal::{Shape, Signal};

/// A finished forward pass. Its backward can be walked to the input any number of times, then once to the weights.
pub struct Pass {
    /// Logits `[images, classes]`, mean over time.
    pub logits: Vec<f32>,
    /// Images.
    pub images: usize,
    pub(super) how: How,
    pub(super) memories: Vec<Memory>,
    /// Batch statistics of each batch norm in training mode, in order.
    pub(super) statistics: Vec<Statistics>,
    /// Shape of the last layer's output.
    pub(super) last: Shape,
    /// Shape of the encoded input.
    pub(super) encoded: Shape,
}

/// What one layer's backward needs.
#[derive(Clone)]
#[cfg_attr(
    feature = "cuda",
    allow(
        clippy::large_enum_variant,
        reason = "one per layer, a few dozen in all; a box around each would cost more than the bytes"
    )
)]
pub(super) enum Memory {
    /// Nothing: the pass was not recorded, or the layer needs nothing.
    Nothing,
    /// Convolution, linear layer: the input.
    Input(Signal),
    /// Convolution together with the batch norm behind it: the input, the weights that were used, and the norm's scale
    /// per channel.
    Scaled { input: Signal, weight: Array, scale: Array },
    /// A layer that was computed, or is to be walked back through, together with the one before.
    Merged,
    /// Batch norm in training mode.
    Norm {
        input: Signal,
        mean: Array,
        variance: Array,
    },
    /// Batch norm in evaluation mode: the scale per channel.
    Scale(Array),
    /// LIF under back-propagation through time, with the pool behind it: the input, from which membranes are computed
    /// again.
    Neurons {
        input: Array,
        shape: Shape,
        neurons: Neurons,
    },
    /// The same behind a batch norm in training mode, whose input it is.
    NormedNeurons {
        input: Array,
        mean: Array,
        variance: Array,
        shape: Shape,
        neurons: Neurons,
    },
    /// LIF whose membranes somebody looks at, an observer or a backward mode: membranes before reset. Spikes are kept for
    /// observers only.
    Membranes {
        u: Array,
        spikes: Option<Array>,
        shape: Shape,
        membrane: Membrane,
    },
    /// LIF in the rate-based mode: the input.
    Rates {
        input: Array,
        spikes: Option<Array>,
        shape: Shape,
        membrane: Membrane,
    },
    /// A neuron of an ANN twin: the input.
    Twin { input: Array, shape: Shape },
    /// Pool: the input's shape.
    Pool(Plane),
    /// Flatten: the input's shape.
    Flatten(Shape),
    /// Residual block.
    Block(Box<BlockMemory>),
    /// So many layers that are computed again from their input on the way back; the others of them have
    /// [`Memory::Merged`].
    Segment { layers: usize, input: Signal },
}

/// What a residual block's backward needs.
#[derive(Clone)]
pub(super) struct BlockMemory {
    pub head: Vec<Memory>,
    pub branch: Vec<Memory>,
    pub shortcut: Option<Memory>,
    /// Both summands, for the gradient of their coefficients.
    pub summands: Option<(Signal, Signal)>,
    /// The coefficients used, one value each.
    pub coefficients: [Array; 2],
    /// Time steps of the block's input.
    pub input_steps: usize,
}

/// A batch norm's statistics over one batch.
pub(super) struct Statistics {
    pub norm: usize,
    pub mean: Array,
    pub variance: Array,
    /// T·N·H·W, also where the signal was constant over time and stored once.
    pub positions: usize,
}
