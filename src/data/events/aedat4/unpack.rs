//! The three packings of AEDAT 4.0's packets: none, LZ4 frames and Zstandard frames, up to a given size.

use std::fmt;
use std::io::{self, Read};

use lz4_flex::frame::FrameDecoder as Lz4;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{FrameDecoder as Zstd, StreamingDecoder};

/// How the content of packets is packed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Packing {
    /// Not at all.
    #[default]
    None,
    /// LZ4 frames, whatever effort the writer took.
    Lz4,
    /// Zstandard frames, whatever effort the writer took.
    Zstandard,
}

impl Packing {
    /// By its number in a header.
    #[must_use]
    pub fn of(number: i32) -> Option<Self> {
        match number {
            0 => Some(Self::None),
            1 | 2 => Some(Self::Lz4),
            3 | 4 => Some(Self::Zstandard),
            _ => None,
        }
    }
}

impl fmt::Display for Packing {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::None => "plain content",
            Self::Lz4 => "LZ4",
            Self::Zstandard => "Zstandard",
        })
    }
}

/// Unpacks one packet after another, in memory that is kept.
pub struct Unpacker {
    packing: Packing,
    zstd: Zstd,
}

impl Unpacker {
    /// For one packing.
    #[must_use]
    pub fn new(packing: Packing) -> Self {
        Self {
            packing,
            zstd: Zstd::new(),
        }
    }

    /// Append what is unpacked of `from` to `to`, which grows as content comes and never by what a size says.
    ///
    /// # Errors
    /// What is damaged, or more than `most` bytes.
    pub fn unpack(&mut self, from: &mut dyn Read, most: u64, to: &mut Vec<u8>) -> io::Result<()> {
        match self.packing {
            Packing::None => bounded(from, most, to),
            Packing::Lz4 => lz4(from, most, to),
            Packing::Zstandard => self.zstandard(from, most, to),
        }
    }

    /// Frames one after another, of which those that hold nothing are passed over.
    fn zstandard(&mut self, from: &mut dyn Read, most: u64, to: &mut Vec<u8>) -> io::Result<()> {
        let mut first = [0; 1];
        while from.read(&mut first)? > 0 {
            let mut frame = Read::chain(&first[..], &mut *from);
            let mut decoder = match StreamingDecoder::new_with_decoder(&mut frame, &mut self.zstd) {
                Ok(decoder) => decoder,
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    io::copy(&mut frame.take(u64::from(length)), &mut io::sink())?;
                    continue;
                }
                Err(e) => return Err(io::Error::other(e)),
            };
            bounded(&mut decoder, most, to)?;
            if let (Some(says), Some(is)) = (self.zstd.get_checksum_from_data(), self.zstd.get_calculated_checksum())
                && says != is
            {
                return Err(io::Error::other("its checksum is not that of its content"));
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Unpacker {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("Unpacker")
            .field("packing", &self.packing)
            .finish_non_exhaustive()
    }
}

/// Frames one after another.
fn lz4(from: &mut dyn Read, most: u64, to: &mut Vec<u8>) -> io::Result<()> {
    let mut decoder = Lz4::new(from);
    loop {
        let before = to.len();
        bounded(&mut decoder, most, to)?;
        if to.len() == before {
            return Ok(());
        }
    }
}

/// All of `from`, as long as `to` does not become longer than `most`.
fn bounded(from: &mut dyn Read, most: u64, to: &mut Vec<u8>) -> io::Result<()> {
    let room = most.saturating_sub(to.len() as u64);
    let read = Read::take(from, room + 1).read_to_end(to)?;
    if read as u64 > room {
        return Err(io::Error::other(format!(
            "it is more than {most} bytes long, the most that is read of one packet"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn pack(content: &[u8]) -> Vec<u8> {
        let mut packed = lz4_flex::frame::FrameEncoder::new(Vec::new());
        packed.write_all(content).unwrap();
        packed.finish().unwrap()
    }

    fn zstd(content: &[u8]) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(content, ruzstd::encoding::CompressionLevel::Fastest)
    }

    #[test]
    fn what_was_packed_comes_out_frame_by_frame_and_no_more_than_allowed() {
        let content: Vec<u8> = (0..100_000u32).map(|i| (i / 7) as u8).collect();
        let twice = [&content[..], &content].concat();
        let nothing = [&b"\x50\x2a\x4d\x18\x03\0\0\0abc"[..], &zstd(&content), &zstd(&content)].concat();
        for (packing, packed) in [
            (Packing::None, twice.clone()),
            (Packing::Lz4, [pack(&content), pack(&content)].concat()),
            (Packing::Zstandard, nothing),
        ] {
            let mut unpacker = Unpacker::new(packing);
            for most in [200_000, 1 << 30] {
                let mut out = Vec::new();
                unpacker.unpack(&mut &packed[..], most, &mut out).unwrap();
                assert!(out == twice, "{packing}");
            }
            let fault = unpacker.unpack(&mut &packed[..], 199_999, &mut Vec::new()).unwrap_err();
            assert!(fault.to_string().contains("more than 199999 bytes"), "{fault}");
            if packing != Packing::None {
                let mut broken = packed.clone();
                let middle = broken.len() / 2;
                broken.truncate(middle + 20);
                assert!(unpacker.unpack(&mut &broken[..], 1 << 30, &mut Vec::new()).is_err());
                assert!(
                    unpacker
                        .unpack(&mut &b"neither of both"[..], 1 << 30, &mut Vec::new())
                        .is_err()
                );
            }
        }
    }
}
