//! TensorBoard's messages, as far as scalars go: `Event`, `Summary.Value` and `TensorProto`, by their fields' numbers.

use super::wire::{Field, fields};

/// `TensorProto.dtype` of numbers of single and double precision.
const FLOAT: u64 = 1;
const DOUBLE: u64 = 2;

/// One event.
#[derive(Debug, Default)]
pub struct Event<'a> {
    /// Seconds since 1970.
    pub time: f64,
    /// As whoever wrote it counts them.
    pub step: i64,
    /// Its summaries, unread.
    pub summaries: Vec<&'a [u8]>,
    /// What it is, where it is no summary and worth telling.
    pub other: Option<&'static str>,
}

impl<'a> Event<'a> {
    /// Reads one.
    pub fn parse(content: &'a [u8]) -> Result<Event<'a>, &'static str> {
        let mut event = Event::default();
        fields(content, |number, field| {
            match (number, field) {
                (1, Field::Wide(time)) => event.time = f64::from_le_bytes(time),
                (2, Field::Varint(step)) => event.step = step as i64,
                (3, Field::Bytes(version)) if !version.starts_with(b"brain.Event:") => {
                    return Err("its version is not one of brain.Event");
                }
                (4 | 9, Field::Bytes(_)) => event.other = Some("graphs"),
                (5, Field::Bytes(summary)) => event.summaries.push(summary),
                (6 | 8, Field::Bytes(_)) => event.other = Some("logs"),
                _ => {}
            }
            Ok(())
        })?;
        Ok(event)
    }
}

/// One value of a summary.
#[derive(Debug)]
pub struct Value<'a> {
    /// Its tag, which should be UTF-8.
    pub tag: &'a [u8],
    /// What it is.
    pub what: What,
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum What {
    /// A scalar.
    Number(f64),
    /// Something else, by its kind.
    Other(&'static str),
}

/// Gives every value of a summary.
pub fn values<'a>(summary: &'a [u8], mut each: impl FnMut(Value<'a>)) -> Result<(), &'static str> {
    fields(summary, |number, field| {
        if let (1, Field::Bytes(message)) = (number, field) {
            each(value(message)?);
        }
        Ok(())
    })
}

fn value(message: &[u8]) -> Result<Value<'_>, &'static str> {
    let (mut tag, mut what, mut plugin) = (&b""[..], What::Other("other summaries"), None);
    fields(message, |number, field| {
        match (number, field) {
            (1, Field::Bytes(name)) => tag = name,
            (2, Field::Narrow(number)) => what = What::Number(f64::from(f32::from_le_bytes(number))),
            (3 | 5, Field::Bytes(_)) => what = What::Other("histograms"),
            (4, Field::Bytes(_)) => what = What::Other("images"),
            (6, Field::Bytes(_)) => what = What::Other("audio"),
            (8, Field::Bytes(message)) => what = tensor(message)?,
            (9, Field::Bytes(message)) => plugin = plugin_of(message)?,
            _ => {}
        }
        Ok(())
    })?;
    // Whatever it looks like: a plug-in's data are what it says they are.
    match plugin {
        Some(kind) => Ok(Value {
            tag,
            what: What::Other(kind),
        }),
        None => Ok(Value { tag, what }),
    }
}

/// The kind of summaries that a plug-in writes, from `SummaryMetadata`; none for scalars.
fn plugin_of(metadata: &[u8]) -> Result<Option<&'static str>, &'static str> {
    const KINDS: [&str; 8] = [
        "histograms",
        "images",
        "audio",
        "text",
        "hparams",
        "pr_curves",
        "mesh",
        "custom_scalars",
    ];
    let mut found = None;
    fields(metadata, |number, field| {
        let (1, Field::Bytes(data)) = (number, field) else {
            return Ok(());
        };
        fields(data, |number, field| {
            if let (1, Field::Bytes(name)) = (number, field)
                && !matches!(name, b"scalars" | b"")
            {
                let kind = KINDS.iter().find(|k| k.as_bytes() == name);
                found = Some(kind.copied().unwrap_or("other summaries"));
            }
            Ok(())
        })
    })?;
    Ok(found)
}

/// A `TensorProto` of one number, in any of the three ways to write that.
fn tensor(message: &[u8]) -> Result<What, &'static str> {
    let (mut kind, mut count, mut content, mut single, mut double) = (0, 1u64, &b""[..], None, None);
    fields(message, |number, field| {
        match (number, field) {
            (1, Field::Varint(dtype)) => kind = dtype,
            (2, Field::Bytes(shape)) => count = elements(shape)?,
            (4, Field::Bytes(bytes)) => content = bytes,
            // One by one, or packed.
            (5, Field::Narrow(value)) => single = Some(value),
            (5, Field::Bytes(values)) => single = values.last_chunk().copied(),
            (6, Field::Wide(value)) => double = Some(value),
            (6, Field::Bytes(values)) => double = values.last_chunk().copied(),
            _ => {}
        }
        Ok(())
    })?;
    let number = match kind {
        FLOAT => single
            .or_else(|| content.try_into().ok())
            .map(|v| f64::from(f32::from_le_bytes(v))),
        DOUBLE => double.or_else(|| content.try_into().ok()).map(f64::from_le_bytes),
        _ => None,
    };
    Ok(match number.filter(|_| count == 1) {
        Some(number) => What::Number(number),
        None => What::Other("tensors"),
    })
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
