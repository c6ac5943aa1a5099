//! Letters and hand-written text: what one letter is, and what somebody meant who mistyped a name.

pub mod graphemes;
pub mod toml_file;
