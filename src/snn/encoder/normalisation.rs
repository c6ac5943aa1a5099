//! A frame less its mean and by its deviation, channel by channel.

use crate::spec::NetworkSpec;

/// Mean and deviation of every channel.
pub(super) struct Normalisation {
    mean: Vec<f32>,
    deviation: Vec<f32>,
    /// Values of one channel.
    area: usize,
}

impl Normalisation {
    /// As a network has it.
    pub fn of(spec: &NetworkSpec) -> Normalisation {
        let [_, height, width] = spec.input().frame;
        Normalisation {
            mean: spec.mean.clone(),
            deviation: spec.std.clone(),
            area: height * width,
        }
    }

    /// Appends a frame `[C, H, W]`, normalised.
    pub fn append(&self, frame: &[f32], normalised: &mut Vec<f32>) {
        let channels = self.mean.iter().zip(&self.deviation).cycle();
        for (plane, (mean, deviation)) in frame.chunks_exact(self.area.max(1)).zip(channels) {
            normalised.extend(plane.iter().map(|p| (p - mean) / deviation));
        }
    }

    /// Adds to a frame's gradient that of the normalised frame.
    pub fn add_gradient(&self, normalised: &[f32], frame: &mut [f32]) {
        let area = self.area.max(1);
        let planes = normalised.chunks_exact(area).zip(frame.chunks_exact_mut(area));
        for ((from, to), deviation) in planes.zip(self.deviation.iter().cycle()) {
            to.iter_mut().zip(from).for_each(|(to, g)| *to += g / deviation);
        }
    }
}
