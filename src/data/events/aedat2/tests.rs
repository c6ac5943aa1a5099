//! Addresses, headers and ends of AEDAT 2.0, on files made up here.

use proptest::prelude::*;

use super::*;
use crate::data::events::{Event, drain};

const CHIP: &str = "#!AER-DAT2.0\r\n# AEChip: eu.seebetter.ini.chips.davis.";

fn file(header: &str, records: &[(u32, u32)]) -> Vec<u8> {
    let body = records
        .iter()
        .flat_map(|(a, t)| [a.to_be_bytes(), t.to_be_bytes()].concat());
    header.bytes().chain(body).collect()
}

fn events(bytes: &[u8], sensor: Option<Sensor>) -> Result<(Vec<Event>, About), Fault> {
    drain(&mut Aedat2::new(Source::new(bytes, None), sensor)?)
}

fn davis(x: u32, y: u32) -> u32 {
    y << 22 | x << 12 | 1 << 11
}

#[test]
fn a_dvs128_address_is_read_in_either_convention() {
    let address = 82 << 8 | (127 - 49) << 1 | 1;
    let bytes = file("#!AER-DAT2.0\r\n# text\r\n", &[(address, 28)]);
    let (plain, found) = events(&bytes, None).unwrap();
    assert_eq!(
        plain,
        [Event {
            t: 28,
            x: 49,
            y: 82,
            on: false
        }]
    );
    assert_eq!((found.sensor_from, found.chip), (Some(ToldBy::Assumed), None));
    let (turned, _) = events(&bytes, Some(Sensor::Dvs128Transposed)).unwrap();
    assert_eq!(
        turned,
        [Event {
            t: 28,
            x: 45,
            y: 49,
            on: false
        }]
    );
}

#[test]
fn pulses_at_the_external_input_are_no_pixels() {
    let bytes = file(
        "#!AER-DAT2.0\r\n# AEChip: ch.unizh.ini.jaer.chip.retina.DVS128\r\n",
        &[(1, 5), (1 << 15 | 1, 6)],
    );
    let (found, about) = events(&bytes, None).unwrap();
    assert_eq!(
        (found.len(), &about.tally.skipped),
        (1, &[("external_input", 1)].into())
    );
}

#[test]
fn a_davis_header_is_read_and_frames_motion_and_pulses_are_counted_apart() {
    let polarity = davis(156, 36);
    let records = [
        (polarity, 5),
        (1 << 31 | polarity, 6),
        (1 << 31 | 1 << 10, 7),
        (1 << 31 | 3 << 10, 8),
        (1 << 10, 9),
    ];
    let (found, about) = events(&file(&format!("{CHIP}DAVIS240C\r\n"), &records), None).unwrap();
    assert_eq!(
        found,
        [Event {
            t: 5,
            x: 156,
            y: 36,
            on: true
        }]
    );
    assert_eq!(
        (about.sensor_from, about.sensor),
        (Some(ToldBy::Header), Some(Sensor::Davis240c))
    );
    assert_eq!(
        about.tally.skipped,
        [("aps", 2), ("external_input", 1), ("imu", 1)].into()
    );
}

#[test]
fn chips_of_every_size_are_known_and_addresses_beyond_theirs_counted() {
    for (chip, size) in [
        ("DAVIS240A", [240, 180]),
        ("DAVIS240C", [240, 180]),
        ("Davis346blue", [346, 260]),
        ("Davis346B", [346, 260]),
        ("Davis346redColor", [346, 260]),
        ("Davis640", [640, 480]),
        ("Davis128", [128, 128]),
        ("Davis208PixelParade", [208, 192]),
    ] {
        let records = [
            (davis(size[0] - 1, size[1] - 1), 1),
            (davis(size[0], 0), 2),
            (davis(0, size[1]), 3),
        ];
        let (found, about) = events(&file(&format!("{CHIP}{chip}\r\n"), &records), None).unwrap();
        assert_eq!((found.len(), about.tally.out_of_range), (3, 2), "{chip}");
        assert!(about.chip.unwrap().ends_with(chip));
    }
}

