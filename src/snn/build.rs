//! From a network specification to layers and parameters, in the reference's order and under its names.

use super::layer::{Block, Layer};
use super::parameter::{Draft, ParameterKind};
use crate::spec::{BlockItem, Family, NetworkSpec};

/// A network before it has any values.
pub(super) struct Blueprint {
    pub layers: Vec<Layer>,
    pub parameters: Vec<Draft>,
    /// Name and channels of every batch norm.
    pub norms: Vec<(String, usize)>,
}

struct Builder {
    parameters: Vec<Draft>,
    norms: Vec<(String, usize)>,
    /// Channels, height, width at the point reached.
    at: [usize; 3],
}

/// The layers and what they need, without a device. `None` only for a specification that was not checked.
pub(super) fn blueprint(spec: &NetworkSpec) -> Option<Blueprint> {
    let mut b = Builder {
        parameters: Vec::new(),
        norms: Vec::new(),
        at: spec.input().frame,
    };
    let layers = match spec.architecture()? {
        Family::Vgg { blocks, hidden } => b.vgg(&blocks, &hidden, spec.classes),
        Family::WideResnet { depth, width } => b.wide_resnet(depth, width, spec.classes),
    };
    Some(Blueprint {
        layers,
        parameters: b.parameters,
        norms: b.norms,
    })
}

impl Builder {
    fn parameter(&mut self, name: String, shape: &[usize], kind: ParameterKind) -> usize {
        self.parameters.push(Draft {
            name,
            shape: shape.to_vec(),
            kind,
        });
        self.parameters.len() - 1
    }

    fn convolution(&mut self, name: &str, outputs: usize, kernel: usize, stride: usize, bias: bool) -> Layer {
        let [channels, height, width] = self.at;
        let padding = kernel / 2;
        let shape = [outputs, channels, kernel, kernel];
        let weight = self.parameter(format!("{name}.weight"), &shape, ParameterKind::Convolution);
        let kind = ParameterKind::ConvolutionBias {
            fan_in: channels * kernel * kernel,
        };
        let bias = bias.then(|| self.parameter(format!("{name}.bias"), &[outputs], kind));
        let side = |n: usize| (n + 2 * padding - kernel) / stride + 1;
        self.at = [outputs, side(height), side(width)];
        Layer::Convolution {
            weight,
            bias,
            outputs,
            kernel,
            stride,
            padding,
        }
    }

    fn norm(&mut self, name: &str) -> Layer {
        let channels = self.at[0];
        let gamma = self.parameter(format!("{name}.weight"), &[channels], ParameterKind::Gamma);
        let beta = self.parameter(format!("{name}.bias"), &[channels], ParameterKind::Beta);
        let buffer = self.norms.len();
        self.norms.push((name.to_string(), channels));
        Layer::Norm { gamma, beta, buffer }
    }

    fn linear(&mut self, name: &str, inputs: usize, outputs: usize) -> Layer {
        let weight = self.parameter(format!("{name}.weight"), &[outputs, inputs], ParameterKind::Linear);
        let bias = self.parameter(format!("{name}.bias"), &[outputs], ParameterKind::LinearBias);
        Layer::Linear { weight, bias, outputs }
    }

    fn pool(&mut self, k: usize) -> Layer {
        self.at = [self.at[0], self.at[1] / k, self.at[2] / k];
        Layer::Pool(k)
    }

    /// Inside each `layerN` the reference counts convolution, batch norm, LIF and pool one by one.
    fn vgg(&mut self, blocks: &[Vec<BlockItem>], hidden: &[usize], classes: usize) -> Vec<Layer> {
        let mut layers = Vec::new();
        for (b, block) in blocks.iter().enumerate() {
            let mut i = 0;
            for item in block {
                match item {
                    BlockItem::Convolution(outputs) => {
                        layers.push(self.convolution(&format!("layer{}.{i}", b + 1), *outputs, 3, 1, true));
                        layers.push(self.norm(&format!("layer{}.{}", b + 1, i + 1)));
                        layers.push(Layer::Lif);
                        i += 3;
                    }
                    BlockItem::Pool(_) => {
                        layers.push(self.pool(2));
                        i += 1;
                    }
                }
            }
        }
        layers.push(Layer::Flatten);
        let mut inputs = self.at.iter().product();
        for (n, width) in hidden.iter().enumerate() {
            layers.push(self.linear(&format!("classifier.{}", 2 * n + 1), inputs, *width));
            layers.push(Layer::Lif);
            inputs = *width;
        }
        layers.push(self.linear(&format!("classifier.{}", 2 * hidden.len() + 1), inputs, classes));
        layers
    }

    fn wide_resnet(&mut self, depth: usize, width: usize, classes: usize) -> Vec<Layer> {
        let mut layers = vec![self.convolution("conv1", 16, 3, 1, false)];
        for (g, base) in [16, 32, 64].into_iter().enumerate() {
            for n in 0..(depth - 4) / 6 {
                let stride = if g > 0 && n == 0 { 2 } else { 1 };
                layers.push(self.residual(&format!("block{}.{n}", g + 1), base * width, stride));
            }
        }
        layers.push(self.norm("bn1"));
        layers.push(Layer::Lif);
        layers.push(self.pool(8));
        layers.push(Layer::Flatten);
        let inputs = self.at.iter().product();
        layers.push(self.linear("fc", inputs, classes));
        layers
    }

    fn residual(&mut self, name: &str, outputs: usize, stride: usize) -> Layer {
        let entry = self.at;
        let head = vec![self.norm(&format!("{name}.bn1")), Layer::Lif];
        let first = self.convolution(&format!("{name}.conv1"), outputs, 3, stride, false);
        let branch = vec![
            first,
            self.norm(&format!("{name}.bn2")),
            Layer::Lif,
            self.convolution(&format!("{name}.conv2"), outputs, 3, 1, false),
        ];
        let exit = self.at;
        self.at = entry;
        let shortcut = (entry[0] != outputs)
            .then(|| Box::new(self.convolution(&format!("{name}.convShortcut"), outputs, 1, stride, false)));
        self.at = exit;
        let combination = self.parameter(format!("{name}.convex.comb"), &[2], ParameterKind::Combination);
        Layer::Block(Block {
            head,
            branch,
            shortcut,
            combination,
        })
    }
}
