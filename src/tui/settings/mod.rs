//! Files that users write, or that are written for them (configuration and layouts), and the options the screen is
//! opened with. This folder may use `text`, `theme`, `terminal`, `plot`, `keys` and `model`. Changes no state.

pub mod config;
pub mod layout;
pub mod options;
