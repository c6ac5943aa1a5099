//! Event files that are cut off, damaged, hostile, or none.

use super::*;
use proptest::prelude::*;

/// A version and so many scalars, record by record.
fn records(many: u8) -> Vec<Vec<u8>> {
    let scalar = |n: u8| event(f64::from(n), n, &[simple("loss", f32::from(n))]);
    std::iter::once(version(0.5)).chain((0..many).map(scalar)).collect()
}

/// Steps of the scalars.
fn steps(bytes: &[u8]) -> Vec<u64> {
    read(bytes).unwrap().scalars.iter().map(|s| s.step).collect()
}

/// Where each record begins, and the end.
fn places(records: &[Vec<u8>]) -> Vec<usize> {
    let mut places = vec![0];
    records
        .iter()
        .for_each(|r| places.push(places.last().unwrap() + r.len()));
    places
}

#[test]
fn a_record_that_is_not_whole_is_not_there_yet() {
    let (first, second) = (version(1.0), event(2.0, 1, &[simple("a", 1.0)]));
    let file = [first.clone(), second.clone()].concat();
    for end in 0..file.len() {
        assert_eq!(begins_so(&file[..end]), end >= 12);
        if end < first.len() {
            assert!(matches!(read(&file[..end]), Err(EventsError::NotEvents(_))), "{end}");
            continue;
        }
        let events = read(&file[..end]).unwrap();
        assert_eq!(
            (events.scalars.len(), events.torn),
            (0, (end - first.len()) as u64),
            "{end}"
        );
        assert_eq!(events.damaged, 0);
    }
    // However long it says that it will be.
    let length = u64::MAX.to_le_bytes();
    let endless = [
        first,
        length.to_vec(),
        masked(&length).to_le_bytes().to_vec(),
        vec![0; 9],
    ]
    .concat();
    assert_eq!(read(&endless).unwrap().torn, 21);
}

#[test]
fn a_damaged_record_costs_itself_alone_and_is_named_by_its_place() {
    let records = records(50);
    let (file, at) = (records.concat(), places(&records));
    let whole: Vec<u64> = (0..50).collect();
    for (place, cause) in [
        (at[25], Cause::Length),
        (at[25] + 9, Cause::Length),
        (at[25] + 14, Cause::Content),
        (at[26] - 2, Cause::Content),
    ] {
        let mut bytes = file.clone();
        bytes[place] ^= 64;
        let events = read(&bytes).unwrap();
        let damage = Damage::at(at[25], at[26] - at[25], cause);
        assert_eq!(
            (events.damage.as_slice(), events.damaged),
            (&[damage][..], 1),
            "{place}"
        );
        let wanted: Vec<u64> = whole.iter().copied().filter(|s| *s != 24).collect();
        assert_eq!(steps(&bytes), wanted);
        assert!(
            damage
                .to_string()
                .starts_with(&format!("byte {}: the checksum", at[25]))
        );
    }
    // The first and the last one.
    for (place, lost) in [(14, None), (at[50] + 14, Some(49))] {
        let mut bytes = file.clone();
        bytes[place] ^= 64;
        let wanted: Vec<u64> = whole.iter().copied().filter(|s| Some(*s) != lost).collect();
        assert_eq!(steps(&bytes), wanted);
    }
}

#[test]
fn holes_tails_and_cuts_cost_no_more_than_what_they_hit() {
    let records = records(50);
    let (file, at) = (records.concat(), places(&records));
    let hole = [&file[..at[25]], &[0; 512], &file[at[25]..]].concat();
    let events = read(&hole).unwrap();
    assert_eq!(events.damage, [Damage::at(at[25], 512, Cause::Zeros)]);
    assert_eq!(events.scalars.len(), 50);
    // Within a record, over its end: it is lost, and nothing else.
    let within = [&file[..at[25] + 5], &[0; 512], &file[at[25] + 5..]].concat();
    assert_eq!(steps(&within).len(), 49);
    let tail = [&file[..], &[0; 4096]].concat();
    let events = read(&tail).unwrap();
    assert_eq!(events.damage, [Damage::at(file.len(), 4096, Cause::Zeros)]);
    assert_eq!((events.scalars.len(), events.torn), (50, 0));
    // A killed writer's half a record, and another writer behind it.
    let cut = [&file[..at[25] + 20], &file[at[26]..]].concat();
    let events = read(&cut).unwrap();
    assert_eq!(events.damage, [Damage::at(at[25], 20, Cause::Content)]);
    assert_eq!(events.scalars.len(), 49);
    let long = event(
        1.0,
        1,
        &[simple("a", 1.0), simple("b", 1.0), simple("c", 1.0), simple("d", 1.0)],
    );
    let short = [&file[..], &long[..14], &records[3]].concat();
    assert_eq!(read(&short).unwrap().damage, [Damage::at(file.len(), 14, Cause::Cut)]);
    assert_eq!(steps(&short).len(), 51);
    assert_eq!(steps(&file[..at[40] + 20]).len(), 39);
}

