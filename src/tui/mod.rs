//! The screen: state, messages, drawing.
//!
//! [`app`] is the state, [`update`] turns state and message into new state and effects, [`actions`] is the one table
//! behind keys, bottom bar and help, [`effects`] does what touches the world, [`screens`] draws. Nothing here touches
//! a tensor, and nothing here writes what happened: only what is wished.

pub mod glyphs;
pub mod input;
pub mod plot;
pub mod theme;
