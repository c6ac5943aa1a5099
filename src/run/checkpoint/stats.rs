//! What the numbers of a safetensors file are like, tensor by tensor, without holding more than a block of it: norms,
//! shares of zeros, and how far two checkpoints are apart.

use super::{Header, TensorInfo, read_header};
use crate::run::{error::RunError, files::open_inside};
use serde::Serialize;
use std::{
    io::{BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

/// One tensor's numbers, summed up.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Stats {
    /// How many there are.
    pub count: u64,
    /// How many are exactly 0.
    pub zeros: u64,
    /// How many are NaN or infinite; the sums below leave them out.
    pub not_finite: u64,
    /// √Σx².
    pub l2: f64,
    /// max |x|.
    pub max: f64,
}

/// How far one tensor is from another of its name.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Distance {
    /// Both have it in the same shape.
    Apart {
        /// ‖a − b‖₂ / ‖a‖₂; infinite where a is all zeros and b is not.
        relative: f64,
        /// max |a − b|.
        max: f64,
        /// Pairs of which one is NaN or infinite; the others are left out of the sums.
        not_finite: u64,
    },
    /// Their shapes differ.
    Reshaped,
    /// Only the first has it.
    OnlyFirst,
    /// Only the second has it.
    OnlySecond,
}

/// A safetensors file whose numbers are read one after another.
#[derive(Debug, Clone)]
pub struct Numbers {
    path: PathBuf,
    /// What is in it.
    pub header: Header,
}

impl Numbers {
    /// Opens a file; reads its header alone.
    ///
    /// # Errors
    /// As [`read_header`].
    pub fn open(path: &Path) -> Result<Numbers, RunError> {
        Ok(Numbers {
            path: path.to_path_buf(),
            header: read_header(path)?,
        })
    }

    /// Sums up one tensor.
    ///
    /// # Errors
    /// When there is none of this name, or its type is not one of numbers that we know.
    pub fn stats(&self, name: &str) -> Result<Stats, RunError> {
        let mut stats = Stats::default();
        let mut squares = 0.0;
        for x in self.each(name)? {
            let x = x?;
            stats.count += 1;
            if !x.is_finite() {
                stats.not_finite += 1;
                continue;
            }
            stats.zeros += u64::from(x == 0.0);
            squares += x * x;
            stats.max = stats.max.max(x.abs());
        }
        stats.l2 = squares.sqrt();
        Ok(stats)
    }

    /// How far a tensor is from the one of the same name in another file.
    ///
    /// # Errors
    /// As [`Numbers::stats`].
    pub fn distance(&self, other: &Numbers, name: &str) -> Result<Distance, RunError> {
        let shapes = (self.header.tensors.get(name), other.header.tensors.get(name));
        match shapes {
            (_, None) => return Ok(Distance::OnlyFirst),
            (None, _) => return Ok(Distance::OnlySecond),
            (Some(a), Some(b)) if a.shape != b.shape => return Ok(Distance::Reshaped),
            _ => {}
        }
        let (mut apart, mut norm, mut max, mut not_finite) = (0.0, 0.0, 0.0f64, 0);
        for (a, b) in self.each(name)?.zip(other.each(name)?) {
            let (a, b) = (a?, b?);
            if !(a.is_finite() && b.is_finite()) {
                not_finite += 1;
                continue;
            }
            apart += (a - b) * (a - b);
            norm += a * a;
            max = max.max((a - b).abs());
        }
        let relative = match apart > 0.0 {
            true => (apart / norm).sqrt(),
            false => 0.0,
        };
        Ok(Distance::Apart {
            relative,
            max,
            not_finite,
        })
    }

    fn each(&self, name: &str) -> Result<impl Iterator<Item = Result<f64, RunError>> + use<'_>, RunError> {
        let wrong = |why: String| RunError::damaged(&self.path, why);
        let info = self.header.tensors.get(name);
        let info = info.ok_or_else(|| wrong(format!("has no tensor {name:?}")))?;
        let (width, decode) = decoder(info).ok_or_else(|| {
            wrong(format!(
                "{name}: {} is no type of numbers that is known here: F64, F32, F16, BF16, integers or BOOL",
                info.dtype
            ))
        })?;
        let (from, to) = info.data_offsets;
        if info.count().checked_mul(width as u64) != to.checked_sub(from) {
            return Err(wrong(format!("{name}: its bytes do not fit its shape")));
        }
        let mut file = open_inside(&self.path)?;
        let begin = self.header.begins.saturating_add(from);
        file.seek(SeekFrom::Start(begin))
            .map_err(RunError::io(&self.path, "read"))?;
        let mut reader = BufReader::with_capacity(1 << 16, file);
        Ok((0..info.count()).map(move |_| {
            let mut bytes = [0; 8];
            reader
                .read_exact(&mut bytes[..width])
                .map_err(RunError::io(&self.path, "read"))?;
            Ok(decode(bytes))
        }))
    }
}

type Decode = fn([u8; 8]) -> f64;

