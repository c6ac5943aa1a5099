//! What flows between layers: feature maps of some images over some time steps.

use super::backend::{Array, Neurons, Plane};

/// Feature maps `[steps·images, channels, height, width]` in the backend's order. `steps` is 1 where the signal does
/// not change over time (a constant input before the first spiking layer), else T.
#[derive(Clone, Debug)]
pub struct Signal {
    pub data: Array,
    pub shape: Shape,
}

/// Shape of a [`Signal`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    pub steps: usize,
    pub images: usize,
    pub channels: usize,
    pub height: usize,
    pub width: usize,
}

impl Shape {
    pub fn plane(self) -> Plane {
        Plane {
            rows: self.steps * self.images,
            channels: self.channels,
            height: self.height,
            width: self.width,
        }
    }

    /// Units per image and step.
    pub fn units(self) -> usize {
        self.channels * self.height * self.width
    }

    /// The shape with a plane's channels and sides.
    pub fn with(self, plane: Plane) -> Shape {
        Shape {
            channels: plane.channels,
            height: plane.height,
            width: plane.width,
            ..self
        }
    }

    /// The shape of what neurons, and the pool behind them, make of an input of this shape.
    pub fn fired(self, neurons: Neurons) -> Shape {
        let over_time = Shape {
            steps: neurons.membrane.steps,
            ..self
        };
        over_time.with(neurons.outputs())
    }
}

impl Signal {
    /// The signal repeated to `steps` time steps, if it is constant.
    pub fn over_time(self, steps: usize) -> Signal {
        if self.shape.steps == steps {
            return self;
        }
        Signal {
            data: self.data.repeat(&[steps]),
            shape: Shape { steps, ..self.shape },
        }
    }

    /// The sum over time of the gradient of a signal that had been repeated.
    pub fn summed_over_time(self) -> Signal {
        let Shape { steps, .. } = self.shape;
        let n = self.data.dims()[0] / steps;
        let data = self.data.reshape([steps, n]).sum_dim(0).reshape([n]);
        Signal {
            data,
            shape: Shape { steps: 1, ..self.shape },
        }
    }
}
