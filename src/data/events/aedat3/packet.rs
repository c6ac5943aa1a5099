//! A packet of AEDAT 3.1: what its header says, and its events of eight bytes.

use super::{EVENT, POLARITY};
use crate::data::events::Event;

/// A packet's header.
#[derive(Debug, Default)]
pub(super) struct Packet {
    pub kind: i16,
    /// The device it comes from.
    pub source: i16,
    /// Bytes per event.
    pub size: u64,
    pub overflow: u64,
    /// Events there is room for, and events there are.
    pub capacity: u64,
    pub number: u64,
}

impl Packet {
    pub fn parse(bytes: &[u8; 28]) -> Result<Self, String> {
        let number_at = |at: usize, what: &str| {
            let value = i32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
            u64::try_from(value).map_err(|_| format!("has a negative {what}, {value}"))
        };
        let packet = Self {
            kind: i16::from_le_bytes([bytes[0], bytes[1]]),
            source: i16::from_le_bytes([bytes[2], bytes[3]]),
            size: number_at(4, "event size")?,
            overflow: number_at(12, "overflow")?,
            capacity: number_at(16, "capacity")?,
            number: number_at(20, "number of events")?,
        };
        if packet.number > packet.capacity {
            return Err(format!(
                "says it holds {} events in room for {}",
                packet.number, packet.capacity
            ));
        }
        if packet.kind == POLARITY && packet.size != EVENT {
            return Err(format!("has polarity events of {} bytes, not {EVENT}", packet.size));
        }
        Ok(packet)
    }

    /// What its events are called where they are passed over.
    pub fn kind(&self) -> &'static str {
        match self.kind {
            0 => "special",
            2 => "frame",
            3 => "imu6",
            4 => "imu9",
            5 => "sample",
            6 => "ear",
            7 => "config",
            8..=11 => "point",
            12 => "spike",
            _ => "other",
        }
    }

    /// A polarity event, where it is marked valid.
    pub fn event(&self, &[w0, w1, w2, w3, t0, t1, t2, t3]: &[u8; 8]) -> Option<Event> {
        let word = u32::from_le_bytes([w0, w1, w2, w3]);
        let t = self.overflow << 31 | u64::from(u32::from_le_bytes([t0, t1, t2, t3]) & 0x7fff_ffff);
        (word & 1 == 1).then_some(Event {
            t,
            x: (word >> 17) as u16,
            y: (word >> 2 & 0x7fff) as u16,
            on: word >> 1 & 1 == 1,
        })
    }
}
