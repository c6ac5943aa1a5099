//! Images and events become batches.
