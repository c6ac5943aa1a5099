//! What a person has configured: where it lies, what it may say, and what the screen makes of it.

use std::path::PathBuf;

/// The folder of everything that a person configures: `$XDG_CONFIG_HOME/spikedeck`, else `~/.config/spikedeck`; none
/// where neither is known. A relative one is invalid by the XDG specification, and is passed over.
pub fn folder(env: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let absolute = |name: &str| env(name).map(PathBuf::from).filter(|p| p.is_absolute());
    let home = || absolute("HOME").map(|h| h.join(".config"));
    absolute("XDG_CONFIG_HOME").or_else(home).map(|c| c.join("spikedeck"))
}
