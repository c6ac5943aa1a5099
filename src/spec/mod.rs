//! What is wanted: an experiment parsed once, valid by construction.
