//! A safetensors header: an 8-byte little-endian length, then that much JSON, read so that a name that comes twice is seen.

use crate::exchange::{ExchangeError, element::Element, error::shown};
use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use std::{collections::BTreeSet, fmt};

/// The longest header that the format allows, in bytes.
const LONGEST: u64 = 100_000_000;
/// The most dimensions of a tensor.
const DIMENSIONS: usize = 8;
/// The name under which free text stands.
const METADATA: &str = "__metadata__";

/// One tensor as the header describes it.
#[derive(Debug, PartialEq)]
pub struct Described {
    /// Its name.
    pub name: String,
    /// The type of its elements.
    pub element: Element,
    /// Bits of one element.
    pub bits: u64,
    /// The type as the file writes it.
    pub dtype: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// First byte, counted from the header's end.
    pub begin: u64,
    /// One past the last byte.
    pub end: u64,
}

/// Whether the beginning is that of a safetensors file: a length that the format allows, and JSON after it.
pub fn is_plausible(bytes: &[u8]) -> bool {
    let Some((length, [b'{', ..])) = bytes.split_first_chunk::<8>() else {
        return false;
    };
    u64::from_le_bytes(*length) <= LONGEST
}

/// The tensors of a file in the header's order, and the bytes behind the header.
pub fn read(bytes: &[u8]) -> Result<(Vec<Described>, &[u8]), ExchangeError> {
    let Some((length, rest)) = bytes.split_first_chunk::<8>() else {
        let few = format!("it has {} bytes, and the length of a header alone has 8", bytes.len());
        return Err(ExchangeError::Unknown(few));
    };
    let length = u64::from_le_bytes(*length);
    if rest.first() != Some(&b'{') {
        return Err(ExchangeError::Unknown("it begins with neither's signature".into()));
    }
    if length > LONGEST {
        return Err(ExchangeError::Safetensors(format!(
            "its header would have {length} bytes, more than the {LONGEST} that the format allows; copy or save the file again"
        )));
    }
    let header = usize::try_from(length).ok().and_then(|n| rest.split_at_checked(n));
    let Some((header, data)) = header else {
        return Err(ExchangeError::Safetensors(format!(
            "its header has {length} bytes, but only {} follow: the file is cut off; copy it again",
            rest.len()
        )));
    };
    let entries: Entries = serde_json::from_slice(header).map_err(|e| {
        ExchangeError::Safetensors(format!(
            "its header: {}; save it again with safetensors.torch.save_file",
            plain(&e.to_string())
        ))
    })?;
    let mut names = BTreeSet::new();
    if let Some((name, _)) = entries.0.iter().find(|(name, _)| !names.insert(name.as_str())) {
        return Err(ExchangeError::Safetensors(format!(
            "its header has {} twice, and which one is meant is not known; save it again with safetensors.torch.save_file",
            shown(name)
        )));
    }
    let described = entries.0.into_iter().filter_map(|(name, entry)| Some((name, entry?)));
    let described = described.map(|(name, entry)| describe(name, entry));
    Ok((described.collect::<Result<_, _>>()?, data))
}

fn describe(name: String, entry: Entry) -> Result<Described, ExchangeError> {
    let wrong = |why: String| ExchangeError::tensor(&name, why);
    let (element, bits) = Element::of_safetensors(&entry.dtype).ok_or_else(|| {
        wrong(format!(
            "is of type {}, which is not known here; weights are F32, F16, BF16 or F64, counters of any integer type: save it \
             with tensor.float()",
            shown(&entry.dtype)
        ))
    })?;
    let shape: Option<Vec<usize>> = entry.shape.0.iter().map(|n| usize::try_from(*n).ok()).collect();
    Ok(Described {
        element,
        bits,
        shape: shape.ok_or_else(|| wrong("is larger than any memory".into()))?,
        begin: entry.data_offsets.0,
        end: entry.data_offsets.1,
        dtype: entry.dtype,
        name,
    })
}

/// What the JSON reader says, with the names of a hostile file shortened and made harmless.
fn plain(text: &str) -> String {
    let text: String = text.chars().take(300).collect();
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Names with what they describe, in order; `None` for the free text.
struct Entries(Vec<(String, Option<Entry>)>);

#[derive(Deserialize)]
struct Entry {
    dtype: String,
    shape: Shape,
    data_offsets: (u64, u64),
}

struct Shape(Vec<u64>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Entries, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object that names tensors")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    let entry = match name.as_str() {
                        METADATA => map.next_value::<IgnoredAny>().map(|_| None)?,
                        _ => {
                            let entry = map.next_value::<Entry>();
                            Some(entry.map_err(|e| A::Error::custom(format!("tensor {}: {e}", shown(&name))))?)
                        }
                    };
                    entries.push((name, entry));
                }
                Ok(Entries(entries))
            }
        }
        from.deserialize_map(Reader)
    }
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Shape, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Shape;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a shape of at most {DIMENSIONS} integers")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut sizes: A) -> Result<Shape, A::Error> {
                let mut shape = Vec::new();
                while let Some(size) = sizes.next_element()? {
                    if shape.len() == DIMENSIONS {
                        return Err(A::Error::custom(format!("it has more than {DIMENSIONS} dimensions")));
                    }
                    shape.push(size);
                }
                Ok(Shape(shape))
            }
        }
        from.deserialize_seq(Reader)
    }
}
