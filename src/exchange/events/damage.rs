//! What of a file cannot be read: where, how much and why.

/// The most damaged places of a file that are kept; all are counted.
pub const MOST_PLACES: usize = 100;

/// Bytes that are no record of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Damage {
    /// The offset of the first of them.
    pub at: usize,
    /// How many.
    pub bytes: usize,
    /// Why they are none.
    pub cause: Cause,
}

/// Why bytes are no record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The checksum of a record's length differs.
    Length,
    /// The checksum of a record's content differs.
    Content,
    /// The record ends where another one begins.
    Cut,
    /// Nothing but zeros: the disk was full, or the system went down before they were written.
    Zeros,
    /// The checksums hold, but there is no event inside.
    Malformed(&'static str),
}

impl Damage {
    /// So many bytes at an offset.
    pub fn at(at: usize, bytes: usize, cause: Cause) -> Damage {
        Damage { at, bytes, cause }
    }
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Damage { at, bytes, cause } = self;
        match cause {
            Cause::Length => write!(
                f,
                "byte {at}: the checksum of a record's length differs ({bytes} bytes)"
            ),
            Cause::Content => write!(
                f,
                "byte {at}: the checksum of a record's content differs ({bytes} bytes)"
            ),
            Cause::Cut => write!(f, "byte {at}: a record is cut off after {bytes} bytes"),
            Cause::Zeros => write!(f, "byte {at}: {bytes} zeros"),
            Cause::Malformed(why) => write!(f, "byte {at}: no event of TensorBoard's: {why} ({bytes} bytes)"),
        }
    }
}
