//! What layers ask for while a network is built: parameters and statistics by name, and the shape that has been reached.

use crate::snn::parameter::{Draft, ParameterKind};

/// A network under construction.
pub struct Builder {
    /// Parameters asked for so far, in the order of the state dict.
    pub parameters: Vec<Draft>,
    /// Name and channels of every batch norm so far.
    pub norms: Vec<(String, usize)>,
    /// Channels, height, width at the point reached.
    pub at: [usize; 3],
}

impl Builder {
    /// Begins with images of these channels, height and width.
    pub fn new(image: [usize; 3]) -> Builder {
        Builder {
            parameters: Vec::new(),
            norms: Vec::new(),
            at: image,
        }
    }

    /// A parameter of that name and shape; returns its number.
    pub fn parameter(&mut self, name: String, shape: &[usize], kind: ParameterKind) -> usize {
        self.parameters.push(Draft {
            name,
            shape: shape.to_vec(),
            kind,
        });
        self.parameters.len() - 1
    }

    /// Running statistics of a norm over so many channels; returns their number.
    pub fn statistics(&mut self, name: &str, channels: usize) -> usize {
        self.norms.push((name.to_string(), channels));
        self.norms.len() - 1
    }

    /// Values per image at the point reached.
    pub fn units(&self) -> usize {
        self.at.iter().product()
    }
}
