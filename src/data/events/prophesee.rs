//! What Prophesee's files have in common, RAW (EVT2, EVT2.1, EVT3) and DAT: their headers, and words of RAW (`words`).
//!
//! Both begin with text lines `% key value`. A RAW file says how it is encoded by `format NAME;width=W;height=H` or by
//! `evt 2.0|2.1|3.0`; a DAT file has two bytes after its lines, the type of its events and their size.

mod words;

use std::fmt;
use std::io;

use super::Source;
use super::source::WINDOW;

pub use words::{Clock, about, kind};

/// A longer line is data.
const LONGEST_LINE: usize = 1 << 12;
/// Longer values are shortened before they are shown.
const LONGEST_VALUE: usize = 80;

/// How the events of a RAW file are encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Encoding {
    /// 32-bit words.
    Evt2,
    /// 64-bit words.
    Evt21,
    /// 16-bit words.
    Evt3,
    /// Another that the header names.
    Other(String),
}

/// What a file's header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Header {
    /// A RAW file; the encoding where the header names one.
    Raw {
        /// As the header names it.
        encoding: Option<Encoding>,
        /// The rest.
        fields: Fields,
    },
    /// A DAT file.
    Dat {
        /// The type of its events, where the file has that byte.
        kind: Option<u8>,
        /// Bytes of an event, where the file has that byte.
        size: Option<u8>,
        /// The `Version` line.
        version: Option<String>,
        /// The rest.
        fields: Fields,
    },
}

/// What both kinds of header may say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    /// `[width, height]`.
    pub size: Option<[u16; 2]>,
    /// When it was recorded.
    pub date: Option<String>,
    /// The camera's plug-in or generation.
    pub camera: Option<String>,
    /// In which order the halves of EVT2.1's words stand.
    pub endianness: Option<String>,
    /// Where the events begin, in bytes.
    pub length: usize,
}

/// The header of a file that begins with `start`; `None` where it is none of Prophesee's.
#[must_use]
pub fn probe(start: &[u8]) -> Option<Header> {
    let lines = Lines::of(start);
    let fields = lines.fields();
    let encoding = match (lines.value("format"), lines.value("evt")) {
        (Some(format), _) => Some(encoding_of_format(&format)),
        (None, evt) => evt.as_deref().map(encoding_of_evt),
    };
    let rest = start.get(lines.length..).unwrap_or_default();
    let (kind, size) = (rest.first().copied(), rest.get(1).copied());
    let version = lines.value("version");
    let says_so = lines
        .value("data")
        .is_some_and(|text| text.starts_with("file containing"));
    let has_type = matches!((kind, size), (Some(0 | 0x0c | 0x0e), Some(8)));
    // Without a version the two bytes could as well be a RAW file's first word.
    let is_dat = says_so || has_type && (version.is_some() || !lines.are_of_camera());
    if encoding.is_none() && is_dat && !lines.pairs.is_empty() {
        return Some(Header::Dat {
            kind,
            size,
            version,
            fields,
        });
    }
    (encoding.is_some() || lines.are_of_camera()).then_some(Header::Raw { encoding, fields })
}

/// Take the header's lines off a file, if it has such: what they say, and the `Version` among it.
///
/// # Errors
/// The stream's own.
pub fn take(source: &mut Source) -> io::Result<(Fields, Option<String>)> {
    let lines = Lines::of(source.window(WINDOW)?);
    source.consume(lines.length);
    Ok((lines.fields(), lines.value("version")))
}

/// The lines `% key value` at the beginning.
struct Lines {
    pairs: Vec<(String, String)>,
    /// The number of bytes that they take.
    length: usize,
}

impl Lines {
    fn of(start: &[u8]) -> Self {
        let (pairs, length) = lines(start);
        Self { pairs, length }
    }

    fn value(&self, key: &str) -> Option<String> {
        let found = self.pairs.iter().find(|(k, _)| k.eq_ignore_ascii_case(key));
        found.map(|(_, value)| value.chars().take(LONGEST_VALUE).collect())
    }

    /// Whether they say what only a camera's files do.
    fn are_of_camera(&self) -> bool {
        let keys = [
            "geometry",
            "plugin_name",
            "system_id",
            "serial_number",
            "integrator_name",
            "camera_integrator_name",
        ];
        keys.iter().any(|key| self.value(key).is_some())
    }

