//! Every reader against files whose events are known, cut ones, damaged ones and bytes of no meaning.
//!
//! `SPIKEDECK_FUZZ_SECONDS=600 cargo test --lib fuzzing` changes files at random for that long, all readers together,
//! and says what came of it. Without it each has a moment.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::open::reader;
use super::{Format, Given};
use crate::data::events::encode::{Encoded, Kind};
use crate::data::events::{About, Event, Fault, Source, drain};

fn format(kind: Kind) -> Format {
    Format::READ
        .into_iter()
        .find(|format| format.word() == kind.word())
        .unwrap()
}

fn read(kind: Kind, bytes: &[u8], knows_length: bool) -> Result<(Vec<Event>, About), Fault> {
    let length = knows_length.then_some(bytes.len() as u64);
    drain(&mut *reader(
        Source::new(bytes, length),
        format(kind),
        Given::default(),
    )?)
}

/// Events here and there, many of them neighbours at one time.
fn events(kind: Kind, rng: &mut ChaCha8Rng, count: usize) -> Vec<Event> {
    let (times, width, height) = kind.limits();
    let (mut events, mut t) = (Vec::new(), rng.random_range(0..times));
    while events.len() < count {
        t = match rng.random_range(0..10) {
            0 => rng.random_range(0..times),
            1..8 => (t + rng.random_range(0..100)).min(times - 1),
            _ => t,
        };
        let (mut x, y, on) = (rng.random_range(0..width), rng.random_range(0..height), rng.random());
        for _ in 0..rng.random_range(1..20) {
            events.push(Event { t, x, y, on });
            x += rng.random_range(1..4);
            if x >= width || rng.random_ratio(1, 3) {
                break;
            }
        }
    }
    events.truncate(count);
    events
}

fn made(kind: Kind, seed: u64, count: usize) -> (Vec<Event>, Encoded) {
    let events = events(kind, &mut ChaCha8Rng::seed_from_u64(seed), count);
    let encoded = kind.encode(&events);
    (events, encoded)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]
    #[test]
    fn what_was_written_is_read(kind in 0..Kind::ALL.len(), seed: u64, count in 0usize..2000, knows_length: bool) {
        let kind = Kind::ALL[kind];
        let (events, Encoded { bytes, .. }) = made(kind, seed, count);
        let (found, about) = read(kind, &bytes, knows_length).unwrap();
        prop_assert!(found == events, "{kind:?}");
        prop_assert_eq!((about.tally.out_of_range, about.tally.cut), (0, None));
    }

    #[test]
    fn a_file_cut_anywhere_hands_over_what_is_whole_and_says_so(
        kind in 0..Kind::ALL.len(), seed: u64, count in 0usize..300, at: proptest::sample::Index, knows_length: bool,
    ) {
        let kind = Kind::ALL[kind];
        let (events, Encoded { bytes, ends }) = made(kind, seed, count);
        let length = ends[0] + at.index(bytes.len() - ends[0] + 1);
        let (found, about) = read(kind, &bytes[..length], knows_length).unwrap();
        prop_assert!(events.starts_with(&found), "{kind:?}");
        prop_assert_eq!(about.tally.cut.is_some(), !ends.contains(&length), "{:?} {:?}", kind, about.tally.cut);
        // All that lies before the last whole record is there.
        let whole = ends.iter().rev().find(|end| **end <= length).unwrap();
        prop_assert!(found.len() >= read(kind, &bytes[..*whole], knows_length).unwrap().0.len());
    }

    #[test]
    fn a_header_cut_anywhere_is_no_surprise(kind in 0..Kind::ALL.len(), at: proptest::sample::Index) {
        let kind = Kind::ALL[kind];
        let Encoded { bytes, ends } = kind.encode(&[]);
        let found = read(kind, &bytes[..at.index(ends[0] + 1)], true);
        prop_assert!(found.is_err() || found.unwrap().0.is_empty());
    }

    #[test]
    fn bytes_of_no_meaning_are_no_surprise(
        kind in 0..Kind::ALL.len(), bytes in proptest::collection::vec(any::<u8>(), 0..3000), has_header: bool, knows_length: bool,
    ) {
        let kind = Kind::ALL[kind];
        let header = if has_header { kind.encode(&[]).bytes } else { Vec::new() };
        let bytes = [header, bytes].concat();
        if let Ok((events, _)) = read(kind, &bytes, knows_length) {
            prop_assert!(events.len() <= 6 * bytes.len());
        }
    }
}

