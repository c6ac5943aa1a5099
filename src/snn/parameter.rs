//! Weights and batch-norm buffers, under the reference's names.

use super::backend::Array;

/// A trained tensor, stored flat in PyTorch's order.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// The reference's name, such as `layer1.0.weight`.
    pub name: String,
    /// PyTorch's shape.
    pub shape: Vec<usize>,
    /// What it is, for its initialisation and for recipes that treat kinds apart.
    pub kind: ParameterKind,
    /// The values.
    pub value: Array,
}

/// What a parameter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterKind {
    /// Weight `[outputs, inputs, k, k]` of a convolution.
    Convolution,
    /// Bias of a convolution with that many weights per output.
    ConvolutionBias {
        /// input channels × kernel².
        fan_in: usize,
    },
    /// γ of a batch norm.
    Gamma,
    /// β of a batch norm.
    Beta,
    /// Weight `[outputs, inputs]` of a linear layer.
    Linear,
    /// Bias of a linear layer.
    LinearBias,
    /// The two coefficients of a residual sum.
    Combination,
}

impl ParameterKind {
    /// Whether it is a matrix of weights: no bias, and nothing of a norm or a residual sum.
    pub fn is_weight(&self) -> bool {
        matches!(self, ParameterKind::Convolution | ParameterKind::Linear)
    }
}

/// A batch norm's running statistics.
#[derive(Clone, Debug)]
pub struct Buffer {
    /// The reference's name of the layer, such as `layer1.1`.
    pub name: String,
    /// Running mean.
    pub mean: Array,
    /// Running unbiased variance.
    pub variance: Array,
    /// Training-mode forward passes seen.
    pub batches: u64,
}

impl Parameter {
    /// Number of values.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A parameter without its values.
pub(super) struct Draft {
    pub name: String,
    pub shape: Vec<usize>,
    pub kind: ParameterKind,
}
