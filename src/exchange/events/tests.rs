//! Event files as several programs write them, cut off, damaged and hostile.

mod damage;
mod tensors;

use super::*;

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
fn scalars_of(events: &Events) -> Vec<(&str, u64, f64)> {
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
    let found = scalars_of(&events);
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
        (events.started, events.scalars[0].time, events.torn),
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
fn a_restart_says_where_it_stands_and_the_end_of_a_session_is_an_end() {
    let log = |time: f64, step: u8, status: u8| {
        record(&[double(1, time), vec![0x10, step], bytes(7, &[0x08, status])].concat())
    };
    let scalar = |step: u8| event(f64::from(step), step, &[simple("a", 1.0)]);
    let file = [
        version(1.0),
        scalar(1),
        scalar(2),
        log(3.0, 2, 1),
        scalar(2),
        log(5.0, 2, 3),
    ]
    .concat();
    let events = read(&file).unwrap();
    let restart = Restart {
        before: 2,
        step: 2,
        time: 3.0,
    };
    assert_eq!(
        (events.restarts, events.scalars.len(), events.end),
        (vec![restart], 3, None)
    );
    let ended = read(&[file.clone(), log(6.0, 2, 2)].concat()).unwrap();
    assert_eq!((ended.end, ended.last), (Some((End::Finished, 6.0)), Some(6.0)));
    let again = read(&[file, log(6.0, 2, 2), log(7.0, 0, 1)].concat()).unwrap();
    assert_eq!((again.end, again.restarts.len()), (None, 2), "it continued");
    // A step that is not written is 0, one below is none.
    let bare = record(&[double(1, 1.0), bytes(7, &[0x08, 1])].concat());
    assert_eq!(read(&bare).unwrap().restarts[0].step, 0);
}

#[test]
fn hyper_parameters_are_read_and_never_taken_for_metrics() {
    let parameter = |name: &str, value: Vec<u8>| bytes(1, &[bytes(1, name.as_bytes()), bytes(2, &value)].concat());
    let start = [
        parameter("lr", double(2, 0.1)),
        parameter("net", bytes(3, b"vgg")),
        parameter("bn", vec![0x20, 1]),
        parameter("none", vec![]),
    ]
    .concat();
    let value = |tag: &str, data: &[u8]| {
        let plugin = [bytes(1, b"hparams"), bytes(2, data)].concat();
        [bytes(1, tag.as_bytes()), bytes(9, &bytes(1, &plugin))].concat()
    };
    let file = [
        version(1.0),
        event(2.0, 0, &[value("_hparams_/experiment", &bytes(2, b""))]),
        event(2.0, 0, &[value("_hparams_/session_start_info", &bytes(3, &start))]),
        event(9.0, 0, &[value("_hparams_/session_end_info", &bytes(4, &[0x08, 1]))]),
    ];
    let events = read(&file.concat()).unwrap();
    let named = |name: &str, value| (name.to_string(), value);
    let started = Session::Started(vec![
        named("lr", Parameter::Number(0.1)),
        named("net", Parameter::Text("vgg".into())),
        named("bn", Parameter::Truth(true)),
        named("none", Parameter::None),
    ]);
    assert_eq!(events.sessions, [Session::Experiment, started, Session::Succeeded]);
    assert_eq!((events.end, events.scalars.len()), (Some((End::Finished, 9.0)), 0));
}
