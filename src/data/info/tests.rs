//! Formats told apart and faults named, on files made up here.

use proptest::prelude::*;

use super::*;

fn of(name: &str, bytes: &[u8]) -> Result<FileInfo, DataError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    info(&path, None)
}

fn format(name: &str, bytes: &[u8]) -> &'static str {
    match of(name, bytes).unwrap() {
        FileInfo::Events(file) => file.format,
        FileInfo::Images(file) => file.format,
        FileInfo::Labels(file) => file.format,
    }
}

#[test]
fn formats_are_told_apart() {
    assert_eq!(
        format("train-labels-idx1-ubyte", &[0, 0, 8, 1, 0, 0, 0, 2, 3, 1]),
        "idx"
    );
    assert_eq!(format("data_batch_1.bin", &[1; 3073]), "cifar-10");
    assert_eq!(format("train.bin", &[1; 3074]), "cifar-100");
    assert_eq!(format("part.bin", &[1; 3073 * 5]), "cifar-10");
    assert_eq!(format("part.bin", &[15; 3074 * 5]), "cifar-100");
    assert_eq!(format("00001.bin", &[33; 3073 * 5]), "nmnist");
    assert_eq!(format("1.bs2", &[]), "nmnist");
    assert_eq!(format("x.aedat", b"#!AER-DAT2.0\r\n"), "aedat2.0");
    assert_eq!(format("x", b"#!AER-DAT3.1\r\n#!END-HEADER\r\n"), "aedat3.1");
}

#[test]
fn labels_are_counted() {
    let FileInfo::Labels(file) = of("l", &[0, 0, 8, 1, 0, 0, 0, 3, 3, 1, 3]).unwrap() else {
        panic!()
    };
    assert_eq!(file.labels, [0, 1, 0, 2]);
}

#[test]
fn faults_name_the_file_and_what_was_expected() {
    for (name, bytes, words) in [
        (
            "a-ubyte",
            &[0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 9][..],
            "its header says 4294967295",
        ),
        ("a-ubyte", &[0, 0, 8, 1, 0, 0, 0, 2, 3], "ends after 1 of 2"),
        ("a.gz", &[0x1f, 0x8b, 0, 0], "header cannot be read"),
        ("test_batch.bin", &[1; 3072], "no whole number of records"),
        ("data_batch_1.bin", &[10; 3073], "record 0 has label 10"),
        ("a.aedat4", b"#!AER-DAT4.0\r\n", "2.0 and 3.1 are"),
        ("a.txt", b"hello", "not recognised"),
        ("a.bin", &[1; 7], "2 bytes into a record of 5"),
    ] {
        let text = of(name, bytes).unwrap_err().to_string();
        assert!(text.contains(words) && text.contains(name), "{text}");
    }
    let text = info(Path::new("nowhere.bin"), None).unwrap_err().to_string();
    assert!(text.contains("nowhere.bin is missing"), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn random_files_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), kind in 0usize..5) {
        let (name, start) = [
            ("a.bin", &b""[..]), ("a.gz", &[0x1f, 0x8b, 8, 0]), ("a", b"#!AER-DAT2.0\n"), ("a", b"#!AER-DAT3.1\n"), ("a", &[0, 0, 8, 3]),
        ][kind];
        let _ = of(name, &[start, &bytes].concat());
    }
}