/// Bytes of one number, and what they mean.
fn decoder(info: &TensorInfo) -> Option<(usize, Decode)> {
    fn low<const N: usize>(b: [u8; 8]) -> [u8; N] {
        std::array::from_fn(|i| b[i])
    }
    let found: (usize, Decode) = match info.dtype.as_str() {
        "F64" => (8, f64::from_le_bytes),
        "F32" => (4, |b| f64::from(f32::from_le_bytes(low(b)))),
        "BF16" => (2, |b| {
            f64::from(f32::from_bits(u32::from(u16::from_le_bytes(low(b))) << 16))
        }),
        "F16" => (2, |b| half(u16::from_le_bytes(low(b)))),
        "I64" => (8, |b| i64::from_le_bytes(b) as f64),
        "I32" => (4, |b| f64::from(i32::from_le_bytes(low(b)))),
        "I16" => (2, |b| f64::from(i16::from_le_bytes(low(b)))),
        "I8" => (1, |b| f64::from(b[0] as i8)),
        "U8" | "BOOL" => (1, |b| f64::from(b[0])),
        _ => return None,
    };
    Some(found)
}

/// IEEE 754 binary16.
fn half(bits: u16) -> f64 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023));
    sign * match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        e => (1.0 + fraction / 1024.0) * 2f64.powi(e - 15),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A safetensors file with one tensor `w`.
    fn file(dtype: &str, shape: &str, data: &[u8]) -> tempfile::NamedTempFile {
        let header = format!(
            "{{\"w\":{{\"dtype\":\"{dtype}\",\"shape\":{shape},\"data_offsets\":[0,{}]}}}}",
            data.len()
        );
        let file = tempfile::NamedTempFile::new().unwrap();
        let bytes = [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), data].concat();
        std::fs::write(file.path(), bytes).unwrap();
        file
    }

    fn floats(values: &[f32]) -> tempfile::NamedTempFile {
        let data: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        file("F32", &format!("[{}]", values.len()), &data)
    }

    #[test]
    fn a_tensor_is_summed_up_and_what_is_no_number_is_counted() {
        let file = floats(&[3.0, 0.0, -4.0, f32::NAN, f32::INFINITY]);
        let stats = Numbers::open(file.path()).unwrap().stats("w").unwrap();
        let wanted = Stats {
            count: 5,
            zeros: 1,
            not_finite: 2,
            l2: 5.0,
            max: 4.0,
        };
        assert_eq!(stats, wanted);
    }

    #[test]
    fn two_files_are_so_far_apart() {
        let (a, b) = (floats(&[3.0, 4.0]), floats(&[3.0, 4.5]));
        let (a, b) = (Numbers::open(a.path()).unwrap(), Numbers::open(b.path()).unwrap());
        let apart = |relative, max| Distance::Apart {
            relative,
            max,
            not_finite: 0,
        };
        assert_eq!(a.distance(&b, "w").unwrap(), apart(0.1, 0.5));
        assert_eq!(a.distance(&a, "w").unwrap(), apart(0.0, 0.0));
        assert_eq!(a.distance(&b, "other").unwrap(), Distance::OnlyFirst);
        let c = floats(&[1.0]);
        let c = Numbers::open(c.path()).unwrap();
        assert_eq!(a.distance(&c, "w").unwrap(), Distance::Reshaped);
        let zero = floats(&[0.0, 0.0]);
        let zero = Numbers::open(zero.path()).unwrap();
        assert_eq!(zero.distance(&a, "w").unwrap(), apart(f64::INFINITY, 4.0));
    }

    #[test]
    fn every_type_of_numbers_is_read() {
        let cases: [(&str, Vec<u8>, f64); 8] = [
            ("F64", (-2.5f64).to_le_bytes().to_vec(), 2.5),
            ("BF16", 0xc020u16.to_le_bytes().to_vec(), 2.5),
            ("F16", 0xc100u16.to_le_bytes().to_vec(), 2.5),
            ("F16", 1u16.to_le_bytes().to_vec(), 2f64.powi(-24)),
            ("I64", (-7i64).to_le_bytes().to_vec(), 7.0),
            ("I32", (-7i32).to_le_bytes().to_vec(), 7.0),
            ("I8", vec![249], 7.0),
            ("BOOL", vec![1], 1.0),
        ];
        for (dtype, data, max) in cases {
            let file = file(dtype, "[1]", &data);
            assert_eq!(
                Numbers::open(file.path()).unwrap().stats("w").unwrap().max,
                max,
                "{dtype}"
            );
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let file = file("F32", "[3]", &[0; 8]);
        let said = Numbers::open(file.path())
            .and_then(|n| n.stats("w"))
            .unwrap_err()
            .to_string();
        assert!(said.contains('w'), "{said}");
        let odd = self::file("C64", "[1]", &[0; 8]);
        let said = Numbers::open(odd.path())
            .and_then(|n| n.stats("w"))
            .unwrap_err()
            .to_string();
        assert!(said.contains("C64"), "{said}");
    }

    proptest! {
        #[test]
        fn no_file_makes_it_panic(header in "\\PC{0,80}", data in proptest::collection::vec(any::<u8>(), 0..64)) {
            let file = tempfile::NamedTempFile::new().unwrap();
            let bytes = [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &data].concat();
            std::fs::write(file.path(), bytes).unwrap();
            if let Ok(numbers) = Numbers::open(file.path()) {
                for name in numbers.header.tensors.keys() {
                    let _ = numbers.stats(name);
                }
            }
        }
    }
}
