//! The network that is wanted. The keys are those of the golden files' metadata, so one reader serves a
//! specification, a `NETWORK.toml`, a checkpoint and a golden file.

use super::{error::Checker, preset};
use serde::{Deserialize, Serialize};

/// `[network]`, as written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkSpec {
    /// A name from [`super::PRESETS`]; or give `family` and its keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
    /// `vgg` or `wide_resnet`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// Convolution widths and `"pool"`, block by block (`vgg`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<Vec<BlockItem>>,
    /// Widths of the hidden linear layers (`vgg`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden: Option<Vec<usize>>,
    /// d of WRN-d-k.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub depth: Option<usize>,
    /// k of WRN-d-k.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<usize>,
    /// Output classes K.
    pub classes: usize,
    /// Channels, height, width of the input image.
    pub image: [usize; 3],
    /// Per-channel mean, subtracted inside the network.
    pub mean: Vec<f32>,
    /// Per-channel deviation, divided by inside the network.
    pub std: Vec<f32>,
    /// Time steps T.
    #[serde(default = "eight", alias = "T")]
    pub steps: usize,
    /// Leak τ; 1 is integrate-and-fire.
    #[serde(default = "one", alias = "tau")]
    pub leak: f32,
    /// Firing threshold θ.
    #[serde(default = "one")]
    pub threshold: f32,
    /// What a spike does to the membrane.
    #[serde(default)]
    pub reset: Reset,
    /// Whether the reset is cut out of the gradient.
    #[serde(default)]
    pub detach_reset: bool,
    /// How an image becomes T inputs.
    #[serde(default)]
    pub encoding: Encoding,
    /// Only `average 2x2` exists; the golden files state it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pool: Option<String>,
}

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

/// What a spike does to the membrane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reset {
    /// To 0.
    #[default]
    Hard,
    /// By the threshold.
    Soft,
}

/// How an image becomes T inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// The normalised image, T times.
    #[default]
    Direct,
    /// A spike where the pixel is at least a fresh uniform number, without normalisation.
    Poisson,
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

fn one() -> f32 {
    1.0
}

fn eight() -> usize {
    8
}

impl NetworkSpec {
    /// The architecture. `None` only where checking has found a problem.
    pub fn architecture(&self) -> Option<Family> {
        match (&self.preset, self.family.as_deref()) {
            (Some(name), None) => match preset::family(name)? {
                Family::Vgg { blocks, hidden } => Some(Family::Vgg {
                    blocks,
                    hidden: self.hidden.clone().unwrap_or(hidden),
                }),
                wide => Some(wide),
            },
            (None, Some("vgg")) => Some(Family::Vgg {
                blocks: self.blocks.clone(),
                hidden: self.hidden.clone().unwrap_or_default(),
            }),
            (None, Some("wide_resnet")) => Some(Family::WideResnet {
                depth: self.depth?,
                width: self.width?,
            }),
            _ => None,
        }
    }

    /// A name for people: `vgg11 T8`, `vgg 32-P-64-P T4`.
    pub fn label(&self) -> String {
        let body = match (&self.preset, self.architecture()) {
            (Some(p), _) => p.clone(),
            (None, Some(Family::WideResnet { depth, width })) => format!("wrn-{depth}-{width}"),
            (None, Some(Family::Vgg { blocks, .. })) => {
                let item = |b: &BlockItem| match b {
                    BlockItem::Convolution(n) => n.to_string(),
                    BlockItem::Pool(_) => "P".into(),
                };
                format!(
                    "vgg {}",
                    blocks.iter().flatten().map(item).collect::<Vec<_>>().join("-")
                )
            }
            (None, None) => "?".into(),
        };
        format!("{body} T{}", self.steps)
    }

