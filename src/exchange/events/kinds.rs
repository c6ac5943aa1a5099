//! What a file is that holds no events, by its content: so that the error names it instead of "damaged".

/// Begins so, is called so.
const KINDS: &[(&[u8], &str)] = &[
    (
        b"PK\x03\x04",
        "a zip archive (PyTorch's .pth and NumPy's .npz are such)",
    ),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file (Keras' weights are such)"),
    (b"\x1f\x8b", "compressed with gzip: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd: unpack it first"),
    (b"\xfd7zXZ\0", "compressed with xz: unpack it first"),
    (b"BZh", "compressed with bzip2: unpack it first"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b":W&B", "a record of Weights & Biases"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"%PDF", "a PDF document"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x7fELF", "a program"),
    (b"\x80\x02", "a pickle"),
    (b"\x80\x03", "a pickle"),
    (b"\x80\x04", "a pickle"),
    (b"\x80\x05", "a pickle"),
    (
        b"version https://git-lfs",
        "a pointer of Git LFS: fetch the file itself with git lfs pull",
    ),
];

/// Bytes that are looked at to tell a text.
const LOOKED_AT: usize = 4096;

/// What a file without any record of an event is.
pub fn kind(bytes: &[u8]) -> &'static str {
    if bytes.is_empty() {
        return "empty: nothing is written there yet";
    }
    if bytes.iter().all(|b| *b == 0) {
        return "nothing but zeros: it was never written, or the disk was full";
    }
    if let Some((_, kind)) = KINDS.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return kind;
    }
    if bytes.get(257..262) == Some(b"ustar") {
        return "a tar archive: unpack it first";
    }
    if is_safetensors(bytes) {
        return "a safetensors file";
    }
    match text(bytes) {
        Some(text) if text.trim_start().starts_with(['{', '[']) => "a text file, JSON by its looks",
        Some(_) => "a text file",
        None => "of no kind that is known here",
    }
}

/// The length of a header in JSON, and that header.
fn is_safetensors(bytes: &[u8]) -> bool {
    let length = bytes.first_chunk().map_or(0, |b| u64::from_le_bytes(*b));
    length < bytes.len() as u64 && bytes.get(8) == Some(&b'{')
}

/// The beginning, where it is text.
fn text(bytes: &[u8]) -> Option<&str> {
    let head = bytes.get(..LOOKED_AT).unwrap_or(bytes);
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // A letter that the beginning ends within.
        Err(e) if head.len() == LOOKED_AT && e.valid_up_to() + 4 > head.len() => {
            std::str::from_utf8(head.get(..e.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\x1b' | '\x0c');
    (!text.contains(is_control)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_what_it_is() {
        let mut tar = vec![b'x'; 600];
        tar[257..262].copy_from_slice(b"ustar");
        let weights = [&20u64.to_le_bytes()[..], br#"{"a":{"dtype":"F32"}}   "#].concat();
        let long = "ä".repeat(LOOKED_AT);
        for (bytes, wanted) in [
            (&b""[..], "empty"),
            (&[0; 40], "zeros"),
            (b"PK\x03\x04rest", "zip"),
            (&weights, "safetensors"),
            (&tar, "tar"),
            (b"{\"step\": 1}\n", "JSON"),
            (b"step,loss\n1,2\n", "text file"),
            (long.as_bytes(), "text file"),
            (&[0xff, 1, 2, 3], "no kind"),
        ] {
            assert!(kind(bytes).contains(wanted), "{wanted}: {}", kind(bytes));
        }
    }
}
