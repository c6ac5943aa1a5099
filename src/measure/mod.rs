//! Quantities of a network's answers and gradients that training and attacks both measure, on plain numbers: the confidence
//! of the true class and its slope, and the size of an input gradient (method: section 3). It asks no network and names no
//! metric.

mod gradient;
mod softmax;

pub use gradient::{GradientSize, above};
pub use softmax::{confidence, confidence_slopes, confidences, log_softmax};
