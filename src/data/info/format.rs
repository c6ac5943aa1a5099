//! Which format a file has, by its content: one [`Format`] for each, with a probe.
//!
//! Formats that begin with a signature come first. Bare records (N-MNIST, CIFAR) have none and are accepted only
//! where everything at the beginning can be such records, or where the caller names the format. Any other file is
//! refused, with the name of what it is where that is known.

use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::{images, signatures};
use crate::data::events::nmnist;
use crate::data::events::prophesee::{self, Encoding, Header};

/// The formats that are recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// IDX images or labels, plain or gzip.
    Idx,
    /// CIFAR-10 records.
    Cifar10,
    /// CIFAR-100 records.
    Cifar100,
    /// N-MNIST: 40-bit events on 34x34 pixels.
    Nmnist,
    /// 40-bit events of any other sensor.
    Bits40,
    /// AEDAT 2.0.
    Aedat2,
    /// AEDAT 3.1.
    Aedat3,
    /// AEDAT 4.0.
    Aedat4,
    /// Prophesee's RAW, 32-bit words.
    Evt2,
    /// Prophesee's RAW, 64-bit words.
    Evt21,
    /// Prophesee's RAW, 16-bit words.
    Evt3,
    /// Prophesee's DAT.
    Dat,
}

/// What decided the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecognisedBy {
    /// The bytes at its beginning that every file of the format has.
    Signature,
    /// The format has no signature; all of the content can be it.
    Content,
    /// The same, and several formats would do: its name says which.
    Name,
    /// The caller.
    Argument,
}

/// What a probe sees of a file.
#[derive(Debug)]
pub(super) struct Sample<'a> {
    pub path: &'a Path,
    /// The first bytes: all there are, or some ten thousands.
    pub start: &'a [u8],
    /// The file's length.
    pub bytes: u64,
}

impl Sample<'_> {
    fn name(&self) -> String {
        self.path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .to_ascii_lowercase()
    }

    /// One byte again and again: no record of any kind.
    fn is_blank(&self) -> bool {
        self.start.windows(2).all(|pair| pair[0] == pair[1])
    }
}

/// A probe's answer: what decided, or why it is not this format.
type Answer = Result<RecognisedBy, String>;

impl Format {
    /// Those that begin with a signature.
    const SIGNED: [Self; 8] = [
        Self::Aedat2,
        Self::Aedat3,
        Self::Aedat4,
        Self::Evt2,
        Self::Evt21,
        Self::Evt3,
        Self::Dat,
        Self::Idx,
    ];
    /// Those that are bare records, the most telling content first.
    const BARE: [Self; 4] = [Self::Nmnist, Self::Cifar10, Self::Cifar100, Self::Bits40];
    /// All of them, by their words on the command line.
    pub const READ: [Self; 12] = [
        Self::Idx,
        Self::Cifar10,
        Self::Cifar100,
        Self::Nmnist,
        Self::Bits40,
        Self::Aedat2,
        Self::Aedat3,
        Self::Aedat4,
        Self::Evt2,
        Self::Evt21,
        Self::Evt3,
        Self::Dat,
    ];

