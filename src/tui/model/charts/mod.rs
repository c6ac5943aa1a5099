//! Charts as data: which there are, what of them a run has, how they are looked at, and each run's colour.

pub mod colours;
mod foreign;
pub mod kinds;
pub mod plan;
pub mod view;
