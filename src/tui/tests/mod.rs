//! Tests of several rooms together, and the made-up runs that they look at.

pub mod attacks;
pub mod commands;
pub mod fixture;
pub mod health;
pub mod update;