#[test]
fn a_file_without_checksums_is_read_and_says_so_and_one_with_some_is_not_trusted() {
    let bare = |record: &Vec<u8>| {
        let end = record.len() - 4;
        [&record[..8], &[0; 4], &record[12..end], &[0; 4]].concat()
    };
    let records = records(5);
    let without: Vec<Vec<u8>> = records.iter().map(bare).collect();
    let events = read(&without.concat()).unwrap();
    assert_eq!((events.unchecked, events.scalars.len(), events.damaged), (true, 5, 0));
    let torn = without.concat();
    let events = read(&torn[..torn.len() - 3]).unwrap();
    assert!(events.unchecked && events.scalars.len() == 4 && events.torn > 0);
    let mut mixed = without;
    mixed[2] = records[2].clone();
    let events = read(&mixed.concat()).unwrap();
    assert_eq!((events.unchecked, events.scalars.len()), (false, 1));
    assert!(!read(&records.concat()).unwrap().unchecked);
}

#[test]
fn what_is_no_event_file_is_called_what_it_is() {
    let said = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
    for (bytes, wanted) in [
        (&b""[..], "empty"),
        (b"PK\x03\x04 and more than that", "zip"),
        (b"{\"step\": 1, \"loss\": 2.5, \"more\": 3}", "JSON"),
        (&[0; 64], "zeros"),
        (&record(&[0x0b]), "TFRecord"),
        (&record(&bytes(1, b"features of an example")), "TFRecord"),
        (&record(&bytes(3, b"something else")), "TFRecord"),
    ] {
        let said = said(bytes);
        assert!(said.contains(wanted) && !said.contains("damaged"), "{wanted}: {said}");
    }
    assert!(!begins_so(b"PK\x03\x04 and more than that") && !begins_so(&[0; 64]));
    let mut only = version(1.0);
    only[14] ^= 1;
    assert!(said(&only).contains("byte 0: the checksum"), "{}", said(&only));
}

#[test]
fn looking_for_records_behind_damage_takes_bounded_work() {
    // Headers that hold, each of a record over almost all that is left, and none of whose contents does.
    let many = 1 << 13;
    let mut file = vec![1];
    for n in 0..many {
        let length = (12 * (many - n) as u64).to_le_bytes();
        file.extend(length);
        file.extend(masked(&length).to_le_bytes());
    }
    file.extend([1; 64]);
    assert!(read(&file).is_err());
    let mut records = Records::of(&file);
    let mut found = 0;
    while records.next().is_some() {
        found += 1;
    }
    assert!(found <= 2, "{found}");
}

/// Whether the values are some of these, in their order.
fn are_among(found: &Events, whole: &Events) -> bool {
    let mut left = whole.scalars.iter().map(|s| (&whole.tags[s.tag], s));
    found.scalars.iter().all(|f| {
        let tag = &found.tags[f.tag];
        left.any(|(t, s)| {
            t == tag && (s.step, s.value.to_bits(), s.time.to_bits()) == (f.step, f.value.to_bits(), f.time.to_bits())
        })
    })
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(noise in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(read(&noise).map_or(true, |e| e.scalars.is_empty() || e.unchecked));
        // The same behind checksums that hold, and as a value of a summary.
        if let Ok(events) = read(&record(&noise)) {
            prop_assert!(events.scalars.len() <= noise.len());
        }
        let _ = read(&event(1.0, 1, &[noise[..noise.len().min(100)].to_vec()]));
        let _ = read(&event(1.0, 1, &[tensor("t", 1, &[], noise[..noise.len().min(60)].to_vec(), "")]));
        let _ = hparams::session(&noise);
        let _ = kinds::kind(&noise);
    }

    #[test]
    fn no_change_of_a_file_makes_the_reader_panic_or_invents_a_value(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut file = records(12).concat();
        file.extend(event(20.0, 20, &[simple("a", 1.0), tensor("b", 1, &[], float(5, 0.5), "scalars")]));
        let whole = read(&file).unwrap();
        for (place, byte) in changes {
            let place = place.index(file.len());
            file[place] = byte;
        }
        file.truncate(cut.index(file.len() + 1));
        if let Ok(events) = read(&file) {
            prop_assert!(are_among(&events, &whole));
        }
    }

    #[test]
    fn a_flipped_bit_costs_one_record_at_most(place in any::<prop::sample::Index>(), bit in 0..8u8) {
        let records = records(12);
        let mut file = records.concat();
        let whole = read(&file).unwrap();
        let place = place.index(file.len());
        file[place] ^= 1 << bit;
        let events = read(&file).unwrap();
        prop_assert!(are_among(&events, &whole));
        prop_assert!(events.scalars.len() + 1 >= whole.scalars.len());
        prop_assert!(events.damaged == 1 || events.torn > 0);
    }

    #[test]
    fn a_hole_costs_only_the_records_it_touches(from in any::<prop::sample::Index>(), length in 1..200usize) {
        let records = records(12);
        let at = places(&records);
        let mut file = records.concat();
        let whole = read(&file).unwrap();
        let from = from.index(file.len());
        let to = (from + length).min(file.len());
        file[from..to].fill(0);
        let touched = at.windows(2).filter(|w| w[0] < to && from < w[1]).count();
        if let Ok(events) = read(&file) {
            prop_assert!(are_among(&events, &whole));
            prop_assert!(events.scalars.len() + touched >= whole.scalars.len());
        }
    }
}
