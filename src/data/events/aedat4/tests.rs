//! Packets, streams, ends and damage of AEDAT 4.0, on files made up here by an encoder of its own.

use std::io::Write;

use super::*;
use crate::data::events::drain;

/// A FlatBuffer with a size before it: the root table holds a vector at its first field, or nothing.
pub(in crate::data::events) fn table(name: [u8; 4], elements: Option<&[u8]>, count: u32) -> Vec<u8> {
    // The root at 12, the table of its fields at 16..22, the table at 24, the vector at 32.
    let mut inside = [12u32.to_le_bytes().to_vec(), name.to_vec(), vec![0; 4]].concat();
    let field: u16 = if elements.is_some() { 4 } else { 0 };
    // The table stands before the table of its fields: a negative distance.
    inside.extend((-12i32).to_le_bytes());
    inside.extend(8u32.to_le_bytes());
    inside.extend([0; 4]);
    for number in [6u16, 8, field] {
        inside.extend(number.to_le_bytes());
    }
    inside.extend([0; 2]);
    if let Some(elements) = elements {
        let vector = inside.len() as u32;
        inside[16..20].copy_from_slice(&(vector - 16).to_le_bytes());
        inside.extend(count.to_le_bytes());
        inside.extend(elements);
    }
    [&(inside.len() as u32).to_le_bytes()[..], &inside].concat()
}

pub(in crate::data::events) fn event(t: i64, x: i16, y: i16, on: u8) -> Vec<u8> {
    [&t.to_le_bytes()[..], &x.to_le_bytes(), &y.to_le_bytes(), &[on, 0, 0, 0]].concat()
}

fn events(times: std::ops::Range<i64>) -> Vec<u8> {
    let all: Vec<u8> = times
        .clone()
        .flat_map(|t| event(t, (t % 300) as i16, 5, (t % 2) as u8))
        .collect();
    table(*b"EVTS", Some(&all), (times.end - times.start) as u32)
}

pub(in crate::data::events) fn packet(stream: i32, content: &[u8]) -> Vec<u8> {
    [
        &stream.to_le_bytes()[..],
        &(content.len() as i32).to_le_bytes(),
        content,
    ]
    .concat()
}

