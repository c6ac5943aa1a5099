//! The device: opening and restoring it, reading keys and mouse, encoding frames, pace, writing, clipboard, what it can do.
//! Knows nothing of what is shown.

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
