//! What happened, on disk: the run directory, its writers and its readers.
