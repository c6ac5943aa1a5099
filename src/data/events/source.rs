//! The bytes of a recording, in order, with their position, through one buffer of fixed size.
//!
//! Readers take whole records out of a window; what does not fill a record is left, and how a file ends is said in
//! words that name the byte.

use std::io::{self, ErrorKind, Read};

/// Bytes of the buffer: the most that a window can hold.
pub const WINDOW: usize = 1 << 18;
/// A header line longer than this is no header line.
pub const LONGEST_LINE: usize = 1 << 16;

/// A stream of bytes that knows where it is.
pub struct Source<'a> {
    inner: Box<dyn Read + 'a>,
    buffer: Box<[u8]>,
    /// What of the buffer is still to be read.
    start: usize,
    end: usize,
    /// The position in the file of `buffer[start]`.
    at: u64,
    /// How long the file is, where that is known.
    length: Option<u64>,
    has_ended: bool,
}

impl<'a> Source<'a> {
    /// The bytes of `inner`, from its beginning on, of which there are `length`.
    pub fn new(inner: impl Read + 'a, length: Option<u64>) -> Self {
        Self {
            inner: Box::new(inner),
            buffer: vec![0; WINDOW].into_boxed_slice(),
            start: 0,
            end: 0,
            at: 0,
            length,
            has_ended: false,
        }
    }

    /// How many bytes were taken so far.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.at
    }

    /// How long the file is, where that is known.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// Some bytes that come next: at least `least` (no more than [`WINDOW`]), fewer only where the file ends.
    ///
    /// # Errors
    /// The stream's own.
    pub fn window(&mut self, least: usize) -> io::Result<&[u8]> {
        if self.end - self.start < least && !self.has_ended {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            while self.end < least.min(WINDOW) && !self.has_ended {
                match self.inner.read(&mut self.buffer[self.end..]) {
                    Ok(0) => self.has_ended = true,
                    Ok(n) => self.end += n,
                    Err(e) if e.kind() == ErrorKind::Interrupted => {}
                    Err(e) => return Err(e),
                }
            }
        }
        Ok(&self.buffer[self.start..self.end])
    }

    /// `count` bytes of the window are done with.
    pub fn consume(&mut self, count: usize) {
        let count = count.min(self.end - self.start);
        self.start += count;
        self.at += count as u64;
    }

    /// As many whole records of `N` bytes as are at hand: none only where the file has no whole one left.
    ///
    /// # Errors
    /// The stream's own.
    pub fn records<const N: usize>(&mut self) -> io::Result<&[[u8; N]]> {
        Ok(self.window(N)?.as_chunks::<N>().0)
    }

    /// Where the file ends within a record of `whole` bytes: how, in words. To be asked once there is no whole one left.
    ///
    /// # Errors
    /// The stream's own.
    pub fn cut(&mut self, whole: usize) -> io::Result<Option<String>> {
        let (have, at) = (self.window(whole)?.len(), self.at);
        Ok((have > 0 && have < whole).then(|| format!("it ends {have} bytes into a record of {whole}, at byte {at}")))
    }

    /// The next record of `N` bytes, if there is a whole one.
    ///
    /// # Errors
    /// The stream's own.
    pub fn record<const N: usize>(&mut self) -> io::Result<Option<[u8; N]>> {
        let found = self.window(N)?.first_chunk::<N>().copied();
        if found.is_some() {
            self.consume(N);
        }
        Ok(found)
    }

    /// The next line with its end, at most [`LONGEST_LINE`] of it.
    ///
    /// # Errors
    /// The stream's own.
    pub fn line(&mut self) -> io::Result<Vec<u8>> {
        let window = self.window(LONGEST_LINE)?;
        let window = &window[..window.len().min(LONGEST_LINE)];
        let end = window
            .iter()
            .position(|&b| b == b'\n')
            .map_or(window.len(), |end| end + 1);
        let line = window[..end].to_vec();
        self.consume(end);
        Ok(line)
    }

    /// Pass over `count` bytes; how many there were, which is less only where the file ends.
    ///
    /// # Errors
    /// The stream's own.
    pub fn skip(&mut self, count: u64) -> io::Result<u64> {
        let mut left = count;
        while left > 0 {
            let have = self.window(1)?.len();
            if have == 0 {
                break;
            }
            let step = usize::try_from(left).unwrap_or(usize::MAX).min(have);
            self.consume(step);
            left -= step as u64;
        }
        Ok(count - left)
    }
}

impl Read for Source<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let window = self.window(1)?;
        let count = window.len().min(to.len());
        to[..count].copy_from_slice(&window[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl std::fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.debug_struct("Source")
            .field("at", &self.at)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands over a few bytes at a time, as pipes do.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(to.len()).min(3);
            to[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    #[test]
    fn records_are_whole_however_the_bytes_come_and_the_rest_is_named() {
        let bytes: Vec<u8> = (0..23).collect();
        let mut source = Source::new(Drip(&bytes), None);
        let mut seen = Vec::new();
        loop {
            let records = source.records::<5>().unwrap();
            let count = records.len();
            seen.extend(records.iter().flatten().copied());
            if count == 0 {
                break;
            }
            source.consume(5 * count);
        }
        assert_eq!(seen, bytes[..20]);
        assert_eq!(
            source.cut(5).unwrap().unwrap(),
            "it ends 3 bytes into a record of 5, at byte 20"
        );
        assert_eq!(source.record::<4>().unwrap(), None);
    }

    #[test]
    fn lines_and_skips_say_how_far_they_came() {
        let mut source = Source::new(&b"one\ntwo"[..], Some(7));
        assert_eq!(source.line().unwrap(), b"one\n");
        assert_eq!(source.position(), 4);
        assert_eq!(source.skip(10).unwrap(), 3);
        assert_eq!((source.line().unwrap(), source.cut(4).unwrap()), (Vec::new(), None));
    }
}