/// Numbers on which sizes and counts break.
const ODD: [u32; 10] = [0, 1, 7, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, u32::MAX];

/// Change a file at random.
fn change(bytes: &mut Vec<u8>, other: &[u8], rng: &mut ChaCha8Rng) {
    for _ in 0..rng.random_range(1..6) {
        if bytes.is_empty() {
            return;
        }
        // Headers are short and decide much.
        let end = if rng.random_ratio(1, 3) {
            bytes.len().min(200)
        } else {
            bytes.len()
        };
        let at = rng.random_range(0..end);
        let upto = (at + rng.random_range(1..64)).min(bytes.len());
        match rng.random_range(0..7) {
            0 => bytes[at] ^= 1 << rng.random_range(0..8),
            1 => bytes[at] = rng.random(),
            2 => {
                let odd = ODD[rng.random_range(0..ODD.len())].to_le_bytes();
                let upto = (at + 4).min(bytes.len());
                bytes[at..upto].copy_from_slice(&odd[..upto - at]);
            }
            3 => drop(bytes.drain(at..upto)),
            4 => {
                let part = bytes[at..upto].to_vec();
                bytes.splice(at..at, part);
            }
            5 => bytes.truncate(at),
            _ => {
                let from = rng.random_range(0..=other.len());
                let part = other[from..(from + 100).min(other.len())].to_vec();
                bytes.splice(at..at, part);
            }
        }
    }
}

#[test]
fn fuzzing_finds_no_file_that_crashes_a_reader() {
    let seconds = std::env::var("SPIKEDECK_FUZZ_SECONDS")
        .ok()
        .and_then(|s| s.parse().ok());
    let each = Duration::from_secs_f64(seconds.unwrap_or(1.2) / Kind::ALL.len() as f64);
    for (number, kind) in Kind::ALL.into_iter().enumerate() {
        let mut rng = ChaCha8Rng::seed_from_u64(seconds.map_or(0, |s: f64| s as u64) + number as u64);
        let (start, mut slowest) = (Instant::now(), Duration::ZERO);
        let (mut files, mut events, mut refused, mut cut) = (0u64, 0u64, 0u64, 0u64);
        while start.elapsed() < each {
            let seed = rng.next_u64();
            let (_, other) = made(Kind::ALL[rng.random_range(0..Kind::ALL.len())], seed, 20);
            let count = rng.random_range(0..400);
            let (_, Encoded { mut bytes, .. }) = made(kind, seed, count);
            change(&mut bytes, &other.bytes, &mut rng);
            let one = Instant::now();
            let outcome = std::panic::catch_unwind(|| read(kind, &bytes, seed.is_multiple_of(2)));
            slowest = slowest.max(one.elapsed());
            files += 1;
            match outcome {
                Ok(Ok((found, about))) => {
                    events += found.len() as u64;
                    cut += u64::from(about.tally.cut.is_some());
                }
                Ok(Err(_)) => refused += 1,
                Err(_) => {
                    let path = std::env::temp_dir().join(format!("spikedeck-{}-{seed}", kind.word()));
                    std::fs::write(&path, &bytes).unwrap();
                    panic!("{kind:?}: a reader ended; the file is {}", path.display());
                }
            }
        }
        assert!(slowest < Duration::from_secs(5), "{kind:?}: one file took {slowest:?}");
        println!(
            "{kind:?}: {files} files, {events} events, {cut} cut, {refused} refused, the slowest took {slowest:?}"
        );
    }
    let memory = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!(
        "{}",
        memory
            .lines()
            .find(|line| line.starts_with("VmHWM"))
            .unwrap_or_default()
    );
}