    /// The word for it in JSON and on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Idx => "idx",
            Self::Cifar10 => "cifar-10",
            Self::Cifar100 => "cifar-100",
            Self::Nmnist => "nmnist",
            Self::Bits40 => "40-bit",
            Self::Aedat2 => "aedat2",
            Self::Aedat3 => "aedat3",
            Self::Aedat4 => "aedat4",
            Self::Evt2 => "evt2",
            Self::Evt21 => "evt21",
            Self::Evt3 => "evt3",
            Self::Dat => "dat",
        }
    }

    /// What a whole file of it is.
    pub(super) fn describe(self) -> &'static str {
        match self {
            Self::Idx => "IDX images (magic 2051) or labels (magic 2049), plain or gzip",
            Self::Cifar10 => "CIFAR-10 records of 3073 bytes",
            Self::Cifar100 => "CIFAR-100 records of 3074 bytes",
            Self::Nmnist => "N-MNIST events of 5 bytes on 34x34 pixels",
            Self::Bits40 => "40-bit events of 5 bytes",
            Self::Aedat2 => "AEDAT 2.0: header lines, then records of 8 bytes",
            Self::Aedat3 => "AEDAT 3.1: a header, then whole packets",
            Self::Aedat4 => "AEDAT 4.0: a header, then whole packets",
            Self::Evt2 => "Prophesee RAW, EVT2: header lines, then words of 4 bytes",
            Self::Evt21 => "Prophesee RAW, EVT2.1: header lines, then words of 8 bytes",
            Self::Evt3 => "Prophesee RAW, EVT3: header lines, then words of 2 bytes",
            Self::Dat => "Prophesee DAT: header lines, two bytes, then records of 8 bytes",
        }
    }

    /// Whether the file is of this format, as far as its beginning shows.
    fn probe(self, sample: &Sample) -> Answer {
        let start = sample.start;
        match self {
            Self::Aedat2 => signed(start.starts_with(b"#!AER-DAT2")),
            Self::Aedat3 => signed(start.starts_with(b"#!AER-DAT3.1")),
            Self::Aedat4 => signed(start.starts_with(b"#!AER-DAT4")),
            Self::Evt2 => signed(is_raw(start, &Encoding::Evt2)),
            Self::Evt21 => signed(is_raw(start, &Encoding::Evt21)),
            Self::Evt3 => signed(is_raw(start, &Encoding::Evt3)),
            Self::Dat => signed(matches!(prophesee::probe(start), Some(Header::Dat { .. }))),
            Self::Idx => signed(
                is_idx(start, Some(sample.bytes)) || inside_gzip(start).is_some_and(|inside| is_idx(&inside, None)),
            ),
            // What follows may lie anywhere on a larger sensor.
            Self::Nmnist if sample.name().ends_with(".bs2") && sample.start.len() as u64 != sample.bytes => {
                Err("its name says other 40-bit events".to_owned())
            }
            Self::Nmnist => nmnist::probe(start, sample.bytes, Some(nmnist::SIZE)).map(|()| RecognisedBy::Content),
            Self::Bits40 if !sample.name().ends_with(".bs2") => Err("it is not named .bs2".to_owned()),
            Self::Bits40 => nmnist::probe(start, sample.bytes, None).map(|()| RecognisedBy::Name),
            Self::Cifar10 => records(sample, 1),
            Self::Cifar100 => records(sample, 2),
        }
    }
}

fn signed(holds: bool) -> Answer {
    holds.then_some(RecognisedBy::Signature).ok_or_else(String::new)
}

/// Whether a header names this encoding.
fn is_raw(start: &[u8], wanted: &Encoding) -> bool {
    matches!(prophesee::probe(start), Some(Header::Raw { encoding: Some(encoding), .. }) if encoding == *wanted)
}

fn records(sample: &Sample, label_bytes: usize) -> Answer {
    let can_be = images::could_be_records(sample.path, sample.bytes, label_bytes);
    can_be.then_some(RecognisedBy::Content).ok_or_else(String::new)
}

/// The magic of images or labels in bytes, and a length that goes with the header where the length is known.
fn is_idx(start: &[u8], bytes: Option<u64>) -> bool {
    let number = |at: usize| {
        start
            .get(at..at + 4)
            .map(|b| u64::from(u32::from_be_bytes([b[0], b[1], b[2], b[3]])))
    };
    let length = match start {
        [0, 0, 8, 1, ..] => number(4).map(|n| n + 8),
        [0, 0, 8, 3, ..] => number(4)
            .zip(number(8))
            .zip(number(12))
            .and_then(|((n, h), w)| (n * h).checked_mul(w)?.checked_add(16)),
        _ => None,
    };
    length.is_some_and(|length| bytes.is_none_or(|bytes| bytes == length))
}

/// The beginning of what is packed with gzip; `None` where nothing is, or it cannot be unpacked.
fn inside_gzip(start: &[u8]) -> Option<Vec<u8>> {
    if !start.starts_with(&[0x1f, 0x8b]) {
        return None;
    }
    let mut inside = Vec::new();
    let end = MultiGzDecoder::new(start).take(1 << 12).read_to_end(&mut inside);
    // Only a part of the file is at hand: that it breaks off is no fault.
    (end.is_ok() || !inside.is_empty()).then_some(inside)
}

/// The fix for a RAW file that does not say how it is encoded.
const SAY_HOW: &str = "say how it is encoded: --format evt2, --format evt21 or --format evt3";

