//! `TensorProto` of one number, of every type of numbers and in every way to write that.

use super::wire::{Field, fields, varint};

/// A number out of a tensor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number {
    /// The number, as near as double precision comes.
    pub value: f64,
    /// Whether it was an integer that double precision does not have.
    pub rounded: bool,
}

/// `DataType` of TensorFlow, as far as numbers go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Float,
    Double,
    Half,
    Brain,
    Bool,
    /// So many bytes, with a sign or without.
    Int(u32),
    Uint(u32),
}

impl Kind {
    fn of(dtype: u64) -> Option<Kind> {
        Some(match dtype {
            1 => Kind::Float,
            2 => Kind::Double,
            3 => Kind::Int(4),
            4 => Kind::Uint(1),
            5 => Kind::Int(2),
            6 => Kind::Int(1),
            9 => Kind::Int(8),
            10 => Kind::Bool,
            14 => Kind::Brain,
            17 => Kind::Uint(2),
            19 => Kind::Half,
            22 => Kind::Uint(4),
            23 => Kind::Uint(8),
            _ => return None,
        })
    }

    /// Bytes of one in `tensor_content`.
    fn width(self) -> usize {
        match self {
            Kind::Bool => 1,
            Kind::Half | Kind::Brain => 2,
            Kind::Float => 4,
            Kind::Double => 8,
            Kind::Int(bytes) | Kind::Uint(bytes) => bytes as usize,
        }
    }

    /// The number of the field with such values one by one.
    fn field(self) -> u64 {
        match self {
            Kind::Float => 5,
            Kind::Double => 6,
            Kind::Half | Kind::Brain => 13,
            Kind::Bool => 11,
            Kind::Int(8) => 10,
            Kind::Int(_) | Kind::Uint(1 | 2) => 7,
            Kind::Uint(4) => 16,
            Kind::Uint(_) => 17,
        }
    }

    /// The number of these bits, which stand in the lowest bytes; `None` where the type has no such number.
    fn number(self, bits: u64) -> Option<Number> {
        let exact = |value: f64| Some(Number { value, rounded: false });
        match self {
            Kind::Float => exact(f64::from(f32::from_bits(bits as u32))),
            Kind::Double => exact(f64::from_bits(bits)),
            Kind::Half => exact(half(u16::try_from(bits).ok()?)),
            Kind::Brain => exact(f64::from(f32::from_bits(u32::from(u16::try_from(bits).ok()?) << 16))),
            Kind::Bool => exact(f64::from(u8::from(bits != 0))),
            Kind::Int(bytes) => {
                let shift = 64 - 8 * bytes;
                // Narrow ones are written with all of their sign's bits or without.
                let value = ((bits << shift) as i64) >> shift;
                let fits = value as u64 == bits || bits >> (8 * bytes - 1) >> 1 == 0;
                fits.then_some(Number {
                    value: value as f64,
                    rounded: value as f64 as i128 != i128::from(value),
                })
            }
            Kind::Uint(bytes) => {
                let fits = bytes == 8 || bits >> (8 * bytes) == 0;
                fits.then_some(Number {
                    value: bits as f64,
                    rounded: bits as f64 as u128 != u128::from(bits),
                })
            }
        }
    }
}

/// Half precision.
fn half(bits: u16) -> f64 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    sign * match exponent {
        0 => fraction * 2f64.powi(-24),
        0x1f if fraction == 0.0 => f64::INFINITY,
        0x1f => f64::NAN,
        _ => (1024.0 + fraction) * 2f64.powi(exponent - 25),
    }
}

/// Values of one field: how many, and the last one's bits.
#[derive(Default)]
struct Values {
    count: u64,
    bits: u64,
}

impl Values {
    fn push(&mut self, bits: u64) {
        self.count += 1;
        self.bits = bits;
    }

    /// One value, or several packed together.
    fn take(&mut self, field: Field<'_>, kind: Kind) -> Result<(), &'static str> {
        let wrong = "a tensor's values are not of its type";
        match (field, kind) {
            (Field::Narrow(value), Kind::Float) => self.push(u64::from(u32::from_le_bytes(value))),
            (Field::Wide(value), Kind::Double) => self.push(u64::from_le_bytes(value)),
            (Field::Varint(value), Kind::Half | Kind::Brain | Kind::Bool | Kind::Int(_) | Kind::Uint(_)) => {
                self.push(value);
            }
            (Field::Bytes(packed), Kind::Float | Kind::Double) => {
                let width = kind.width();
                if packed.len() % width != 0 {
                    return Err(wrong);
                }
                packed.chunks_exact(width).for_each(|c| self.push(little_endian(c)));
            }
            (Field::Bytes(mut packed), _) => {
                while !packed.is_empty() {
                    let (value, rest) = varint(packed).ok_or(wrong)?;
                    self.push(value);
                    packed = rest;
                }
            }
            _ => return Err(wrong),
        }
        Ok(())
    }
}

fn little_endian(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |bits, byte| bits << 8 | u64::from(*byte))
}

/// The number in a tensor of exactly one; `None` for all others.
///
/// # Errors
/// When the message is no tensor.
pub fn number(message: &[u8]) -> Result<Option<Number>, &'static str> {
    let (mut dtype, mut count, mut content) = (0, 1u64, &b""[..]);
    fields(message, |number, field| {
        match (number, field) {
            (1, Field::Varint(n)) => dtype = n,
            (2, Field::Bytes(shape)) => count = elements(shape)?,
            (4, Field::Bytes(bytes)) => content = bytes,
            _ => {}
        }
        Ok(())
    })?;
    let Some(kind) = Kind::of(dtype).filter(|_| count == 1) else {
        return Ok(None);
    };
    if !content.is_empty() {
        let fits = content.len() == kind.width();
        return Ok(fits.then(|| kind.number(little_endian(content))).flatten());
    }
    let mut values = Values::default();
    fields(message, |number, field| match number == kind.field() {
        true => values.take(field, kind),
        false => Ok(()),
    })?;
    Ok((values.count == 1).then(|| kind.number(values.bits)).flatten())
}

/// How many numbers a tensor of this shape has; a bound is enough.
fn elements(shape: &[u8]) -> Result<u64, &'static str> {
    let mut count = 1u64;
    fields(shape, |number, field| {
        if let (2, Field::Bytes(dimension)) = (number, field) {
            let mut size = 0;
            fields(dimension, |number, field| {
                if let (1, Field::Varint(n)) = (number, field) {
                    size = n;
                }
                Ok(())
            })?;
            count = count.saturating_mul(size);
        }
        Ok(())
    })?;
    Ok(count)
}
