//! Text: graphemes, and files written by hand with suggestions for mistyped names. This folder uses no other.

pub mod graphemes;
pub mod toml_file;
