//! Packets, streams and ends of AEDAT 3.1, on files made up here.

use proptest::prelude::*;

use super::*;
use crate::data::events::drain;

const HEAD: &[u8] = b"#!AER-DAT3.1\r\n#Source 1: DVS128\r\n#!END-HEADER\r\n";

fn packet(kind: i16, [size, overflow, capacity, number]: [i32; 4], events: &[(u32, u32)]) -> Vec<u8> {
    let mut bytes = [kind.to_le_bytes(), 1i16.to_le_bytes()].concat();
    for n in [size, 4, overflow, capacity, number, number] {
        bytes.extend(n.to_le_bytes());
    }
    bytes.extend(
        events
            .iter()
            .flat_map(|(w, t)| [w.to_le_bytes(), t.to_le_bytes()].concat()),
    );
    bytes
}

fn all(bytes: &[u8], stream: Option<&str>) -> Result<(Vec<Event>, About), Fault> {
    drain(&mut Aedat3::new(Source::new(bytes, None), stream)?)
}

fn events(body: &[u8]) -> Result<(Vec<Event>, About), Fault> {
    all(&[HEAD, body].concat(), None)
}

#[test]
fn valid_polarity_events_are_read_and_all_else_is_passed_over_and_counted() {
    let word = 49 << 17 | 82 << 2 | 1 << 1 | 1;
    let body = [
        packet(2, [36, 0, 1, 1], &[(0, 0); 4]),
        vec![0; 4],
        packet(1, [8, 1, 4, 2], &[(word, 28), (word & !1, 29), (word, 30), (word, 31)]),
    ]
    .concat();
    let (found, about) = events(&body).unwrap();
    assert_eq!(
        found,
        [Event {
            t: (1 << 31) + 28,
            x: 49,
            y: 82,
            on: true
        }]
    );
    assert_eq!((about.chip.as_deref(), about.size), (Some("DVS128"), Some([128, 128])));
    assert_eq!(about.tally.skipped, [("frame", 1), ("invalid", 1)].into());
}

#[test]
fn an_event_beyond_the_named_sensor_is_counted() {
    let (found, about) = events(&packet(1, [8, 0, 1, 1], &[(200 << 17 | 1, 5)])).unwrap();
    assert_eq!((found[0].x, about.tally.out_of_range), (200, 1));
}

#[test]
fn two_cameras_are_two_streams() {
    let head = b"#!AER-DAT3.1\r\n#Source 1: DVS128\r\n#Source 2: DAVIS240C\r\n#!END-HEADER\r\n";
    let mut second = packet(1, [8, 0, 2, 2], &[(200 << 17 | 1, 2), (1, 3)]);
    second[2] = 2;
    let bytes = [&head[..], &packet(1, [8, 0, 1, 1], &[(1, 1)]), &second].concat();
    for (stream, count, size) in [
        (None, 1, [128, 128]),
        (Some("1"), 1, [128, 128]),
        (Some("2"), 2, [240, 180]),
        (Some("DAVIS240C"), 2, [240, 180]),
    ] {
        let (found, about) = all(&bytes, stream).unwrap();
        assert_eq!((found.len(), about.size), (count, Some(size)));
        let described: Vec<_> = about.streams.iter().map(|s| (s.id, &s.name[..], s.events)).collect();
        assert_eq!(described, [(1, "DVS128", 1), (2, "DAVIS240C", 2)]);
        assert_eq!(about.tally.skipped, [("other_stream", 3 - count as u64)].into());
    }
    assert!(format!("{:?}", all(&bytes, Some("left")).unwrap_err()).contains("names 1 (DVS128), 2 (DAVIS240C)"));
}

#[test]
fn a_cut_is_named_and_the_whole_events_before_it_are_there() {
    for (body, words, whole) in [
        (
            packet(1, [8, 0, 2, 2], &[(1, 1)]),
            "packet 0: it ends after 1 of 2 events",
            1,
        ),
        (packet(1, [8, 0, i32::MAX, 0], &[]), "bytes early", 0),
        (
            packet(1, [8, 0, 1, 1], &[(1, 1), (1, 1)]),
            "8 bytes into a record of 28, at byte 83, the header of packet 1",
            1,
        ),
    ] {
        let (found, about) = events(&body).unwrap();
        let cut = about.tally.cut.unwrap();
        assert!(cut.contains(words) && found.len() == whole, "{cut}");
    }
}

#[test]
fn faults_are_named() {
    for (body, words) in [
        (
            packet(1, [8, 0, 1, 2], &[]),
            "packet 0, which begins at byte 47, says it holds 2 events in room for 1",
        ),
        (packet(1, [9, 0, 1, 1], &[]), "of 9 bytes"),
        (packet(1, [8, 0, -1, 0], &[]), "negative capacity"),
    ] {
        let fault = format!("{:?}", events(&body).unwrap_err());
        assert!(fault.contains(words), "{fault}");
    }
    let fault = all(b"#!AER-DAT3.1\r\nno", None).unwrap_err();
    assert!(format!("{fault:?}").contains("END-HEADER"));
}

proptest! {
    #[test]
    fn random_bytes_never_panic(
        body in proptest::collection::vec(any::<u8>(), 0..200), numbers in any::<[i32; 4]>(), kind in -1i16..20,
    ) {
        let _ = all(&body, None);
        let _ = events(&body);
        let _ = events(&[packet(kind, numbers, &[]), body].concat());
    }
}
