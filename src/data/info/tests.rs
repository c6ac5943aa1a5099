//! Formats recognised and faults named, on files made up here.

use proptest::prelude::*;

use super::*;

/// Times 0, 40, 80 … and pixels here and there: what a recording looks like.
fn nmnist(events: u32) -> Vec<u8> {
    let event = |at: u32| {
        let t = (at * 40).to_be_bytes();
        [
            (at * 7 % 34) as u8,
            (at * 5 % 34) as u8,
            t[1] | (at as u8 & 1) << 7,
            t[2],
            t[3],
        ]
    };
    (0..events).flat_map(event).collect()
}

fn of(name: &str, bytes: &[u8], given: Given) -> Result<FileInfo, DataError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    info(&path, given)
}

fn recording(name: &str, bytes: &[u8], given: Given) -> Recording {
    match of(name, bytes, given) {
        Ok(FileInfo::Events(file)) => *file,
        other => panic!("{name}: {other:?}"),
    }
}

fn format(name: &str, bytes: &[u8]) -> &'static str {
    match of(name, bytes, Given::default()).unwrap() {
        FileInfo::Events(file) => file.format,
        FileInfo::Images(file) => file.format,
        FileInfo::Labels(file) => file.format,
    }
}

fn refusal(name: &str, bytes: &[u8]) -> String {
    let text = of(name, bytes, Given::default()).unwrap_err().to_string();
    assert!(text.contains(name), "{text}");
    text
}

/// Records of a label and pixels that are not all the same.
fn cifar(labels: &[u8], records: usize) -> Vec<u8> {
    let pixels = (0..3072).map(|i| (i % 200) as u8 + 50);
    (0..records)
        .flat_map(|_| labels.iter().copied().chain(pixels.clone()))
        .collect()
}

fn gzip(content: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(content).unwrap();
    packed.finish().unwrap()
}

#[test]
fn formats_are_told_apart_by_content_whatever_the_name() {
    let labels = [0, 0, 8, 1, 0, 0, 0, 2, 3, 1];
    let larger: Vec<u8> = nmnist(50)
        .chunks(5)
        .flat_map(|e| [e[0] + 60, e[1] + 40, e[2], e[3], e[4]])
        .collect();
    for (name, bytes, expected) in [
        ("train-labels-idx1-ubyte", labels.to_vec(), "idx"),
        ("x.bin", labels.to_vec(), "idx"),
        ("x.gz", gzip(&labels), "idx"),
        ("x", gzip(&labels), "idx"),
        ("data_batch_1.bin", cifar(&[3], 1), "cifar-10"),
        ("train.bin", cifar(&[19, 99], 1), "cifar-100"),
        ("part.bin", cifar(&[9], 5), "cifar-10"),
        ("part", cifar(&[15, 60], 5), "cifar-100"),
        ("00001.bin", nmnist(3073), "nmnist"),
        ("00001", nmnist(2), "nmnist"),
        ("1.bs2", nmnist(50), "nmnist"),
        ("1.bs2", larger, "40-bit"),
        ("x.aedat", b"#!AER-DAT2.0\r\n".to_vec(), "aedat2"),
        ("x.bin", b"#!AER-DAT3.1\r\n#!END-HEADER\r\n".to_vec(), "aedat3"),
        ("x.bin", b"#!AER-DAT4.0\r\n".to_vec(), "aedat4"),
        ("x.bin", b"% evt 2.0\n% format EVT3\n".to_vec(), "evt3"),
        ("x.bin", b"% evt 2.0\n".to_vec(), "evt2"),
        ("x.bin", b"% format EVT2.1;endianness=legacy\n% end\n".to_vec(), "evt21"),
        ("x.bin", b"% Version 2\n\0\x08".to_vec(), "dat"),
    ] {
        assert_eq!(format(name, &bytes), expected, "{name}");
    }
}

#[test]
fn labels_are_counted() {
    let FileInfo::Labels(file) = of("l", &[0, 0, 8, 1, 0, 0, 0, 3, 3, 1, 3], Given::default()).unwrap() else {
        panic!()
    };
    assert_eq!(file.labels, [0, 1, 0, 2]);
}

