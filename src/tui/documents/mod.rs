//! What is generated without a terminal: the list of keys, the manual page, and frames as pictures. May use every other
//! folder of the screen; only the command line uses this one.

pub mod reference;
pub mod snapshot;
