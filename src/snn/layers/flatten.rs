//! Feature maps in a row, in the outside order, as a linear layer expects them.

use crate::snn::backend::kernels;
use crate::snn::layer::{Backward, Builder, Cost, Flow, Forward, Layer, Memory, Planning, Remembered, Role};
use crate::snn::signal::{Shape, Signal};

/// The flattening.
pub struct Flatten;

/// What it remembers: the input's shape.
#[derive(Clone)]
struct Flattened(Shape);

impl Remembered for Flattened {}

impl Flatten {
    /// Flattens the shape reached.
    pub fn build(b: &mut Builder) -> Flatten {
        b.at = [b.units(), 1, 1];
        Flatten
    }
}

impl Layer for Flatten {
    fn role(&self) -> Role<'_> {
        Role::Reshapes
    }

    fn forward(&self, pass: &mut Forward<'_>, x: Signal) -> (Signal, Memory) {
        let shape = Shape {
            channels: x.shape.units(),
            height: 1,
            width: 1,
            ..x.shape
        };
        let data = kernels::plane_out(x.data, x.shape.plane());
        (Signal { data, shape }, pass.keep(|| Memory::of(Flattened(x.shape))))
    }

    fn backward(&self, _: &mut Backward<'_>, memory: Memory, gy: Signal, _want_input: bool) -> Option<Signal> {
        let Flattened(shape) = memory.take()?;
        let data = kernels::plane_in(gy.data, shape.plane());
        Some(Signal { data, shape })
    }

    fn plan(&self, plan: &mut Planning<'_>, input: Flow) -> Flow {
        let at = [input.at.iter().product(), 1, 1];
        plan.layer(&[], Cost::keeping(0, Flow { at, ..input }))
    }
}
