//! Cells out as a file: SVG and PNG, which both follow the shapes described once. Uses `theme`, and nothing of what is shown.

pub mod png;
pub mod shapes;
pub mod style;
pub mod svg;
