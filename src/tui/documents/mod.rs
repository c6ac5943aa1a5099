//! What is made of the program without a terminal: the list of keys and the manual page, and frames as pictures. Uses all
//! other rooms; nothing uses it but the command line.

pub mod reference;
pub mod snapshot;
