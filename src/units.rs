//! Checked quantities with one way of printing each.