/// A header: a table of packing (i32), table of packets (i64) and XML.
pub(in crate::data::events) fn header(packing: i32, position: i64, streams: &[(i32, &str, &str)]) -> Vec<u8> {
    let nodes: String = streams
        .iter()
        .map(|(id, kind, name)| {
            format!(
                r#"<node name="{id}"><attr key="typeIdentifier">{kind}</attr><attr key="originalOutputName">{name}</attr>
                <node name="info"><attr key="sizeX">320</attr><attr key="sizeY">240</attr></node></node>"#
            )
        })
        .collect();
    let xml = format!(r#"<dv version="2.0"><node name="outInfo">{nodes}</node></dv>"#);
    let mut inside = [20u32.to_le_bytes().to_vec(), b"IOHE".to_vec()].concat();
    for number in [10u16, 24, 4, 12, 8, 0] {
        inside.extend(number.to_le_bytes());
    }
    inside.extend(12i32.to_le_bytes());
    inside.extend(packing.to_le_bytes());
    inside.extend(16u32.to_le_bytes());
    inside.extend(position.to_le_bytes());
    inside.extend([0; 4]);
    inside.extend((xml.len() as u32).to_le_bytes());
    inside.extend(xml.as_bytes());
    [&b"#!AER-DAT4.0\r\n"[..], &(inside.len() as u32).to_le_bytes(), &inside].concat()
}

fn read(bytes: &[u8], stream: Option<&str>) -> Result<(Vec<Event>, About), Fault> {
    drain(&mut Aedat4::new(Source::new(bytes, Some(bytes.len() as u64)), stream)?)
}

const TWO: &[(i32, &str, &str)] = &[
    (0, "IMUS", "imu"),
    (2, "EVTS", "right"),
    (1, "EVTS", "left"),
    (3, "FRME", "frames"),
];

fn two_streams() -> Vec<u8> {
    let body = [
        packet(2, &events(5..30)),
        packet(0, &table(*b"IMUS", Some(&[0; 12]), 3)),
        packet(1, &events(0..20_000)),
        packet(3, &[1, 2, 3]),
        packet(1, &table(*b"EVTS", None, 0)),
        packet(1, &events(7..7)),
        packet(9, &events(0..4)),
    ];
    [header(0, -1, TWO), body.concat()].concat()
}

#[test]
fn streams_are_never_merged_and_one_is_chosen_by_number_or_name() {
    let bytes = two_streams();
    for (stream, count) in [
        (None, 20_000),
        (Some("left"), 20_000),
        (Some("1"), 20_000),
        (Some("right"), 25),
        (Some("2"), 25),
    ] {
        let (found, about) = read(&bytes, stream).unwrap();
        assert_eq!(found.len(), count, "{stream:?}");
        let described: Vec<_> = about.streams.iter().map(|s| (s.id, &s.name[..], s.events)).collect();
        assert_eq!(described, [(1, "left", 20_000), (2, "right", 25), (9, "", 4)]);
        let others = 20_029 - count as u64;
        assert_eq!(
            about.tally.skipped,
            [("frame", 1), ("imu", 3), ("other_stream", others)].into()
        );
        assert_eq!((about.size, about.tally.cut), (Some([320, 240]), None));
    }
    let fault = format!("{:?}", read(&bytes, Some("middle")).unwrap_err());
    assert!(
        fault.contains("no stream of events called middle; streams of events are 1 (left), 2 (right)"),
        "{fault}"
    );
    let alike = [
        header(0, -1, &[(1, "EVTS", "events"), (2, "EVTS", "events")]),
        packet(1, &events(0..1)),
    ]
    .concat();
    assert!(format!("{:?}", read(&alike, Some("events")).unwrap_err()).contains("more than one"));
}

#[test]
fn packed_packets_are_unpacked() {
    let content = events(0..9000);
    let mut lz4 = lz4_flex::frame::FrameEncoder::new(Vec::new());
    lz4.write_all(&content).unwrap();
    let zstd = ruzstd::encoding::compress_to_vec(&content[..], ruzstd::encoding::CompressionLevel::Fastest);
    let (plain, _) = read(&[header(0, -1, TWO), packet(1, &content)].concat(), None).unwrap();
    assert_eq!((plain.len(), plain[8999].t), (9000, 8999));
    let lz4 = lz4.finish().unwrap();
    for (packing, packed) in [(1, &lz4), (2, &lz4), (3, &zstd), (4, &zstd)] {
        let bytes = [header(packing, -1, TWO), packet(1, packed)].concat();
        assert_eq!(read(&bytes, None).unwrap().0, plain);
        let mut broken = bytes.clone();
        let at = bytes.len() - packed.len() + 3;
        broken[at] ^= 0xff;
        let fault = format!("{:?}", read(&broken, None).unwrap_err());
        let begins = bytes.len() - packed.len() - 8;
        assert!(
            fault.contains(&format!(
                "packet 0, which begins at byte {begins}, cannot be unpacked as"
            )),
            "{fault}"
        );
    }
    assert!(format!("{:?}", read(&header(5, -1, TWO), None).unwrap_err()).contains("number 5"));
}

#[test]
fn every_cut_leaves_the_packets_before_it_and_is_reported() {
    let (head, first, second) = (
        header(0, -1, TWO),
        packet(1, &events(0..10)),
        packet(1, &events(10..30)),
    );
    let whole = [&head[..], &first, &second].concat();
    for length in 14..whole.len() {
        let (found, about) = read(&whole[..length], None).unwrap();
        let is_between = length == head.len() || length == head.len() + first.len();
        assert_eq!(
            about.tally.cut.is_some(),
            !is_between,
            "{length}: {:?}",
            about.tally.cut
        );
        assert_eq!(found.len(), if length < head.len() + first.len() { 0 } else { 10 });
        // The same where the length of the file is not known.
        let (again, about) = drain(&mut Aedat4::new(Source::new(&whole[..length], None), None).unwrap()).unwrap();
        assert_eq!((again, about.tally.cut.is_some()), (found, !is_between));
    }
    let cut = read(&whole[..whole.len() - 1], None).unwrap().1.tally.cut.unwrap();
    let begins = head.len() + first.len();
    assert_eq!(
        cut,
        format!(
            "packet 1, which begins at byte {begins}, has {} of its {} bytes",
            second.len() - 9,
            second.len() - 8
        )
    );
}

#[test]
fn a_table_of_packets_ends_them_and_one_that_is_named_and_missing_is_reported() {
    let length = header(0, -1, TWO).len() as i64;
    let body = packet(1, &events(0..10));
    let at = length + body.len() as i64;
    let with_table = [header(0, at, TWO), body.clone(), b"anything at all".to_vec()].concat();
    let (found, about) = read(&with_table, None).unwrap();
    assert_eq!((found.len(), about.tally.cut), (10, None));
    let gone = [header(0, at + 99, TWO), body.clone()].concat();
    let (found, about) = read(&gone, None).unwrap();
    let cut = about.tally.cut.unwrap();
    assert!(
        found.len() == 10
            && cut.contains(&format!(
                "ends at byte {at}, and the table of packets that its header names, at byte {}, is not there",
                at + 99
            )),
        "{cut}"
    );
    let into = [header(0, at - 1, TWO), body.clone()].concat();
    assert!(format!("{:?}", read(&into, None).unwrap_err()).contains("would run into the table"));
    let (_, about) = read(&[header(0, 3, TWO), body].concat(), None).unwrap();
    assert!(
        about.notes[0].contains("at byte 3, where none can be"),
        "{:?}",
        about.notes
    );
}

#[test]
fn damage_is_named_with_its_place() {
    let begins = header(0, -1, TWO).len();
    let huge = [&1i32.to_le_bytes()[..], &(-5i32).to_le_bytes()].concat();
    let mut longer = events(0..3);
    longer[0] = 0xff;
    let many = table(*b"EVTS", Some(&event(1, 1, 1, 1)), u32::MAX);
    for (body, words) in [
        (huge, "says that it has -5 bytes"),
        (packet(1, &longer), "says that it has"),
        (packet(1, &many), "is damaged:"),
        (packet(1, &table(*b"IMUS", None, 0)), "no table of events (EVTS)"),
        (packet(1, b"short"), "no table of events (EVTS)"),
        (
            packet(1, &table(*b"EVTS", Some(&event(1, -1, 2, 1)), 1)),
            "x = -1, y = 2",
        ),
        (packet(1, &table(*b"EVTS", Some(&event(-1, 1, 2, 1)), 1)), "t = -1"),
    ] {
        let fault = format!("{:?}", read(&[header(0, -1, TWO), body].concat(), None).unwrap_err());
        assert!(
            fault.contains(words) && fault.contains(&format!("packet 0, which begins at byte {begins}")),
            "{fault}"
        );
    }
    let (_, about) = read(
        &[
            header(0, -1, TWO),
            packet(1, &table(*b"EVTS", Some(&event(1, 320, 2, 1)), 1)),
        ]
        .concat(),
        None,
    )
    .unwrap();
    assert_eq!(about.tally.out_of_range, 1);
    let long = [&b"#!AER-DAT4.0\r\n"[..], &u32::MAX.to_le_bytes(), &[0; 50]].concat();
    assert!(
        format!("{:?}", read(&long, None).unwrap_err())
            .contains("at byte 14 it says that its header has 4294967295 bytes")
    );
    let other = [&b"#!AER-DAT4.0\r\n"[..], &20u32.to_le_bytes(), &[0; 50]].concat();
    assert!(format!("{:?}", read(&other, None).unwrap_err()).contains("IOHE"));
}
