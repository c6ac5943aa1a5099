//! Tests of several rooms together, and the made-up runs that they look at.

pub mod activity;
pub mod attacks;
pub mod commands;
pub mod each_action;
pub mod fixture;
pub mod health;
pub mod picture;
pub mod run_table;
pub mod update;
