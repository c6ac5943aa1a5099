//! The headers of Prophesee's files: RAW (EVT2, EVT2.1, EVT3) and DAT. Their events are not read yet.
//!
//! Both begin with text lines `% key value`. A RAW file says how it is encoded by `format NAME;width=W;height=H` or by
//! `evt 2.0|2.1|3.0`; a DAT file has two bytes after its lines, the type of its events and their size.

use std::fmt;

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
    pub size: Option<[u32; 2]>,
    /// When it was recorded.
    pub date: Option<String>,
    /// The camera's plug-in or generation.
    pub camera: Option<String>,
    /// Where the events begin, in bytes.
    pub length: usize,
}

/// The header of a file that begins with `start`; `None` where it is none of Prophesee's.
#[must_use]
pub fn probe(start: &[u8]) -> Option<Header> {
    let (lines, length) = lines(start);
    let value = |key: &str| {
        let found = lines.iter().find(|(k, _)| k.eq_ignore_ascii_case(key));
        found.map(|(_, value)| value.chars().take(LONGEST_VALUE).collect::<String>())
    };
    let format = value("format");
    let pair = |key: &str| {
        let parts = format.as_deref().unwrap_or_default().split(';');
        parts
            .filter_map(|part| part.split_once('='))
            .find(|(k, _)| k.trim() == key)
            .and_then(|(_, v)| v.trim().parse().ok())
    };
    let number = |key: &str| value(key).and_then(|text| text.parse().ok());
    let both = |width: Option<u32>, height: Option<u32>| Some([width?, height?]);
    let geometry = value("geometry").and_then(|text| {
        let (width, height) = text.split_once('x')?;
        both(width.trim().parse().ok(), height.trim().parse().ok())
    });
    let fields = Fields {
        size: both(pair("width"), pair("height"))
            .or(geometry)
            .or(both(number("width"), number("height"))),
        date: value("date"),
        camera: value("plugin_name")
            .filter(|name| name != "none")
            .or(value("camera_integrator_name")),
        length,
    };
    let encoding = format
        .as_deref()
        .map(encoding_of_format)
        .or(value("evt").as_deref().map(encoding_of_evt));
    let is_camera = [
        "geometry",
        "plugin_name",
        "system_id",
        "serial_number",
        "integrator_name",
        "camera_integrator_name",
    ]
    .iter()
    .any(|key| value(key).is_some());
    if encoding.is_some() || is_camera {
        return Some(Header::Raw { encoding, fields });
    }
    let rest = start.get(length..).unwrap_or_default();
    let (kind, size) = (rest.first().copied(), rest.get(1).copied());
    let says_so = value("data").is_some_and(|text| text.starts_with("file containing"));
    let has_type = matches!((kind, size), (Some(0 | 0x0c | 0x0e), Some(8))) && !lines.is_empty();
    (says_so || has_type).then(|| Header::Dat {
        kind,
        size,
        version: value("version"),
        fields,
    })
}

/// The lines `% key value` at the beginning, and the number of bytes they take.
fn lines(start: &[u8]) -> (Vec<(String, String)>, usize) {
    let (mut lines, mut length) = (Vec::new(), 0);
    while let Some(rest) = start.get(length..).and_then(|rest| rest.strip_prefix(b"% ")) {
        let Some(end) = rest.iter().take(LONGEST_LINE).position(|&b| b == b'\n') else {
            break;
        };
        let Ok(text) = std::str::from_utf8(&rest[..end]) else {
            break;
        };
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said(start: &[u8]) -> String {
        probe(start).unwrap().to_string()
    }

    #[test]
    fn a_raw_header_is_named_by_its_format_else_by_its_evt_line() {
        for (start, words) in [
            (
                &b"% date 2020-01-01\n% evt 2.0\n% geometry 640x480\n\0\0"[..],
                "RAW recording, EVT2, 640x480, recorded 2020-01-01",
            ),
            (b"% evt 3.0\n", "EVT3, of unknown width and height"),
            (
                b"% evt 2.0\n% format EVT3;height=720;width=1280\n% end\n% not a line",
                "EVT3, 1280x720",
            ),
            (
                b"% evt 2.1\n% format EVT21;endianness=little;height=320;width=320\n",
                "EVT2.1, 320x320",
            ),
            (
                b"% format HISTO3D;height=320;width=320\n",
                "RAW recording, HISTO3D, 320x320",
            ),
            (
                b"% plugin_name hal_plugin_gen3\n% serial_number 1\n",
                "names no encoding",
            ),
        ] {
            assert!(said(start).contains(words), "{}", said(start));
        }
        let Some(Header::Raw { fields, .. }) = probe(b"% evt 3.0\n% end\n% x") else {
            panic!()
        };
        assert_eq!(fields.length, 16);
    }

    #[test]
    fn a_dat_header_is_named_by_its_type() {
        for (start, words) in [
            (
                &b"% Data file containing CD events\n% Version 2\n% Width 640\n% Height 480\n\x0c\x08"[..],
                "CD events (type 0x0c) of 8 bytes, version 2, 640x480",
            ),
            (
                b"% Data file containing Event2D events.\n% Version 2\n\x00\x08",
                "Event2D events (type 0x00)",
            ),
            (
                b"% Data file containing trigger events\n\x0e\x08",
                "triggers (type 0x0e)",
            ),
            (b"% Data file containing CD events\n", "ending before the type"),
            (b"% Version 1\n\x0c\x08", "version 1"),
        ] {
            assert!(said(start).contains(words), "{}", said(start));
        }
    }

    #[test]
    fn other_text_with_per_cents_is_not_prophesees() {
        for start in [
            &b"% a comment\n\\documentclass{article}\n"[..],
            b"%PDF-1.4\n",
            b"% ",
            b"",
            b"%% MATLAB\n",
        ] {
            assert_eq!(probe(start), None);
        }
    }

    proptest! {
        #[test]
        fn random_bytes_never_panic(body in proptest::collection::vec(any::<u8>(), 0..200), lines in "(% [ -~]{0,20}\n){0,4}") {
            if let Some(header) = probe(&[lines.as_bytes(), &body].concat()) {
                let _ = header.to_string();
            }
        }
    }
}
