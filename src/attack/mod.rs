//! Adversarial attacks and the accuracy that survives them.
