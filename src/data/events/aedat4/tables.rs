//! The FlatBuffers of AEDAT 4.0, each place of them held against the bytes there are before it is read.
//!
//! Every packet of events, motion or triggers is a table whose first field is a vector; an event is a structure of 16
//! bytes: time (i64, µs), x, y (i16) and polarity (u8). What the writers mean by an absent vector is no element.

use std::ops::Range;

use flatbuffers::{InvalidFlatbuffer, Verifier, VerifierOptions};

use crate::data::events::Event;

/// Bytes of an event.
pub const EVENT: usize = 16;
/// Bytes of the number at the beginning that says how long the rest is.
pub const PREFIX: usize = 4;
/// Places of the first three fields in a table of fields.
pub const FIELDS: [u16; 3] = [4, 6, 8];

/// The four letters that say what a size-prefixed buffer holds.
#[must_use]
pub fn identifier(buffer: &[u8]) -> Option<[u8; 4]> {
    buffer.get(8..)?.first_chunk().copied()
}

/// Where in `buffer` the elements of the first field are, `size` bytes each, and how many there are.
///
/// # Errors
/// Words: what is wrong with the buffer.
pub fn elements(buffer: &[u8], size: usize) -> Result<(Range<usize>, usize), String> {
    let inside = inside(buffer)?;
    let found = walk(inside, |verifier, fields| {
        let Some(at) = fields[0] else { return Ok((0, 0)) };
        let vector = at.saturating_add(verifier.get_uoffset(at)? as usize);
        let count = verifier.get_uoffset(vector)? as usize;
        verifier.range_in_buffer(vector.saturating_add(4), count.saturating_mul(size))?;
        Ok((vector + 4, count))
    });
    let (at, count) = found.map_err(|e| words(&e))?;
    let at = at + PREFIX;
    Ok((at..at + count * size, count))
}

/// The three fields of the header: which packing, where the table of packets is, and the XML.
///
/// # Errors
/// Words: what is wrong with the buffer.
pub fn header(buffer: &[u8]) -> Result<(i32, i64, &[u8]), String> {
    let inside = inside(buffer)?;
    let found = walk(inside, |verifier, fields| {
        let [packing, table, xml] = fields;
        let packing = packing.map_or(Ok(0), |at| verifier.get_uoffset(at))?;
        if let Some(at) = table {
            verifier.range_in_buffer(at, 8)?;
        }
        let xml = match xml {
            Some(at) => {
                let string = at.saturating_add(verifier.get_uoffset(at)? as usize);
                let length = verifier.get_uoffset(string)? as usize;
                verifier.range_in_buffer(string.saturating_add(4), length)?;
                string + 4..string + 4 + length
            }
            None => 0..0,
        };
        Ok((packing as i32, table, xml))
    });
    let (packing, table, xml) = found.map_err(|e| words(&e))?;
    let table = table
        .and_then(|at| inside.get(at..)?.first_chunk().copied())
        .map_or(-1, i64::from_le_bytes);
    Ok((packing, table, inside.get(xml).unwrap_or_default()))
}

/// An event.
///
/// # Errors
/// Words: which of its numbers cannot be.
pub fn event(bytes: &[u8; EVENT]) -> Result<Event, String> {
    let &[t0, t1, t2, t3, t4, t5, t6, t7, x0, x1, y0, y1, on, ..] = bytes;
    let t = i64::from_le_bytes([t0, t1, t2, t3, t4, t5, t6, t7]);
    let (x, y) = (i16::from_le_bytes([x0, x1]), i16::from_le_bytes([y0, y1]));
    match (u64::try_from(t), u16::try_from(x), u16::try_from(y)) {
        (Ok(t), Ok(x), Ok(y)) => Ok(Event { t, x, y, on: on != 0 }),
        _ => Err(format!("t = {t}, x = {x}, y = {y}, and none of these can be negative")),
    }
}

/// What lies behind the number that says how long it is.
fn inside(buffer: &[u8]) -> Result<&[u8], String> {
    let says = buffer.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes)) as usize;
    let have = buffer.len().saturating_sub(PREFIX);
    if says < 8 || says > have {
        return Err(format!(
            "its content says that it has {says} bytes, and {have} are there"
        ));
    }
    Ok(&buffer[PREFIX..PREFIX + says])
}

/// Call `then` with the places of the first three fields of the root table.
fn walk<T>(
    inside: &[u8],
    then: impl FnOnce(&mut Verifier, [Option<usize>; 3]) -> Result<T, InvalidFlatbuffer>,
) -> Result<T, InvalidFlatbuffer> {
    let options = VerifierOptions::default();
    let mut verifier = Verifier::new(&options, inside);
    let root = verifier.get_uoffset(0)? as usize;
    let mut table = verifier.visit_table(root)?;
    let mut fields = [None; 3];
    for (field, place) in fields.iter_mut().zip(FIELDS) {
        *field = table.deref(place)?;
    }
    then(table.verifier(), fields)
}

/// The first line of a long explanation.
fn words(fault: &InvalidFlatbuffer) -> String {
    fault.to_string().lines().next().unwrap_or_default().to_owned()
}
