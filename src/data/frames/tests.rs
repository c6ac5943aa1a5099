//! Both conventions against what the libraries give, on made-up events and on a real N-MNIST recording.

use std::path::PathBuf;

use proptest::prelude::*;

use super::*;
use Convention::{SpikingJelly, Tonic};

fn at(times: &[u64]) -> Vec<Event> {
    let event = |(i, &t): (usize, &u64)| Event {
        t,
        x: (i % 3) as u16,
        y: 1,
        on: i % 2 == 1,
    };
    times.iter().enumerate().map(event).collect()
}

fn sums(events: &[Event], convention: Convention, split: Split) -> Vec<u64> {
    let frames = Frames::of(events, [3, 2], Rule::new(convention, split)).unwrap();
    assert_eq!(frames.total() + frames.dropped + frames.outside, events.len() as u64);
    (0..frames.shape[0])
        .map(|i| frames.frame(i).iter().map(|&n| u64::from(n)).sum())
        .collect()
}

fn window(micros: u64, incomplete: bool) -> Split {
    Split::Duration { micros, incomplete }
}

#[test]
fn what_is_left_over_is_dropped_by_tonic_and_taken_by_the_last_frame_of_spikingjelly() {
    let events = at(&[0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
    for (split, tonic, jelly) in [
        (Split::Number(3), &[3, 3, 3][..], &[3, 3, 5][..]),
        (Split::Number(12), &[0; 12], &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 11]),
        (Split::Time(4), &[3, 2, 3, 2], &[3, 2, 3, 3]),
        (window(50, true), &[5, 5], &[5, 6]),
        (window(50, false), &[5, 5], &[5, 6]),
        (window(60, true), &[6, 5], &[6, 5]),
        (window(60, false), &[6], &[6, 5]),
        (window(1000, false), &[11], &[11]),
    ] {
        assert_eq!(sums(&events, Tonic, split), tonic, "{split:?}");
        assert_eq!(sums(&events, SpikingJelly, split), jelly, "{split:?}");
    }
    let count = |events, incomplete| Split::Count { events, incomplete };
    assert_eq!(sums(&events, Tonic, count(4, false)), [4, 4]);
    assert_eq!(sums(&events, Tonic, count(4, true)), [4, 4, 3]);
    assert_eq!(sums(&events, Tonic, count(20, false)), [11]);
    assert_eq!(sums(&events, Tonic, count(20, true)), [11]);
}

#[test]
fn what_is_too_short_gives_empty_frames_and_never_a_fault() {
    // Three events within 2 µs, ten frames: tonic loses all of them.
    let short = at(&[5, 6, 7]);
    assert_eq!(sums(&short, Tonic, Split::Time(10)), [0; 10]);
    assert_eq!(
        sums(&short, SpikingJelly, Split::Time(10)),
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 3]
    );
    for convention in [Tonic, SpikingJelly] {
        for split in [Split::Number(2), Split::Time(2)] {
            assert_eq!(sums(&[], convention, split), [0, 0]);
        }
        assert_eq!(sums(&[], convention, window(10, true)), [0]);
    }
    // A silent slice, where SpikingJelly raises.
    assert_eq!(sums(&at(&[0, 1, 90, 100]), SpikingJelly, Split::Time(4)), [2, 0, 0, 2]);
}

#[test]
fn channels_rows_and_columns_are_where_they_belong_and_counts_have_32_bits() {
    let mut events = vec![
        Event {
            t: 7,
            x: 2,
            y: 1,
            on: true
        };
        70_000
    ];
    events.push(Event {
        t: 7,
        x: 0,
        y: 1,
        on: false,
    });
    events.push(Event {
        t: 7,
        x: 3,
        y: 1,
        on: false,
    });
    let frames = Frames::of(&events, [3, 2], Rule::new(SpikingJelly, Split::Number(1))).unwrap();
    assert_eq!(frames.shape, [1, 2, 2, 3]);
    assert_eq!(frames.counts, [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 70_000]);
    assert_eq!((frames.dropped, frames.outside), (0, 1));
}

#[test]
fn another_size_sums_or_samples() {
    let events: Vec<Event> = (0..36)
        .map(|i| Event {
            t: i,
            x: i as u16 % 6,
            y: i as u16 / 6,
            on: false,
        })
        .collect();
    let rule = |how, size| Rule {
        resize: Some(Resize { size, how }),
        ..Rule::new(Tonic, Split::Number(1))
    };
    let summed = Frames::of(&events, [6, 6], rule(How::Sum, [3, 2])).unwrap();
    assert_eq!(
        (&summed.counts[..6], summed.shape, summed.total()),
        (&[6; 6][..], [1, 2, 2, 3], 36)
    );
    let uneven = Frames::of(&events, [6, 6], rule(How::Sum, [4, 4])).unwrap();
    assert_eq!((&uneven.counts[..4], uneven.total()), (&[4, 2, 4, 2][..], 36));
    let sampled = Frames::of(&events, [6, 6], rule(How::Nearest, [4, 4])).unwrap();
    assert_eq!(sampled.counts[..16], [1; 16]);
    let larger = Frames::of(&events[..1], [6, 6], rule(How::Nearest, [12, 12])).unwrap();
    assert_eq!((larger.total(), larger.counts[13]), (4, 1));
}

