//! What the neurons did in a recorded pass: firing rates, surrogate support, silence, synaptic operations.

use super::backend::{Array, Plane, download};
use super::layer::Layer;
use super::network::Network;
use super::pass::{Memory, Pass};
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
        collect(self.memories(pass), &mut |memory| match memory {
            Memory::Membranes {
                u,
                spikes: Some(s),
                membrane,
                ..
            } => {
                let width = support_width(pass.how.mode);
                let distance = (u.clone() - membrane.threshold).abs();
                let support = mean(distance.lower_elem(width).float());
                found.push(measure(s, support, membrane.steps * pass.images));
            }
            Memory::Rates {
                spikes: Some(s),
                membrane,
                ..
            } => {
                found.push(measure(s, f64::NAN, membrane.steps * pass.images));
            }
            _ => {}
        });
        found
    }

    /// How near any membrane potential came to the threshold, for each image of a pass made with `observe`. Where that is no
    /// more than a rounding, another order of sums may fire where this one did not.
    pub fn margins(&self, pass: &Pass) -> Vec<f32> {
        let mut margins = vec![f32::INFINITY; pass.images];
        collect(self.memories(pass), &mut |memory| {
            let Memory::Membranes { u, membrane, .. } = memory else {
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
        tally.add(&self.layers, self.memories(pass));
        let images = pass.images.max(1) as f64;
        Work {
            synaptic_operations: tally.work.synaptic_operations / images,
            multiply_accumulates: tally.work.multiply_accumulates / images,
        }
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

/// Visits every memory in the order of the layers.
fn collect(memories: &[Memory], visit: &mut impl FnMut(&Memory)) {
    for memory in memories {
        match memory {
            Memory::Block(block) => {
                collect(&block.head, visit);
                collect(&block.branch, visit);
                if let Some(shortcut) = &block.shortcut {
                    visit(shortcut);
                }
            }
            other => visit(other),
        }
    }
}

/// Work counted layer by layer.
struct Tally {
    work: Work,
    /// Whether what flows at this point are spikes: behind the first neurons, or before them where the input is coded so.
    is_spiking: bool,
}

impl Tally {
    fn add(&mut self, layers: &[Layer], memories: &[Memory]) {
        for (layer, memory) in layers.iter().zip(memories) {
            match (layer, memory) {
                (Layer::Block(block), Memory::Block(memory)) => {
                    self.add(&block.head, &memory.head);
                    self.add(&block.branch, &memory.branch);
                    if let (Some(layer), Some(memory)) = (&block.shortcut, &memory.shortcut) {
                        self.add(std::slice::from_ref(layer), std::slice::from_ref(memory));
                    }
                }
                (layer, Memory::Input(x) | Memory::Scaled { input: x, .. }) => self.layer(layer, x),
                _ => {}
            }
            self.is_spiking |= matches!(layer, Layer::Lif);
        }
    }

    fn layer(&mut self, layer: &Layer, x: &Signal) {
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
