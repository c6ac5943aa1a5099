//! Event files as several programs write them, cut off, damaged and hostile.

use super::*;
use proptest::prelude::*;

/// A field of bytes.
fn bytes(number: u8, content: &[u8]) -> Vec<u8> {
    assert!(content.len() < 128);
    [&[number << 3 | 2, content.len() as u8], content].concat()
}

fn double(number: u8, value: f64) -> Vec<u8> {
    [&[number << 3 | 1][..], &value.to_le_bytes()].concat()
}

fn float(number: u8, value: f32) -> Vec<u8> {
    [&[number << 3 | 5][..], &value.to_le_bytes()].concat()
}

fn record(content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u64).to_le_bytes();
    [
        &length[..],
        &masked(&length).to_le_bytes(),
        content,
        &masked(content).to_le_bytes(),
    ]
    .concat()
}

/// An event of step 0 to 127 with values of a summary.
fn event(time: f64, step: u8, values: &[Vec<u8>]) -> Vec<u8> {
    let summary: Vec<u8> = values.iter().flat_map(|v| bytes(1, v)).collect();
    record(&[double(1, time), vec![0x10, step], bytes(5, &summary)].concat())
}

fn version(time: f64) -> Vec<u8> {
    record(&[double(1, time), bytes(3, b"brain.Event:2")].concat())
}

fn simple(tag: &str, value: f32) -> Vec<u8> {
    [bytes(1, tag.as_bytes()), float(2, value)].concat()
}

/// As `tf.summary.scalar` and the new style of PyTorch's writer put it: a tensor, and which plug-in it is for.
fn tensor(tag: &str, kind: u8, shape: &[u8], data: Vec<u8>, plugin: &str) -> Vec<u8> {
    let dimensions: Vec<u8> = shape.iter().flat_map(|n| bytes(2, &[0x08, *n])).collect();
    let tensor = [vec![0x08, kind], bytes(2, &dimensions), data].concat();
    let metadata = bytes(1, &bytes(1, plugin.as_bytes()));
    [bytes(1, tag.as_bytes()), bytes(8, &tensor), bytes(9, &metadata)].concat()
}

/// Tag, step and value of every scalar.
fn told(events: &Events) -> Vec<(&str, u64, f64)> {
    let one = |s: &Scalar| (events.tags[s.tag].as_str(), s.step, s.value);
    events.scalars.iter().map(one).collect()
}

#[test]
fn scalars_of_every_style_are_read_and_the_rest_is_counted() {
    let content = 0.75f64.to_le_bytes();
    let file = [
        version(1000.0),
        event(1001.0, 1, &[simple("train/ce", 2.5), simple("val/accuracy", f32::NAN)]),
        event(1002.0, 2, &[tensor("loss", 1, &[], float(5, 0.5), "scalars")]),
        event(
            1003.0,
            2,
            &[tensor("packed", 1, &[], bytes(5, &0.25f32.to_le_bytes()), "scalars")],
        ),
        event(1003.0, 3, &[tensor("wide", 2, &[], double(6, 0.1), "")]),
        event(1003.0, 3, &[tensor("content", 2, &[1], bytes(4, &content), "scalars")]),
        event(1004.0, 4, &[tensor("h", 2, &[1, 3], bytes(4, &content), "histograms")]),
        event(1004.0, 4, &[tensor("run", 1, &[], float(5, 1.0), "hparams")]),
        event(1004.0, 4, &[tensor("many", 1, &[2], bytes(5, &[0; 8]), "")]),
        event(1004.0, 4, &[tensor("words", 7, &[], bytes(8, b"x"), "text")]),
        event(1004.0, 4, &[[bytes(1, b"i"), bytes(4, b"png")].concat()]),
        record(&[double(1, 1005.0), bytes(4, b"graph")].concat()),
        record(
            &[
                double(1, 1005.0),
                [&[0x10][..], &[0xff; 9], &[1]].concat(),
                bytes(5, &bytes(1, &simple("n", 1.0))),
            ]
            .concat(),
        ),
        event(1006.0, 5, &[simple("train/ce", 1.5)]),
    ];
    let events = read(&file.concat()).unwrap();
    let found = told(&events);
    assert!(found[1].0 == "val/accuracy" && found[1].2.is_nan());
    let others: Vec<_> = found.iter().filter(|f| !f.2.is_nan()).copied().collect();
    let wanted = [
        ("train/ce", 1, 2.5),
        ("loss", 2, 0.5),
        ("packed", 2, 0.25),
        ("wide", 3, 0.1),
        ("content", 3, 0.75),
        ("train/ce", 5, 1.5),
    ];
    assert_eq!(others, wanted);
    assert_eq!(
        (events.began, events.scalars[0].time, events.torn),
        (Some(1000.0), 1001.0, 0)
    );
    let skipped = [
        ("graphs", 1),
        ("histograms", 1),
        ("hparams", 1),
        ("images", 1),
        ("tensors", 1),
        ("text", 1),
        ("values at negative steps", 1),
    ];
    assert_eq!(events.skipped.into_iter().collect::<Vec<_>>(), skipped);
}

#[test]
fn a_record_that_is_not_whole_is_not_there_yet() {
    let (first, second) = (version(1.0), event(2.0, 1, &[simple("a", 1.0)]));
    let file = [first.clone(), second.clone()].concat();
    for end in 0..file.len() {
        let events = read(&file[..end]).unwrap();
        let whole = if end < first.len() { 0 } else { first.len() };
        assert_eq!((events.scalars.len(), events.torn), (0, (end - whole) as u64), "{end}");
        assert_eq!(begins_so(&file[..end]), end >= 12);
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
fn a_damaged_record_is_named_by_its_place() {
    let (first, second) = (version(1.0), event(2.0, 1, &[simple("a", 1.0)]));
    let at = first.len();
    let file = [first, second].concat();
    for (place, part) in [
        (at, "length"),
        (at + 8, "length"),
        (at + 12, "content"),
        (file.len() - 1, "content"),
    ] {
        let mut file = file.clone();
        file[place] ^= 1;
        assert_eq!(read(&file), Err(EventsError::Checksum { at, part }), "{place}");
    }
    let said = read(&record(&[0x0b])).unwrap_err().to_string();
    assert!(said.contains("byte 0") && said.contains("no event"), "{said}");
    let other = read(&record(&bytes(3, b"something else"))).unwrap_err();
    assert!(other.to_string().contains("brain.Event"), "{other}");
    assert!(!begins_so(b"PK\x03\x04 and more than that") && !begins_so(&[0; 64]));
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(noise in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&noise);
        // The same behind checksums that hold, and as a value of a summary.
        if let Ok(events) = read(&record(&noise)) {
            prop_assert!(events.scalars.len() <= noise.len());
        }
        let _ = read(&event(1.0, 1, &[noise[..noise.len().min(100)].to_vec()]));
    }

    #[test]
    fn no_change_of_a_file_makes_the_reader_panic_or_invents_a_value(
        place in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut file = [
            version(1.0),
            event(2.0, 1, &[simple("a", 1.0), tensor("b", 1, &[], float(5, 0.5), "scalars")]),
            event(3.0, 2, &[simple("a", 2.0)]),
        ]
        .concat();
        let whole = read(&file).unwrap();
        let place = place.index(file.len());
        file[place] = byte;
        file.truncate(cut.index(file.len() + 1));
        if let Ok(events) = read(&file) {
            prop_assert!(events.scalars.len() <= whole.scalars.len());
            prop_assert_eq!(&events.scalars[..], &whole.scalars[..events.scalars.len()]);
        }
    }
}
