//! Whole charts and heat-maps: whatever they are given they stay within their area, and what they look like.

mod anything;
mod portraits;
mod sitters;
