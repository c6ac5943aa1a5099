//! What this worker computes from and with, as it is recorded.

use crate::run::provenance::{Data, DeviceRecord, Program, Provenance};
use crate::snn::backend::{Device, vectors};

/// This program on this device, with these weights and images.
pub fn here(device: &Device, data: Data, model_sha256: Option<String>) -> Provenance {
    Provenance {
        model_sha256,
        data: Some(data),
        program: Some(Program::here()),
        device: Some(of_device(device)),
    }
}

/// A device with the width of the vectors that run on it.
pub fn of_device(device: &Device) -> DeviceRecord {
    DeviceRecord {
        name: device.to_string(),
        vectors: vectors().ok().map(String::from),
    }
}
