//! The words of EVT3, one behaviour at a time, on words made up here.

use super::*;
use crate::data::events::drain;

const HIGH: u16 = 8 << 12;
const LOW: u16 = 6 << 12;
const Y: u16 = 0;
const X: u16 = 2 << 12;
const BASE: u16 = 3 << 12;
const TWELVE: u16 = 4 << 12;
const EIGHT: u16 = 5 << 12;

fn read(words: &[u16]) -> (Vec<(u64, u16, u16, bool)>, About) {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let fields = Fields {
        size: Some([640, 480]),
        ..Fields::default()
    };
    let (events, about) = drain(&mut Evt3::new(Source::new(&bytes[..], None), &fields)).unwrap();
    (events.iter().map(|e| (e.t, e.x, e.y, e.on)).collect(), about)
}

#[test]
fn time_and_row_are_held_and_a_changed_high_part_clears_the_low_one() {
    let words = [
        HIGH | 1,
        LOW | 5,
        Y | 7,
        X | ON | 9,
        HIGH | 1,
        X | 10,
        HIGH | 2,
        X | 11,
        LOW | 3,
        Y | ON | 8,
        X | 12,
    ];
    let (events, about) = read(&words);
    let expected = [
        (4101, 9, 7, true),
        (4101, 10, 7, false),
        (8192, 11, 7, false),
        (8195, 12, 8, false),
    ];
    assert_eq!(events, expected);
    assert!(
        about.notes[0].contains("1 words that set the row are marked"),
        "{:?}",
        about.notes
    );
}

#[test]
fn a_vector_has_its_own_base_and_polarity_and_moves_on_whatever_its_bits() {
    let words = [
        HIGH,
        Y | 1,
        BASE | ON | 96,
        TWELVE | 0b1001,
        X | 300,
        TWELVE,
        EIGHT | 0xf00 | 0b10,
    ];
    let (events, _) = read(&words);
    let expected = [
        (0, 96, 1, true),
        (0, 99, 1, true),
        (0, 300, 1, false),
        (0, 121, 1, true),
    ];
    assert_eq!(events, expected);
}

#[test]
fn what_comes_before_the_first_time_is_left_out_and_counted() {
    let early = vec![X | 5; 200_000];
    let words = [&early[..], &[Y | 3, TWELVE | 1, LOW | 9, HIGH | 4095, X | 6]].concat();
    let (events, about) = read(&words);
    assert_eq!(events, [(4095 << 12, 6, 0, false)], "not even the row counts");
    assert_eq!(about.tally.skipped, [("before_time", 200_001)].into());
    assert_eq!(read(&[LOW, LOW, X]).0, []);
}

#[test]
fn the_clock_wraps_around_only_where_it_falls_by_nearly_all_of_its_range() {
    let words = [4094, 4095, 4, 3, 4092, 7, 4095, 0].map(|high| [HIGH | high, X | 1]);
    let (events, about) = read(&words.concat());
    let times: Vec<_> = events.iter().map(|e| e.0 >> 12).collect();
    let round = 4096;
    let expected = [
        4094,
        4095,
        round + 4,
        round + 3,
        round + 4092,
        2 * round + 7,
        2 * round + 4095,
        3 * round,
    ];
    assert_eq!((&times[..], about.tally.clock_wraps), (&expected[..], 3));
}

#[test]
fn triggers_and_words_without_meaning_are_counted() {
    let (events, about) = read(&[HIGH, 10 << 12, 14 << 12, 15 << 12 | 5, 7 << 12, 1 << 12, 9 << 12, X | 1]);
    assert_eq!(events.len(), 1);
    let counted = [("continued", 2), ("others", 1), ("trigger", 1), ("unknown", 2)];
    assert_eq!(about.tally.skipped, counted.into());
}

#[test]
fn events_beyond_the_sensor_are_handed_over_counted_and_placed() {
    let words = [
        HIGH,
        Y | 479,
        X | 639,
        X | 640,
        BASE | 636,
        TWELVE | 0b1_0001,
        Y | 480,
        X | 1,
    ];
    let (events, about) = read(&words);
    assert_eq!((events.len(), about.tally.out_of_range), (5, 3));
    let (at, first) = about.tally.first_beyond.unwrap();
    assert_eq!((at, first.x), (6, 640));
    // Also where the row was set long before.
    let long: Vec<u16> = [HIGH, Y | 480].into_iter().chain([X | 1; 20_000]).collect();
    assert_eq!(read(&long).1.tally.out_of_range, 20_000);
}

#[test]
fn vectors_without_end_stay_within_numbers_and_half_a_word_is_a_cut() {
    let words: Vec<u16> = [HIGH].into_iter().chain([TWELVE | 0x800; 10_000]).collect();
    let (events, about) = read(&words);
    assert_eq!(events.last().unwrap().1, u16::MAX);
    assert!(about.tally.out_of_range > 9_000);
    let (events, about) = drain(&mut Evt3::new(
        Source::new(&[0, 0x80, 1, 0x20, 1][..], None),
        &Fields::default(),
    ))
    .unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!(
        about.tally.cut.unwrap(),
        "it ends 1 bytes into a record of 2, at byte 4"
    );
}
