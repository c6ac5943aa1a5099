//! Where data is looked for: `--data`, else `SPIKEDECK_DATA`, else `./data`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The variable that names the data folder when `--data` does not.
pub const VARIABLE: &str = "SPIKEDECK_DATA";

/// The data folder, absolute, whether or not it exists.
#[must_use]
pub fn resolve(explicit: Option<&Path>) -> PathBuf {
    choose(explicit, std::env::var_os(VARIABLE))
}

fn choose(explicit: Option<&Path>, variable: Option<OsString>) -> PathBuf {
    let chosen = match (explicit, variable) {
        (Some(path), _) => path.to_path_buf(),
        (None, Some(path)) if !path.is_empty() => PathBuf::from(path),
        _ => PathBuf::from("data"),
    };
    // Fails only where there is no current directory; then the relative name is the best there is.
    std::path::absolute(&chosen).unwrap_or(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_argument_wins_over_the_variable_and_the_variable_over_the_default() {
        let here = std::env::current_dir().unwrap();
        assert_eq!(choose(Some(Path::new("/a")), Some("/b".into())), Path::new("/a"));
        assert_eq!(choose(None, Some("/b".into())), Path::new("/b"));
        assert_eq!(choose(None, Some("".into())), here.join("data"));
        assert_eq!(choose(None, None), here.join("data"));
    }
}
