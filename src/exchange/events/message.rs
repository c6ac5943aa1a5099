//! TensorBoard's messages, as far as scalars go: `Event` and `Summary.Value`, by their fields' numbers.

use super::{
    hparams::{self, Session},
    tensor,
    wire::{Field, fields},
};

/// One event.
#[derive(Debug, Default)]
pub struct Event<'a> {
    /// Seconds since 1970.
    pub time: f64,
    /// As whoever wrote it counts them.
    pub step: i64,
    /// Whether it says anything at all that an event can say.
    pub is_event: bool,
    /// Its summaries, unread.
    pub summaries: Vec<&'a [u8]>,
    /// What it says of the session that wrote it.
    pub session: Option<SessionLog>,
    /// What it is, where it is no summary and should be reported.
    pub other: Option<&'static str>,
}

/// `SessionLog`, as far as it changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionLog {
    /// A session started: what was written of its step and later ones before is void.
    Start,
    /// A session ended.
    Stop,
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
                (3, Field::Bytes(_)) => {}
                (4 | 9, Field::Bytes(_)) => event.other = Some("graphs"),
                (5, Field::Bytes(summary)) => event.summaries.push(summary),
                (6 | 8, Field::Bytes(_)) => event.other = Some("logs"),
                (7, Field::Bytes(log)) => event.session = session_log(log)?,
                (1..=9, _) => return Err("a field is of another kind than in an event"),
                _ => return Ok(()),
            }
            event.is_event = true;
            Ok(())
        })?;
        Ok(event)
    }
}

/// Whether this is the event that a file begins with.
pub fn is_version(content: &[u8]) -> bool {
    let mut found = false;
    let read = fields(content, |number, field| {
        found |= matches!((number, field), (3, Field::Bytes(version)) if version.starts_with(b"brain.Event:"));
        Ok(())
    });
    read.is_ok() && found
}

fn session_log(message: &[u8]) -> Result<Option<SessionLog>, &'static str> {
    let mut found = None;
    fields(message, |number, field| {
        if let (1, Field::Varint(status)) = (number, field) {
            found = match status {
                1 => Some(SessionLog::Start),
                2 => Some(SessionLog::Stop),
                _ => None,
            };
        }
        Ok(())
    })?;
    Ok(found)
}

/// One value of a summary.
#[derive(Debug)]
pub struct Value<'a> {
    /// Its tag, which should be UTF-8.
    pub tag: &'a [u8],
    /// What it is.
    pub what: What,
    /// Whether it came as a tensor, which other summaries than scalars do too.
    pub is_tensor: bool,
    /// The kind of summaries that the plug-in it names writes; none where it names none.
    pub plugin: Option<Plugin>,
    /// What the plug-in for hyper-parameters says with it.
    pub session: Option<Session>,
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum What {
    /// A scalar.
    Number(tensor::Number),
    /// Something else, by its kind.
    Other(&'static str),
}

/// A plug-in of TensorBoard's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plugin {
    /// The one for scalars.
    Scalars,
    /// Another one, by the kind of what it writes.
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
    let mut value = Value {
        tag: b"",
        what: What::Other("other summaries"),
        is_tensor: false,
        plugin: None,
        session: None,
    };
    fields(message, |number, field| {
        match (number, field) {
            (1, Field::Bytes(name)) => value.tag = name,
            (2, Field::Narrow(number)) => {
                value.what = What::Number(tensor::Number {
                    value: f64::from(f32::from_le_bytes(number)),
                    rounded: false,
                });
            }
            (3 | 5, Field::Bytes(_)) => value.what = What::Other("histograms"),
            (4, Field::Bytes(_)) => value.what = What::Other("images"),
            (6, Field::Bytes(_)) => value.what = What::Other("audio"),
            (8, Field::Bytes(message)) => {
                value.is_tensor = true;
                value.what = tensor::number(message)?.map_or(What::Other("tensors"), What::Number);
            }
            (9, Field::Bytes(message)) => (value.plugin, value.session) = metadata(message)?,
            _ => {}
        }
        Ok(())
    })?;
    // Whatever it looks like: a plug-in's data are what it says they are.
    if let Some(Plugin::Other(kind)) = value.plugin {
        value.what = What::Other(kind);
    }
    Ok(value)
}

/// The plug-in that `SummaryMetadata` names, and what the one for hyper-parameters says there.
fn metadata(message: &[u8]) -> Result<(Option<Plugin>, Option<Session>), &'static str> {
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
    let (mut plugin, mut data) = (None, &b""[..]);
    fields(message, |number, field| {
        let (1, Field::Bytes(message)) = (number, field) else {
            return Ok(());
        };
        fields(message, |number, field| {
            match (number, field) {
                (1, Field::Bytes(b"scalars")) => plugin = Some(Plugin::Scalars),
                (1, Field::Bytes(name)) if !name.is_empty() => {
                    let kind = KINDS.iter().find(|k| k.as_bytes() == name);
                    plugin = Some(Plugin::Other(kind.copied().unwrap_or("other summaries")));
                }
                (2, Field::Bytes(bytes)) => data = bytes,
                _ => {}
            }
            Ok(())
        })
    })?;
    let session = match plugin {
        Some(Plugin::Other("hparams")) => hparams::session(data),
        _ => None,
    };
    Ok((plugin, session))
}
