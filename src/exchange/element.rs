//! Element types of tensors in both formats, and how their bytes become numbers.

use super::Values;

/// What a tensor is made of.
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
    /// `IntStorage`.
    I32,
    /// `ShortStorage`.
    I16,
    /// `CharStorage`.
    I8,
    /// `uint64`; values above those of `I64` are refused.
    U64,
    /// `uint32`.
    U32,
    /// `uint16`.
    U16,
    /// `ByteStorage`, and storages that name no type.
    U8,
    /// Types whose values are not taken over; read past, where they stand beside the weights.
    Other(Other),
}

/// Types that neither weights nor counters have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Other {
    /// Truth values.
    Bool,
    /// Numbers of eight bits and less with an exponent.
    Small(&'static str),
    /// Complex numbers.
    Complex(&'static str),
    /// Quantised numbers, whose scale stands elsewhere.
    Quantised,
    /// Anything else.
    Unknown,
}

impl Element {
    /// The element type of a storage class of PyTorch, by the class's name.
    pub fn of_storage(class: &str) -> Option<Element> {
        Some(match class {
            "FloatStorage" => Element::F32,
            "HalfStorage" => Element::F16,
            "BFloat16Storage" => Element::Bf16,
            "DoubleStorage" => Element::F64,
            "LongStorage" => Element::I64,
            "IntStorage" => Element::I32,
            "ShortStorage" => Element::I16,
            "CharStorage" => Element::I8,
            "ByteStorage" | "UntypedStorage" => Element::U8,
            "BoolStorage" => Element::Other(Other::Bool),
            "ComplexFloatStorage" => Element::Other(Other::Complex("complex64")),
            "ComplexDoubleStorage" => Element::Other(Other::Complex("complex128")),
            "QInt8Storage" | "QUInt8Storage" | "QInt32Storage" | "QUInt4x2Storage" | "QUInt2x4Storage" => {
                Element::Other(Other::Quantised)
            }
            _ => return None,
        })
    }

    /// The element type of a `torch.dtype`, by its name; `Unknown` for what no release so far has.
    pub fn of_dtype(name: &str) -> Element {
        match name {
            "float32" | "float" => Element::F32,
            "float16" | "half" => Element::F16,
            "bfloat16" => Element::Bf16,
            "float64" | "double" => Element::F64,
            "int64" | "long" => Element::I64,
            "int32" | "int" => Element::I32,
            "int16" | "short" => Element::I16,
            "int8" => Element::I8,
            "uint64" => Element::U64,
            "uint32" => Element::U32,
            "uint16" => Element::U16,
            "uint8" => Element::U8,
            "bool" => Element::Other(Other::Bool),
            "complex64" => Element::Other(Other::Complex("complex64")),
            "complex128" => Element::Other(Other::Complex("complex128")),
            "float8_e4m3fn" => Element::Other(Other::Small("float8_e4m3fn")),
            "float8_e4m3fnuz" => Element::Other(Other::Small("float8_e4m3fnuz")),
            "float8_e5m2" => Element::Other(Other::Small("float8_e5m2")),
            "float8_e5m2fnuz" => Element::Other(Other::Small("float8_e5m2fnuz")),
            "float8_e8m0fnu" => Element::Other(Other::Small("float8_e8m0fnu")),
            "float4_e2m1fn_x2" => Element::Other(Other::Small("float4_e2m1fn_x2")),
            _ => Element::Other(Other::Unknown),
        }
    }

    /// The element type of a name in a safetensors header with its bits, if the format knows it.
    pub fn of_safetensors(name: &str) -> Option<(Element, u64)> {
        let small = |name| Element::Other(Other::Small(name));
        Some(match name {
            "F32" => (Element::F32, 32),
            "F16" => (Element::F16, 16),
            "BF16" => (Element::Bf16, 16),
            "F64" => (Element::F64, 64),
            "I64" => (Element::I64, 64),
            "I32" => (Element::I32, 32),
            "I16" => (Element::I16, 16),
            "I8" => (Element::I8, 8),
            "U64" => (Element::U64, 64),
            "U32" => (Element::U32, 32),
            "U16" => (Element::U16, 16),
            "U8" => (Element::U8, 8),
            "BOOL" => (Element::Other(Other::Bool), 8),
            "C64" => (Element::Other(Other::Complex("C64")), 64),
            "F8_E5M2" => (small("F8_E5M2"), 8),
            "F8_E4M3" => (small("F8_E4M3"), 8),
            "F8_E8M0" => (small("F8_E8M0"), 8),
            "F8_E5M2FNUZ" => (small("F8_E5M2FNUZ"), 8),
            "F8_E4M3FNUZ" => (small("F8_E4M3FNUZ"), 8),
            "F6_E2M3" => (small("F6_E2M3"), 6),
            "F6_E3M2" => (small("F6_E3M2"), 6),
            "F4" => (small("F4"), 4),
            _ => return None,
        })
    }

    /// Bytes of one; `None` for a type whose values are not taken over.
    pub fn size(self) -> Option<usize> {
        Some(match self {
            Element::I8 | Element::U8 => 1,
            Element::F16 | Element::Bf16 | Element::I16 | Element::U16 => 2,
            Element::F32 | Element::I32 | Element::U32 => 4,
            Element::F64 | Element::I64 | Element::U64 => 8,
            Element::Other(_) => return None,
        })
    }

    /// Why a tensor of that type is refused, with the fix; empty for types that are read.
    pub fn refusal(self) -> String {
        let (name, fix) = match self {
            Element::Other(Other::Bool) => (
                "bool",
                "leave it out of the file, for it is neither a weight nor a counter",
            ),
            Element::Other(Other::Small(name)) => (name, "save it with tensor.float(), times its scale if it has one"),
            Element::Other(Other::Complex(name)) => (name, "leave it out of the file, for no layer here is complex"),
            Element::Other(Other::Quantised) => ("quantised integers", "save it with tensor.dequantize()"),
            Element::Other(Other::Unknown) => ("numbers not known here", "save it with tensor.float()"),
            _ => return String::new(),
        };
        format!(
            "is of {name}; weights are read in float32, float16, bfloat16 or float64, counters in any integer type: {fix}"
        )
    }

    /// The elements at `places` of little-endian bytes; `None` for a type whose values are not taken over, outside of
    /// the bytes, or for an integer that no `i64` holds.
    pub fn gather(self, bytes: &[u8], places: impl Iterator<Item = usize>) -> Option<Values> {
        let mut places = places;
        let places: &mut dyn Iterator<Item = usize> = &mut places;
        match self {
            Element::F32 => floats(bytes, places, f32::from_le_bytes),
            Element::F16 => floats(bytes, places, |b| half(u16::from_le_bytes(b))),
            Element::Bf16 => floats(bytes, places, |b| {
                f32::from_bits(u32::from(u16::from_le_bytes(b)) << 16)
            }),
            Element::F64 => floats(bytes, places, |b| f64::from_le_bytes(b) as f32),
            Element::I64 => integers(bytes, places, |b| Some(i64::from_le_bytes(b))),
            Element::I32 => integers(bytes, places, |b| Some(i32::from_le_bytes(b).into())),
            Element::I16 => integers(bytes, places, |b| Some(i16::from_le_bytes(b).into())),
            Element::I8 => integers(bytes, places, |b| Some(i8::from_le_bytes(b).into())),
            Element::U64 => integers(bytes, places, |b| u64::from_le_bytes(b).try_into().ok()),
            Element::U32 => integers(bytes, places, |b| Some(u32::from_le_bytes(b).into())),
            Element::U16 => integers(bytes, places, |b| Some(u16::from_le_bytes(b).into())),
            Element::U8 => integers(bytes, places, |b| Some(u8::from_le_bytes(b).into())),
            Element::Other(_) => None,
        }
    }
}

fn floats<const N: usize>(
    bytes: &[u8],
    places: &mut dyn Iterator<Item = usize>,
    one: impl Fn([u8; N]) -> f32,
) -> Option<Values> {
    let values: Option<Vec<f32>> = places.map(|place| element(bytes, place).map(&one)).collect();
    values.map(Values::Floats)
}

fn integers<const N: usize>(
    bytes: &[u8],
    places: &mut dyn Iterator<Item = usize>,
    one: impl Fn([u8; N]) -> Option<i64>,
) -> Option<Values> {
    let values: Option<Vec<i64>> = places.map(|place| element(bytes, place).and_then(&one)).collect();
    values.map(Values::Integers)
}

/// The bytes of the element at `place`.
fn element<const N: usize>(bytes: &[u8], place: usize) -> Option<[u8; N]> {
    bytes.get(place.checked_mul(N)?..)?.first_chunk().copied()
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
    fn integers_of_every_width_are_read_with_their_sign() {
        let all_ones = [0xff; 8];
        for (element, value) in [
            (Element::I64, -1),
            (Element::I32, -1),
            (Element::I16, -1),
            (Element::I8, -1),
            (Element::U32, i64::from(u32::MAX)),
            (Element::U16, i64::from(u16::MAX)),
            (Element::U8, 255),
        ] {
            let found = element.gather(&all_ones, std::iter::once(0));
            assert_eq!(found, Some(Values::Integers(vec![value])), "{element:?}");
        }
        assert_eq!(Element::U64.gather(&all_ones, std::iter::once(0)), None);
    }

    #[test]
    fn a_place_outside_of_the_bytes_is_nothing() {
        assert!(Element::F32.gather(&[0; 7], std::iter::once(1)).is_none());
        assert!(Element::I64.gather(&[0; 7], std::iter::once(0)).is_none());
        assert!(Element::I64.gather(&[0; 7], std::iter::once(usize::MAX)).is_none());
    }

    #[test]
    fn types_that_are_not_read_are_named_with_the_fix() {
        for (element, words) in [
            (Element::of_dtype("float8_e4m3fn"), "float8_e4m3fn"),
            (Element::of_dtype("complex64"), "complex64"),
            (Element::of_dtype("something"), "not known here"),
            (Element::of_safetensors("F4").unwrap().0, "F4"),
        ] {
            let said = element.refusal();
            assert!(
                said.contains(words) && (said.contains(".float()") || said.contains("leave it out")),
                "{said}"
            );
            assert_eq!(element.size(), None);
        }
        assert_eq!(Element::F16.refusal(), "");
    }
}
