//! Compares two provenances: what differs, in words, and what that means for what is done with the two. What is not
//! recorded of either is no difference.

use super::{Data, DataRecord, DeviceRecord, ImagesRecord, Program, Provenance};
use std::fmt;

/// What two provenances are compared for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// A run goes on from its own checkpoint.
    Resume,
    /// An attack job goes on after what it has recorded.
    ResumeAttack,
    /// Kept images are counted on another checkpoint.
    Replay,
    /// An attack follows the gradients of another checkpoint.
    Transfer,
    /// A run starts from another run's weights.
    WarmStart,
    /// A run takes over another one's step and optimiser beside its weights.
    Fork,
    /// Results stand in one table or chart.
    SideBySide,
}

/// What differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The weights.
    Model,
    /// The images.
    Data,
    /// The program's version.
    Program,
    /// The device, or its vector width.
    Device,
}

impl Kind {
    /// The word of an alert about it.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Model => "model",
            Kind::Data => "data",
            Kind::Program => "program",
            Kind::Device => "device",
        }
    }
}

/// One difference that matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Of what.
    pub kind: Kind,
    /// What is now, and what was before.
    pub what: String,
    /// What follows, and what to do.
    pub advice: &'static str,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.advice)
    }
}

/// What of `now` is another than `before`, as far as it matters for this use; in the order model, data, program, device.
/// Whether to refuse, to warn or to remark is the caller's.
pub fn compare(now: &Provenance, before: &Provenance, used: Use) -> Vec<Difference> {
    let model = both(&now.model_sha256, &before.model_sha256).and_then(|(now, before)| weights(now, before, used));
    let data = both(&now.data, &before.data).and_then(|(now, before)| images(now, before, used));
    let program = both(&now.program, &before.program).and_then(|(now, before)| versions(now, before, used));
    let device = both(&now.device, &before.device).and_then(|(now, before)| devices(now, before, used));
    let found = [
        (Kind::Model, model),
        (Kind::Data, data),
        (Kind::Program, program),
        (Kind::Device, device),
    ];
    let difference = |(kind, what): (Kind, Option<String>)| {
        Some(Difference {
            kind,
            what: what?,
            advice: advice(kind, used)?,
        })
    };
    found.into_iter().filter_map(difference).collect()
}

/// What a difference means; none where it does not matter, or is the very point.
fn advice(kind: Kind, used: Use) -> Option<&'static str> {
    Some(match (kind, used) {
        (Kind::Model, Use::ResumeAttack) => {
            "one result would be of two networks; put them back, or start again with another --out"
        }
        (Kind::Model, Use::Replay) => {
            "the kept images were made on weights that are no longer there; attack again to compare the two"
        }
        (Kind::Model, _) => return None,
        (Kind::Data, Use::Resume) => {
            "Order, split and number of steps would change; put the data back, or resume with --accept-data if it is meant"
        }
        (Kind::Data, Use::ResumeAttack) => "put the data back, or start again with another --out",
        (Kind::Data, Use::Replay) => "robust accuracies of the two are not of the same images",
        (Kind::Data, Use::Transfer) => "the two networks did not learn from the same images; say so beside the result",
        (Kind::Data, Use::WarmStart | Use::Fork) => {
            "its weights have learned from other images; val.accuracy may be too good where the two overlap"
        }
        (Kind::Data, Use::SideBySide) => "their accuracies are not of the same images; measure both on the same data",
        (Kind::Program, Use::Transfer | Use::WarmStart) => return None,
        (Kind::Program, _) => "versions may compute other last digits; use the earlier version where bits matter",
        (Kind::Device, Use::Transfer | Use::WarmStart) => return None,
        (Kind::Device, Use::Resume | Use::Fork) => {
            "weights are equal to the bit only on the same device and vector width; go on there where bits matter \
             (train.device, SPIKEDECK_VECTORS)"
        }
        (Kind::Device, _) => {
            "results may differ in the last digits; use the same device and SPIKEDECK_VECTORS where bits matter"
        }
    })
}

