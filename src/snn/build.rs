//! From a network specification to layers and parameters, in the reference's order and under its names.

use super::layer::{Builder, Layer, Layers};
use super::layers::{AveragePool, BatchNorm, Convolution, Flatten, Lif, Linear, ResidualBlock};
use super::parameter::Draft;
use crate::spec::{BlockItem, Family, NetworkSpec};

/// A network before it has any values.
pub(super) struct Blueprint {
    pub layers: Layers,
    pub parameters: Vec<Draft>,
    /// Name and channels of every batch norm.
    pub norms: Vec<(String, usize)>,
}

/// The layers and what they need, without a device. `None` only for a specification that was not checked.
pub(super) fn blueprint(spec: &NetworkSpec) -> Option<Blueprint> {
    let mut families = Families {
        spec,
        b: Builder::new(spec.input().frame),
    };
    let layers = match spec.architecture()? {
        Family::Vgg { blocks, hidden } => families.vgg(&blocks, &hidden),
        Family::WideResnet { depth, width } => families.wide_resnet(depth, width),
    };
    Some(Blueprint::of(layers, families.b))
}

impl Blueprint {
    /// Layers, and what they asked the builder for.
    pub fn of(layers: Layers, builder: Builder) -> Blueprint {
        Blueprint {
            layers,
            parameters: builder.parameters,
            norms: builder.norms,
        }
    }
}

/// The families of networks.
struct Families<'a> {
    spec: &'a NetworkSpec,
    b: Builder,
}

impl Families<'_> {
    fn convolution(&mut self, name: &str, outputs: usize, kernel: usize, stride: usize, bias: bool) -> Box<dyn Layer> {
        Box::new(Convolution::build(&mut self.b, name, outputs, kernel, stride, bias))
    }

    fn norm(&mut self, name: &str) -> Box<dyn Layer> {
        Box::new(BatchNorm::build(&mut self.b, name))
    }

    fn neurons(&self) -> Box<dyn Layer> {
        Box::new(Lif::of(self.spec))
    }

    fn pool(&mut self, k: usize) -> Box<dyn Layer> {
        Box::new(AveragePool::build(&mut self.b, k))
    }

    fn flatten(&mut self) -> Box<dyn Layer> {
        Box::new(Flatten::build(&mut self.b))
    }

    fn linear(&mut self, name: &str, outputs: usize) -> Box<dyn Layer> {
        Box::new(Linear::build(&mut self.b, name, outputs))
    }

    /// Inside each `layerN` the reference counts convolution, batch norm, LIF and pool one by one.
    fn vgg(&mut self, blocks: &[Vec<BlockItem>], hidden: &[usize]) -> Layers {
        let mut layers = Vec::new();
        for (b, block) in blocks.iter().enumerate() {
            let mut i = 0;
            for item in block {
                match item {
                    BlockItem::Convolution(outputs) => {
                        layers.push(self.convolution(&format!("layer{}.{i}", b + 1), *outputs, 3, 1, true));
                        layers.push(self.norm(&format!("layer{}.{}", b + 1, i + 1)));
                        layers.push(self.neurons());
                        i += 3;
                    }
                    BlockItem::Pool(_) => {
                        layers.push(self.pool(2));
                        i += 1;
                    }
                }
            }
        }
        layers.push(self.flatten());
        for (n, width) in hidden.iter().enumerate() {
            layers.push(self.linear(&format!("classifier.{}", 2 * n + 1), *width));
            layers.push(self.neurons());
        }
        layers.push(self.linear(&format!("classifier.{}", 2 * hidden.len() + 1), self.spec.classes));
        layers
    }

    fn wide_resnet(&mut self, depth: usize, width: usize) -> Layers {
        let mut layers = vec![self.convolution("conv1", 16, 3, 1, false)];
        for (g, base) in [16, 32, 64].into_iter().enumerate() {
            for n in 0..(depth - 4) / 6 {
                let stride = if g > 0 && n == 0 { 2 } else { 1 };
                layers.push(self.residual(&format!("block{}.{n}", g + 1), base * width, stride));
            }
        }
        layers.push(self.norm("bn1"));
        layers.push(self.neurons());
        layers.push(self.pool(8));
        layers.push(self.flatten());
        layers.push(self.linear("fc", self.spec.classes));
        layers
    }

    fn residual(&mut self, name: &str, outputs: usize, stride: usize) -> Box<dyn Layer> {
        let entry = self.b.at;
        let head = vec![self.norm(&format!("{name}.bn1")), self.neurons()];
        let branch = vec![
            self.convolution(&format!("{name}.conv1"), outputs, 3, stride, false),
            self.norm(&format!("{name}.bn2")),
            self.neurons(),
            self.convolution(&format!("{name}.conv2"), outputs, 3, 1, false),
        ];
        let exit = self.b.at;
        self.b.at = entry;
        let shortcut =
            (entry[0] != outputs).then(|| self.convolution(&format!("{name}.convShortcut"), outputs, 1, stride, false));
        self.b.at = exit;
        Box::new(ResidualBlock::build(&mut self.b, name, head, branch, shortcut))
    }
}
