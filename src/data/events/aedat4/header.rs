//! The header of AEDAT 4.0: a line, then a table that says how packets are packed and, in XML, which streams there are.

use super::unpack::Packing;
use super::{MOST_STREAMS, tables};
use crate::data::events::{Fault, Source, Stream};
use std::io::Read;

/// The line at the beginning.
const LINE: &[u8] = b"#!AER-DAT4.0\r\n";
/// A header longer than this is none.
const LONGEST: u32 = 1 << 26;
/// And one of more elements neither.
const MOST_NODES: u32 = 1 << 20;
/// Of names so many letters are kept.
const LONGEST_NAME: usize = 120;

/// What a stream holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Events,
    Frames,
    Imu,
    Triggers,
    /// Something else that the header names.
    Other,
    /// The header does not name the stream.
    Unknown,
}

impl Kind {
    fn of(name: &str) -> Self {
        match name {
            "EVTS" => Self::Events,
            "FRME" => Self::Frames,
            "IMUS" => Self::Imu,
            "TRIG" => Self::Triggers,
            _ => Self::Other,
        }
    }

    /// What it is called where it is passed over.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Events => "other_stream",
            Self::Frames => "frame",
            Self::Imu => "imu",
            Self::Triggers => "trigger",
            Self::Other => "other",
            Self::Unknown => "unknown_stream",
        }
    }
}

/// A stream that the header names.
#[derive(Debug, Clone)]
pub struct Named {
    pub kind: Kind,
    pub about: Stream,
}

/// What the header says.
#[derive(Debug, Clone, Default)]
pub struct Header {
    pub packing: Packing,
    /// Where the table of packets begins, if there is one.
    pub table: Option<u64>,
    pub streams: Vec<Named>,
    /// What is odd about it, in words.
    pub note: Option<String>,
}

impl Header {
    /// Read it; with words where the file ends in it.
    pub fn read(source: &mut Source) -> Result<(Self, Option<String>), Fault> {
        let table = match content(source)? {
            Ok(table) => table,
            Err(cut) => {
                source.skip(u64::MAX)?;
                return Ok((Self::default(), Some(cut)));
            }
        };
        let at = LINE.len();
        let damaged = |why: String| Fault::Damaged(format!("its header at byte {at} is damaged: {why}"));
        if tables::identifier(&table) != Some(*b"IOHE") {
            return Err(damaged("it is not marked as one (IOHE)".to_owned()));
        }
        let (packing, position, xml) = tables::header(&table).map_err(damaged)?;
        let packing = Packing::of(packing).ok_or_else(|| {
            Fault::Unsupported(format!(
                "an AEDAT 4.0 recording packed in a way that is not known (number {packing}); known are none, LZ4 and Zstandard"
            ))
        })?;
        let mut header = Self {
            packing,
            ..Self::default()
        };
        let begins = source.position();
        match u64::try_from(position) {
            Ok(table) if table >= begins => header.table = Some(table),
            Err(_) if position == -1 => {}
            _ => {
                header.note = Some(format!(
                    "the header names a table of packets at byte {position}, where none can be: it is not looked for"
                ));
            }
        }
        match streams(xml) {
            Ok(streams) => header.streams = streams,
            Err(why) => {
                header.note = Some(format!(
                    "the header's XML cannot be read ({why}): streams are known by their packets alone"
                ));
            }
        }
        Ok((header, None))
    }
}

/// The table of the header with the number before it that says how long it is; words where the file ends in it.
fn content(source: &mut Source) -> Result<Result<Vec<u8>, String>, Fault> {
    let line = source.window(LINE.len())?;
    let line = &line[..line.len().min(LINE.len())];
    if line != LINE {
        if LINE.starts_with(line) {
            return Ok(Err("it ends within its first line".to_owned()));
        }
        return Err(Fault::Damaged(
            "at byte 0 its first line is not #!AER-DAT4.0".to_owned(),
        ));
    }
    source.consume(LINE.len());
    let at = source.position();
    let Some(prefix) = source.record::<4>()? else {
        return Ok(Err(format!("it ends before its header, at byte {at}")));
    };
    let says = u32::from_le_bytes(prefix);
    if says > LONGEST {
        return Err(Fault::Damaged(format!(
            "at byte {at} it says that its header has {says} bytes, which no header has"
        )));
    }
    let mut table = prefix.to_vec();
    let have = Read::take(&mut *source, u64::from(says)).read_to_end(&mut table)?;
    if have < says as usize {
        return Ok(Err(format!(
            "its header, which begins at byte {at}, has {have} of its {says} bytes"
        )));
    }
    Ok(Ok(table))
}

/// The streams that the XML names, in ascending order of their numbers.
fn streams(xml: &[u8]) -> Result<Vec<Named>, String> {
    let text = String::from_utf8_lossy(xml);
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let options = roxmltree::ParsingOptions {
        nodes_limit: MOST_NODES,
        ..Default::default()
    };
    let document = roxmltree::Document::parse_with_options(&text, options).map_err(|e| e.to_string())?;
    let outputs = document
        .descendants()
        .filter(|node| node.attribute("name") == Some("outInfo"));
    let mut streams: Vec<Named> = outputs.flat_map(|node| node.children()).filter_map(stream).collect();
    streams.sort_by_key(|stream| stream.about.id);
    streams.dedup_by_key(|stream| stream.about.id);
    streams.truncate(MOST_STREAMS);
    Ok(streams)
}

/// A node such as `<node name="0">`, with its attributes and those of the node `info` in it.
fn stream(node: roxmltree::Node) -> Option<Named> {
    let id = node
        .has_tag_name("node")
        .then(|| node.attribute("name"))??
        .parse()
        .ok()?;
    let info = node.children().find(|child| child.attribute("name") == Some("info"));
    let value = |of: Option<roxmltree::Node>, key: &str| {
        let found = of?
            .children()
            .find(|child| child.has_tag_name("attr") && child.attribute("key") == Some(key))?;
        Some(found.text()?.trim().chars().take(LONGEST_NAME).collect::<String>())
    };
    let number = |key: &str| value(info, key)?.parse().ok().filter(|&n: &u16| n > 0);
    Some(Named {
        kind: Kind::of(&value(Some(node), "typeIdentifier").unwrap_or_default()),
        about: Stream {
            id,
            name: value(Some(node), "originalOutputName").unwrap_or_default(),
            events: 0,
            camera: value(info, "source"),
            size: number("sizeX").zip(number("sizeY")).map(|(x, y)| [x, y]),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_named_by_the_xml_in_the_order_of_their_numbers() {
        let xml = br#"<dv version="2.0"><node name="outInfo" path="/mainloop/Recorder/outInfo/">
            <node name="7"><attr key="originalOutputName" type="string">left &amp; up</attr><attr key="typeIdentifier" type="string">EVTS</attr>
                <node name="info"><attr key="sizeX" type="int">346</attr><attr key="sizeY" type="int">260</attr><attr key="source" type="string">DAVIS_1</attr></node></node>
            <node name="3"><attr key="typeIdentifier" type="string">FRME</attr></node><node name="x"/></node></dv>"#;
        let found = streams(xml).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].kind, found[0].about.id), (Kind::Frames, 3));
        let about = &found[1].about;
        assert_eq!(
            (&about.name[..], about.camera.as_deref(), about.size),
            ("left & up", Some("DAVIS_1"), Some([346, 260]))
        );
        assert!(streams(b"<dv><node").is_err() && streams(b"  ").unwrap().is_empty());
        let deep = [&b"<a>".repeat(500_000)[..], &b"</a>".repeat(500_000)].concat();
        let _ = streams(&deep);
    }
}
