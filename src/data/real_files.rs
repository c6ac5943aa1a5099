//! The readers against the original files, where a data folder is at hand; elsewhere these tests say that they skip.
