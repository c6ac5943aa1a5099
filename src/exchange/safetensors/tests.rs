//! Headers made by hand: each fault with its true cause.

use crate::exchange::{Values, read};
use proptest::prelude::*;

/// A file with that header and so many bytes behind it.
fn file(header: &str, data: usize) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.extend((0..data).map(|i| i as u8 % 60));
    bytes
}

fn tensor(name: &str, dtype: &str, shape: &str, begin: u64, end: u64) -> String {
    format!(r#""{name}":{{"dtype":"{dtype}","shape":{shape},"data_offsets":[{begin},{end}]}}"#)
}

fn said(tensors: &[String], data: usize) -> String {
    read(&file(&format!("{{{}}}", tensors.join(",")), data))
        .unwrap_err()
        .to_string()
}

#[test]
fn a_sound_file_is_read_whatever_order_its_header_has() {
    let tensors = [
        tensor("b", "F32", "[1]", 8, 12),
        tensor("a", "F32", "[2]", 0, 8),
        tensor("e", "F32", "[0,3]", 12, 12),
    ];
    let header = format!(r#"{{"__metadata__":{{"format":"pt"}},{}}}  "#, tensors.join(","));
    let found = read(&file(&header, 12)).unwrap();
    let names: Vec<_> = found.iter().map(|t| (t.name.as_str(), t.shape.len())).collect();
    assert_eq!(names, [("a", 1), ("b", 1), ("e", 2)]);
}

#[test]
fn a_name_that_comes_twice_is_refused_with_the_name() {
    let (a, b) = (tensor("a", "F32", "[1]", 0, 4), tensor("b", "F32", "[1]", 4, 8));
    for again in [
        tensor("a", "F32", "[1]", 0, 4),
        tensor("a", "F32", "[1]", 4, 8),
        tensor("a", "F32", "[1]", 8, 12),
        tensor("\\u0061", "F32", "[1]", 0, 4),
    ] {
        for data in [8, 12] {
            let said = said(&[a.clone(), b.clone(), again.clone()], data);
            assert!(said.contains("\"a\" twice"), "{said}");
        }
    }
    let metadata = r#""__metadata__":{}"#.to_string();
    let said = said(&[metadata.clone(), a, metadata], 4);
    assert!(said.contains("\"__metadata__\" twice"), "{said}");
}

#[test]
fn every_fault_of_the_layout_has_its_own_cause() {
    let a = || tensor("a", "F32", "[2]", 0, 8);
    for (tensors, data, words) in [
        (
            vec![a()],
            9,
            &["1 bytes follow its last tensor \"a\"", "byte 8 of 9"][..],
        ),
        (
            vec![a()],
            5,
            &["3 bytes are missing at its end", "\"a\"", "the file has 5"],
        ),
        (
            vec![a(), tensor("b", "F32", "[1]", 4, 8)],
            8,
            &["tensor \"b\" at bytes 4 to 8 overlaps tensor \"a\""],
        ),
        (
            vec![a(), tensor("b", "F32", "[2]", 0, 8)],
            8,
            &["overlaps tensor \"a\""],
        ),
        (
            vec![a(), tensor("b", "F32", "[1]", 12, 16)],
            16,
            &["the 4 bytes from 8 to 12", "\"a\" and tensor \"b\""],
        ),
        (
            vec![tensor("b", "F32", "[1]", 4, 8)],
            8,
            &["the 4 bytes from 0 to 4", "the header"],
        ),
        (
            vec![tensor("a", "F32", "[3]", 0, 8)],
            8,
            &["\"a\": of type F32 and shape [3] needs 12 bytes", "[0, 8] hold 8"],
        ),
        (
            vec![tensor("a", "F64", "[2]", 0, 8)],
            8,
            &["of type F64", "needs 16 bytes"],
        ),
        (
            vec![tensor("a", "F32", "[2]", 8, 0)],
            8,
            &["ends at byte 0, before it begins at byte 8"],
        ),
        (
            vec![tensor("a", "F32", "[4294967296,4294967296,4]", 0, 8)],
            8,
            &["larger than any memory"],
        ),
        (
            vec![tensor("a", "F32", "[1,1,1,1,1,1,1,1,1]", 0, 4)],
            4,
            &["\"a\"", "more than 8 dimensions"],
        ),
        (vec![tensor("a", "F32", "[-1]", 0, 4)], 4, &["\"a\"", "-1"]),
        (
            vec![tensor("a", "F7", "[1]", 0, 4)],
            4,
            &["\"a\": is of type \"F7\"", "not known here"],
        ),
        (
            vec![tensor("a", "F8_E4M3", "[4]", 0, 4)],
            4,
            &["\"a\": is of F8_E4M3", "tensor.float()"],
        ),
        (
            vec![tensor("a", "BOOL", "[4]", 0, 4)],
            4,
            &["\"a\": is of bool", "leave it out"],
        ),
        (vec![], 0, &["no tensor"]),
        (
            vec![r#""__metadata__":{"a":"b"}"#.into()],
            7,
            &["no tensor", "7 bytes follow"],
        ),
        (
            vec![r#""a":{"dtype":"F32","shape":[1]}"#.into()],
            4,
            &["\"a\"", "data_offsets"],
        ),
        (
            vec![r#""a":{"dtype":"F32","dtype":"F16","shape":[1],"data_offsets":[0,4]}"#.into()],
            4,
            &["\"a\"", "duplicate"],
        ),
        (vec![r#""a":5"#.into()], 4, &["\"a\""]),
    ] {
        let said = said(&tensors, data);
        for part in words {
            assert!(said.contains(part), "{part}: {said}");
        }
        assert!(!said.contains('\n'), "{said}");
    }
}

#[test]
fn headers_that_are_too_long_or_cut_off_say_so() {
    let whole = file(&format!("{{{}}}", tensor("a", "F32", "[1]", 0, 4)), 4);
    let mut long = whole.clone();
    long[..8].copy_from_slice(&100_000_001u64.to_le_bytes());
    let said = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
    assert!(said(&long).contains("100000001 bytes, more than the 100000000"));
    assert!(said(&whole[..20]).contains("cut off"), "{}", said(&whole[..20]));
    assert!(said(&whole[..5]).contains("it has 5 bytes"));
    let mut text = whole;
    text[9] = b'}';
    assert!(said(&text).contains("its header:"));
}

#[test]
fn counters_of_any_type_become_whole_numbers() {
    let name = "n.num_batches_tracked";
    for (dtype, bytes) in [
        ("I64", 7i64.to_le_bytes().to_vec()),
        ("I32", 7i32.to_le_bytes().to_vec()),
        ("I16", vec![7, 0]),
        ("U8", vec![7]),
        ("U64", 7u64.to_le_bytes().to_vec()),
        ("F32", 7f32.to_le_bytes().to_vec()),
        ("F64", 7f64.to_le_bytes().to_vec()),
        ("F16", vec![0, 0x47]),
        ("BF16", vec![0xe0, 0x40]),
    ] {
        let mut file = file(&format!("{{{}}}", tensor(name, dtype, "[]", 0, bytes.len() as u64)), 0);
        file.extend(bytes);
        let found = read(&file).unwrap();
        assert_eq!(found[0].values, Values::Integers(vec![7]), "{dtype}");
    }
    // Infinity in half precision: more batches than it can count.
    let mut file = file(&format!("{{{}}}", tensor(name, "F16", "[]", 0, 2)), 0);
    file.extend([0, 0x7c]);
    assert_eq!(read(&file).unwrap(), []);
}

proptest! {
    #[test]
    fn no_change_to_a_sound_file_makes_the_reader_panic_or_read_more_than_there_is(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        length in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let tensors = [tensor("a", "F32", "[2]", 0, 8), tensor("b", "I64", "[]", 8, 16), tensor("c", "F16", "[3]", 16, 22)];
        let mut bytes = file(&format!("{{{}}}", tensors.join(",")), 22);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if cut {
            bytes.truncate(length.index(bytes.len()));
        }
        if let Ok(found) = read(&bytes) {
            let values: usize = found.iter().map(|t| t.shape.iter().product::<usize>()).sum();
            prop_assert!(values <= bytes.len());
        }
    }

    #[test]
    fn no_header_makes_the_reader_panic(text in "[\\[\\]{}:,\"a0-9F_]{0,80}", data in 0usize..20) {
        let _ = read(&file(&format!("{{{text}"), data));
    }
}
