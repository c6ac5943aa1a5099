//! Opening a file of a data set with what is expected of it at hand, so that every failure can say so.

use std::fs::File;
use std::io::{BufReader, ErrorKind, Read};
use std::path::PathBuf;

use flate2::read::MultiGzDecoder;

use super::error::DataError;

/// A file together with what it should be and what mends it.
#[derive(Debug, Clone)]
pub(super) struct Expected {
    pub path: PathBuf,
    pub expected: String,
    pub mend: String,
}

impl Expected {
    pub fn missing(&self) -> DataError {
        DataError::Missing {
            path: self.path.clone(),
            expected: self.expected.clone(),
            mend: self.mend.clone(),
        }
    }

    pub fn damaged(&self, found: impl Into<String>) -> DataError {
        DataError::Damaged {
            path: self.path.clone(),
            found: found.into(),
            expected: self.expected.clone(),
            mend: self.mend.clone(),
        }
    }

    /// Open the file and say how long it is. Only a regular file will do: a pipe would wait for ever.
    pub fn open(&self) -> Result<(File, u64), DataError> {
        let about = |source: std::io::Error| match source.kind() {
            ErrorKind::NotFound => self.missing(),
            _ => DataError::io("read", &self.path, source),
        };
        let meta = std::fs::metadata(&self.path).map_err(about)?;
        if !meta.is_file() {
            return Err(self.damaged("it is not a regular file"));
        }
        Ok((File::open(&self.path).map_err(about)?, meta.len()))
    }

    /// Open the file for reading its content: through gzip where it begins as gzip does, whatever its name.
    pub fn open_content(&self) -> Result<Box<dyn Read>, DataError> {
        let (file, _) = self.open()?;
        content(file).map_err(|e| DataError::io("read", &self.path, e))
    }
}

/// The bytes of `file`, unpacked where they are gzip.
pub(super) fn content(file: File) -> std::io::Result<Box<dyn Read>> {
    use std::io::BufRead;
    let mut reader = BufReader::with_capacity(1 << 16, file);
    // A BufReader's first fill of a regular file is short only where the file is.
    let gzip = reader.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    Ok(if gzip {
        Box::new(BufReader::new(MultiGzDecoder::new(reader)))
    } else {
        Box::new(reader)
    })
}
