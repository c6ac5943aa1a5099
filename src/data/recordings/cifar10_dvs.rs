//! CIFAR10-DVS in its original folders: one per class, with AEDAT 2.0 files of a DVS128.

use std::path::Path;

use super::Recordings;
use super::listing::{NINE_TENTHS, classes, first_there, interleaved, nine_tenths};
use crate::data::catalog;
use crate::data::error::DataError;
use crate::data::events::sensor::Sensor;

/// Recordings of the published set.
const PUBLISHED: usize = 10_000;
const EXPECTED: &str = "the folders airplane to truck of CIFAR10-DVS, each with 1000 .aedat files";

pub(super) fn find(root: &Path, sensor: Option<Sensor>) -> Result<Recordings, DataError> {
    let sensor = sensor.unwrap_or(Sensor::Dvs128);
    let folder = first_there(
        root,
        &[
            "cifar10-dvs",
            "CIFAR10DVS",
            "cifar10dvs",
            "CIFAR10-DVS",
            "events/cifar10-dvs",
        ],
        EXPECTED,
    )?;
    // The classes of the images that were recorded.
    let names = catalog::find("cifar-10")?.class_names;
    let mut found = classes(&folder, ".aedat")?;
    let mut files = Vec::new();
    for class in names {
        let at = found
            .iter()
            .position(|(name, files)| name == class && !files.is_empty());
        let at = at.ok_or_else(|| DataError::Missing {
            path: folder.join(class),
            expected: EXPECTED.to_owned(),
            fix: "Unpack all ten archives of CIFAR10-DVS side by side".to_owned(),
        })?;
        files.push(found.swap_remove(at).1);
    }
    let all = interleaved(files);
    let note = (all.len() != PUBLISHED).then(|| format!("cifar10-dvs: {} of {PUBLISHED} recordings", all.len()));
    let (train, test) = nine_tenths(all);
    Ok(Recordings {
        name: "cifar10-dvs".to_owned(),
        class_names: names.iter().map(ToString::to_string).collect(),
        train,
        test,
        split: NINE_TENTHS,
        sensor: Some(sensor),
        size: Some(sensor.size()),
        note,
    })
}
