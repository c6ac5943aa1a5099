//! Spikedeck: train spiking neural networks whose input gradient is kept sparse, watch and steer the
//! training from a terminal, and attack what was trained without fooling yourself.
//!
//! A run is a directory. One **worker** process per run is the only writer of what happened; any number of
//! **viewers** (the screen, the command line, a script) are the only writers of commands. Everything shown
//! is a fold over what the worker wrote. The screen never touches a tensor; the network code never touches a file
//! or a screen; only the worker knows both.
//!
//! Modules in reading order: [`units`], [`random`] and [`input`] (the form of samples) are used by all; [`spec`] says what is wanted, [`run`] what happened on disk; [`data`] makes
//! batches; [`exchange`] reads other programs' weights; `measure` holds quantities that `train` and `attack` share; `snn`, `train` and `attack` compute; `worker` joins computing and recording; [`tui`] shows and steers;
//! [`cli`] is one file per command. Who may import whom is in ARCHITECTURE.md and held by `tests/cli/layers.rs`.
//!
//! Without a backend feature (`--no-default-features`) the computing modules are absent and what is left is the viewer.

pub mod units;

pub mod random;

pub mod input;

pub mod spec;

pub mod run;

pub mod data;

pub mod exchange;

#[cfg(feature = "engine")]
pub mod measure;

#[cfg(feature = "engine")]
pub mod snn;

#[cfg(feature = "engine")]
pub mod train;

#[cfg(feature = "engine")]
pub mod attack;

#[cfg(feature = "engine")]
pub mod worker;

pub mod tui;

pub mod cli;

/// Big buffers come and go with every step; an allocator that keeps their pages saves the kernel from clearing them
/// again (`run::spawn` tells it to keep them for long).
#[cfg(feature = "engine")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
