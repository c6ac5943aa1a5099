//! The algorithms on functions whose answers are known, and on a small spiking network.

mod budget;
mod frames;
mod linear;
mod spiking;

use super::*;
use crate::input::{Batch, Input};
use crate::random::{Purpose, stream};
use std::cell::RefCell;

/// Image of the tests: one channel, 4 × 4.
const SHAPE: [usize; 3] = [1, 4, 4];
const D: usize = 16;

/// Every attack that moves anything, briefly.
const ALL: &str =
    "noise,gaussian,fgsm,rfgsm,rfgsm-ta,bim:5,pgd:5,mifgsm:5,apgd-ce:8,apgd-dlr:8,apgd-t:8,sapgd:8,square:20";

fn kinds(list: &str) -> Vec<AttackKind> {
    AttackKind::list(list).unwrap()
}

fn terms(kind: &str, eps: f64) -> Terms {
    Terms {
        kind: kind.parse().unwrap(),
        eps: Epsilon::new(eps).unwrap(),
        seed: 7,
        ..Terms::default()
    }
}

/// Random images with pixels from 0.3 to 0.7, of class 0, 1, 2, 0, …
fn images(n: usize) -> Batch {
    let mut random = stream(11, Purpose::Probe, 0, 0);
    Batch {
        input: Input::image(SHAPE),
        values: (0..n * D).map(|_| 0.5 + random.symmetric(0.2)).collect(),
        labels: (0..n).map(|i| (i % 3) as crate::input::Label).collect(),
        places: (0..n as u64).collect(),
    }
}

/// z = W·x, three classes.
struct Linear {
    w: Vec<f32>,
    /// Images asked about, look by look.
    asked: RefCell<Vec<usize>>,
    gradients: bool,
}

impl Linear {
    fn new(seed: u64) -> Linear {
        let mut random = stream(seed, Purpose::Weights, 0, 0);
        Linear {
            w: (0..3 * D).map(|_| random.normal()).collect(),
            asked: RefCell::default(),
            gradients: true,
        }
    }

    fn row(&self, class: usize) -> &[f32] {
        &self.w[class * D..][..D]
    }

    fn z(&self, x: &[f32]) -> Vec<f32> {
        (0..3)
            .map(|c| self.row(c).iter().zip(x).map(|(w, x)| w * x).sum())
            .collect()
    }
}

impl Oracle for Linear {
    fn logits(&self, q: &Query<'_>) -> Vec<f32> {
        self.asked.borrow_mut().push(q.who.len());
        q.x.chunks_exact(D).flat_map(|x| self.z(x)).collect()
    }

    fn gradient(&self, q: &Query<'_>, slope: Slope<'_>) -> (Vec<f32>, Vec<f32>) {
        assert!(self.gradients, "no gradient may be asked for");
        let z = self.logits(q);
        let pixel = |s: &[f32], i: usize| (0..3).map(|c| s[c] * self.row(c)[i]).sum();
        let g = slope(&z)
            .chunks_exact(3)
            .flat_map(|s| (0..D).map(move |i| pixel(s, i)))
            .collect();
        (z, g)
    }
}