#[test]
fn a_chip_that_is_not_known_is_named_and_may_be_read_as_another() {
    for chip in ["DVS640", "cDVSTest30", "DVS128andCochleaAMS1b"] {
        let bytes = file(&format!("{CHIP}{chip}\r\n"), &[(davis(5, 5), 1)]);
        let fault = format!("{:?}", events(&bytes, None).unwrap_err());
        assert!(
            fault.contains(chip) && fault.contains("not known") && fault.contains("DAVIS346"),
            "{fault}"
        );
        assert_eq!(
            events(&bytes, Some(Sensor::Davis640)).unwrap().1.sensor_from,
            Some(ToldBy::Argument)
        );
    }
}

#[test]
fn a_clock_that_starts_over_is_counted_and_one_that_only_falls_is_not() {
    let bytes = file(
        "#!AER-DAT2.0\r\n",
        &[(1, u32::MAX), (1, 3), (1, 2), (1, 1 << 31), (1, (1 << 31) + 1)],
    );
    let (found, about) = events(&bytes, None).unwrap();
    assert_eq!(about.tally.clock_wraps, 1);
    assert_eq!(found[1].t, 3, "times are as the file has them");
}

#[test]
fn an_event_that_begins_like_a_header_line_is_an_event() {
    let address = u32::from_be_bytes([b'#', 0, 0x18, 0]);
    let bytes = file("#!AER-DAT2.0\r\n", &[(address, 10), (address, 11)]);
    let (found, _) = events(&bytes, Some(Sensor::Davis240c)).unwrap();
    assert_eq!(found.iter().map(|e| e.t).collect::<Vec<_>>(), [10, 11]);
    // All letters up to a line feed: text, were it not for the line that ends the header.
    let line = u32::from_be_bytes(*b"####");
    let bytes = file(
        "#!AER-DAT2.0\r\n#End Of ASCII Header\r\n",
        &[(line, u32::from_be_bytes(*b"###\n"))],
    );
    assert_eq!(events(&bytes, Some(Sensor::Davis240c)).unwrap().0.len(), 1);
}

#[test]
fn faults_are_named_and_a_cut_leaves_what_is_whole() {
    for (bytes, words) in [
        (file("#!AER-DAT3.1\r\n", &[]), "not #!AER-DAT2.0"),
        (file("#!AER-DAT2.0\r\n", &[(1 << 20, 0)]), "names no chip"),
    ] {
        let fault = format!("{:?}", events(&bytes, None).unwrap_err());
        assert!(fault.contains(words), "{fault}");
    }
    let cut = [file("#!AER-DAT2.0\r\n", &[(1, 0)]), vec![0; 3]].concat();
    let (found, about) = events(&cut, None).unwrap();
    assert_eq!(
        (found.len(), about.tally.cut.as_deref()),
        (1, Some("it ends 3 bytes into a record of 8, at byte 22"))
    );
}

#[test]
fn letters_of_a_header_that_is_cut_are_no_events() {
    let bytes = file("#!AER-DAT2.0\r\n# AEChip: eu.seebetter.ini.chips", &[]);
    for sensor in [None, Some(Sensor::Davis346)] {
        let (found, about) = events(&bytes, sensor).unwrap();
        assert_eq!(
            (found.len(), about.tally.cut.as_deref()),
            (0, Some("it ends within a line of its header"))
        );
    }
}

proptest! {
    #[test]
    fn random_bytes_never_panic(body in proptest::collection::vec(any::<u8>(), 0..300), at in 0..Sensor::ALL.len()) {
        let _ = events(&body, None);
        let bytes = [&b"#!AER-DAT2.0\r\n"[..], &body].concat();
        let _ = events(&bytes, Some(Sensor::ALL[at]));
    }
}
