//! TOML files that users write (themes, configuration): read with a size limit; errors name file, line and key and
//! suggest the nearest known word.

use crate::run::text::clean;
use std::{fs::File, io::Read, os::unix::fs::OpenOptionsExt, path::Path};
use toml::{Spanned, de::DeTable};

/// Maximum size of a file in bytes; far more than is written by hand.
pub const LARGEST: u64 = 64 * 1024;

/// A file's name and text, for messages that say where.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// What messages call the file.
    pub name: &'a str,
    /// All of it.
    pub text: &'a str,
}

impl<'a> Source<'a> {
    /// The tables in it, with places.
    ///
    /// # Errors
    /// When it is no TOML.
    pub fn table(self) -> Result<DeTable<'a>, String> {
        let parsed = DeTable::parse(self.text);
        parsed.map(Spanned::into_inner).map_err(|e| {
            let at = e.span().map_or(0, |s| s.start);
            self.wrong(at, &clean(e.message()))
        })
    }

    /// The line of a byte, from 1.
    pub fn line(self, at: usize) -> usize {
        let before = self.text.as_bytes().iter().take(at);
        1 + before.filter(|b| **b == b'\n').count()
    }

    /// A complaint about what stands at a byte.
    pub fn wrong(self, at: usize, why: &str) -> String {
        format!("{}, line {}: {why}", clean(self.name), self.line(at))
    }
}

/// Reads a file that is not larger than it should be.
///
/// # Errors
/// When it cannot be read, is too large, or is not UTF-8.
pub fn read(path: &Path) -> Result<String, String> {
    let shown = clean(&path.display().to_string()).into_owned();
    let mut text = String::new();
    // Opening a pipe must not wait for its other end.
    let flags = rustix::fs::OFlags::NONBLOCK.bits() as i32;
    let opened = File::options().read(true).custom_flags(flags).open(path);
    let file = opened.map_err(|e| format!("{shown}: cannot be read: {e}"))?;
    // A pipe or a device would never end.
    if !file.metadata().is_ok_and(|m| m.is_file()) {
        return Err(format!("{shown}: not a file"));
    }
    let read = file.take(LARGEST + 1).read_to_string(&mut text);
    read.map_err(|e| format!("{shown}: cannot be read: {e}"))?;
    match text.len() as u64 > LARGEST {
        true => Err(format!(
            "{shown}: larger than {} kB: too large to be this file",
            LARGEST / 1024
        )),
        false => Ok(text),
    }
}

/// The word that was probably meant, as a question; else nothing.
pub fn meant<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    // Comparing costs the product of both lengths, so very long words are skipped.
    if word.len() > 64 {
        return String::new();
    }
    let scored = known.into_iter().map(|k| (strsim::jaro_winkler(word, k), k));
    let best = scored.filter(|(s, _)| *s > 0.75).max_by(|a, b| a.0.total_cmp(&b.0));
    best.map_or_else(String::new, |(_, k)| format!("; did you mean {k:?}?"))
}

/// A word from outside as a message quotes it.
pub fn quoted(word: &str) -> String {
    let cut: String = word.chars().take(60).collect();
    let dots = if cut.len() < word.len() { "…" } else { "" };
    format!("\"{}{dots}\"", clean(&cut))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_is_no_file_and_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("theme.toml");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        assert!(read(&pipe).unwrap_err().contains("not a file"));
    }

    #[test]
    fn a_complaint_names_file_and_line_and_never_moves_a_cursor() {
        let source = Source {
            name: "x\u{1b}.toml",
            text: "a = 1\nb = = 2\n",
        };
        let why = source.table().unwrap_err();
        assert!(why.starts_with("x␛.toml, line 2: "), "{why}");
    }

    #[test]
    fn the_nearest_word_is_offered_and_nothing_far_away() {
        assert_eq!(meant("mutd", ["muted", "text"]), "; did you mean \"muted\"?");
        assert_eq!(meant("zzz", ["muted", "text"]), "");
        assert_eq!(meant(&"m".repeat(5000), ["muted"]), "");
        assert!(quoted(&"\u{7}".repeat(500)).chars().count() < 70);
    }

    #[test]
    fn a_file_that_never_ends_is_not_read_to_its_end() {
        assert!(read(Path::new("/dev/zero")).unwrap_err().contains("not a file"));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("big.toml");
        std::fs::write(&path, "#".repeat(70_000)).unwrap();
        assert!(read(&path).unwrap_err().contains("larger than 64 kB"));
        std::fs::write(&path, b"\xff\xfe").unwrap();
        assert!(read(&path).unwrap_err().contains("cannot be read"));
    }
}
