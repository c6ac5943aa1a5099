//! Reading the pickle's bytes in order.

use crate::exchange::ExchangeError;

/// A place in the pickle.
#[derive(Debug)]
pub struct Cursor<'a> {
    bytes: &'a [u8],
    /// Bytes read so far.
    pub at: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(bytes: &'a [u8]) -> Cursor<'a> {
        Cursor { bytes, at: 0 }
    }

    pub fn take(&mut self, n: usize) -> Result<&'a [u8], ExchangeError> {
        let part = self.at.checked_add(n).and_then(|end| self.bytes.get(self.at..end));
        let part = part.ok_or_else(|| self.cut())?;
        self.at += n;
        Ok(part)
    }

    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], ExchangeError> {
        self.take(N)?.first_chunk().copied().ok_or_else(|| self.cut())
    }

    pub fn byte(&mut self) -> Result<u8, ExchangeError> {
        self.array().map(|[b]| b)
    }

    /// Text up to a line feed, which is passed over.
    pub fn line(&mut self) -> Result<&'a str, ExchangeError> {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|b| *b == b'\n').ok_or_else(|| self.cut())?;
        let line = self.take(length)?;
        self.at += 1;
        self.text(line)
    }

    pub fn text(&self, bytes: &'a [u8]) -> Result<&'a str, ExchangeError> {
        std::str::from_utf8(bytes).map_err(|_| ExchangeError::Pickle {
            at: self.at,
            why: "a text is not UTF-8".into(),
        })
    }

    fn cut(&self) -> ExchangeError {
        ExchangeError::Pickle {
            at: self.at,
            why: "it ends in the middle".into(),
        }
    }
}
