//! Files that people take for weights, recognised by their first bytes: what each is, and how to get weights from it.

use super::ExchangeError;

/// What a pickle of PyTorch's format of before 1.6 begins with: its magic number as a long, with and without a frame.
const LEGACY: [&[u8]; 2] = [b"\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", b"\x95"];

const OLD: &str = "is in PyTorch's old format of before 1.6, a bare pickle and no zip archive; write it again in Python: \
                   torch.save(torch.load(\"OLD.pth\", map_location=\"cpu\", weights_only=True), \"NEW.pth\")";
const OLDEST: &str = "is a tar archive, as PyTorch's first releases (before 0.2) wrote; write it again in Python: \
                      torch.save(torch.load(\"OLD.pth\", map_location=\"cpu\", weights_only=False), \"NEW.pth\"), \
                      which runs what is in it, so only if you trust the file";
const TAR: &str = "is a tar archive; unpack it with tar -xf and give the .pth or .safetensors file that is in it";
const PICKLE: &str = "is a bare pickle, as pickle.dump writes, and torch.save has not written it; load it in Python and \
                      write it with torch.save(state, \"NEW.pth\")";

/// Beginnings and what they say.
const BEGINNINGS: [(&[u8], &str); 14] = [
    (
        b"\x1f\x8b",
        "is compressed with gzip; unpack it with gunzip and give the .pth or .safetensors file that is in it",
    ),
    (
        b"\xfd7zXZ\0",
        "is compressed with xz; unpack it with unxz and give the .pth or .safetensors file that is in it",
    ),
    (
        b"BZh",
        "is compressed with bzip2; unpack it with bunzip2 and give the .pth or .safetensors file that is in it",
    ),
    (
        b"\x28\xb5\x2f\xfd",
        "is compressed with zstd; unpack it with unzstd and give the .pth or .safetensors file that is in it",
    ),
    (
        b"\x93NUMPY",
        "is an array of NumPy; make a dictionary of named tensors in Python and save it with torch.save(state, \"NEW.pth\")",
    ),
    (
        b"\x89HDF",
        "is an HDF5 file, as Keras and NIR write; load it in Python and save its weights under this network's names with \
         torch.save(state, \"NEW.pth\")",
    ),
    (
        b"GGUF",
        "is a GGUF file of a language model; give what torch.save(model.state_dict(), …) wrote",
    ),
    (
        b"version https://git-lfs",
        "is a pointer of Git LFS and not the file itself; fetch it with git lfs pull",
    ),
    (
        b"<",
        "is a web page and no weights; a download gave a page instead of the file, so download it again",
    ),
    (
        b"Rar!",
        "is a rar archive; unpack it and give the .pth or .safetensors file that is in it",
    ),
    (
        b"7z\xbc\xaf",
        "is a 7z archive; unpack it and give the .pth or .safetensors file that is in it",
    ),
    (
        b"{",
        "is JSON text and no weights; a model.safetensors.index.json lists the files that hold the tensors: give one of those",
    ),
    (
        b"\x7fELF",
        "is a program and no weights; give what torch.save(model.state_dict(), …) wrote",
    ),
    (
        b"PK\x05\x06",
        "is an empty zip archive; save the state dict again with torch.save(model.state_dict(), \"FILE.pth\")",
    ),
];

/// What a file is that is neither a zip archive nor safetensors, if it is something known.
pub fn other(bytes: &[u8]) -> Option<ExchangeError> {
    if bytes.is_empty() {
        return Some(ExchangeError::Foreign(
            "is empty: it has no byte; copy or download it again",
        ));
    }
    if let [0x80, 2..=5, rest @ ..] = bytes {
        let [magic, frame] = LEGACY;
        let rest = match rest.starts_with(frame) {
            true => rest.get(9..).unwrap_or(&[]),
            false => rest,
        };
        return Some(ExchangeError::Foreign(match rest.starts_with(magic) {
            true => OLD,
            false => PICKLE,
        }));
    }
    if bytes.get(257..262) == Some(b"ustar") {
        let name = bytes.split(|b| *b == 0).next().unwrap_or(&[]);
        let is_torch = [&b"sys_info"[..], b"pickle", b"storages", b"tensors"]
            .iter()
            .any(|n| name.strip_prefix(b"./").unwrap_or(name) == *n);
        return Some(ExchangeError::Foreign(if is_torch { OLDEST } else { TAR }));
    }
    let found = BEGINNINGS.iter().find(|(beginning, _)| bytes.starts_with(beginning));
    found.map(|(_, text)| ExchangeError::Foreign(text))
}

/// What a zip archive is that has no `data.pkl`, by the names in it.
pub fn archive<'n>(names: impl Iterator<Item = &'n str>) -> ExchangeError {
    let names: Vec<&str> = names.take(1000).collect();
    let ends = |end: &str| names.iter().any(|n| n.ends_with(end));
    ExchangeError::archive(match () {
        () if ends(".npy") => {
            "it holds arrays of NumPy (.npz); make a dictionary of named tensors in Python and save it with torch.save"
        }
        () if ends("model.weights.h5") => {
            "it is a Keras model; save its weights under this network's names with torch.save"
        }
        () if ends(".pth") || ends(".pt") || ends(".safetensors") => {
            "it has no data.pkl, but files of weights; unpack it and give one of those"
        }
        () => "it has no data.pkl, so torch.save did not write it",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(bytes: &[u8]) -> String {
        other(bytes).map_or_else(String::new, |e| e.to_string())
    }

    #[test]
    fn files_that_are_no_weights_are_named_with_the_fix() {
        let mut tar = vec![0; 512];
        tar[257..262].copy_from_slice(b"ustar");
        tar[..9].copy_from_slice(b"model.pth");
        let mut oldest = tar.clone();
        oldest[..9].copy_from_slice(b"sys_info\0");
        let magic = [&b"\x80\x02"[..], LEGACY[0], b"."].concat();
        let framed = [&b"\x80\x04\x95\x0d\0\0\0\0\0\0\0"[..], LEGACY[0], b"."].concat();
        for (bytes, what, fix) in [
            (&b""[..], "is empty", "download it again"),
            (&magic, "before 1.6", "torch.save(torch.load("),
            (&framed, "before 1.6", "torch.save(torch.load("),
            (b"\x80\x04\x95\x0d", "bare pickle", "torch.save(state"),
            (b"\x80\x02}q\0.", "bare pickle", "torch.save(state"),
            (&tar, "tar archive", "tar -xf"),
            (&oldest, "before 0.2", "torch.save(torch.load("),
            (b"\x1f\x8b\x08", "gzip", "gunzip"),
            (b"\x93NUMPY\x01", "NumPy", "torch.save(state"),
            (b"\x89HDF\r\n", "HDF5", "torch.save(state"),
            (b"<!DOCTYPE html>", "web page", "download it again"),
            (
                b"version https://git-lfs.github.com/spec/v1\n",
                "Git LFS",
                "git lfs pull",
            ),
        ] {
            let said = said(bytes);
            assert!(said.contains(what) && said.contains(fix), "{what}: {said}");
        }
        assert_eq!(other(b"hello"), None);
    }

    #[test]
    fn archives_of_other_programs_are_named() {
        for (names, words) in [
            (&["a.npy"][..], "NumPy"),
            (&["deep/model.pth", "readme"], "files of weights"),
            (&["readme"], "no data.pkl"),
        ] {
            let said = archive(names.iter().copied()).to_string();
            assert!(said.contains(words), "{said}");
        }
    }
}
