//! CIFAR binary records: one label byte (CIFAR-10) or two (CIFAR-100: coarse, fine), then the planes R, G, B.
//!
//! A fault comes back as words; the caller knows the file.

use std::io::Read;

use super::dataset::Split;

/// Pixels of one record: 3 planes of 32x32.
pub(super) const PIXELS: usize = 3 * 32 * 32;

/// Append `count` records to `into`, keeping the last of `label_bytes` labels; each must be below `classes`.
///
/// The caller has checked `count` against the file's length, so the allocation is bounded by it.
pub(super) fn read_records(
    reader: &mut dyn Read,
    count: usize,
    label_bytes: usize,
    classes: usize,
    into: &mut Split,
) -> Result<(), String> {
    into.pixels.reserve_exact(count * PIXELS);
    into.labels.reserve_exact(count);
    let mut record = vec![0; label_bytes + PIXELS];
    for at in 0..count {
        reader
            .read_exact(&mut record)
            .map_err(|e| format!("it breaks off in record {at} ({e})"))?;
        let (labels, pixels) = record.split_at(label_bytes);
        let label = labels.last().copied().unwrap_or(0);
        if usize::from(label) >= classes {
            return Err(format!(
                "record {at} has label {label}, above the last class {}",
                classes - 1
            ));
        }
        into.labels.push(label.into());
        into.pixels.extend_from_slice(pixels);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(labels: &[u8], fill: u8) -> Vec<u8> {
        [labels, &[fill; PIXELS]].concat()
    }

    #[test]
    fn the_fine_label_is_the_second_of_two() {
        let bytes = [record(&[19, 99], 1), record(&[3, 42], 2)].concat();
        let mut split = Split::default();
        read_records(&mut &bytes[..], 2, 2, 100, &mut split).unwrap();
        assert_eq!(split.labels, [99, 42]);
        assert_eq!(split.image(1), Some(&[2; PIXELS][..]));
    }

    #[test]
    fn a_label_out_of_range_and_a_short_record_are_faults() {
        let bytes = [record(&[1], 1), record(&[10], 2)].concat();
        let fault = read_records(&mut &bytes[..], 2, 1, 10, &mut Split::default()).unwrap_err();
        assert!(fault.contains("record 1 has label 10"), "{fault}");
        let fault = read_records(&mut &bytes[..3100], 2, 1, 10, &mut Split::default()).unwrap_err();
        assert!(fault.contains("breaks off in record 1"), "{fault}");
    }
}
