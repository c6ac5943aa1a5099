//! Statistics of kernels for benchmarks: the density of their inputs and which kernel computed them. Only kernels in host
//! memory are counted; of what LibTorch or a GPU does nothing is known.

use super::kernels::Convolution;
use serde::Serialize;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// One convolution, as it was computed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Choice {
    /// Which of its three passes.
    pub pass: Direction,
    /// Input channels.
    pub inputs: usize,
    /// Output channels.
    pub outputs: usize,
    /// Height and width of the input.
    pub size: [usize; 2],
    /// Maps: images × the time steps that differ.
    pub rows: usize,
    /// Share of values that are not zero in what was looked at: the input, or for the input gradient what flows back.
    pub nonzero: f32,
    /// Whether all that is not zero is one.
    pub spikes: bool,
    /// Share of the maps that an event-driven kernel computed; the others went to a dense one.
    pub event_driven: f32,
}

/// A pass of a convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// The output.
    Forward,
    /// ∂/∂input.
    InputGradient,
    /// ∂/∂weights.
    WeightGradient,
}

/// The list that is being written, if one is.
static LIST: Mutex<Option<Vec<Choice>>> = Mutex::new(None);

fn list() -> MutexGuard<'static, Option<Vec<Choice>>> {
    // Whoever panicked while it held the list left a whole one.
    LIST.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does `work` and tells the choices made meanwhile, in their order. One recording at a time.
pub fn recorded(work: impl FnOnce()) -> Vec<Choice> {
    *list() = Some(Vec::new());
    work();
    list().take().unwrap_or_default()
}

/// Whether anybody wants to know.
#[cfg_attr(
    not(any(feature = "flex", feature = "tch")),
    allow(dead_code, reason = "CubeCL has no choice")
)]
pub fn wanted() -> bool {
    list().is_some()
}

/// Notes a choice, if anybody wants to know.
#[cfg_attr(
    not(any(feature = "flex", feature = "tch")),
    allow(dead_code, reason = "CubeCL has no choice")
)]
pub fn note(pass: Direction, c: Convolution, (nonzero, spikes): (f32, bool), event_driven: f32) {
    if let Some(list) = &mut *list() {
        list.push(Choice {
            pass,
            inputs: c.input.channels,
            outputs: c.outputs,
            size: [c.input.height, c.input.width],
            rows: c.input.rows,
            nonzero,
            spikes,
            event_driven,
        });
    }
}
