//! Checksums of files, in hexadecimal.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use md5::Md5;
use sha2::Sha256;
use sha2::digest::Digest;

/// A checksum that a file should have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checksum<'a> {
    /// SHA-256.
    Sha256(&'a str),
    /// MD5: only against accidents, used where nothing stronger was published.
    Md5(&'a str),
}

impl Checksum<'_> {
    /// Whether everything left in `reader` has this sum, and the sum it has.
    ///
    /// # Errors
    /// The reader's own.
    pub fn holds(&self, reader: impl Read) -> io::Result<(bool, String)> {
        let (wanted, found) = match self {
            Self::Sha256(wanted) => (wanted, sum::<Sha256>(reader)?),
            Self::Md5(wanted) => (wanted, sum::<Md5>(reader)?),
        };
        Ok((wanted.eq_ignore_ascii_case(&found), found))
    }

    /// [`Checksum::holds`] for a file.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn holds_for(&self, path: &Path) -> io::Result<(bool, String)> {
        self.holds(File::open(path)?)
    }
}

fn sum<D: Digest>(mut reader: impl Read) -> io::Result<String> {
    let (mut digest, mut buffer) = (D::new(), vec![0; 1 << 16]);
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()),
            Ok(n) => digest.update(&buffer[..n]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sums_of_abc_are_the_published_ones() {
        let sha = Checksum::Sha256("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD");
        assert!(sha.holds(&b"abc"[..]).unwrap().0);
        assert!(
            Checksum::Md5("900150983cd24fb0d6963f7d28e17f72")
                .holds(&b"abc"[..])
                .unwrap()
                .0
        );
        assert!(
            !Checksum::Md5("900150983cd24fb0d6963f7d28e17f72")
                .holds(&b"abd"[..])
                .unwrap()
                .0
        );
    }
}
