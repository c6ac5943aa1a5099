//! A run's metrics as a TensorBoard event file: records with masked CRC-32C around protocol-buffer `Event`s, each with one
//! scalar. The format is that of TensorFlow's `record_writer` and `event.proto`; a scalar has single precision there.

use super::rows::Rows;
use crate::{exchange::events::masked, run::metric::Metric};
use std::io::{self, Write};

/// `Event.file_version` of the first record.
const VERSION: &str = "brain.Event:2";

/// The whole file; `started` is the second since 1970 at which the run's clock was 0. Returns the number of rows.
///
/// # Errors
/// When it cannot be written, or the journal changed meanwhile.
pub fn events(rows: &Rows, started: f64, to: &mut dyn Write) -> io::Result<u64> {
    to.write_all(&first(started))?;
    rows.each(|row| to.write_all(&of_step(&row.metric(rows.names()), started)))
}

/// The same of rows in memory.
#[cfg(test)]
pub fn whole(rows: &[Metric], started: f64) -> Vec<u8> {
    let steps = rows.iter().map(|row| of_step(row, started));
    std::iter::once(first(started)).chain(steps).flatten().collect()
}

/// The record that the file begins with.
fn first(started: f64) -> Vec<u8> {
    let (mut file, mut first) = (Vec::new(), Vec::new());
    double(&mut first, 1, started);
    bytes(&mut first, 3, VERSION.as_bytes());
    record(&mut file, &first);
    file
}

/// The records of one step.
fn of_step(row: &Metric, started: f64) -> Vec<u8> {
    let mut file = Vec::new();
    for (name, value) in &row.values {
        // Slashes make TensorBoard's groups, as dots make ours.
        let tag = name.replacen('.', "/", 1);
        let mut scalar = Vec::new();
        bytes(&mut scalar, 1, tag.as_bytes());
        key(&mut scalar, 2, 5);
        scalar.extend((*value as f32).to_le_bytes());
        let mut summary = Vec::new();
        bytes(&mut summary, 1, &scalar);
        let mut event = Vec::new();
        double(&mut event, 1, started + row.wall);
        key(&mut event, 2, 0);
        varint(&mut event, row.step);
        bytes(&mut event, 5, &summary);
        record(&mut file, &event);
    }
    file
}

/// Length, its checksum, the data, their checksum.
fn record(file: &mut Vec<u8>, data: &[u8]) {
    let length = (data.len() as u64).to_le_bytes();
    file.extend(length);
    file.extend(masked(&length).to_le_bytes());
    file.extend(data);
    file.extend(masked(data).to_le_bytes());
}

fn varint(to: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        to.push(n as u8 | 0x80);
        n >>= 7;
    }
    to.push(n as u8);
}

fn key(to: &mut Vec<u8>, field: u64, wire: u64) {
    varint(to, field << 3 | wire);
}

fn double(to: &mut Vec<u8>, field: u64, value: f64) {
    key(to, field, 1);
    to.extend(value.to_le_bytes());
}

fn bytes(to: &mut Vec<u8>, field: u64, data: &[u8]) {
    key(to, field, 2);
    varint(to, data.len() as u64);
    to.extend(data);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::testing;

    #[test]
    fn every_scalar_is_a_record_whose_checksums_hold() {
        let rows = [
            testing::metric(1, "train.ce", 2.5),
            testing::metric(300, "val.accuracy", 0.5),
        ];
        let file = whole(&rows, 1000.0);
        let (mut at, mut found) = (0, Vec::new());
        while at < file.len() {
            let number = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
            let length = u64::from_le_bytes(file[at..at + 8].try_into().unwrap()) as usize;
            assert_eq!(number(at + 8), masked(&file[at..at + 8]));
            let data = &file[at + 12..at + 12 + length];
            assert_eq!(number(at + 12 + length), masked(data));
            found.push(data.to_vec());
            at += 16 + length;
        }
        assert_eq!(found.len(), 3);
        let version = [&[0x1a, 13][..], b"brain.Event:2"].concat();
        assert_eq!(found[0], [&[0x09][..], &1000f64.to_le_bytes(), &version].concat());
        // Step 300 is two bytes of seven bits; the value is field 2 of a value of field 1 of field 5.
        let tail = [
            &[0x10, 0xac, 0x02, 0x2a, 21, 0x0a, 19, 0x0a, 12][..],
            b"val/accuracy",
            &[0x15],
            &0.5f32.to_le_bytes(),
        ];
        assert_eq!(found[2][9..], tail.concat());
    }

    #[test]
    fn the_mask_is_that_of_the_format() {
        // CRC-32C of "123456789" is e3069283.
        assert_eq!(
            masked(b"123456789"),
            0xe306_9283u32.rotate_right(15).wrapping_add(0xa282_ead8)
        );
    }
}
