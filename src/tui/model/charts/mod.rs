//! Charts as data: the kinds, which of them a run has, how they are viewed, and each run's colour.

pub mod colours;
mod foreign;
pub mod kinds;
pub mod plan;
pub mod view;
