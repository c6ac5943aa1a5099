//! Devices by name: `cpu` (the best compiled in), `flex`, `tch`, `tch:cuda:N`.

#![cfg_attr(
    feature = "tch",
    allow(
        deprecated,
        reason = "burn-tch 0.22 is the last of its line and says so at every use; we pin it"
    )
)]

use super::kernels::Array;
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
    #[error("device {name:?} is not in this build; it has {available}. {mend}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        available: String,
        /// What to do.
        mend: &'static str,
    },
    /// The backend is there, the hardware is not.
    #[error("device {name:?}: LibTorch reports {found} CUDA devices; run `spikedeck doctor` to list the devices")]
    Missing {
        /// What was asked for.
        name: String,
        /// How many there are.
        found: i64,
    },
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
        for n in 0..tch::Cuda::device_count() {
            add(&format!("tch:cuda:{n}"), "CUDA, LibTorch");
        }
    }
    found
}

impl Device {
    /// Finds a device by name.
    ///
    /// # Errors
    /// [`DeviceError`] with the devices that there are.
    pub fn find(name: &str) -> Result<Device, DeviceError> {
        let unknown = |mend| DeviceError::Unknown {
            name: name.chars().take(60).collect(),
            available: list().into_iter().map(|d| d.name).collect::<Vec<_>>().join(", "),
            mend,
        };
        match name {
            "cpu" => match list().first() {
                Some(first) => Device::find(&first.name.clone()),
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
                let index = match cuda.strip_prefix("tch:cuda").unwrap_or_default() {
                    "" => Some(0),
                    rest => rest.strip_prefix(':').and_then(|n| n.parse().ok()),
                };
                let index: usize = index.ok_or_else(|| unknown("Write for example tch:cuda:0"))?;
                match tch::Cuda::device_count() {
                    found if (index as i64) < found => Ok(Device {
                        name: format!("tch:cuda:{index}"),
                        burn: burn::tensor::Device::libtorch_cuda(index),
                    }),
                    found => Err(DeviceError::Missing {
                        name: name.into(),
                        found,
                    }),
                }
            }
            tch if tch.starts_with("tch") => Err(unknown("Build with --features tch after scripts/setup-libtorch")),
            _ => Err(unknown("Names are cpu, flex, tch and tch:cuda:N")),
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
