//! `data info` on recordings of events, as its users meet it. Needs no engine.

use crate::deck::Deck;

/// An AEDAT 2.0 file of a chip with events on a diagonal from (x, y) downwards.
fn aedat2(chip: &str, [x, y]: [u32; 2], events: u32) -> Vec<u8> {
    let records = (0..events).flat_map(|i| [(y - i) << 22 | (x - i) << 12 | (i & 1) << 11, 1000 + 10 * i]);
    let header = format!("#!AER-DAT2.0\r\n# AEChip: eu.seebetter.ini.chips.davis.{chip}\r\n");
    header
        .into_bytes()
        .into_iter()
        .chain(records.flat_map(u32::to_be_bytes))
        .collect()
}

#[test]
fn a_cut_recording_is_described_up_to_the_cut_and_exits_with_one_unless_that_is_allowed() {
    let deck = Deck::new();
    let whole = aedat2("Davis346blue", [345, 259], 100);
    std::fs::write(deck.path("whole.aedat"), &whole).unwrap();
    std::fs::write(deck.path("cut.aedat"), &whole[..whole.len() - 5]).unwrap();
    let (code, object) = deck.json(&["data", "info", "whole.aedat"]);
    assert_eq!(
        (code, object["format"].as_str(), object["cut"].as_str()),
        (0, Some("aedat2"), None),
        "{object}"
    );
    assert_eq!(
        (
            object["events"].as_u64(),
            object["x_max"].as_u64(),
            object["out_of_range"].as_u64()
        ),
        (Some(100), Some(345), Some(0))
    );
    let (code, object) = deck.json(&["data", "info", "cut.aedat"]);
    assert_eq!((code, object["events"].as_u64()), (1, Some(99)), "{object}");
    let at = whole.len() - 8;
    assert_eq!(
        object["cut"],
        format!("it ends 3 bytes into a record of 8, at byte {at}")
    );
    let output = deck.output(&["data", "info", "cut.aedat"]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("events         99"));
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("error: cut.aedat is cut: it ends 3 bytes into a record of 8")
    );
    let (code, _) = deck.json(&["data", "info", "cut.aedat", "--allow-cut"]);
    assert_eq!(code, 0);
}

#[test]
fn a_chip_is_called_by_its_name_and_addresses_beyond_it_are_said() {
    let deck = Deck::new();
    std::fs::write(deck.path("a.aedat"), aedat2("cDVSTest\u{1b}30", [50, 50], 10)).unwrap();
    std::fs::write(deck.path("b.aedat"), aedat2("DAVIS240C", [345, 259], 100)).unwrap();
    std::fs::write(deck.path("c.aedat"), aedat2("cDVSTest30", [50, 50], 10)).unwrap();
    let said = |file: &str, more: &[&str]| {
        let output = deck.output(&[&["data", "info", file], more].concat());
        let text = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(text).unwrap())
    };
    let (code, text) = said("c.aedat", &[]);
    assert!(
        code == Some(1) && text.contains("cDVSTest30, which is not known"),
        "{text}"
    );
    assert_eq!(said("c.aedat", &["--sensor", "davis346"]).0, Some(0));
    assert!(!said("a.aedat", &[]).1.contains('\u{1b}'));
    let (code, text) = said("b.aedat", &[]);
    assert!(
        code == Some(0) && text.contains("100 of 100 events have addresses beyond the 240x180 pixels"),
        "{text}"
    );
}

#[test]
fn recordings_that_came_with_the_source_are_described_as_they_were_written() {
    let deck = Deck::new();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings");
    let table = std::fs::read_to_string(folder.join("TRUTH.tsv")).unwrap();
    let keys: Vec<&str> = table.lines().next().unwrap().split('\t').collect();
    for row in table.lines().skip(1).map(|line| line.split('\t').collect::<Vec<_>>()) {
        let path = folder.join(row[0]);
        let mut words = vec!["data", "info", path.to_str().unwrap()];
        if !row[1].is_empty() {
            words.extend(["--stream", row[1]]);
        }
        let (code, object) = deck.json(&words);
        let said = object["error"].as_str().unwrap_or_default();
        match row[0] {
            "version1.dat" => {
                assert!(code == 1 && said.contains("version 1, whose addresses"), "{object}");
                continue;
            }
            "evt3_no_header.raw" => {
                assert!(
                    code == 1 && said.contains("--format evt2, --format evt21 or --format evt3"),
                    "{object}"
                );
                words.extend(["--format", "evt3"]);
            }
            _ => {}
        }
        let (code, object) = deck.json(&words);
        assert_eq!(code, 0, "{object}");
        for (key, wanted) in keys.iter().zip(&row).skip(2) {
            let key = match *key {
                "count" => "events",
                "on_count" => "on_events",
                key if key.starts_with("sha256") => "sha256",
                key => key,
            };
            assert_eq!(object[key].to_string().trim_matches('"'), *wanted, "{} {key}", row[0]);
        }
    }
}

