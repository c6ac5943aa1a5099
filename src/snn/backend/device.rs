//! Devices by name: `cpu` (the best compiled in), `flex`, `tch`, `tch:cuda:N` (LibTorch), `cuda:N` (burn's own).

#![cfg_attr(
    feature = "tch",
    allow(
        deprecated,
        reason = "burn-tch 0.22 is the last of its line and says so at every use; we pin it"
    )
)]

use super::{kernels::Array, widest};
use crate::spec::{Precision, TrainSpec};
use std::fmt;

/// Where arrays live and kernels run.
#[derive(Clone)]
pub struct Device {
    name: String,
    burn: burn::tensor::Device,
}

/// A device name that this build cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// Not a device name, or one of a backend that was not compiled in.
    #[error("device {name:?} is not in this build; it has {available}. {fix}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        available: String,
        /// What to do.
        fix: &'static str,
    },
    /// The backend is there, the hardware is not.
    #[error("device {name:?}: {backend} reports {found} CUDA devices; run `spikedeck doctor` to list the devices")]
    Missing {
        /// What was asked for.
        name: String,
        /// Who was asked.
        backend: &'static str,
        /// How many there are.
        found: usize,
    },
    /// `SPIKEDECK_VECTORS` asks for vectors that the processor lacks.
    #[error("{0}")]
    Vectors(String),
    /// The device is there and lacks what the run asks for.
    #[error(transparent)]
    Precision(#[from] PrecisionError),
}

/// A precision that a device does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("train.precision = \"{wanted}\": device {device:?} has {has}. {fix}")]
pub struct PrecisionError {
    /// What was asked for.
    pub wanted: Precision,
    /// Of whom.
    pub device: String,
    /// What it can.
    pub has: &'static str,
    /// What to do.
    pub fix: &'static str,
}

/// One line of `spikedeck doctor`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceInfo {
    /// The name that `--device` takes.
    pub name: String,
    /// What it is.
    pub what: String,
}

/// Every device that this build can use on this machine, the default first.
pub fn list() -> Vec<DeviceInfo> {
    let mut found = Vec::new();
    let mut add = |name: &str, what: &str| {
        found.push(DeviceInfo {
            name: name.into(),
            what: what.into(),
        })
    };
    #[cfg(feature = "flex")]
    add("flex", "CPU, pure Rust (burn-flex with our own kernels)");
    #[cfg(feature = "tch")]
    {
        add("tch", "CPU, LibTorch");
        for n in 0..libtorch_gpus() {
            add(&format!("tch:cuda:{n}"), "CUDA, LibTorch");
        }
    }
    #[cfg(feature = "cuda")]
    for n in 0..burn_gpus() {
        add(&format!("cuda:{n}"), "CUDA, burn (operations composed, not fused)");
    }
    found
}

#[cfg(feature = "tch")]
fn libtorch_gpus() -> usize {
    usize::try_from(tch::Cuda::device_count()).unwrap_or(0)
}

#[cfg(feature = "cuda")]
fn burn_gpus() -> usize {
    use burn::tensor::{Device, DeviceType};
    Device::enumerate(DeviceType::Cuda).into_iter().count()
}

/// The index in `PREFIX` (0) or `PREFIX:N`.
#[cfg(any(feature = "tch", feature = "cuda"))]
fn index(name: &str, prefix: &str) -> Option<usize> {
    match name.strip_prefix(prefix)? {
        "" => Some(0),
        rest => rest.strip_prefix(':')?.parse().ok(),
    }
}

