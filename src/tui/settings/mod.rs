//! Files that people write, or that are written for them: the configuration and saved layouts; and how the screen is opened.

pub mod config;
pub mod layout;
pub mod options;
