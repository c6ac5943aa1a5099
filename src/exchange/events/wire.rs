//! Protocol buffers as bytes: fields with numbers. What the numbers mean is not known here.

/// A field's value, as wide as the wire says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Field<'a> {
    /// Seven bits a byte.
    Varint(u64),
    /// Eight bytes.
    Wide([u8; 8]),
    /// Four bytes.
    Narrow([u8; 4]),
    /// A text, a message, or numbers packed together.
    Bytes(&'a [u8]),
}

/// Gives every field of a message with its number, in order.
pub fn fields<'a>(
    mut message: &'a [u8],
    mut each: impl FnMut(u64, Field<'a>) -> Result<(), &'static str>,
) -> Result<(), &'static str> {
    while !message.is_empty() {
        let (key, rest) = varint(message).ok_or("a field's key is cut off")?;
        let (field, rest) = field(key & 7, rest)?;
        each(key >> 3, field)?;
        message = rest;
    }
    Ok(())
}

fn field(kind: u64, bytes: &[u8]) -> Result<(Field<'_>, &[u8]), &'static str> {
    let cut = "a field is cut off";
    match kind {
        0 => varint(bytes).map(|(n, rest)| (Field::Varint(n), rest)).ok_or(cut),
        1 => {
            let (value, rest) = bytes.split_first_chunk().ok_or(cut)?;
            Ok((Field::Wide(*value), rest))
        }
        2 => {
            let (length, rest) = varint(bytes).ok_or(cut)?;
            let length = usize::try_from(length).ok().filter(|n| *n <= rest.len()).ok_or(cut)?;
            let (value, rest) = rest.split_at(length);
            Ok((Field::Bytes(value), rest))
        }
        5 => {
            let (value, rest) = bytes.split_first_chunk().ok_or(cut)?;
            Ok((Field::Narrow(*value), rest))
        }
        _ => Err("a field is of a kind that no message has"),
    }
}

/// A number and what comes after it; at most ten bytes of it.
pub fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0u64;
    for (at, byte) in bytes.iter().take(10).enumerate() {
        // Bits beyond 64 are dropped, as the format has it.
        number |= u64::from(byte & 0x7f).wrapping_shl(7 * at as u32);
        if byte & 0x80 == 0 {
            return Some((number, &bytes[at + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(message: &[u8]) -> Result<Vec<(u64, Field<'_>)>, &'static str> {
        let mut found = Vec::new();
        fields(message, |number, field| {
            found.push((number, field));
            Ok(())
        })?;
        Ok(found)
    }

    #[test]
    fn every_kind_of_field_is_read() {
        let message = [
            &[0x08, 0xac, 0x02, 0x11][..],
            &1.5f64.to_le_bytes(),
            &[0x1a, 2, b'h', b'i', 0x25],
            &2.5f32.to_le_bytes(),
        ]
        .concat();
        let wanted = vec![
            (1, Field::Varint(300)),
            (2, Field::Wide(1.5f64.to_le_bytes())),
            (3, Field::Bytes(b"hi")),
            (4, Field::Narrow(2.5f32.to_le_bytes())),
        ];
        assert_eq!(all(&message), Ok(wanted));
        let minus_one = [&[0x10][..], &[0xff; 9], &[1]].concat();
        assert_eq!(all(&minus_one), Ok(vec![(2, Field::Varint(u64::MAX))]));
    }

    #[test]
    fn what_is_cut_off_or_of_no_kind_is_refused() {
        let messages: [&[u8]; 6] = [&[0x80], &[0x08], &[0x11, 1, 2], &[0x1a, 9, 1], &[0x0b], &[0x25, 1]];
        for message in messages {
            assert!(all(message).is_err(), "{message:?}");
        }
        let endless = [&[0x1a][..], &[0xff; 9], &[1]].concat();
        assert!(all(&endless).is_err() && all(&[0xff; 20]).is_err());
    }
}
