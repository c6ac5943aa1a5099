//! What a file is that is none of ours, by its first bytes: names for a refusal.

/// Kinds of file by the bytes at an offset. Longer ones come before those that they begin with.
const SIGNATURES: &[(usize, &[u8], &str)] = &[
    (0, b"\x7fELF", "an ELF program or library"),
    (0, b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"GIF8", "a GIF picture"),
    (0, b"%PDF-", "a PDF document"),
    (0, b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (512, b"\x89HDF\r\n\x1a\n", "an HDF5 file (MATLAB 7.3 writes such ones)"),
    (0, b"MATLAB 5.0 MAT-file", "a MATLAB 5 file"),
    (0, b"\x93NUMPY", "a NumPy array (.npy)"),
    (0, b"\x80\x02", "a Python pickle (PyTorch writes such ones)"),
    (0, b"\x80\x03", "a Python pickle"),
    (0, b"\x80\x04", "a Python pickle"),
    (0, b"\x80\x05", "a Python pickle"),
    (0, b"PK\x05\x06", "an empty ZIP archive"),
    (0, b"BZh", "a file packed with bzip2"),
    (0, b"\xfd7zXZ\0", "a file packed with xz"),
    (0, b"\x28\xb5\x2f\xfd", "a file packed with Zstandard"),
    (0, b"\x04\x22\x4d\x18", "a file packed with LZ4"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (257, b"ustar", "a tar archive"),
    (4, b"ftyp", "an MP4 or QuickTime film"),
    (0, b"RIFF", "a RIFF file (AVI, WAV, WebP)"),
    (0, b"\x1a\x45\xdf\xa3", "a Matroska or WebM film"),
    (0, b"SQLite format 3\0", "an SQLite database"),
    (0, b"PAR1", "a Parquet file"),
    (0, b"ARROW1", "an Arrow file"),
    (0, b"\0asm", "a WebAssembly module"),
    (0, b"#ROSBAG V", "a ROS bag"),
    (0, b"\x89MCAP0\r\n", "an MCAP recording (ROS 2)"),
    (0, b"Event Stream", "an Event Stream recording (.es)"),
    (0, b"GGUF", "a GGUF model"),
    (
        0,
        b"version https://git-lfs.github.com/spec/",
        "a Git LFS pointer: the file itself was not downloaded (`git lfs pull` brings it)",
    ),
];

/// Names in a ZIP archive's first entry by which its writer is known.
const IN_A_ZIP: &[(&[u8], &str)] = &[
    (
        b"data.pkl",
        "a ZIP archive as PyTorch writes it (a model or checkpoint)",
    ),
    (b".npy", "a NumPy archive (.npz)"),
];

/// What a file that begins with `start` is, where its first bytes say so.
pub(super) fn name(start: &[u8]) -> Option<&'static str> {
    if start.starts_with(b"PK\x03\x04") {
        let entry = &start[..start.len().min(256)];
        let known = IN_A_ZIP
            .iter()
            .find(|(part, _)| entry.windows(part.len()).any(|window| window == *part));
        return Some(known.map_or("a ZIP archive", |(_, name)| name));
    }
    // Eight bytes of length, then a JSON object: no other kind begins so.
    if is_safetensors(start) {
        return Some("a safetensors file");
    }
    let found = SIGNATURES
        .iter()
        .find(|(at, magic, _)| start.get(*at..).is_some_and(|rest| rest.starts_with(magic)));
    found.map(|(_, _, name)| *name).or_else(|| text(start))
}

fn is_safetensors(start: &[u8]) -> bool {
    match start {
        [a, b, c, d, 0, 0, 0, 0, b'{', b'"' | b'}' | b' ', ..] => u32::from_le_bytes([*a, *b, *c, *d]) >= 2,
        _ => false,
    }
}

/// Text, where everything up to here is text.
fn text(start: &[u8]) -> Option<&'static str> {
    // The last letter may be cut by the end of what was read.
    let text = match std::str::from_utf8(start) {
        Ok(text) => text,
        Err(e) if e.error_len().is_none() => std::str::from_utf8(&start[..e.valid_up_to()]).ok()?,
        Err(_) => return None,
    };
    if text.is_empty()
        || text
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}'))
    {
        return None;
    }
    let begin = text
        .trim_start()
        .get(..15)
        .unwrap_or(text.trim_start())
        .to_ascii_lowercase();
    Some(match () {
        () if begin.starts_with("<!doctype html") || begin.starts_with("<html") => {
            "a web page (HTML), perhaps what a server answered in place of the file"
        }
        () if begin.starts_with('<') => "XML text",
        () if begin.starts_with('{') || begin.starts_with('[') => "JSON text",
        () => "plain text",
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn kinds_are_named_by_their_first_bytes() {
        let tar = [&[1; 257][..], b"ustar\0"].concat();
        let mat = [&b"MATLAB 7.3 MAT-file"[..], &[0; 493], b"\x89HDF\r\n\x1a\n"].concat();
        for (start, words) in [
            (&b"\x7fELF\x02"[..], "ELF"),
            (b"PK\x03\x04\x14\0\0\0archive/data.pkl", "PyTorch"),
            (b"PK\x03\x04\x14\0\0\0events.npy", "npz"),
            (b"PK\x03\x04\x14\0\0\0x", "a ZIP archive"),
            (b"\x10\0\0\0\0\0\0\0{\"a\":", "safetensors"),
            (b"\x89HDF\r\n\x1a\n", "HDF5"),
            (&mat, "MATLAB 7.3"),
            (&tar, "tar archive"),
            (b"hello\n", "plain text"),
            (b"<!DOCTYPE html>\n<html>", "HTML"),
            (b"version https://git-lfs.github.com/spec/v1\noid", "git lfs pull"),
            ("gr\u{fc}n".as_bytes(), "plain text"),
            (&"gr\u{fc}".as_bytes()[..3], "plain text"),
        ] {
            assert!(
                name(start).unwrap_or("nothing").contains(words),
                "{words}: {:?}",
                name(start)
            );
        }
        for start in [&b""[..], &[5, 13, 0, 0, 100], &[0; 64], &[255, 254, 253]] {
            assert_eq!(name(start), None);
        }
    }

    proptest! {
        #[test]
        fn random_bytes_never_panic(start in proptest::collection::vec(any::<u8>(), 0..600)) {
            let _ = name(&start);
        }
    }
}