#[test]
fn what_means_nothing_is_refused_in_words() {
    let refused = |events: &[Event], size, rule: Rule| Frames::of(events, size, rule).unwrap_err().to_string();
    for split in [
        Split::Number(0),
        Split::Time(0),
        window(0, true),
        Split::Count {
            events: 0,
            incomplete: true,
        },
    ] {
        assert!(
            refused(&[], [3, 2], Rule::new(Tonic, split)).contains("or more"),
            "{split:?}"
        );
    }
    let count = Split::Count {
        events: 5,
        incomplete: true,
    };
    assert!(refused(&[], [3, 2], Rule::new(SpikingJelly, count)).contains("tonic's convention does"));
    let falls = at(&[5, 4, 9]);
    for (convention, split) in [
        (Tonic, Split::Number(2)),
        (Tonic, window(2, true)),
        (SpikingJelly, Split::Time(2)),
    ] {
        let text = refused(&falls, [3, 2], Rule::new(convention, split));
        assert!(text.contains("time goes back 1 times"), "{text}");
    }
    assert_eq!(sums(&falls, SpikingJelly, Split::Number(2)), [1, 2]);
    assert_eq!(sums(&falls, SpikingJelly, window(3, true)), [2, 1]);
    for (times, micros) in [([0, 1 << 40], 1), ([0, u64::MAX], 1)] {
        let text = refused(&at(&times), [3, 2], Rule::new(Tonic, window(micros, true)));
        assert!(text.contains("268435456 are the most"), "{text}");
    }
}

fn real() -> Option<PathBuf> {
    let root = std::env::var_os("SPIKEDECK_DATA").map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from);
    let path = ["events/nmnist/sample_nmnist.bin", "nmnist/sample_nmnist.bin"].map(|file| root.join(file));
    let found = path.into_iter().find(|path| path.exists());
    if found.is_none() {
        eprintln!(
            "skipped: there is no sample_nmnist.bin in {} (set SPIKEDECK_DATA)",
            root.display()
        );
    }
    found
}

#[test]
fn a_real_recording_gives_the_figures_of_both_libraries() {
    let Some(path) = real() else { return };
    let frames = |convention, split| of_file(&path, &Wanted::by(Rule::new(convention, split))).unwrap();
    let expected = [
        (Split::Number(4), 4324),
        (Split::Number(10), 4320),
        (Split::Number(16), 4320),
        (Split::Number(100), 4300),
        (Split::Time(4), 4324),
        (Split::Time(10), 4324),
        (Split::Time(16), 4324),
        (Split::Time(100), 4324),
    ];
    for (split, total) in expected {
        let (tonic, jelly) = (frames(Tonic, split), frames(SpikingJelly, split));
        assert_eq!((tonic.total(), jelly.total()), (total, 4325), "{split:?}");
        assert_eq!((tonic.dropped, jelly.dropped), (4325 - total, 0), "{split:?}");
        let last = tonic.shape[0] - 1;
        assert!(
            (0..last).all(|i| tonic.frame(i) == jelly.frame(i)),
            "all but the last, {split:?}"
        );
        let more = |frames: &Frames| frames.frame(last).iter().map(|&n| u64::from(n)).sum::<u64>();
        assert_eq!(more(&jelly) - more(&tonic), 4325 - total, "{split:?}");
    }
    for (ms, kept, dropping, total) in [(10, 32, 31, 4323), (31, 11, 10, 4323), (100, 4, 3, 4304)] {
        let all = frames(Tonic, window(ms * 1000, true));
        assert_eq!((all.shape[0], all.total()), (kept, 4325), "{ms} ms");
        assert_eq!(frames(SpikingJelly, window(ms * 1000, true)), all, "{ms} ms");
        let whole = frames(Tonic, window(ms * 1000, false));
        assert_eq!((whole.shape[0], whole.total()), (dropping, total), "{ms} ms");
    }
}

proptest! {
    #[test]
    fn every_event_is_in_a_frame_or_counted(
        mut times in proptest::collection::vec(0u64..2000, 0..200), n in 1u32..40, kind in 0..4, tonic: bool, incomplete: bool,
    ) {
        times.sort_unstable();
        let split = match kind {
            0 => Split::Number(n),
            1 => Split::Time(n),
            2 => window(u64::from(n), incomplete),
            _ => Split::Count { events: u64::from(n), incomplete },
        };
        let convention = if tonic || kind == 3 { Tonic } else { SpikingJelly };
        let found = sums(&at(&times), convention, split);
        if convention == SpikingJelly {
            prop_assert_eq!(found.iter().sum::<u64>(), times.len() as u64);
        }
        prop_assert!(!found.is_empty());
    }
}
