//! The sensors whose AEDAT 2.0 addresses are known, as jAER lays them out.

use super::Event;
use crate::data::error::DataError;

/// The chips of a header that are known, for messages.
pub const KNOWN_CHIPS: &str =
    "DVS128, Tmpdiff128, DVS240, and DAVIS128, DAVIS208, DAVIS240, DAVIS346 and DAVIS640 in their variants";

/// How an address is laid out.
///
/// All DAVIS chips share one layout. Bit 31 marks what is no event: a sample of motion where bits 11 and 10 are both
/// set, else one of a frame. Without it bit 10 marks a pulse at the external input; of the others bit 11 says brighter,
/// bits 12-21 are x, bits 22-30 y.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sensor {
    /// 128x128. Bit 0 says darker, bits 1-7 are a, bits 8-14 are b, bit 15 marks a pulse at the external input;
    /// x = 127 − a, y = b: the usual convention.
    Dvs128,
    /// The same bits read as SpikingJelly reads CIFAR10-DVS: x = 127 − b, y = 127 − a.
    Dvs128Transposed,
    /// 128x128.
    Davis128,
    /// 208x192.
    Davis208,
    /// 240x180, in all its variants.
    Davis240c,
    /// 346x260.
    Davis346,
    /// 640x480.
    Davis640,
}

/// What an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decoded {
    /// A pixel's event.
    Event {
        /// It.
        event: Event,
        /// Whether the sensor has such an address.
        is_within: bool,
    },
    /// Something else, by its name.
    Skipped(&'static str),
}

impl Sensor {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Dvs128,
        Self::Dvs128Transposed,
        Self::Davis128,
        Self::Davis208,
        Self::Davis240c,
        Self::Davis346,
        Self::Davis640,
    ];

    /// The word for it on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Dvs128 => "dvs128",
            Self::Dvs128Transposed => "dvs128-transposed",
            Self::Davis128 => "davis128",
            Self::Davis208 => "davis208",
            Self::Davis240c => "davis240c",
            Self::Davis346 => "davis346",
            Self::Davis640 => "davis640",
        }
    }

    /// The sensor of that word.
    ///
    /// # Errors
    /// When there is none.
    pub fn parse(word: &str) -> Result<Self, DataError> {
        let found = Self::ALL.into_iter().find(|sensor| sensor.word() == word);
        found.ok_or_else(|| DataError::OutOfRange {
            what: "data.sensor",
            value: format!("{word:?}"),
            allowed: "write dvs128, dvs128-transposed, davis128, davis208, davis240c, davis346 or davis640",
        })
    }

    /// All words, for messages.
    #[must_use]
    pub fn words() -> String {
        Self::ALL.map(Self::word).join(", ")
    }

    /// `[width, height]` in pixels.
    #[must_use]
    pub fn size(self) -> [u16; 2] {
        match self {
            Self::Dvs128 | Self::Dvs128Transposed | Self::Davis128 => [128, 128],
            Self::Davis208 => [208, 192],
            Self::Davis240c => [240, 180],
            Self::Davis346 => [346, 260],
            Self::Davis640 => [640, 480],
        }
    }

    /// The sensor of a chip as headers name it: a class such as `eu.seebetter.ini.chips.davis.DAVIS240C`, or its last
    /// part alone.
    #[must_use]
    pub fn named(chip: &str) -> Option<Self> {
        let class = chip.rsplit('.').next().unwrap_or(chip).to_ascii_lowercase();
        match class.as_str() {
            "dvs128" | "tmpdiff128" => Some(Self::Dvs128),
            "davis128" | "davis128color" => Some(Self::Davis128),
            "davis208" | "davis208pixelparade" | "davis208pixelparadecolor" => Some(Self::Davis208),
            "dvs240" | "davis240" | "davis240a" | "davis240b" | "davis240c" | "davis240basecamera" => {
                Some(Self::Davis240c)
            }
            "davis640" | "davis640color" => Some(Self::Davis640),
            // A, B, blue, red, mini, cBSI, Zynq and those with colour filters: the same pixels.
            _ if class.starts_with("davis346") => Some(Self::Davis346),
            _ => None,
        }
    }

    /// What an address at `t` µs is.
    #[must_use]
    pub fn decode(self, address: u32, t: u32) -> Decoded {
        match self {
            Self::Dvs128 | Self::Dvs128Transposed => self.decode_dvs128(address, t),
            _ => self.decode_davis(address, t),
        }
    }

    fn decode_dvs128(self, address: u32, t: u32) -> Decoded {
        if bits(address, 15, 1) == 1 {
            return Decoded::Skipped("external_input");
        }
        let (a, b) = (bits(address, 1, 7), bits(address, 8, 7));
        let (x, y) = match self {
            Self::Dvs128Transposed => (127 - b, 127 - a),
            _ => (127 - a, b),
        };
        Decoded::Event {
            event: Event {
                t: u64::from(t),
                x,
                y,
                on: bits(address, 0, 1) == 0,
            },
            is_within: address >> 16 == 0,
        }
    }

    fn decode_davis(self, address: u32, t: u32) -> Decoded {
        match (bits(address, 31, 1), bits(address, 10, 2)) {
            (1, 3) => return Decoded::Skipped("imu"),
            (1, _) => return Decoded::Skipped("aps"),
            (_, kind) if kind & 1 == 1 => return Decoded::Skipped("external_input"),
            _ => {}
        }
        let event = Event {
            t: u64::from(t),
            x: bits(address, 12, 10),
            y: bits(address, 22, 9),
            on: bits(address, 11, 1) == 1,
        };
        Decoded::Event {
            event,
            is_within: event.is_within(self.size()),
        }
    }
}

/// `count` bits of an address, at most 16, from bit `from` on.
fn bits(address: u32, from: u32, count: u32) -> u16 {
    ((address >> from) & ((1 << count) - 1)) as u16
}
