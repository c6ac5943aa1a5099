//! A recording of events as a moving picture: on the screen (`play`), or all frames side by side for a file (`sheet`).
//! This folder may use `text`, `theme`, `terminal`, `plot` and `picture`. Knows nothing about runs, and reads no recording:
//! frames come as counts.

mod draw;
mod film;
mod play;
mod state;

pub use draw::sheet;
pub use film::{Film, Frame};
pub use play::play;

#[cfg(test)]
mod tests;
