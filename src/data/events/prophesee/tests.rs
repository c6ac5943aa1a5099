//! Headers of RAW and DAT files, on text made up here.

use proptest::prelude::*;

use super::*;

fn said(start: &[u8]) -> String {
    probe(start).unwrap().to_string()
}

#[test]
fn a_raw_header_is_named_by_its_format_else_by_its_evt_line() {
    for (start, words) in [
        (
            &b"% date 2020-01-01\n% evt 2.0\n% geometry 640x480\n\0\0"[..],
            "RAW recording, EVT2, 640x480, recorded 2020-01-01",
        ),
        (b"% evt 3.0\n", "EVT3, of unknown width and height"),
        (
            b"% evt 2.0\n% format EVT3;height=720;width=1280\n% end\n% not a line",
            "EVT3, 1280x720",
        ),
        (
            b"% evt 2.1\n% format EVT21;endianness=little;height=320;width=320\n",
            "EVT2.1, 320x320",
        ),
        (
            b"% format HISTO3D;height=320;width=320\n",
            "RAW recording, HISTO3D, 320x320",
        ),
        (
            b"% plugin_name hal_plugin_gen3\n% serial_number 1\n",
            "names no encoding",
        ),
    ] {
        assert!(said(start).contains(words), "{}", said(start));
    }
    let Some(Header::Raw { fields, .. }) = probe(b"% evt 3.0\n% end\n% x") else {
        panic!()
    };
    assert_eq!(fields.length, 16);
}

#[test]
fn a_dat_header_is_named_by_its_type() {
    for (start, words) in [
        (
            &b"% Data file containing CD events\n% Version 2\n% Width 640\n% Height 480\n\x0c\x08"[..],
            "CD events (type 0x0c) of 8 bytes, version 2, 640x480",
        ),
        (
            b"% Data file containing CD events\n% Version 2\n% geometry 640x480\n% plugin_name a\n\x0c\x08",
            "a Prophesee DAT recording, CD events",
        ),
        (
            b"% Data file containing Event2D events.\n% Version 2\n\x00\x08",
            "Event2D events (type 0x00)",
        ),
        (
            b"% Data file containing trigger events\n\x0e\x08",
            "triggers (type 0x0e)",
        ),
        (b"% Data file containing CD events\n", "ending before the type"),
        (b"% Version 1\n\x0c\x08", "version 1"),
    ] {
        assert!(said(start).contains(words), "{}", said(start));
    }
}

#[test]
fn other_text_with_per_cents_is_not_prophesees() {
    for start in [
        &b"% a comment\n\\documentclass{article}\n"[..],
        b"%PDF-1.4\n",
        b"% ",
        b"",
        b"%% MATLAB\n",
    ] {
        assert_eq!(probe(start), None);
    }
}

proptest! {
    #[test]
    fn random_bytes_never_panic(body in proptest::collection::vec(any::<u8>(), 0..200), lines in "(% [ -~]{0,20}\n){0,4}") {
        if let Some(header) = probe(&[lines.as_bytes(), &body].concat()) {
            let _ = header.to_string();
        }
    }
}
