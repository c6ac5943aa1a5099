//! Element types of PyTorch's storages, and how their bytes become numbers.

use super::Values;

/// What a storage is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    /// `FloatStorage`.
    F32,
    /// `HalfStorage`.
    F16,
    /// `BFloat16Storage`.
    Bf16,
    /// `DoubleStorage`; rounded to f32.
    F64,
    /// `LongStorage`.
    I64,
    /// Types that no weight has, of that many bytes; read past, where they stand beside the state dict.
    Other(usize),
}

impl Element {
    /// The element type of a storage class of the module `torch`.
    pub fn of_storage(class: &str) -> Option<Element> {
        Some(match class {
            "FloatStorage" => Element::F32,
            "HalfStorage" => Element::F16,
            "BFloat16Storage" => Element::Bf16,
            "DoubleStorage" => Element::F64,
            "LongStorage" => Element::I64,
            "IntStorage" => Element::Other(4),
            "ShortStorage" => Element::Other(2),
            "CharStorage" | "ByteStorage" | "BoolStorage" => Element::Other(1),
            _ => return None,
        })
    }

    /// Bytes of one.
    pub fn size(self) -> usize {
        match self {
            Element::F16 | Element::Bf16 => 2,
            Element::F32 => 4,
            Element::F64 | Element::I64 => 8,
            Element::Other(size) => size,
        }
    }

    /// The elements at `places` of little-endian bytes; `None` for a type that no weight has, or outside of them.
    pub fn gather(self, bytes: &[u8], places: impl Iterator<Item = usize>) -> Option<Values> {
        let floats = |one: fn(&[u8]) -> f32, places: &mut dyn Iterator<Item = usize>| {
            let size = self.size();
            let values: Option<Vec<f32>> = places.map(|p| bytes.get(p * size..(p + 1) * size).map(one)).collect();
            values.map(Values::Floats)
        };
        let mut places = places;
        match self {
            Element::F32 => floats(|b| f32::from_le_bytes(array(b)), &mut places),
            Element::F16 => floats(|b| half(u16::from_le_bytes(array(b))), &mut places),
            Element::Bf16 => floats(
                |b| f32::from_bits(u32::from(u16::from_le_bytes(array(b))) << 16),
                &mut places,
            ),
            Element::F64 => floats(|b| f64::from_le_bytes(array(b)) as f32, &mut places),
            Element::I64 => {
                let one = |p: usize| bytes.get(p * 8..(p + 1) * 8).map(|b| i64::from_le_bytes(array(b)));
                places.map(one).collect::<Option<_>>().map(Values::Integers)
            }
            Element::Other(_) => None,
        }
    }
}

/// The slice as an array; callers cut slices of exactly that length.
fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.first_chunk().copied().unwrap_or([0; N])
}

/// An IEEE 754 half-precision number: 1 sign, 5 exponent (bias 15) and 10 fraction bits.
fn half(bits: u16) -> f32 {
    let sign = if bits & 0x8000 != 0 { -1.0 } else { 1.0 };
    let exponent = i32::from(bits >> 10 & 0x1f);
    let fraction = f32::from(bits & 0x3ff);
    match exponent {
        0 => sign * fraction * 2.0_f32.powi(-24),
        0x1f if fraction == 0.0 => sign * f32::INFINITY,
        0x1f => f32::NAN,
        _ => sign * (1024.0 + fraction) * 2.0_f32.powi(exponent - 25),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_precision_numbers_are_what_ieee_754_says() {
        for (bits, value) in [
            (0x0000, 0.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x3555, 0.333_251_95),
            (0x7bff, 65504.0),
            (0x0001, 2.0_f32.powi(-24)),
            (0x0400, 2.0_f32.powi(-14)),
            (0xfc00, f32::NEG_INFINITY),
        ] {
            assert_eq!(half(bits), value, "{bits:#x}");
        }
        assert!(half(0x7e00).is_nan());
        assert!(half(0x8000).is_sign_negative());
    }

    #[test]
    fn a_place_outside_of_the_bytes_is_nothing() {
        assert!(Element::F32.gather(&[0; 7], [1].into_iter()).is_none());
        assert!(Element::I64.gather(&[0; 7], [0].into_iter()).is_none());
    }
}
