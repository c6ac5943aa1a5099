//! Zip archives as PyTorch writes them: entries stored as they are, never compressed.
//!
//! Our own, because it borrows instead of copying, and reserves no memory because the file says so.

use super::{ExchangeError, error::shown};
use std::collections::BTreeMap;

/// The most entries of an archive; a large network has a few thousand.
const ENTRIES: u64 = 100_000;
/// The longest comment that may follow the end record, as the format has it.
const COMMENT: usize = 65_535;

const END: &[u8] = b"PK\x05\x06";
const END64_LOCATOR: &[u8] = b"PK\x06\x07";
const END64: &[u8] = b"PK\x06\x06";
const CENTRAL: &[u8] = b"PK\x01\x02";
const LOCAL: &[u8] = b"PK\x03\x04";

/// An archive of stored entries.
#[derive(Debug)]
pub struct Archive<'a> {
    bytes: &'a [u8],
    entries: BTreeMap<&'a str, Entry>,
    /// How many more bytes may be read: overlapping entries could otherwise be read without end.
    left: usize,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    method: u16,
    encrypted: bool,
    crc: u32,
    stored: u64,
    size: u64,
    local: u64,
}

impl<'a> Archive<'a> {
    /// Reads the directory.
    pub fn open(bytes: &'a [u8]) -> Result<Archive<'a>, ExchangeError> {
        let cut = || ExchangeError::archive("its directory is cut off or damaged; copy the file again");
        let (count, start) = directory(bytes).ok_or_else(cut)?;
        if count > ENTRIES {
            return Err(ExchangeError::archive(format!(
                "it claims {count} entries, more than {ENTRIES}"
            )));
        }
        let mut entries = BTreeMap::new();
        let mut at = usize::try_from(start).map_err(|_| cut())?;
        for _ in 0..count {
            let (name, entry, next) = central(bytes, at).ok_or_else(cut)?;
            at = next;
            if let Ok(name) = std::str::from_utf8(name)
                && entries.insert(name, entry).is_some()
            {
                return Err(ExchangeError::archive(format!("it has {} twice", shown(name))));
            }
        }
        Ok(Archive {
            bytes,
            entries,
            left: bytes.len(),
        })
    }

    /// The names of all entries.
    pub fn names(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.entries.keys().copied()
    }

    /// An entry's content, with its checksum compared.
    pub fn read(&mut self, name: &str) -> Result<&'a [u8], ExchangeError> {
        let wrong = |why: &str| ExchangeError::archive(format!("{} {why}", shown(name)));
        let entry = *self.entries.get(name).ok_or_else(|| wrong("is not in it"))?;
        if entry.encrypted {
            return Err(wrong("is encrypted"));
        }
        if entry.method != 0 || entry.stored != entry.size {
            return Err(wrong(
                "is compressed, which torch.save never does; save the state dict again with torch.save",
            ));
        }
        let content = content(self.bytes, &entry).ok_or_else(|| wrong("lies outside of the file"))?;
        self.left = self
            .left
            .checked_sub(content.len())
            .ok_or_else(|| wrong("overlaps other entries"))?;
        let mut sum = flate2::Crc::new();
        sum.update(content);
        match sum.sum() == entry.crc {
            true => Ok(content),
            false => Err(wrong("is damaged: its checksum differs; copy the file again")),
        }
    }
}

/// How many entries the directory has and where it begins, from the end record or its 64-bit form.
fn directory(bytes: &[u8]) -> Option<(u64, u64)> {
    let last = bytes.len().checked_sub(22)?;
    let first = last.saturating_sub(COMMENT);
    let is_end = |at: &usize| {
        bytes[*at..].starts_with(END) && u16_at(bytes, at + 20).is_some_and(|n| at + 22 + usize::from(n) == bytes.len())
    };
    let end = (first..=last).rev().find(is_end)?;
    let (count, start) = (u16_at(bytes, end + 10)?, u32_at(bytes, end + 16)?);
    if count != u16::MAX && start != u32::MAX {
        return Some((u64::from(count), u64::from(start)));
    }
    let locator = end.checked_sub(20)?;
    if !bytes[locator..].starts_with(END64_LOCATOR) {
        return None;
    }
    let end = usize::try_from(u64_at(bytes, locator + 8)?).ok()?;
    bytes.get(end..)?.starts_with(END64).then_some(())?;
    Some((u64_at(bytes, end + 32)?, u64_at(bytes, end + 48)?))
}

/// The directory's record at `at`: name, entry, and where the next one begins.
fn central(bytes: &[u8], at: usize) -> Option<(&[u8], Entry, usize)> {
    let record = bytes.get(at..)?;
    record.starts_with(CENTRAL).then_some(())?;
    let length = |offset| u16_at(record, offset).map(usize::from);
    let (name, extra, comment) = (length(28)?, length(30)?, length(32)?);
    let mut entry = Entry {
        method: u16_at(record, 10)?,
        encrypted: u16_at(record, 8)? & 1 != 0,
        crc: u32_at(record, 16)?,
        stored: u64::from(u32_at(record, 20)?),
        size: u64::from(u32_at(record, 24)?),
        local: u64::from(u32_at(record, 42)?),
    };
    widen(&mut entry, record.get(46 + name..46 + name + extra)?)?;
    let next = at + 46 + name + extra + comment;
    Some((record.get(46..46 + name)?, entry, next))
}

/// Takes sizes that do not fit 32 bits from the extra field with tag 1, which holds only those, in this order.
fn widen(entry: &mut Entry, mut extra: &[u8]) -> Option<()> {
    let full = u64::from(u32::MAX);
    let wide: Vec<&mut u64> = [&mut entry.size, &mut entry.stored, &mut entry.local]
        .into_iter()
        .filter(|v| **v == full)
        .collect();
    if wide.is_empty() {
        return Some(());
    }
    while let Some(tag) = u16_at(extra, 0) {
        let field = extra.get(4..4 + usize::from(u16_at(extra, 2)?))?;
        if tag == 1 {
            for (n, value) in wide.into_iter().enumerate() {
                *value = u64_at(field, 8 * n)?;
            }
            return Some(());
        }
        extra = extra.get(4 + field.len()..)?;
    }
    None
}

/// The bytes behind an entry's local header, whose name and extra field have lengths of their own.
fn content<'a>(bytes: &'a [u8], entry: &Entry) -> Option<&'a [u8]> {
    let header = bytes.get(usize::try_from(entry.local).ok()?..)?;
    header.starts_with(LOCAL).then_some(())?;
    let from = 30 + usize::from(u16_at(header, 26)?) + usize::from(u16_at(header, 28)?);
    header.get(from..from.checked_add(usize::try_from(entry.size).ok()?)?)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u16::from_le_bytes(*bytes))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes(*bytes))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u64::from_le_bytes(*bytes))
}
