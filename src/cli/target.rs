//! The file that a command writes: a new one, unless replacing is asked for.

use super::failure::usage;
use crate::run::place::absolute;
use anyhow::Result;
use std::path::{Path, PathBuf};

/// Where to write, if that may be written; `such_as` is the name of a file for whoever gave a folder.
///
/// # Errors
/// When it is a folder or a device, there already and not to be replaced, or its folder is not there.
pub fn file(to: &Path, such_as: &str, force: bool) -> Result<PathBuf> {
    let path = absolute(to)?;
    let shown = path.display();
    match std::fs::symlink_metadata(&path) {
        Ok(there) if there.is_dir() => Err(usage(format!(
            "{shown}: is a folder; give a file such as {shown}/{such_as}"
        ))),
        Ok(_) if std::fs::metadata(&path).is_ok_and(|there| !there.is_file()) => Err(usage(format!(
            "{shown}: is a device or a pipe, not a file; give the name of a file"
        ))),
        Ok(_) if !force => Err(usage(format!(
            "{shown}: is there already; choose another name, or replace it with --force"
        ))),
        Ok(_) => Ok(path),
        Err(_) => match path.parent().filter(|folder| !folder.is_dir()) {
            Some(folder) => Err(usage(format!(
                "{shown}: cannot be written: there is no folder {}; create it with mkdir -p, or choose another",
                folder.display()
            ))),
            None => Ok(path),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_replaced_unasked_and_a_folder_never() {
        let folder = tempfile::tempdir().unwrap();
        let (new, old) = (folder.path().join("new"), folder.path().join("old"));
        std::fs::write(&old, "x").unwrap();
        let said = |path: &Path, force| file(path, "a.svg", force).map_err(|e| e.to_string());
        assert!(said(&new, false).unwrap().ends_with("new") && said(&old, true).is_ok());
        assert!(said(&old, false).unwrap_err().contains("--force"));
        assert!(said(folder.path(), true).unwrap_err().contains("/a.svg"));
        assert!(said(Path::new("/dev/null"), true).unwrap_err().contains("device"));
        assert!(said(&new.join("deeper"), false).unwrap_err().contains("mkdir -p"));
    }
}