    /// What both kinds of header may say.
    fn fields(&self) -> Fields {
        let format = self.value("format").unwrap_or_default();
        let pair = |key: &str| {
            let mut parts = format.split(';').filter_map(|part| part.split_once('='));
            parts.find(|(k, _)| k.trim() == key).map(|(_, v)| v.trim().to_owned())
        };
        // A sensor has at least one pixel.
        let number = |text: Option<String>| text?.trim().parse().ok().filter(|&n: &u16| n > 0);
        let both = |width: Option<String>, height: Option<String>| Some([number(width)?, number(height)?]);
        let geometry = self.value("geometry").and_then(|text| {
            let (width, height) = text.split_once('x')?;
            both(Some(width.to_owned()), Some(height.to_owned()))
        });
        Fields {
            size: both(pair("width"), pair("height"))
                .or(geometry)
                .or(both(self.value("width"), self.value("height"))),
            date: self.value("date"),
            camera: self
                .value("plugin_name")
                .filter(|name| name != "none")
                .or(self.value("camera_integrator_name")),
            endianness: pair("endianness").map(|order| order.to_ascii_lowercase()),
            length: self.length,
        }
    }
}

/// The pairs at the beginning, and the number of bytes they take.
fn lines(start: &[u8]) -> (Vec<(String, String)>, usize) {
    let (mut lines, mut length) = (Vec::new(), 0);
    while let Some(rest) = start.get(length..).and_then(|rest| rest.strip_prefix(b"% ")) {
        let Some(end) = rest.iter().take(LONGEST_LINE).position(|&b| b == b'\n') else {
            break;
        };
        // Older cameras write letters of their own code page.
        let text = String::from_utf8_lossy(&rest[..end]);
        if text.trim_end().chars().any(|c| c.is_control() && c != '\t') {
            break;
        }
        length += end + 3;
        let (key, value) = text.trim().split_once(char::is_whitespace).unwrap_or((text.trim(), ""));
        if key == "end" && value.is_empty() {
            break;
        }
        lines.push((key.to_owned(), value.trim().to_owned()));
    }
    (lines, length)
}

fn encoding_of_format(value: &str) -> Encoding {
    match value.split(';').next().unwrap_or_default().trim() {
        "EVT2" | "EVT2.0" => Encoding::Evt2,
        "EVT21" | "EVT2.1" => Encoding::Evt21,
        "EVT3" | "EVT3.0" => Encoding::Evt3,
        other => Encoding::Other(other.to_owned()),
    }
}

fn encoding_of_evt(value: &str) -> Encoding {
    match value {
        "2.0" | "2" => Encoding::Evt2,
        "2.1" => Encoding::Evt21,
        "3.0" | "3" => Encoding::Evt3,
        other => Encoding::Other(format!("EVT {other}")),
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Evt2 => "EVT2",
            Self::Evt21 => "EVT2.1",
            Self::Evt3 => "EVT3",
            Self::Other(name) => name,
        })
    }
}

impl fmt::Display for Header {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Raw {
                encoding: Some(encoding),
                fields,
            } => write!(f, "a Prophesee RAW recording, {encoding}, {fields}"),
            Self::Raw { encoding: None, fields } => {
                write!(
                    f,
                    "a Prophesee RAW recording whose header names no encoding (no `format` and no `evt` line), {fields}"
                )
            }
            Self::Dat {
                kind,
                size,
                version,
                fields,
            } => {
                let events = match kind {
                    Some(0x00) => "Event2D events (type 0x00)".to_owned(),
                    Some(0x0c) => "CD events (type 0x0c)".to_owned(),
                    Some(0x0e) => "triggers (type 0x0e), no events of pixels".to_owned(),
                    Some(other) => format!("events of type {other:#04x}"),
                    None => "ending before the type of its events".to_owned(),
                };
                let size = size.map(|size| format!(" of {size} bytes")).unwrap_or_default();
                let version = version
                    .as_ref()
                    .map(|version| format!(", version {version}"))
                    .unwrap_or_default();
                write!(f, "a Prophesee DAT recording, {events}{size}{version}, {fields}")
            }
        }
    }
}

impl fmt::Display for Fields {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.size {
            Some([width, height]) => write!(f, "{width}x{height}")?,
            None => f.write_str("of unknown width and height")?,
        }
        if let Some(date) = &self.date {
            write!(f, ", recorded {date}")?;
        }
        if let Some(camera) = &self.camera {
            write!(f, ", camera {camera}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
