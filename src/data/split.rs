//! A validation part held out of training: stratified, and fixed by its seed.

use super::error::DataError;
use crate::input::Label;
use crate::random::{Purpose, stream};

/// Divide `0..labels.len()` into (training, validation) indices, both in ascending order.
///
/// Of every class the share is held out, rounded to the nearest image, and at least one training image of a class
/// stays. The same labels, share and seed give the same division.
///
/// # Errors
/// `share` outside [0, 1).
pub fn hold_out(labels: &[Label], share: f64, seed: u64) -> Result<(Vec<u32>, Vec<u32>), DataError> {
    if !(0.0..1.0).contains(&share) {
        return Err(DataError::OutOfRange {
            what: "the validation share",
            value: share.to_string(),
            allowed: "it must be at least 0 and below 1",
        });
    }
    let classes = labels.iter().max().map_or(0, |most| usize::from(*most) + 1);
    let mut by_class: Vec<Vec<u32>> = vec![Vec::new(); classes];
    for (index, &label) in labels.iter().enumerate() {
        by_class[usize::from(label)].push(index as u32);
    }
    let (mut train, mut validation) = (Vec::with_capacity(labels.len()), Vec::new());
    for (class, mut members) in by_class.into_iter().enumerate().filter(|(_, m)| !m.is_empty()) {
        stream(seed, Purpose::HoldOut, class as u64, 0).shuffle(&mut members);
        let held = ((members.len() as f64 * share).round() as usize).min(members.len() - 1);
        validation.extend_from_slice(&members[..held]);
        train.extend_from_slice(&members[held..]);
    }
    train.sort_unstable();
    validation.sort_unstable();
    Ok((train, validation))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels() -> Vec<Label> {
        (0..1000)
            .map(|i| if i % 10 < 7 { 0 } else { (i % 10) as Label })
            .collect()
    }

    #[test]
    fn every_image_is_in_exactly_one_part() {
        let (train, validation) = hold_out(&labels(), 0.1, 5).unwrap();
        let mut all: Vec<u32> = train.iter().chain(&validation).copied().collect();
        all.sort_unstable();
        assert_eq!(all, (0..1000).collect::<Vec<_>>());
    }

    #[test]
    fn every_class_gives_its_share() {
        let labels = labels();
        let (_, validation) = hold_out(&labels, 0.1, 5).unwrap();
        for (class, expected) in [(0, 70), (7, 10), (8, 10), (9, 10)] {
            let got = validation.iter().filter(|&&i| labels[i as usize] == class).count();
            assert_eq!(got, expected, "class {class}");
        }
    }

    #[test]
    fn the_seed_fixes_the_division_and_another_seed_changes_it() {
        let labels = labels();
        assert_eq!(hold_out(&labels, 0.2, 1).unwrap(), hold_out(&labels, 0.2, 1).unwrap());
        assert_ne!(hold_out(&labels, 0.2, 1).unwrap(), hold_out(&labels, 0.2, 2).unwrap());
    }

    #[test]
    fn the_limits_of_the_share_hold() {
        assert_eq!(hold_out(&[], 0.5, 0).unwrap(), (vec![], vec![]));
        assert_eq!(hold_out(&[3], 0.9, 0).unwrap(), (vec![0], vec![]));
        assert_eq!(hold_out(&labels(), 0.0, 0).unwrap().1, Vec::<u32>::new());
        for bad in [1.0, -0.1, f64::NAN] {
            assert!(hold_out(&labels(), bad, 0).is_err());
        }
    }
}
