//! The program as its users meet it: its layers, the command line as processes, the screen in a
//! pseudo-terminal. One test binary, because each links the tensor library.

// A test that cannot continue says so by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used)]
// The viewer alone is tested by fewer tests, which use fewer tools.
#![cfg_attr(not(feature = "engine"), allow(dead_code))]

#[cfg(feature = "engine")]
mod attacks;
mod charts;
#[cfg(feature = "engine")]
mod checkpoints;
mod circles;
mod configuration;
mod deck;
#[cfg(feature = "engine")]
mod endings;
#[cfg(feature = "engine")]
mod event_training;
mod events;
#[cfg(feature = "engine")]
mod exactly_once;
#[cfg(feature = "engine")]
mod exchange;
#[cfg(feature = "engine")]
mod experiments;
mod exports;
mod fake_worker;
mod file_names;
#[cfg(feature = "engine")]
mod full_disk;
mod imports;
#[cfg(feature = "engine")]
mod input;
mod journeys;
mod layers;
mod naming;
mod pictures;
mod pipes;
mod plain;
#[cfg(feature = "engine")]
mod provenance;
mod pseudo_terminal;
mod purposes;
mod recordings;
#[cfg(feature = "engine")]
mod resume;
#[cfg(feature = "engine")]
mod rollback;
#[cfg(feature = "engine")]
mod sanity_checks;
#[cfg(feature = "engine")]
mod scheduled_commands;
mod screen;
#[cfg(feature = "engine")]
mod signals;
#[cfg(feature = "engine")]
mod sweeps;
#[cfg(feature = "engine")]
mod terminal;
#[cfg(feature = "engine")]
mod training;
