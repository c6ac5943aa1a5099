//! The terminal device: opening and restoring it, reading keys and mouse, encoding, pacing and writing frames,
//! clipboard, capability detection. This folder may use `text` and `theme`. Knows nothing about what is shown.

pub mod background;
pub mod clipboard;
pub mod decode;
pub mod frame;
pub mod key;
pub mod locale;
pub mod mouse;
pub mod pace;
pub mod reader;
pub mod screen;
pub mod signals;
pub mod writer;
