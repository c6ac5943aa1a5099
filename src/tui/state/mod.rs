//! The whole state of the screen and its layers: focus, forms, dialogs, selection; and queries on it. This folder may
//! use `theme`, `terminal`, `plot`, `keys`, `model` and `settings`. What a key does to it is in `actions`.

pub mod activity;
pub mod activity_lines;
pub mod app;
pub mod attack_form;
pub mod attack_view;
pub mod column_chooser;
pub mod command_line;
pub mod config_diff;
pub mod estimate;
pub mod field;
pub mod hit_areas;
pub mod inspection;
pub mod labels_form;
pub mod last_change;
pub mod layer;
pub mod lineage;
pub mod log_view;
pub mod message;
pub mod place;
pub mod reason;
pub mod run_table;
pub mod screen_log;
pub mod start_form;
pub mod tuning;
