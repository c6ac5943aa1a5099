//! The screen: state, messages, drawing.
//!
//! [`app`] is the state, [`update`] turns state and message into new state and effects, [`actions`] is the one table
//! behind keys, bottom bar and help, [`screens`] draws. `watcher` reads run directories, `effects` does what is
//! wished, `event_loop` joins them: `reader` reads the terminal, `pace` says when to draw, `frame` turns cells into
//! bytes, `writer` writes them. Nothing here touches a tensor, and nothing here writes what happened: only what is
//! wished.

pub mod actions;
pub mod activity;
mod alerts;
mod apart;
pub mod app;
pub mod attack_form;
mod attack_keys;
#[cfg(test)]
mod attack_tests;
pub mod attack_view;
pub mod bench;
pub mod chart_keys;
pub mod charts;
mod clipboard;
pub mod command_line;
pub mod config;
pub mod config_diff;
mod copied_tables;
mod copying;
mod decode;
mod doings;
mod effects;
mod estimate;
mod event_loop;
pub mod field;
pub mod filter;
#[cfg(test)]
mod fixture;
mod frame;
pub mod glyphs;
pub mod going_back;
mod graphemes;
mod ground;
pub mod handbook;
#[cfg(test)]
mod health_tests;
pub mod help;
pub mod input;
pub mod inspecting;
pub mod keymap;
pub mod labels_form;
mod last_change;
pub mod layer;
pub mod layout;
pub mod lineage;
mod locale;
pub mod log_view;
mod look;
pub mod message;
pub mod missing_data;
pub mod model;
mod mouse;
pub mod moving;
mod news;
mod options;
pub mod pace;
mod picture;
pub mod plain;
pub mod plot;
mod png;
mod pointing;
mod pruning;
pub mod questions;
mod reader;
mod reason;
pub mod screens;
mod shapes;
pub mod sheet;
mod signals;
pub mod snapshot;
pub mod spots;
pub mod start_form;
mod svg;
pub mod table;
mod taking_up;
mod terminal;
pub mod theme;
pub mod toml_file;
mod tuning;
pub mod update;
#[cfg(test)]
mod update_tests;
mod watcher;
#[cfg(test)]
mod wish_tests;
pub mod wishes;
mod writer;

pub use options::{TuiOptions, can_draw, run};
