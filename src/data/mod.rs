//! Images and events become batches.
//!
//! [`load`](load::load) reads a data set by name into a [`Dataset`]; [`split`] holds a validation part out of it;
//! [`batches`] puts an epoch in order and gathers pixels as floats. [`fetch`] brings the original files, [`check`]
//! verifies them, and [`info`] says what any one file holds, event recordings ([`events`]) included. [`glyphs`] is
//! the set that needs no file at all.
//!
//! Nothing here knows a tensor: batches leave as plain vectors, so the room builds without a backend. Everything
//! random is a pure function of a seed and a position (`crate::random`), so a resumed run needs no generator's state.

pub mod augment;
pub mod batches;
pub mod catalog;
pub mod check;
pub mod checksum;
mod cifar;
pub mod dataset;
pub mod error;
pub mod event_augment;
pub mod events;
pub mod fetch;
pub mod frames;
pub mod glyphs;
mod idx;
pub mod info;
pub mod load;
mod packed;
mod read;
pub mod recordings;
pub mod root;
pub mod split;

pub use augment::Augment;
pub use dataset::{Dataset, Split};
pub use error::DataError;
pub use load::load;

#[cfg(test)]
mod real_files;
