//! The objective, the recipes and the training step.
