//! What the layers of a network share and only read: values of parameters, running statistics, time steps.

use crate::snn::backend::{Array, Device};
use crate::snn::parameter::{Buffer, Parameter};

/// A network's values as its layers see them.
#[derive(Clone, Copy)]
pub struct Values<'a> {
    /// Trained tensors.
    pub parameters: &'a [Parameter],
    /// Statistics of the norms.
    pub buffers: &'a [Buffer],
    /// Where they live.
    pub device: &'a Device,
    /// Time steps T.
    pub steps: usize,
    /// Levels of the neurons' rate curve, where the network is an ANN twin.
    pub levels: Option<usize>,
}

impl Values<'_> {
    /// A parameter's values.
    pub fn of(&self, parameter: usize) -> Array {
        self.parameters[parameter].value.clone()
    }
}
