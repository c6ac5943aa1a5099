//! Reading golden files, and the tolerances they are held to.

use safetensors::{Dtype, SafeTensors};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

pub struct File {
    pub name: String,
    pub folder: std::path::PathBuf,
    pub metadata: HashMap<String, String>,
    pub tensors: BTreeMap<String, (Vec<usize>, Vec<f32>)>,
}

impl File {
    pub fn read(path: &Path) -> File {
        let bytes = std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
        let file = SafeTensors::deserialize(&bytes).unwrap();
        let value = |v: safetensors::tensor::TensorView<'_>| -> Vec<f32> {
            let data = v.data();
            match v.dtype() {
                Dtype::F32 => data
                    .chunks_exact(4)
                    .map(|b| f32::from_le_bytes(b.try_into().unwrap()))
                    .collect(),
                Dtype::I64 => data
                    .chunks_exact(8)
                    .map(|b| i64::from_le_bytes(b.try_into().unwrap()) as f32)
                    .collect(),
                other => panic!("{}: {other:?}", path.display()),
            }
        };
        let name = path
            .file_name()
            .unwrap()
            .to_string_lossy()
            .replace(".expected.safetensors", "");
        File {
            name,
            folder: path.parent().unwrap().to_path_buf(),
            metadata: header.metadata().clone().unwrap_or_default(),
            tensors: file
                .tensors()
                .into_iter()
                .map(|(n, v)| (n, (v.shape().to_vec(), value(v))))
                .collect(),
        }
    }

    pub fn get(&self, name: &str) -> &[f32] {
        &self
            .tensors
            .get(name)
            .unwrap_or_else(|| panic!("{} has no {name}", self.name))
            .1
    }
}

/// How a tensor is compared (golden/README's tolerances).
#[derive(Debug, Clone, Copy)]
pub enum Tolerance {
    /// Bit for bit.
    Equal,
    /// 1e-4 relative or 1e-5 absolute.
    Value,
    /// 1e-3 of the tensor's largest magnitude or 1e-5 absolute.
    Gradient,
    /// At least 99 % of the pixels equal; what is not a number equals nothing.
    Pixels,
}

impl Tolerance {
    /// How far apart the two are, in units of what is allowed: at most 1 is good.
    fn excess(self, got: &[f32], want: &[f32]) -> f64 {
        let pairs = || got.iter().zip(want).map(|(a, b)| (f64::from(*a), f64::from(*b)));
        let worst = |allowed: &dyn Fn(f64) -> f64| {
            pairs()
                .map(|(a, b)| {
                    if a.is_nan() || b.is_nan() {
                        f64::INFINITY
                    } else {
                        (a - b).abs() / allowed(b)
                    }
                })
                .fold(0.0, f64::max)
        };
        match self {
            Tolerance::Equal => {
                if got == want {
                    0.0
                } else {
                    f64::INFINITY
                }
            }
            Tolerance::Value => worst(&|b| (1e-4 * b.abs()).max(1e-5)),
            Tolerance::Gradient => {
                let largest = pairs().map(|(_, b)| b.abs()).fold(0.0, f64::max);
                worst(&|_| (1e-3 * largest).max(1e-5))
            }
            Tolerance::Pixels => {
                let different = pairs()
                    .filter(|(a, b)| (a - b).abs() >= 1e-6 || (a - b).is_nan())
                    .count();
                different as f64 / want.len() as f64 / 0.01
            }
        }
    }
}

/// Refuses what no tolerance may let pass: it has its own `main`, so it is called there.
pub fn check_tolerances() {
    let all = [
        Tolerance::Equal,
        Tolerance::Value,
        Tolerance::Gradient,
        Tolerance::Pixels,
    ];
    for tolerance in all {
        let good = [0.5; 50];
        assert!(tolerance.excess(&good, &good) <= 1.0);
        let nothing = [f32::NAN; 50];
        for (got, want) in [(nothing, good), (good, nothing), (nothing, nothing)] {
            assert!(tolerance.excess(&got, &want) > 1.0, "{tolerance:?} lets NaN pass");
        }
    }
}

/// Counts what was compared and prints one line per file and group of tensors.
#[derive(Default)]
pub struct Tally {
    pub compared: usize,
    pub wrong: usize,
    pub failed: usize,
    /// Steps of PGD, counted per image, and those that went another way where rounding decides.
    pub image_steps: usize,
    pub undecided: usize,
    backend: String,
    file: String,
    seen: BTreeSet<String>,
    groups: BTreeMap<String, (usize, f64)>,
}

impl Tally {
    pub fn begin(&mut self, backend: &str, file: &str) {
        (self.backend, self.file) = (backend.into(), file.into());
        self.seen.clear();
        self.groups.clear();
    }

    /// Compares `got` with the file's tensor `name`; a tensor the file dropped as unstable is passed over.
    pub fn compare(&mut self, file: &File, name: &str, got: &[f32], tolerance: Tolerance) {
        let Some((_, want)) = file.tensors.get(name) else {
            return;
        };
        self.seen.insert(name.to_string());
        let excess = if got.len() == want.len() {
            tolerance.excess(got, want)
        } else {
            f64::INFINITY
        };
        self.compared += 1;
        if excess > 1.0 {
            self.wrong += 1;
            self.failed += 1;
            println!(
                "WRONG {} {} {name}: {excess:.3} times the tolerance",
                self.backend, self.file
            );
        }
        let group = name.split('.').take(2).collect::<Vec<_>>().join(".");
        let entry = self.groups.entry(group).or_default();
        entry.0 += 1;
        entry.1 = entry.1.max(excess);
    }

    /// Says that a tensor is an input.
    pub fn input(&mut self, name: &str) {
        self.seen.insert(name.to_string());
    }

    /// Prints the groups and fails on tensors that nobody compared.
    pub fn end(&mut self, file: &File) {
        for (group, (n, worst)) in &self.groups {
            println!(
                "{:5} {:20} {group:24} {n:3} tensors, worst {worst:.3} of the tolerance",
                self.backend, self.file
            );
        }
        for name in file.tensors.keys().filter(|n| !self.seen.contains(*n)) {
            self.failed += 1;
            println!("NOT COMPARED {} {} {name}", self.backend, self.file);
        }
    }
}
