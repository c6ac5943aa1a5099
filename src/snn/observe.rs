//! What the neurons did in a recorded pass: firing rates, surrogate support, silence, synaptic operations.

use super::backend::{Array, Plane, download};
use super::layer::{Firing, Layer, Memory, Role};
use super::network::Network;
use super::pass::Pass;
use super::signal::Signal;
use crate::spec::{BackwardMode, Surrogate};

/// Energy of an accumulate at 45 nm, in picojoule.
const ACCUMULATE: f64 = 0.9;
/// Energy of a multiply-accumulate at 45 nm, in picojoule.
const MULTIPLY_ACCUMULATE: f64 = 4.6;

/// One spiking layer over one pass.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LayerActivity {
    /// Mean spikes per neuron and step, in [0, 1].
    pub firing_rate: f64,
    /// Share of membrane potentials inside the surrogate's support.
    pub support: f64,
    /// Share of units that fired for no image at no step.
    pub silent: f64,
}

/// Work of one pass per image.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Work {
    /// Accumulates caused by spikes (or other non-zero inputs).
    pub synaptic_operations: f64,
    /// Multiply-accumulates of layers whose input is no spikes: an image or frames.
    pub multiply_accumulates: f64,
}

impl Work {
    /// The 45 nm estimate in microjoule.
    pub fn microjoule(self) -> f64 {
        (self.synaptic_operations * ACCUMULATE + self.multiply_accumulates * MULTIPLY_ACCUMULATE) * 1e-6
    }
}

impl Network {
    /// Activity of every spiking layer, in order, of a pass made with `observe`.
    pub fn activity(&self, pass: &Pass) -> Vec<LayerActivity> {
        let mut found = Vec::new();
        self.visit(pass, &mut |_, memory| {
            let Some(Firing {
                potentials,
                spikes: Some(spikes),
                membrane,
            }) = memory.firing()
            else {
                return;
            };
            let support = match potentials {
                Some(u) => {
                    let width = support_width(pass.how.mode);
                    let distance = (u.clone() - membrane.threshold).abs();
                    mean(distance.lower_elem(width).float())
                }
                None => f64::NAN,
            };
            found.push(measure(spikes, support, membrane.steps * pass.images));
        });
        found
    }

    /// How near any membrane potential came to the threshold, for each image of a pass made with `observe`. Where that is no
    /// more than a rounding, another order of sums may fire where this one did not.
    pub fn margins(&self, pass: &Pass) -> Vec<f32> {
        let mut margins = vec![f32::INFINITY; pass.images];
        self.visit(pass, &mut |_, memory| {
            let Some(Firing {
                potentials: Some(u),
                membrane,
                ..
            }) = memory.firing()
            else {
                return;
            };
            let units = (membrane.neurons / pass.images.max(1)).max(1);
            for step in download(u).chunks_exact(membrane.neurons.max(1)) {
                for (margin, image) in margins.iter_mut().zip(step.chunks_exact(units)) {
                    let nearest = image
                        .iter()
                        .map(|u| (u - membrane.threshold).abs())
                        .fold(f32::INFINITY, f32::min);
                    *margin = margin.min(nearest);
                }
            }
        });
        margins
    }

    /// Synaptic work per image of a recorded pass.
    pub fn work(&self, pass: &Pass) -> Work {
        let mut tally = Tally {
            work: Work::default(),
            is_spiking: self.encoder.is_spiking(),
        };
        self.visit(pass, &mut |layer, memory| tally.add(layer, memory));
        let images = pass.images.max(1) as f64;
        Work {
            synaptic_operations: tally.work.synaptic_operations / images,
            multiply_accumulates: tally.work.multiply_accumulates / images,
        }
    }

    /// Visits every layer that is not made of others, in order, with what it remembered.
    fn visit(&self, pass: &Pass, look: &mut Look<'_>) {
        for (layer, memory) in self.layers.iter().zip(&pass.memories) {
            visit(layer.as_ref(), memory, look);
        }
    }
}

/// Looks at one layer.
type Look<'a> = dyn FnMut(&dyn Layer, &Memory) + 'a;

