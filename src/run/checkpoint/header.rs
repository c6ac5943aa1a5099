//! What tensors a safetensors file holds, from its header alone: an 8-byte little-endian length, then that much JSON.

use crate::run::{error::RunError, files::open_inside};
use serde::Deserialize;
use std::{collections::BTreeMap, io::Read, path::Path};

/// The longest header that is read, in bytes.
const LONGEST: u64 = 16 << 20;

/// A safetensors file's header.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Header {
    /// Free text by name.
    pub metadata: BTreeMap<String, String>,
    /// The tensors by name.
    pub tensors: BTreeMap<String, TensorInfo>,
    /// Where in the file their bytes begin.
    pub begins: u64,
}

/// One tensor, without its values.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TensorInfo {
    /// `F32`, `I64`, …
    pub dtype: String,
    /// Its shape.
    pub shape: Vec<u64>,
    /// First and one past the last byte, counted from the header's end.
    pub data_offsets: (u64, u64),
}

impl TensorInfo {
    /// How many numbers it has; saturates rather than overflow on an absurd shape.
    pub fn count(&self) -> u64 {
        self.shape.iter().fold(1, |n, d| n.saturating_mul(*d))
    }
}

/// Reads the header of the safetensors file at `path`.
///
/// # Errors
/// When the file is not in that format or a tensor would lie outside of it.
pub fn read_header(path: &Path) -> Result<Header, RunError> {
    let mut file = open_inside(path)?;
    let size = file.metadata().map_err(RunError::io(path, "read"))?.len();
    let wrong = |why: String| RunError::damaged(path, format!("not a safetensors file: {why}"));
    let mut length = [0; 8];
    file.read_exact(&mut length)
        .map_err(|_| wrong("shorter than 8 bytes".into()))?;
    let length = u64::from_le_bytes(length);
    if length > LONGEST || length > size.saturating_sub(8) {
        return Err(wrong(format!("its header would have {length} bytes")));
    }
    let mut text = vec![0; length as usize];
    file.read_exact(&mut text).map_err(RunError::io(path, "read"))?;
    let header = parse(&text, size - 8 - length).map_err(wrong)?;
    Ok(Header {
        begins: 8 + length,
        ..header
    })
}

fn parse(text: &[u8], data: u64) -> Result<Header, String> {
    let entries: BTreeMap<String, serde_json::Value> = serde_json::from_slice(text).map_err(|e| e.to_string())?;
    let mut header = Header::default();
    for (name, value) in entries {
        if name == "__metadata__" {
            header.metadata = serde_json::from_value(value).map_err(|e| e.to_string())?;
            continue;
        }
        let tensor: TensorInfo = serde_json::from_value(value).map_err(|e| format!("{name:?}: {e}"))?;
        let (from, to) = tensor.data_offsets;
        if from > to || to > data {
            return Err(format!("{name:?} would lie at bytes {from} to {to} of {data}"));
        }
        header.tensors.insert(name, tensor);
    }
    Ok(header)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(header: &str, data: usize) -> tempfile::NamedTempFile {
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend(header.as_bytes());
        bytes.extend(vec![0; data]);
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        file
    }

    #[test]
    fn names_types_and_shapes_are_read_without_the_data() {
        let f = file(
            r#"{"__metadata__":{"T":"4"},"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}"#,
            24,
        );
        let header = read_header(f.path()).unwrap();
        assert_eq!(header.metadata["T"], "4");
        assert_eq!(
            (header.tensors["w"].count(), header.tensors["w"].dtype.as_str()),
            (6, "F32")
        );
    }

    #[test]
    fn what_the_safetensors_library_writes_is_read() {
        let data = [0u8; 8];
        let view = safetensors::tensor::TensorView::new(safetensors::Dtype::F32, vec![2], &data).unwrap();
        let bytes = safetensors::serialize([("bias", view)], None).unwrap();
        let f = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(f.path(), bytes).unwrap();
        assert_eq!(read_header(f.path()).unwrap().tensors["bias"].shape, [2]);
    }

    #[test]
    fn impossible_headers_are_refused() {
        for (header, data) in [
            (r#"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,9]}}"#, 8),
            (r#"{"w":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, 8),
            (r#"{"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, 8),
            ("[]", 0),
        ] {
            assert!(read_header(file(header, data).path()).is_err(), "{header}");
        }
        let f = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(f.path(), u64::MAX.to_le_bytes()).unwrap();
        assert!(read_header(f.path()).is_err());
        std::fs::write(f.path(), [1, 2]).unwrap();
        assert!(read_header(f.path()).unwrap_err().to_string().contains("8 bytes"));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(text in proptest::collection::vec(proptest::num::u8::ANY, 0..200), data in 0u64..100) {
            let _ = parse(&text, data);
        }
    }
}