/// Tell the format of a file.
///
/// # Errors
/// Words: what the file is, or why it cannot be any of the formats.
pub(super) fn recognise(sample: &Sample) -> Result<(Format, RecognisedBy), String> {
    if sample.start.is_empty() {
        return Err("the file is empty".to_owned());
    }
    let first = |formats: &[Format]| {
        formats
            .iter()
            .find_map(|&format| Some((format, format.probe(sample).ok()?)))
    };
    if let Some(found) = first(&Format::SIGNED) {
        return Ok(found);
    }
    if let Some(what) = named(sample) {
        return Err(format!("{what}. {}", read_are()));
    }
    if sample.is_blank() {
        let (byte, n) = (sample.start[0], sample.start.len());
        let which = if n as u64 == sample.bytes {
            "all".to_owned()
        } else {
            format!("the first {n}")
        };
        return Err(format!(
            "{which} of its {} bytes are {byte:#04x}, which is no content of any kind. {}",
            sample.bytes,
            read_are()
        ));
    }
    if let Some(found) = first(&Format::BARE) {
        return Ok(found);
    }
    by_name(sample)
}

/// What else the file is, where its first bytes say so.
fn named(sample: &Sample) -> Option<String> {
    let start = sample.start;
    if start.starts_with(b"#!AER-DAT") {
        let version: String = start[9..]
            .iter()
            .take(4)
            .take_while(|b| b.is_ascii_digit() || **b == b'.')
            .map(|&b| char::from(b))
            .collect();
        let version = if version.is_empty() {
            "an AEDAT recording of no known version".to_owned()
        } else {
            format!("an AEDAT {version} recording")
        };
        return Some(format!("{version}, which is not read"));
    }
    if start.starts_with(&[0x1f, 0x8b]) {
        return Some(match inside_gzip(start) {
            None => "it begins as gzip does, and cannot be unpacked: it is damaged, or something else".to_owned(),
            Some(inside) => {
                let sample = Sample {
                    path: Path::new(""),
                    start: &inside,
                    bytes: u64::MAX,
                };
                let signed = Format::SIGNED.iter().find(|format| format.probe(&sample).is_ok());
                let what = signed
                    .map(|format| format.describe())
                    .or_else(|| signatures::name(&inside))
                    .unwrap_or("something that is not recognised");
                format!("a file packed with gzip; inside is {what}. Unpack it first (`gunzip --keep`)")
            }
        });
    }
    match prophesee::probe(start) {
        Some(header @ Header::Raw { encoding: None, .. }) => Some(format!("{header}; {SAY_HOW}")),
        Some(header @ Header::Raw { .. }) => Some(format!("{header}, an encoding that is not read")),
        _ => signatures::name(start).map(str::to_owned),
    }
}

/// Nothing in the content decides: a name that promises a format says what is damaged.
fn by_name(sample: &Sample) -> Result<(Format, RecognisedBy), String> {
    let name = sample.name();
    let promised = match name.strip_suffix(".bin") {
        Some(stem) if stem.starts_with("data_batch") || stem.starts_with("test_batch") => Some(Format::Cifar10),
        Some("train" | "test") if matches!(sample.start, [0..20, 0..100, ..]) => Some(Format::Cifar100),
        None if name.contains("-ubyte") => Some(Format::Idx),
        _ if sample.start.starts_with(&[0, 0, 8, 1]) || sample.start.starts_with(&[0, 0, 8, 3]) => Some(Format::Idx),
        _ => None,
    };
    if let Some(format) = promised {
        return Ok((format, RecognisedBy::Name));
    }
    Err(format!(
        "its kind is not recognised. {} {}",
        not_bare(sample, Format::Nmnist.probe(sample)),
        read_are()
    ))
}

/// Why a file that has no signature is no N-MNIST, and what to do where it is a recording all the same.
pub(super) fn not_bare(sample: &Sample, answer: Answer) -> String {
    let why = answer.err().unwrap_or_default();
    let mut text = format!("It has no signature, and as N-MNIST (records of 5 bytes) {why}.");
    if sample.name().ends_with(".bs2") {
        let why = nmnist::probe(sample.start, sample.bytes, None).err().unwrap_or(why);
        text = format!("It has no signature, and as 40-bit events (records of 5 bytes) {why}.");
    } else if nmnist::probe(sample.start, sample.bytes, None).is_ok() {
        text += " If it is a recording of 40-bit events from a larger sensor, --format 40-bit reads it.";
    } else if sample.name().ends_with(".raw") {
        text += &format!(" If it is a RAW recording of Prophesee that has lost its header, {SAY_HOW}.");
    }
    text
}

/// What is read, for the end of a refusal.
pub(super) fn read_are() -> &'static str {
    "Read are IDX (plain or gzip), CIFAR-10 and CIFAR-100 records, N-MNIST and other 40-bit events, AEDAT 2.0, 3.1 and 4.0, and Prophesee's EVT2, EVT2.1, EVT3 and DAT"
}