#[test]
fn a_bin_that_is_no_recording_is_refused_by_what_it_is() {
    let random: Vec<u8> = (0..5000u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    let zip = [&b"PK\x03\x04\x14\0\0\0\0\0\0\0m/data.pkl"[..], &[0; 101]].concat();
    let late = [nmnist(20_000), vec![5, 5, 0, 0, 1]].concat();
    let larger: Vec<u8> = nmnist(50)
        .chunks(5)
        .flat_map(|e| [e[0] + 60, e[1], e[2], e[3], e[4]])
        .collect();
    for (bytes, words) in [
        (random, "as N-MNIST (records of 5 bytes) event"),
        (vec![0; 5000], "all of its 5000 bytes are 0x00"),
        (vec![0; 1 << 17], "the first 65536 of its 131072 bytes are 0x00"),
        (vec![], "the file is empty"),
        ([&b"\x7fELF"[..], &[0; 996]].concat(), "an ELF program"),
        (zip, "PyTorch"),
        (b"hello\n".to_vec(), "plain text"),
        (late, "time would fall from"),
        (larger, "--format 40-bit reads it"),
        (
            [&[1, 1, 0, 0, 9][..], &[0; 4]].concat(),
            "not a whole number of records of 5",
        ),
        (gzip(b"#!AER-DAT2.0\r\n"), "packed with gzip; inside is AEDAT 2.0"),
        (vec![0x1f, 0x8b, 0, 0], "cannot be unpacked"),
    ] {
        let text = refusal("a.bin", &bytes);
        assert!(text.contains(words), "{text}");
    }
}

#[test]
fn a_bs2_that_is_no_recording_is_refused_too() {
    let falls = [nmnist(9), nmnist(9)].concat();
    assert!(refusal("a.bs2", &falls).contains("as 40-bit events (records of 5 bytes) time would fall"));
    assert!(refusal("a.bs2", &[0; 50]).contains("are 0x00"));
    assert!(refusal("a.bs2", &[]).contains("the file is empty"));
}

#[test]
fn headers_of_formats_that_are_not_read_are_named() {
    for (bytes, words) in [
        (
            &b"% date 2020-01-01\n% format HISTO3D;width=320;height=320\n\0\0\0\0"[..],
            "Prophesee RAW recording, HISTO3D, 320x320",
        ),
        (
            b"% system_ID 49\n% geometry 640x480\n\0\0",
            "names no encoding (no `format` and no `evt` line), 640x480; say how it is encoded: --format evt2",
        ),
        (
            b"% Data file containing CD events\n% Version 1\n\x0c\x08",
            "Prophesee DAT recording of version 1",
        ),
        (
            b"% Data file containing trigger events\n% Version 2\n\x0e\x08",
            "of triggers (type 0x0e",
        ),
        (b"#!AER-DAT1.0\r\n", "an AEDAT 1.0 recording"),
        (b"#!AER-DAT", "of no known version"),
        (b"\x89HDF\r\n\x1a\n\0\0", "HDF5"),
        (b"\x93NUMPY\x01\0", "NumPy"),
        (b"MATLAB 5.0 MAT-file, Platform", "MATLAB"),
    ] {
        for name in ["a.raw", "a.bin", "a.aedat", "a-ubyte"] {
            let text = refusal(name, bytes);
            assert!(text.contains(words) && !text.contains("damaged"), "{text}");
        }
    }
}

#[test]
fn faults_name_the_file_and_what_was_expected() {
    let idx = [0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 9];
    for (name, bytes, words) in [
        ("a-ubyte", &idx[..], "its header says 4294967295"),
        ("a-ubyte", &[0, 0, 8, 1, 0, 0, 0, 2, 3], "ends after 1 of 2"),
        (
            "test_batch.bin",
            &cifar(&[200], 1)[..3072],
            "not a whole number of records",
        ),
        ("data_batch_1.bin", &cifar(&[200], 1), "record 0 has label 200"),
        (
            "train.bin",
            &cifar(&[2, 3], 1)[..3000],
            "3000 bytes, which is not a whole number of records",
        ),
        ("train.bin", &[200, 3, 4], "kind is not recognised"),
        ("a.aedat", &[35, 136, 0, 1], "kind is not recognised"),
    ] {
        let text = refusal(name, bytes);
        assert!(text.contains(words), "{text}");
    }
    let text = info(Path::new("nowhere.bin"), Given::default())
        .unwrap_err()
        .to_string();
    assert!(text.contains("nowhere.bin is missing"), "{text}");
}

#[test]
fn an_argument_decides_in_place_of_the_content_and_what_is_odd_is_said() {
    let forced = Given {
        format: Some(Format::Nmnist),
        sensor: Some(Sensor::Davis346),
        stream: Some("left"),
    };
    let odd = [[1, 40, 0, 0, 9], [1, 1, 0, 0, 8]].concat();
    let file = recording("a.bin", &odd, forced);
    assert_eq!((file.tally.out_of_range, file.summary.time_goes_back), (1, 1));
    let said = file.notes.join("\n");
    for words in [
        "1 of 2 events have addresses beyond the 34x34",
        "time goes back 1 times",
        "--format says so",
        "--sensor has no effect",
        "--stream has no effect",
    ] {
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn addresses_beyond_the_named_chip_are_said_with_their_number() {
    let head = b"#!AER-DAT2.0\r\n# AEChip: eu.seebetter.ini.chips.davis.DAVIS240C\r\n";
    let records = [(345u32 << 12 | 259 << 22, 1u32), (10 << 12 | 10 << 22, 2)];
    let body = records
        .iter()
        .flat_map(|(a, t)| [a.to_be_bytes(), t.to_be_bytes()].concat());
    let bytes: Vec<u8> = head.iter().copied().chain(body).collect();
    let file = recording("a.aedat", &bytes, Given::default());
    assert_eq!((file.tally.out_of_range, file.size), (1, Some([240, 180])));
    assert!(
        file.notes[0].starts_with("1 of 2 events have addresses beyond the 240x180 pixels of"),
        "{:?}",
        file.notes
    );
    assert!(file.notes[0].contains("DAVIS240C, which the header names; --sensor reads it as another"));
    let wanted = Given {
        sensor: Some(Sensor::Davis346),
        ..Given::default()
    };
    assert_eq!(recording("a.aedat", &bytes, wanted).tally.out_of_range, 0);
}

#[test]
fn a_cut_recording_is_described_up_to_the_cut() {
    let file = recording("a.bin", &nmnist(100)[..498], Given::default());
    assert_eq!(file.summary.events, 99);
    assert_eq!(
        file.tally.cut.as_deref(),
        Some("it ends 3 bytes into a record of 5, at byte 495")
    );
}

#[test]
fn json_has_the_pinned_keys() {
    let file = recording("a.bin", &nmnist(4), Given::default());
    let object = serde_json::to_value(&file).unwrap();
    for key in [
        "format",
        "bytes",
        "events",
        "on_events",
        "t_first",
        "t_last",
        "t_min",
        "t_max",
        "x_min",
        "x_max",
        "y_min",
        "y_max",
        "time_goes_back",
        "out_of_range",
        "clock_wraps",
        "skipped",
        "cut",
        "streams",
        "sha256",
        "first",
        "last",
        "notes",
    ] {
        assert!(object.get(key).is_some(), "{key}");
    }
    assert_eq!(object["format"], "nmnist");
    assert_eq!(object["cut"], serde_json::Value::Null);
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_named_without_waiting_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    rustix::fs::mkfifoat(rustix::fs::CWD, at("pipe"), rustix::fs::Mode::RWXU).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
    std::fs::create_dir_all(at("full/0")).unwrap();
    std::fs::write(at("full/0/1.bin"), nmnist(4)).unwrap();
    std::fs::create_dir(at("empty")).unwrap();
    std::os::unix::fs::symlink(at("pipe"), at("link")).unwrap();
    std::os::unix::fs::symlink(at("nothing"), at("dangling")).unwrap();
    for (path, words) in [
        (at("pipe"), "is a pipe (FIFO)"),
        (at("link"), "is a pipe (FIFO)"),
        (at("socket"), "is a socket"),
        (at("full"), "is a directory. Give one of the files in it, such as"),
        (at("full"), "full/0/1.bin"),
        (at("empty"), "is a directory. There is no file in it"),
        (at("dangling"), "is a link to something that is not there"),
        ("/dev/null".into(), "is a device"),
    ] {
        let text = info(&path, Given::default()).unwrap_err().to_string();
        assert!(text.contains(words), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn random_files_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), kind in 0usize..14, forced in 0usize..20) {
        let (name, start) = [
            ("a.bin", &b""[..]),
            ("a.gz", &[0x1f, 0x8b, 8, 0]),
            ("a", b"#!AER-DAT2.0\n"),
            ("a", b"#!AER-DAT3.1\n#!END-HEADER\n"),
            ("a", &[0, 0, 8, 3]),
            ("a.bs2", b""),
            ("a.raw", b"% evt 3.0\n"),
            ("a.dat", b"% Version 2\n\x0c\x08"),
            ("a.aedat4", b"#!AER-DAT4.0\r\n"),
            ("a.raw", b"% evt 2.0\n"),
            ("a.raw", b"% evt 2.1\n"),
            ("a.aedat", b"#!AER-DAT2.0\n# AEChip: Davis346blue\n"),
            ("a.bin", b"\x01\x02\0\0\x05\x01\x03\0\0\x09"),
            ("train.bin", b""),
        ][kind];
        let given = Given { format: Format::READ.get(forced).copied(), sensor: None, stream: None };
        let _ = of(name, &[start, &bytes].concat(), given);
    }

    #[test]
    fn random_bytes_are_no_recording(bytes in proptest::collection::vec(any::<u8>(), 100..2000)) {
        prop_assert!(of("a.bin", &bytes, Given::default()).is_err());
    }
}