fn visit(layer: &dyn Layer, memory: &Memory, look: &mut Look<'_>) {
    let parts = layer.parts(memory);
    if parts.is_empty() {
        look(layer, memory);
    }
    for (layer, memory) in parts {
        visit(layer, memory, look);
    }
}

fn mean(x: Array) -> f64 {
    f64::from(x.mean().into_scalar::<f32>())
}

fn measure(spikes: &Array, support: f64, rows: usize) -> LayerActivity {
    let units = spikes.dims()[0] / rows.max(1);
    let per_unit = spikes.clone().reshape([rows, units]).sum_dim(0);
    let silent = f64::from(per_unit.lower_elem(0.5).float().mean().into_scalar::<f32>());
    LayerActivity {
        firing_rate: mean(spikes.clone()),
        support,
        silent,
    }
}

fn support_width(mode: BackwardMode) -> f32 {
    match mode {
        BackwardMode::Bptt(Surrogate::Triangle(w)) => w,
        BackwardMode::Bptt(Surrogate::Rectangle(w)) => 0.5 * w,
        // Unbounded supports: the width inside which most of the surrogate's mass lies.
        BackwardMode::Bptt(Surrogate::Sigmoid(a)) => 4.0 / a,
        BackwardMode::Bptt(Surrogate::Arctan(a)) => 2.0 / a,
        BackwardMode::Bptt(Surrogate::Gaussian(w)) => 2.0 * w,
        BackwardMode::Hart(w) => w,
        _ => f32::INFINITY,
    }
}

/// Work counted layer by layer.
struct Tally {
    work: Work,
    /// Whether what flows at this point are spikes: behind the first neurons, or before them where the input is coded so.
    is_spiking: bool,
}

impl Tally {
    fn add(&mut self, layer: &dyn Layer, memory: &Memory) {
        if let Some(x) = memory.input().filter(|_| layer.fan_out() > 0.0) {
            self.layer(layer, x);
        }
        self.is_spiking |= matches!(layer.role(), Role::Spikes(_));
    }

    fn layer(&mut self, layer: &dyn Layer, x: &Signal) {
        let Plane {
            rows,
            channels,
            height,
            width,
        } = x.shape.plane();
        let inputs = (rows * channels * height * width) as f64;
        if self.is_spiking {
            let active = mean(x.data.clone().not_equal_elem(0.0).float());
            self.work.synaptic_operations += inputs * active * layer.fan_out();
        } else {
            self.work.multiply_accumulates += inputs * layer.fan_out();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snn::{How, backend::Device};
    use crate::spec::NetworkSpec;

    fn work(encoding: &str, steps: usize) -> Work {
        let spec: NetworkSpec = serde_json::from_value(serde_json::json!({
            "family": "vgg", "blocks": [[8], [8, "pool"]], "hidden": [], "classes": 3, "image": [1, 4, 4],
            "mean": [0.5], "std": [0.25], "steps": steps, "encoding": encoding, "threshold": 0.2,
        }))
        .unwrap();
        let network = Network::new(&spec, &Device::find("cpu").unwrap(), 3).unwrap();
        let pixels: Vec<f32> = (0..32).map(|i| i as f32 / 32.0).collect();
        let how = How {
            observe: true,
            ..How::attack(How::EVALUATE.mode)
        };
        network.work(&network.forward(&pixels, 2, &how))
    }

    #[test]
    fn with_one_time_step_spikes_are_added_as_with_two_and_only_the_image_is_multiplied() {
        let [one, two] = [1, 2].map(|steps| work("direct", steps));
        let of_image = (16 * 8 * 9) as f64;
        assert_eq!(
            (one.multiply_accumulates, two.multiply_accumulates),
            (of_image, of_image)
        );
        assert!(one.synaptic_operations > 0.0 && one.synaptic_operations <= two.synaptic_operations);
        assert!(one.microjoule() <= two.microjoule(), "{one:?} {two:?}");
    }

    #[test]
    fn an_input_of_spikes_is_never_multiplied() {
        for steps in [1, 2] {
            assert_eq!(work("poisson", steps).multiply_accumulates, 0.0);
        }
    }
}
