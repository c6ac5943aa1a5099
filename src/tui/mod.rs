//! The screen: state, messages, drawing. It does not touch tensors, and it writes nothing into a run's record: it only
//! sends commands to workers.

pub(crate) mod actions;
pub mod bench;
pub(crate) mod charts;
pub mod documents;
pub(crate) mod effects;
pub(crate) mod event_loop;
pub(crate) mod keys;
pub(crate) mod model;
mod open;
pub(crate) mod picture;
pub mod plain;
pub(crate) mod player;
pub(crate) mod plot;
pub(crate) mod screens;
pub(crate) mod settings;
pub(crate) mod state;
pub(crate) mod terminal;
#[cfg(test)]
mod tests;
pub(crate) mod text;
pub(crate) mod theme;
pub(crate) mod update;
pub(crate) mod wake;
pub(crate) mod watcher;

pub use open::{can_draw, run};
pub use screens::draw;
pub use settings::options::TuiOptions;
pub use state::app::App;
pub use terminal::key::parse_keys;
