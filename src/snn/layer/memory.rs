//! What one layer's backward needs of its forward. Each kind of layer remembers a type of its own.

use crate::snn::backend::{Array, Membrane};
use crate::snn::signal::Signal;
use std::any::Any;
use std::sync::Arc;

/// What a walk forward leaves for one layer. A copy shares what is remembered.
#[derive(Clone)]
#[allow(
    clippy::large_enum_variant,
    reason = "one per layer, a few dozen in all; a box around each would cost more than the bytes"
)]
pub enum Memory {
    /// Nothing: the pass was not recorded.
    Nothing,
    /// What the layer remembers itself, alone or also for the layers behind it that it was computed with.
    Own(Arc<dyn Remembered>),
    /// A layer that was computed, or is to be walked back through, together with one before it.
    Merged,
    /// So many layers that are computed again from their input on the way back; the others of them have
    /// [`Memory::Merged`].
    Segment {
        /// How many.
        layers: usize,
        /// What entered the first.
        input: Signal,
    },
}

/// What a kind of layer remembers, and what of it observers may look at.
pub trait Remembered: Any + Send + Sync {
    /// The input that was multiplied by weights.
    fn input(&self) -> Option<&Signal> {
        None
    }

    /// What neurons did.
    fn firing(&self) -> Option<Firing<'_>> {
        None
    }
}

/// A layer that remembers its input alone.
impl Remembered for Signal {
    fn input(&self) -> Option<&Signal> {
        Some(self)
    }
}

/// What a layer of neurons did, for observers.
pub struct Firing<'a> {
    /// Membrane potentials before each reset, `[T, neurons]`, where the backward mode has them.
    pub potentials: Option<&'a Array>,
    /// Spikes, `[T, neurons]`, where the pass is observed.
    pub spikes: Option<&'a Array>,
    /// The neurons.
    pub membrane: Membrane,
}

impl Memory {
    /// Remembers a value of the layer's own type.
    pub fn of(kept: impl Remembered) -> Memory {
        Memory::Own(Arc::new(kept))
    }

    /// Takes it out again: without a copy where nobody else holds it. `None` where the layer remembers nothing of that type.
    pub fn take<T: Remembered + Clone>(self) -> Option<T> {
        let Memory::Own(kept) = self else { return None };
        let kept: Arc<dyn Any + Send + Sync> = kept;
        kept.downcast().ok().map(Arc::unwrap_or_clone)
    }

    /// Looks at it.
    pub fn as_own<T: Remembered>(&self) -> Option<&T> {
        let kept: &dyn Any = self.own()?;
        kept.downcast_ref()
    }

    /// The input that was multiplied by weights.
    pub fn input(&self) -> Option<&Signal> {
        self.own()?.input()
    }

    /// What neurons did.
    pub fn firing(&self) -> Option<Firing<'_>> {
        self.own()?.firing()
    }

    fn own(&self) -> Option<&dyn Remembered> {
        match self {
            Memory::Own(kept) => Some(kept.as_ref()),
            _ => None,
        }
    }
}
