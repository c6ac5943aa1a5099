//! Scalars as tensors of every type.

use super::*;

/// A varint.
fn varint(mut n: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while n > 127 {
        bytes.push(n as u8 | 0x80);
        n >>= 7;
    }
    bytes.push(n as u8);
    bytes
}

/// One value of a field of varints: by itself, and packed.
fn counted(field: u64, n: u64) -> [Vec<u8>; 2] {
    let value = varint(n);
    let alone = [varint(field << 3), value.clone()].concat();
    let packed = [varint(field << 3 | 2), vec![value.len() as u8], value].concat();
    [alone, packed]
}

/// The one value of a file with a tensor in it, unless it was skipped.
fn value(kind: u8, shape: &[u8], data: Vec<u8>, plugin: &str) -> Option<f64> {
    let file = [version(1.0), event(2.0, 1, &[tensor("t", kind, shape, data, plugin)])];
    let events = read(&file.concat()).unwrap();
    assert_eq!(events.damaged, 0);
    events.scalars.first().map(|s| s.value)
}

#[test]
fn every_type_of_numbers_is_read_from_its_field_and_from_its_bytes() {
    let negative = |n: i64| n as u64;
    // Type, field, what stands in the field, the bytes in tensor_content, the number.
    let cases: [(u8, u64, u64, Vec<u8>, f64); 14] = [
        (3, 7, negative(-5), (-5i32).to_le_bytes().into(), -5.0),
        (3, 7, 7, 7i32.to_le_bytes().into(), 7.0),
        (4, 7, 200, vec![200], 200.0),
        (5, 7, negative(-300), (-300i16).to_le_bytes().into(), -300.0),
        (6, 7, negative(-3), vec![0xfd], -3.0),
        (
            9,
            10,
            negative(-1 << 40),
            (-1i64 << 40).to_le_bytes().into(),
            -(2f64.powi(40)),
        ),
        (10, 11, 1, vec![1], 1.0),
        (10, 11, 0, vec![0], 0.0),
        (14, 13, 0x3fc0, vec![0xc0, 0x3f], 1.5),
        (17, 7, 40_000, 40_000u16.to_le_bytes().into(), 40_000.0),
        (19, 13, 0xc100, vec![0, 0xc1], -2.5),
        (19, 13, 1, vec![1, 0], 2f64.powi(-24)),
        (22, 16, 4_000_000_000, 4_000_000_000u32.to_le_bytes().into(), 4e9),
        (23, 17, 1 << 63, (1u64 << 63).to_le_bytes().into(), 2f64.powi(63)),
    ];
    for (kind, field, word, content, wanted) in cases {
        for data in counted(field, word) {
            assert_eq!(value(kind, &[], data, "scalars"), Some(wanted), "type {kind}");
        }
        assert_eq!(
            value(kind, &[1], bytes(4, &content), "scalars"),
            Some(wanted),
            "type {kind}"
        );
        assert_eq!(value(kind, &[], bytes(4, &[&content[..], &[0]].concat()), ""), None);
    }
    assert_eq!(value(1, &[], bytes(4, &0.5f32.to_le_bytes()), "scalars"), Some(0.5));
    assert_eq!(value(2, &[1, 1], double(6, 0.1), "scalars"), Some(0.1));
    assert_eq!(value(19, &[], counted(13, 0x7c00)[0].clone(), ""), Some(f64::INFINITY));
    assert!(value(19, &[], counted(13, 0x7e00)[1].clone(), "").unwrap().is_nan());
}

#[test]
fn what_is_not_exactly_one_number_is_skipped() {
    let two = [float(5, 1.0), float(5, 2.0)].concat();
    for (kind, shape, data) in [
        (1, &[2][..], two.clone()),
        (1, &[], two),
        (1, &[0], vec![]),
        (1, &[], vec![]),
        (7, &[], bytes(8, b"word")),
        (8, &[], bytes(9, &[0; 8])),
        (1, &[], double(6, 1.0)),
        (4, &[], counted(7, 300)[0].clone()),
        (0, &[], float(5, 1.0)),
    ] {
        assert_eq!(value(kind, shape, data, "scalars"), None, "type {kind} {shape:?}");
    }
}

#[test]
fn integers_beyond_double_precision_are_rounded_and_counted() {
    let odd = (1u64 << 53) + 1;
    let one = |n: u64| tensor("t", 9, &[], counted(10, n)[0].clone(), "scalars");
    let file = [version(1.0), event(2.0, 1, &[one(odd), one(odd - 1)])].concat();
    let events = read(&file).unwrap();
    assert_eq!((events.rounded, events.scalars[0].value), (1, 2f64.powi(53)));
}

#[test]
fn a_tensors_plug_in_is_that_of_the_tags_first_one() {
    let file = [
        version(1.0),
        event(
            2.0,
            1,
            &[
                tensor("a", 1, &[], float(5, 1.0), "scalars"),
                tensor("b", 1, &[], float(5, 1.0), "pr_curves"),
            ],
        ),
        event(
            3.0,
            2,
            &[
                tensor("a", 1, &[], float(5, 2.0), ""),
                tensor("b", 1, &[], float(5, 2.0), ""),
            ],
        ),
    ];
    let events = read(&file.concat()).unwrap();
    assert_eq!(scalars_of(&events), [("a", 1, 1.0), ("a", 2, 2.0)]);
    assert_eq!(events.skipped.get("pr_curves"), Some(&2));
}
