//! Fused neuron kernels: batch norm, LIF and average pooling are computed column by column while the numbers are in the
//! first-level cache. Normalised currents, membranes and pooled spikes are never stored; the backward pass computes the
//! membranes again from the same input, which is cheaper than reading them from memory.
//!
//! Works on plain slices; knows no tensor.

use super::strips::Strips;
use crate::{
    snn::backend::{
        kernels::Membrane,
        lif::{add_step, advance, columns, part, retreat},
    },
    spec::Surrogate,
};
use rayon::prelude::*;

/// The batch norm in front of the neurons, per channel.
#[derive(Clone, Copy)]
pub struct Scaling<'a> {
    pub scale: &'a [f32],
    pub shift: &'a [f32],
}

/// A layer of neurons on an array.
pub struct Layer<'a> {
    pub x: &'a [f32],
    pub m: Membrane,
    pub strips: &'a Strips,
    pub norm: Option<Scaling<'a>>,
}

/// What one thread needs for a column.
struct Scratch {
    /// Currents of a step, where they are computed here.
    current: Vec<f32>,
    /// Membranes after the reset, and the same of their gradients.
    v: Vec<f32>,
    /// Spikes of a step, or their gradients.
    s: Vec<f32>,
    /// Membranes before the reset, one step or all of them.
    u: Vec<f32>,
    /// Gradient of a step.
    gu: Vec<f32>,
}

impl Scratch {
    fn new(width: usize, steps: usize) -> Scratch {
        let [current, v, s, gu] = [(); 4].map(|()| vec![0.0; width]);
        let u = vec![0.0; width * steps];
        Scratch { current, v, s, u, gu }
    }
}

impl Layer<'_> {
    fn pools(&self) -> bool {
        self.strips.pooled() != self.strips.width()
    }

    /// The step of the input that feeds step `t`.
    fn step(&self, t: usize) -> usize {
        if self.m.constant_input { 0 } else { t }
    }

    /// Currents of a column at step `t`: as they are, or scaled into `room`. A constant input is scaled once.
    fn current<'r>(&'r self, t: usize, index: usize, room: &'r mut [f32]) -> &'r [f32] {
        let x = part(self.x, self.step(t), self.m.neurons, index, self.strips.width());
        match self.norm {
            None => x,
            Some(Scaling { scale, shift }) => {
                if t == 0 || !self.m.constant_input {
                    self.strips.affine(x, room, scale, shift);
                }
                room
            }
        }
    }

    /// Spikes, or what the pool makes of them.
    pub fn forward(&self, y: &mut [f32]) {
        let (m, width) = (self.m, self.strips.width());
        let pieces = columns(y, m.steps, self.strips.pooled());
        pieces.into_par_iter().enumerate().for_each_init(
            || Scratch::new(width, 1),
            |scratch, (index, mut y)| {
                let Scratch { current, v, s, u, .. } = scratch;
                v.fill(0.0);
                for (t, y) in y.iter_mut().enumerate() {
                    let x = self.current(t, index, current);
                    match self.pools() {
                        false => advance(v, x, y, u, m),
                        true => {
                            advance(v, x, s, u, m);
                            self.strips.fold(s, y);
                        }
                    }
                }
            },
        );
    }

    /// ∂/∂current, which is ∂/∂x where there is no batch norm.
    pub fn backward(&self, gy: &[f32], g: &mut [f32], surrogate: Surrogate) {
        self.back(gy, g, surrogate, |_, _| ());
    }

    /// [`Layer::backward`], with Σ g and Σ g·(x − mean) per channel.
    pub fn backward_with_sums(&self, gy: &[f32], g: &mut [f32], s: Surrogate, mean: &[f32]) -> [Vec<f64>; 2] {
        let sums = self.back(gy, g, s, |index, g| {
            let mut sums = vec![0.0; self.strips.sums()];
            for (t, g) in g.iter().enumerate() {
                let x = part(self.x, t, self.m.neurons, index, self.strips.width());
                self.strips.add_sums(g, x, mean, &mut sums);
            }
            sums
        });
        self.strips.per_channel(&sums)
    }

    /// Walks every column forth and back, and asks for something about its gradients, by step of the input.
    fn back<R: Send>(
        &self,
        gy: &[f32],
        g: &mut [f32],
        surrogate: Surrogate,
        then: impl Fn(usize, &[&mut [f32]]) -> R + Sync,
    ) -> Vec<R> {
        let (m, width, pooled) = (self.m, self.strips.width(), self.strips.pooled());
        let behind = gy.len() / m.steps.max(1);
        let pieces = columns(g, if m.constant_input { 1 } else { m.steps }, width);
        let walk = |scratch: &mut Scratch, (index, mut g): (usize, Vec<&mut [f32]>)| {
            let Scratch { current, v, s, u, gu } = scratch;
            v.fill(0.0);
            for (t, u) in u.chunks_exact_mut(width).enumerate() {
                advance(v, self.current(t, index, current), s, u, m);
            }
            v.fill(0.0);
            for (t, u) in u.chunks_exact(width).enumerate().rev() {
                let mut gs = part(gy, t, behind, index, pooled);
                if self.pools() {
                    self.strips.unfold(gs, s);
                    gs = s;
                }
                match m.constant_input {
                    false => retreat(v, u, gs, g[t], m, surrogate),
                    true => {
                        retreat(v, u, gs, gu, m, surrogate);
                        add_step(g[0], gu, t + 1 == m.steps);
                    }
                }
            }
            then(index, &g)
        };
        pieces
            .into_par_iter()
            .enumerate()
            .map_init(|| Scratch::new(width, m.steps), walk)
            .collect()
    }
}

#[cfg(test)]
mod tests;
