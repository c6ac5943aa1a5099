//! The step of a reader whose records all have the same number of bytes.

use super::{About, Fault, Source};

/// Read at most `most` whole records of `N` bytes and give each to `take`, with the byte at which it begins; `false` at
/// the end, where `about` then says what is left of a record.
///
/// # Errors
/// Those of `take`; the stream's own.
#[inline]
pub(super) fn step<const N: usize>(
    source: &mut Source,
    about: &mut About,
    most: usize,
    mut take: impl FnMut(&mut About, u64, [u8; N]) -> Result<(), Fault>,
) -> Result<bool, Fault> {
    let at = source.position();
    let records = source.records::<N>()?;
    let count = records.len().min(most);
    for (i, record) in records[..count].iter().enumerate() {
        take(about, at + (N * i) as u64, *record)?;
    }
    source.consume(N * count);
    // A header that breaks off has already said how the file ends.
    if count == 0 && about.tally.cut.is_none() {
        about.tally.cut = source.cut(N)?;
    }
    Ok(count > 0)
}
