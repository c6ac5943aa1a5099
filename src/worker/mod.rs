//! The process that trains or attacks, and records what it does. One per run, detached from any terminal; the only
//! writer of the run directory's record.

mod attacking;
pub mod bench;
mod controls;
mod material;
mod recorder;
mod saving;
mod signals;
mod training;

pub use attacking::attack;
pub use training::train;
