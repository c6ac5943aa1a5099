//! Families of networks: the architecture that a preset or explicit keys stand for.

use serde::{Deserialize, Serialize};

/// One entry of a VGG block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum BlockItem {
    /// 3×3 convolution of that many channels, batch norm, LIF.
    Convolution(usize),
    /// `"pool"`: 2×2 average pool.
    Pool(String),
}

impl BlockItem {
    /// The pool.
    pub fn pool() -> Self {
        BlockItem::Pool("pool".into())
    }
}

/// The architecture, resolved from a preset or explicit keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Family {
    /// Blocks of convolution → batch norm → LIF and pools, then linear layers.
    Vgg {
        /// The blocks.
        blocks: Vec<Vec<BlockItem>>,
        /// Hidden linear widths.
        hidden: Vec<usize>,
    },
    /// Pre-activation wide residual network.
    WideResnet {
        /// d.
        depth: usize,
        /// k.
        width: usize,
    },
}
