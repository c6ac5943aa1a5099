//! An average pool.

use crate::snn::backend::{Plane, kernels};
use crate::snn::layer::{Backward, Builder, Cost, Flow, Forward, Layer, Memory, Planning, Remembered, Role};
use crate::snn::signal::Signal;

/// A k×k average pool of stride k.
pub struct AveragePool {
    k: usize,
}

/// What it remembers: the input's shape.
#[derive(Clone)]
struct Pooled(Plane);

impl Remembered for Pooled {}

impl AveragePool {
    /// A pool of this side.
    pub fn build(b: &mut Builder, k: usize) -> AveragePool {
        b.at = pooled(b.at, k);
        AveragePool { k }
    }
}

fn pooled([channels, height, width]: [usize; 3], k: usize) -> [usize; 3] {
    [channels, height / k, width / k]
}

impl Layer for AveragePool {
    fn role(&self) -> Role<'_> {
        Role::Shrinks(Some(self.k))
    }

    fn forward(&self, pass: &mut Forward<'_>, x: Signal) -> (Signal, Memory) {
        let plane = x.shape.plane();
        let data = kernels::pool(x.data, plane, self.k);
        let shape = x.shape.with(plane.pooled(self.k));
        (Signal { data, shape }, pass.keep(|| Memory::of(Pooled(plane))))
    }

    fn backward(&self, _: &mut Backward<'_>, memory: Memory, gy: Signal, _want_input: bool) -> Option<Signal> {
        let Pooled(plane) = memory.take()?;
        let data = kernels::pool_backward(gy.data, plane, self.k);
        let shape = gy.shape.with(plane);
        Some(Signal { data, shape })
    }

    fn plan(&self, plan: &mut Planning<'_>, input: Flow) -> Flow {
        let at = pooled(input.at, self.k);
        plan.layer(&[], Cost::keeping(0, Flow { at, ..input }))
    }
}