/// What the two are called: one after the other, or side by side.
fn names(used: Use) -> (&'static str, &'static str) {
    match used {
        Use::Transfer | Use::SideBySide => ("here", "there"),
        _ => ("now", "before"),
    }
}

fn both<'a, T>(now: &'a Option<T>, before: &'a Option<T>) -> Option<(&'a T, &'a T)> {
    Some((now.as_ref()?, before.as_ref()?))
}

fn weights(now: &str, before: &str, used: Use) -> Option<String> {
    let since = match used {
        Use::ResumeAttack => " than when this attack started",
        _ => "",
    };
    let differ = !now.is_empty() && !before.is_empty() && now != before;
    differ.then(|| format!("other weights{since} (sha256 {now:.12}…, before {before:.12}…)"))
}

fn images(now: &Data, before: &Data, used: Use) -> Option<String> {
    let (here, there) = names(used);
    match (now, before) {
        (Data::Splits(now), Data::Splits(before)) => splits(now, before, used),
        (Data::Images(now), Data::Images(before)) if now == before || now.of_test != before.of_test => None,
        (Data::Images(now), Data::Images(before)) => Some(match (used, now.images == before.images) {
            (Use::ResumeAttack, _) => format!(
                "{} images are there, and not those that this attack started with ({} then)",
                now.images, before.images
            ),
            (_, true) => format!("as many images ({}), but other ones", now.images),
            (_, false) => format!("{} images {here}, {} {there}", now.images, before.images),
        }),
        (Data::Images(attacked), Data::Splits(run)) | (Data::Splits(run), Data::Images(attacked)) => one(attacked, run),
    }
}

/// In what a run's images differ from those recorded before.
fn splits(now: &DataRecord, before: &DataRecord, used: Use) -> Option<String> {
    let (here, there) = names(used);
    let count = |r: &DataRecord| {
        format!(
            "{} to train, {} to validate and {} to test on",
            r.train, r.validation, r.test
        )
    };
    match now {
        _ if now == before => None,
        _ if count(now) != count(before) => Some(format!("{} {here}, {} {there}", count(now), count(before))),
        _ => Some(format!("as many images as {there} ({}), but other ones", count(now))),
    }
}

/// Whether attacked images are not of a run's data.
fn one(attacked: &ImagesRecord, run: &DataRecord) -> Option<String> {
    let (name, own) = match attacked.of_test {
        true => ("test", &run.test_sha256),
        false => ("validation", &run.train_sha256),
    };
    let differ = !own.is_empty() && !attacked.sha256.is_empty() && attacked.sha256 != *own;
    differ.then(|| format!("the {name} images are other ones"))
}

/// The revision is told and not judged: it is that of the folder worked in, which changes with every commit.
fn versions(now: &Program, before: &Program, used: Use) -> Option<String> {
    let (here, there) = names(used);
    let words = |p: &Program| match &p.revision {
        Some(revision) => format!("{} (revision {revision:.10})", p.version),
        None => p.version.clone(),
    };
    let differ = !now.version.is_empty() && !before.version.is_empty() && now.version != before.version;
    differ.then(|| format!("version {} {here}, {} {there}", words(now), words(before)))
}

