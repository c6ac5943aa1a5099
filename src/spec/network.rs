//! The network that is wanted. The keys are those of the golden files' metadata, so one reader serves a
//! specification, a `NETWORK.toml`, a checkpoint and a golden file.

use super::{
    error::Checker,
    family::{BlockItem, Family},
    preset,
};
use crate::input::{Input, MOST_CLASSES};
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
    /// Frames of events, each normalised and shown at its own time step.
    Frames,
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

    /// The form of one sample: an image of brightness, shown at every time step, or T frames of counted events.
    pub const fn input(&self) -> Input {
        match self.encoding {
            Encoding::Direct | Encoding::Poisson => Input::image(self.image),
            Encoding::Frames => Input::counts(self.steps, self.image),
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
        c.count("network.classes", self.classes, 2, MOST_CLASSES.into(), "10");
        c.count("network.steps", self.steps, 1, 256, "4");
        // As it was written: the nearest f32 of 0.01 lies below it.
        let written = |value: f32| value.to_string().parse().unwrap_or(f64::NAN);
        c.range("network.leak", written(self.leak), 0.0, 1.0, "1.0");
        c.range("network.threshold", written(self.threshold), 0.01, 100.0, "1.0");
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
            return self.check_choice(c);
        };
        match family {
            Family::Vgg { blocks, hidden } => self.check_vgg(&blocks, &hidden, c),
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

    fn check_vgg(&self, blocks: &[Vec<BlockItem>], hidden: &[usize], c: &mut Checker) {
        let convolutions = blocks
            .iter()
            .flatten()
            .filter(|b| matches!(b, BlockItem::Convolution(_)))
            .count();
        if blocks.is_empty() {
            return need_blocks(c);
        }
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
}

/// What a missing key is shown as.
const MISSING: &str = "(missing)";

fn need_blocks(c: &mut Checker) {
    c.require(
        false,
        "network.blocks",
        MISSING,
        "blocks of widths from 1 to 8192 and \"pool\": network.family = \"vgg\" needs it",
        "write for example network.blocks = [[32, \"pool\"], [64, \"pool\"]]",
    );
}

impl NetworkSpec {
    /// There is no architecture: names every key that is wrong or now missing.
    fn check_choice(&self, c: &mut Checker) {
        match (&self.preset, self.family.as_deref()) {
            (Some(preset), Some(family)) => c.require(
                false,
                "network.preset",
                format!("{preset:?} beside network.family = {family:?}"),
                &format!("one of {} without network.family, or absent beside it", preset_names()),
                "take one of the two out of the file",
            ),
            (Some(preset), None) => c.require(
                false,
                "network.preset",
                format!("{preset:?}"),
                &format!("one of {}", preset_names()),
                "write for example network.preset = \"small\"",
            ),
            (None, Some("vgg" | "wide_resnet")) => {}
            (None, Some(family)) => c.require(
                false,
                "network.family",
                format!("{family:?}"),
                "\"vgg\" with network.blocks, or \"wide_resnet\" with network.depth and network.width",
                "write for example network.family = \"vgg\"",
            ),
            (None, None) => c.require(
                false,
                "network.preset",
                MISSING,
                &format!("one of {}, unless network.family is given", preset_names()),
                "write for example network.preset = \"small\"",
            ),
        }
        match self.family.as_deref() {
            Some("vgg") if self.blocks.is_empty() => need_blocks(c),
            Some("wide_resnet") => self.check_wide(c),
            _ => {}
        }
    }

    fn check_wide(&self, c: &mut Checker) {
        let need = "network.family = \"wide_resnet\" needs it";
        c.require(
            self.depth.is_some(),
            "network.depth",
            MISSING,
            &format!("6n + 4, from 10 to 100: {need}"),
            "write for example network.depth = 16",
        );
        c.require(
            self.width.is_some(),
            "network.width",
            MISSING,
            &format!("between 1 and 64: {need}"),
            "write for example network.width = 4",
        );
    }
}

fn preset_names() -> String {
    preset::PRESETS.join(", ")
}

#[cfg(test)]
mod tests {
    use crate::spec::Experiment;

    fn said(network: &str, set: &str) -> String {
        let text = format!(
            "[data]\nname = \"glyphs\"\n[network]\n{network}\nclasses = 10\nimage = [1, 32, 32]\nmean = [0.2]\nstd = [0.3]\n"
        );
        let error = Experiment::parse(&text, "f", "n", &[set.to_string()]).unwrap_err();
        error.to_string()
    }

    #[test]
    fn a_change_that_makes_other_keys_necessary_names_them_with_what_they_take() {
        let vgg = "family = \"vgg\"\nblocks = [[8, \"pool\"]]";
        let both = said(vgg, "network.family=wide_resnet");
        assert!(
            both.contains("network.depth = (missing): must be 6n + 4, from 10 to 100"),
            "{both}"
        );
        assert!(
            both.contains("network.width = (missing): must be between 1 and 64"),
            "{both}"
        );
        let wide = said("family = \"wide_resnet\"\ndepth = 16\nwidth = 4", "network.family=vgg");
        assert!(
            wide.contains("network.blocks = (missing): must be blocks of widths"),
            "{wide}"
        );
        let preset = said("preset = \"small\"", "network.family=wide_resnet");
        for words in ["network.preset = \"small\" beside", "network.depth", "network.width"] {
            assert!(preset.contains(words), "{words}: {preset}");
        }
        assert!(said(vgg, "network.family=resnet").contains("network.family = \"resnet\": must be \"vgg\" with"));
        assert!(said("", "network.steps=3").contains("network.preset = (missing)"));
        assert!(said(vgg, "network.image=[3,32,32]").contains("3 numbers each"));
    }
}