#[test]
fn of_several_streams_one_is_described_and_all_are_named() {
    let deck = Deck::new();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings");
    let path = folder.join("dv_two_event_streams.aedat4");
    let (code, object) = deck.json(&["data", "info", path.to_str().unwrap()]);
    let streams = object["streams"].as_array().unwrap();
    let described: Vec<_> = streams
        .iter()
        .map(|s| (s["id"].as_i64(), s["name"].as_str(), s["events"].as_u64()))
        .collect();
    assert_eq!(
        described,
        [(Some(1), Some("left"), Some(400)), (Some(2), Some("right"), Some(700))]
    );
    assert_eq!(
        (code, object["stream"].as_i64(), object["events"].as_u64()),
        (0, Some(1), Some(400))
    );
    assert_eq!(
        (
            object["skipped"]["other_stream"].as_u64(),
            object["skipped"]["trigger"].as_u64()
        ),
        (Some(700), Some(4))
    );
    let output = deck.output(&["data", "info", path.to_str().unwrap(), "--stream", "2"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("events         700") && text.contains("stream         1 left: 400 events, 320x240, DVX"),
        "{text}"
    );
    let (code, object) = deck.json(&["data", "info", path.to_str().unwrap(), "--stream", "middle"]);
    assert!(
        code == 1
            && object["error"]
                .as_str()
                .unwrap()
                .contains("streams of events are 1 (left), 2 (right)"),
        "{object}"
    );
}

#[test]
fn readers_are_measured_file_by_file() {
    let deck = Deck::new();
    std::fs::write(deck.path("a.aedat"), aedat2("DAVIS240C", [100, 100], 100)).unwrap();
    let raw = [&b"% evt 3.0\n% end\n"[..], &[0, 0x80], &[1, 0x20].repeat(500)].concat();
    std::fs::write(deck.path("a.raw"), raw).unwrap();
    let (code, answer) = deck.json(&["bench", "ingest", "a.aedat", "a.raw"]);
    assert_eq!(code, 0, "{answer}");
    for (at, format, events) in [(0, "aedat2", 100), (1, "evt3", 500)] {
        let row = &answer["files"][at];
        assert_eq!(
            (row["format"].as_str(), row["events"].as_u64()),
            (Some(format), Some(events)),
            "{answer}"
        );
        assert!(row["megabytes_per_second"].as_f64() > Some(0.0) && row["events_per_second"].as_f64() > Some(0.0));
    }
    let (code, answer) = deck.json(&["bench", "ingest", "a.txt"]);
    assert!(
        code == 1 && answer["error"].as_str().unwrap().contains("a.txt is missing"),
        "{answer}"
    );
}

#[test]
fn what_is_no_recording_is_an_error_that_says_what_it_is() {
    let deck = Deck::new();
    std::fs::create_dir(deck.path("folder")).unwrap();
    for (name, bytes, words) in [
        (
            "model.bin",
            &b"PK\x03\x04\0\0\0\0\0\0archive/data.pkl\0\0\0\0"[..],
            "PyTorch",
        ),
        ("zeros.bin", &[0; 5000], "all of its 5000 bytes are 0x00"),
        ("empty.bin", b"", "the file is empty"),
        (
            "a.raw",
            b"% format HISTO3D;width=320;height=320\n\0\0",
            "Prophesee RAW recording, HISTO3D, 320x320, an encoding that is not read",
        ),
    ] {
        std::fs::write(deck.path(name), bytes).unwrap();
        let (code, object) = deck.json(&["data", "info", name]);
        let text = object["error"].as_str().unwrap_or_default();
        assert!(code == 1 && text.contains(words) && text.contains(name), "{object}");
    }
    let (code, object) = deck.json(&["data", "info", "folder"]);
    assert!(
        code == 1 && object["error"].as_str().unwrap().contains("is a directory"),
        "{object}"
    );
}