fn devices(now: &DeviceRecord, before: &DeviceRecord, used: Use) -> Option<String> {
    let (here, there) = names(used);
    let words = |d: &DeviceRecord| match &d.vectors {
        Some(vectors) => format!("{} with {vectors} vectors", d.name),
        None => d.name.clone(),
    };
    let widths = both(&now.vectors, &before.vectors).is_some_and(|(now, before)| now != before);
    (now.name != before.name || widths).then(|| format!("device {} {here}, {} {there}", words(now), words(before)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn splits_record() -> DataRecord {
        DataRecord {
            train: 90,
            validation: 10,
            test: 20,
            train_sha256: "a".into(),
            test_sha256: "b".into(),
        }
    }

    fn whole() -> Provenance {
        Provenance {
            model_sha256: Some("0123456789abcdef".into()),
            data: Some(Data::Splits(splits_record())),
            program: Some(Program {
                version: "0.9.0".into(),
                revision: Some("c0ffee".into()),
            }),
            device: Some(DeviceRecord {
                name: "flex".into(),
                vectors: Some("v4".into()),
            }),
        }
    }

    fn kinds(now: &Provenance, before: &Provenance, used: Use) -> Vec<Kind> {
        compare(now, before, used).into_iter().map(|d| d.kind).collect()
    }

    #[test]
    fn a_difference_is_told_in_images() {
        let before = whole();
        let with = |data: DataRecord| Provenance {
            data: Some(Data::Splits(data)),
            ..whole()
        };
        assert_eq!(compare(&before, &before, Use::Resume), []);
        let more = with(DataRecord {
            train: 180,
            ..splits_record()
        });
        let told = compare(&more, &before, Use::Resume);
        assert!(told[0].what.contains("180 to train") && told[0].advice.contains("--accept-data"));
        let others = with(DataRecord {
            test_sha256: "c".into(),
            ..splits_record()
        });
        assert!(compare(&others, &before, Use::Resume)[0].what.contains("other ones"));
    }

    #[test]
    fn what_is_not_recorded_never_differs() {
        let nothing = Provenance::default();
        for used in [Use::Resume, Use::ResumeAttack, Use::SideBySide] {
            assert_eq!(kinds(&whole(), &nothing, used), []);
            assert_eq!(kinds(&nothing, &whole(), used), []);
        }
        let mut old = whole();
        old.device = DeviceRecord::named("flex");
        assert_eq!(kinds(&whole(), &old, Use::Resume), [], "the width was not recorded");
        let text = serde_json::to_string(&whole()).unwrap();
        assert_eq!(serde_json::from_str::<Provenance>(&text).unwrap(), whole());
        assert_eq!(serde_json::from_str::<Provenance>("{}").unwrap(), nothing);
    }

    #[test]
    fn each_use_is_told_what_matters_to_it() {
        let mut now = whole();
        now.model_sha256 = Some("fedcba9876543210".into());
        now.program.as_mut().unwrap().version = "0.9.1".into();
        now.device.as_mut().unwrap().vectors = Some("v3".into());
        let told = compare(&now, &whole(), Use::Resume);
        let told: Vec<String> = told.iter().map(Difference::to_string).collect();
        assert!(told[0].starts_with("version 0.9.1 (revision c0ffee) now, 0.9.0 (revision c0ffee) before: "));
        assert!(told[1].starts_with("device flex with v3 vectors now, flex with v4 vectors before: weights are equal"));
        assert_eq!(
            kinds(&now, &whole(), Use::ResumeAttack),
            [Kind::Model, Kind::Program, Kind::Device]
        );
        assert_eq!(kinds(&now, &whole(), Use::WarmStart), []);
        now.program = whole().program;
        now.program.as_mut().unwrap().revision = None;
        assert_eq!(
            kinds(&now, &whole(), Use::SideBySide),
            [Kind::Device],
            "a revision is no difference"
        );
    }

    #[test]
    fn attacked_images_are_compared_with_those_that_a_run_was_tested_on() {
        let attacked = |of_test, sha256: &str| Provenance {
            data: Some(Data::Images(ImagesRecord {
                of_test,
                images: 20,
                sha256: sha256.into(),
            })),
            ..Provenance::default()
        };
        assert_eq!(kinds(&attacked(true, "b"), &whole(), Use::Replay), []);
        assert_eq!(kinds(&attacked(false, "a"), &whole(), Use::Replay), []);
        assert_eq!(kinds(&attacked(true, "z"), &whole(), Use::Replay), [Kind::Data]);
        let told = compare(&attacked(true, "y"), &attacked(true, "z"), Use::SideBySide);
        assert!(told[0].what.contains("as many images (20)"));
        assert_eq!(
            kinds(&attacked(true, "y"), &attacked(false, "z"), Use::SideBySide),
            [],
            "two splits are not one"
        );
    }
}
