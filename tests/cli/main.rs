//! The program as its users meet it: the layers of the house, the command line as processes, the screen in a
//! pseudo-terminal. One test binary, because each links the tensor library.

// A test that cannot continue says so by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used)]
// The viewer alone is tested by fewer tests, which use fewer tools.
#![cfg_attr(not(feature = "engine"), allow(dead_code))]

#[cfg(feature = "engine")]
mod attacks;
#[cfg(feature = "engine")]
mod believable;
mod charts;
#[cfg(feature = "engine")]
mod checkpoints;
mod circles;
#[cfg(feature = "engine")]
mod coming;
mod configuration;
mod deck;
#[cfg(feature = "engine")]
mod endings;
mod events;
#[cfg(feature = "engine")]
mod exchange;
#[cfg(feature = "engine")]
mod experiments;
mod exports;
mod file_names;
#[cfg(feature = "engine")]
mod full_disk;
#[cfg(feature = "engine")]
mod going_back;
mod imports;
#[cfg(feature = "engine")]
mod input;
mod journeys;
mod layers;
mod naming;
#[cfg(feature = "engine")]
mod once;
mod pictures;
mod pipes;
mod plain;
mod pretender;
#[cfg(feature = "engine")]
mod provenance;
mod purposes;
mod recordings;
#[cfg(feature = "engine")]
mod resume;
mod robot;
mod screen;
#[cfg(feature = "engine")]
mod signals;
#[cfg(feature = "engine")]
mod sweeps;
#[cfg(feature = "engine")]
mod terminal;
#[cfg(feature = "engine")]
mod training;
