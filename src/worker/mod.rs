//! The process that trains or attacks and records what it does.