    pub(super) fn check(&self, c: &mut Checker) {
        c.count("network.classes", self.classes, 2, 10_000, "10");
        c.count("network.steps", self.steps, 1, 256, "4");
        c.range("network.leak", f64::from(self.leak), 0.0, 1.0, "1.0");
        c.range("network.threshold", f64::from(self.threshold), 0.01, 100.0, "1.0");
        let [channels, height, width] = self.image;
        let fits = (1..=16).contains(&channels) && (4..=1024).contains(&height) && (4..=1024).contains(&width);
        c.require(
            fits,
            "network.image",
            format!("{:?}", self.image),
            "[channels 1..16, height 4..1024, width 4..1024]",
            "write for example network.image = [3, 32, 32]",
        );
        let per_channel = self.mean.len() == channels
            && self.std.len() == channels
            && self.std.iter().all(|s| *s > 0.0 && s.is_finite())
            && self.mean.iter().all(|m| m.is_finite());
        c.require(
            per_channel,
            "network.mean, network.std",
            format!("{:?}, {:?}", self.mean, self.std),
            &format!("{channels} numbers each, deviations above 0"),
            "give one number per image channel",
        );
        self.check_family(c);
    }

    fn check_family(&self, c: &mut Checker) {
        let Some(family) = self.architecture() else {
            let found = match (&self.preset, &self.family) {
                (Some(preset), None) => format!("preset {preset:?}"),
                (None, Some(family)) => format!("family {family:?}"),
                (Some(preset), Some(family)) => format!("preset {preset:?} and family {family:?}"),
                (None, None) => "neither preset nor family".into(),
            };
            let allowed = format!(
                "either preset (one of {}) or family \"vgg\" with blocks, or family \"wide_resnet\" with depth and width",
                preset_names()
            );
            c.require(
                false,
                "network",
                found,
                &allowed,
                "write for example network.preset = \"small\"",
            );
            return;
        };
        match family {
            Family::Vgg { blocks, hidden } => {
                let convolutions = blocks
                    .iter()
                    .flatten()
                    .filter(|b| matches!(b, BlockItem::Convolution(_)))
                    .count();
                c.require(
                    convolutions >= 1,
                    "network.blocks",
                    format!("{} convolutions", convolutions),
                    "at least one convolution",
                    "write for example network.blocks = [[32, \"pool\"], [64, \"pool\"]]",
                );
                let known = blocks.iter().flatten().all(|b| match b {
                    BlockItem::Convolution(n) => (1..=8192).contains(n),
                    BlockItem::Pool(p) => p == "pool",
                });
                c.require(
                    known,
                    "network.blocks",
                    "an entry",
                    "a width from 1 to 8192 or \"pool\"",
                    "write for example network.blocks = [[32, \"pool\"]]",
                );
                let pools = blocks
                    .iter()
                    .flatten()
                    .filter(|b| matches!(b, BlockItem::Pool(_)))
                    .count() as u32;
                let small = self.image[1].min(self.image[2]);
                c.require(
                    pools < 20 && small >> pools >= 1,
                    "network.blocks",
                    format!("{pools} pools"),
                    &format!("at most as many pools as halve {small} to 1"),
                    "take a pool away or use a larger image",
                );
                c.require(
                    hidden.iter().all(|h| (1..=65_536).contains(h)),
                    "network.hidden",
                    format!("{hidden:?}"),
                    "widths from 1 to 65536",
                    "write for example network.hidden = [128]",
                );
            }
            Family::WideResnet { depth, width } => {
                c.require(
                    (10..=100).contains(&depth) && (depth - 4).is_multiple_of(6),
                    "network.depth",
                    depth,
                    "6n + 4, from 10 to 100",
                    "write for example network.depth = 16",
                );
                c.count("network.width", width, 1, 64, "4");
                let sides = self.image[1..].iter().all(|side| side.is_multiple_of(4) && *side >= 32);
                c.require(
                    sides,
                    "network.image",
                    format!("{:?}", self.image),
                    "sides that are multiples of 4 and at least 32 for a wide residual network",
                    "write for example network.image = [3, 32, 32]",
                );
            }
        }
    }
}

fn preset_names() -> String {
    preset::PRESETS.join(", ")
}