impl Device {
    /// Finds a device by name.
    ///
    /// # Errors
    /// [`DeviceError`] with the devices that there are; also where the environment asks for vectors that are not there.
    pub fn find(name: &str) -> Result<Device, DeviceError> {
        widest::name().map_err(DeviceError::Vectors)?;
        let unknown = |fix| DeviceError::Unknown {
            name: name.chars().take(60).collect(),
            available: list().into_iter().map(|d| d.name).collect::<Vec<_>>().join(", "),
            fix,
        };
        match name {
            "cpu" => match list().iter().find(|d| !d.name.contains("cuda")) {
                Some(first) => Device::find(&first.name),
                None => Err(unknown("Build with --features flex")),
            },
            #[cfg(feature = "flex")]
            "flex" => Ok(Device {
                name: name.into(),
                burn: burn::tensor::Device::flex(),
            }),
            #[cfg(feature = "tch")]
            "tch" => Ok(Device {
                name: name.into(),
                burn: burn::tensor::Device::libtorch(),
            }),
            #[cfg(feature = "tch")]
            cuda if cuda.starts_with("tch:cuda") => {
                let index = index(cuda, "tch:cuda").ok_or_else(|| unknown("Write for example tch:cuda:0"))?;
                match libtorch_gpus() {
                    found if index < found => Ok(Device {
                        name: format!("tch:cuda:{index}"),
                        burn: burn::tensor::Device::libtorch_cuda(index),
                    }),
                    found => Err(DeviceError::Missing {
                        name: name.into(),
                        backend: "LibTorch",
                        found,
                    }),
                }
            }
            #[cfg(feature = "cuda")]
            cuda if cuda.starts_with("cuda") => {
                let index = index(cuda, "cuda").ok_or_else(|| unknown("Write for example cuda:0"))?;
                match burn_gpus() {
                    found if index < found => Ok(Device {
                        name: format!("cuda:{index}"),
                        burn: burn::tensor::Device::cuda(index),
                    }),
                    found => Err(DeviceError::Missing {
                        name: name.into(),
                        backend: "the driver",
                        found,
                    }),
                }
            }
            tch if tch.starts_with("tch") => Err(unknown("Build with --features tch after scripts/setup-libtorch")),
            cuda if cuda.starts_with("cuda") => Err(unknown("Build with --features cuda, or name tch:cuda:N")),
            _ => Err(unknown("Names are cpu, flex, tch, tch:cuda:N and cuda:N")),
        }
    }

    /// Finds the device that a run is to be trained on.
    ///
    /// # Errors
    /// As [`Device::find`], and where the device lacks the precision.
    pub fn for_training(train: &TrainSpec) -> Result<Device, DeviceError> {
        let device = Device::find(&train.device)?;
        device.check(train.precision)?;
        Ok(device)
    }

    /// Refuses a precision that this device does not have.
    ///
    /// # Errors
    /// [`PrecisionError`] with those that it has.
    pub fn check(&self, wanted: Precision) -> Result<(), PrecisionError> {
        let (has, fix) = match self.name.as_str() {
            cuda if cuda.starts_with("tch:cuda") => return Ok(()),
            "tch" => ("f32 and bf16", "tf32 is CUDA's: choose bf16, or a device tch:cuda:N"),
            _ => (
                "f32 only",
                "Leave train.precision out, or choose a device tch or tch:cuda:N",
            ),
        };
        let has_it = wanted == Precision::F32 || (wanted == Precision::Bf16 && self.name == "tch");
        match has_it {
            true => Ok(()),
            false => Err(PrecisionError {
                wanted,
                device: self.name.clone(),
                has,
                fix,
            }),
        }
    }

    /// Uploads values.
    pub fn upload(&self, values: Vec<f32>) -> Array {
        let n = values.len();
        Array::from_data(burn::tensor::TensorData::new(values, [n]), &self.burn)
    }

    /// An array of zeros.
    pub fn zeros(&self, n: usize) -> Array {
        Array::zeros([n], &self.burn)
    }

    /// Waits until everything asked for has been computed; where that fails, the next download says so.
    pub fn synchronize(&self) {
        let _ = self.burn.sync();
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// Downloads an array; the one place where the host waits for the device.
pub fn download(array: &Array) -> Vec<f32> {
    let data = array.clone().into_data();
    match data.try_to_vec::<f32>() {
        Ok(values) => values,
        // Arrays are made by `upload` and the kernels, all f32; another type would be a bug, shown as NaN.
        Err(_) => vec![f32::NAN; data.num_elements()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_precision_that_a_device_lacks_is_refused_with_those_that_it_has() {
        let device = Device::find("cpu").unwrap();
        assert!(device.check(Precision::F32).is_ok());
        let refused = device.check(Precision::Tf32).unwrap_err().to_string();
        assert!(refused.starts_with("train.precision = \"tf32\": device"), "{refused}");
        match device.to_string().as_str() {
            "tch" => assert!(device.check(Precision::Bf16).is_ok() && refused.contains("bf16")),
            _ => assert!(device.check(Precision::Bf16).is_err() && refused.contains("f32 only")),
        }
        let train = TrainSpec {
            precision: Precision::Tf32,
            ..TrainSpec::default()
        };
        assert!(matches!(Device::for_training(&train), Err(DeviceError::Precision(_))));
    }
}
