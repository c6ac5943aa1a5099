//! Every key of `experiment.toml`: what it takes, in which unit, and what it means. Written beside the types that read the
//! file, and held to them by tests: the same keys, the same bounds, the same words. Defaults are not written here: the
//! types have them.

use super::{PRESETS, RECIPE_DESCRIPTIONS, RECIPE_NAMES, surrogate::SURROGATES};
use crate::input::MOST_CLASSES;

/// A key.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Dotted: `train.lr`.
    pub key: &'static str,
    /// What may stand there.
    pub takes: Takes,
    /// Unit; empty for none.
    pub unit: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

/// What a key takes.
#[derive(Debug, Clone, Copy)]
pub enum Takes {
    /// A number between these.
    Number(f64, f64),
    /// An integer between these.
    Whole(f64, f64),
    /// One of these words.
    Word(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// What these words say.
    Said(&'static str),
}

impl Takes {
    /// In words.
    pub fn words(self) -> String {
        match self {
            Takes::Number(low, high) => format!("number, {low} to {high}"),
            Takes::Whole(low, high) => format!("integer, {low} to {high}"),
            Takes::Word(all) => all.iter().map(|w| format!("`\"{w}\"`")).collect::<Vec<_>>().join(", "),
            Takes::Flag => "`true`, `false`".into(),
            Takes::Said(words) => words.into(),
        }
    }
}

const fn key(key: &'static str, takes: Takes, unit: &'static str, meaning: &'static str) -> Key {
    Key {
        key,
        takes,
        unit,
        meaning,
    }
}

use Takes::{Flag, Number, Said, Whole, Word};

/// Attacks as a specification names them.
const ATTACK: &str = "an attack by name: `\"none\"`, `\"noise\"`, `\"gaussian\"`, `\"fgsm\"`, `\"rfgsm\"`, `\"pgd:10\"`, `\"pgd:50x5\"`, `\"bim:10\"`, … \
     (docs/attacks.md)";
const RADIUS: &str = "`\"8/255\"` or a number, 0 to 1";

/// All of them, table by table in the order of the file.
pub static KEYS: &[Key] = &[
    key(
        "name",
        Said("letters, digits, `-`, `_` and `.`, at most 100, not beginning with `.`"),
        "",
        "what runs are called; the folder's name unless given",
    ),
    key("description", Said("text"), "", "one line for people"),
    key(
        "data.name",
        Said(
            "`\"glyphs\"`, `\"fashion-mnist\"`, `\"mnist\"`, `\"cifar-10\"`, `\"cifar-100\"`; recordings: `\"n-mnist\"`, `\"cifar10-dvs\"`, \
             `\"dvs-gesture\"`, `\"events:FOLDER\"`",
        ),
        "",
        "which images or recordings; `glyphs` are embedded, the others are files below `--data`",
    ),
    key(
        "data.augment",
        Word(&["none", "crop", "crop-flip", "event"]),
        "",
        "random changes to training images: a crop after padding by 4 pixels, and a horizontal flip; `event` for recordings: \
         a flip, then a roll, a rotation or a cut-out",
    ),
    key(
        "data.validation",
        Number(0.01, 0.5),
        "share",
        "share of the training images held out for validation",
    ),
    key(
        "data.limit",
        Said("integer: 0 (all), or at least 20"),
        "images",
        "use only the first so many training images, before the validation share is taken",
    ),
    key(
        "data.split_seed",
        Said("integer from 0"),
        "",
        "from which the validation split is drawn, so that runs of different `train.seed` share their data",
    ),
    key(
        "data.frames",
        Word(&["number", "time"]),
        "",
        "recordings: what the T frames have the same of, their number of events or their time (`number` unless given)",
    ),
    key(
        "data.convention",
        Word(&["spikingjelly", "tonic"]),
        "",
        "recordings: whether the last frame takes the events left over (`spikingjelly`, the default) or they are dropped (`tonic`)",
    ),
    key(
        "data.resize",
        Word(&["nearest", "sum"]),
        "",
        "recordings: how frames get the size of `network.image` (`nearest` unless given)",
    ),
    key(
        "data.sensor",
        Said("a sensor's name, as `data info --sensor` takes it"),
        "",
        "recordings: how AEDAT 2.0 addresses are read; `dvs128-transposed` has SpikingJelly's axes of CIFAR10-DVS",
    ),
    key(
        "network.preset",
        Word(PRESETS),
        "",
        "a network known by name; or give `network.family` and its keys",
    ),
    key(
        "network.family",
        Word(&["vgg", "wide_resnet"]),
        "",
        "`vgg` needs `blocks`; `wide_resnet` needs `depth` and `width`; without `preset`",
    ),
    key(
        "network.blocks",
        Said("lists of widths, 1 to 8192, and `\"pool\"`, such as `[[32, \"pool\"], [64, \"pool\"]]`"),
        "channels",
        "convolutions 3×3 and 2×2 average pools, block by block (`vgg`)",
    ),
    key(
        "network.hidden",
        Said("list of widths, 1 to 65536"),
        "neurons",
        "hidden linear layers (`vgg`, also over a preset's own)",
    ),
    key(
        "network.depth",
        Said("integer 6n + 4, 10 to 100"),
        "layers",
        "d of WRN-d-k (`wide_resnet`)",
    ),
    key("network.width", Whole(1.0, 64.0), "", "k of WRN-d-k (`wide_resnet`)"),
    key(
        "network.classes",
        Whole(2.0, MOST_CLASSES as f64),
        "",
        "output classes K",
    ),
    key(
        "network.image",
        Said("`[channels, height, width]`: 1 to 16, 4 to 1024, 4 to 1024"),
        "pixels",
        "the input; for `wide_resnet` sides are multiples of 4 and at least 32",
    ),
    key(
        "network.mean",
        Said("one number per channel"),
        "pixel in [0, 1]",
        "subtracted inside the network",
    ),
    key(
        "network.std",
        Said("one number above 0 per channel"),
        "pixel in [0, 1]",
        "divided by inside the network",
    ),
    key("network.steps", Whole(1.0, 256.0), "time steps", "T (`T` is read too)"),
    key(
        "network.leak",
        Number(0.0, 1.0),
        "",
        "τ; 1 is integrate-and-fire (`tau` is read too)",
    ),
    key("network.threshold", Number(0.01, 100.0), "", "firing threshold θ"),
    key(
        "network.reset",
        Word(&["hard", "soft"]),
        "",
        "what a spike does to the membrane: to 0, or down by θ",
    ),
    key(
        "network.detach_reset",
        Flag,
        "",
        "whether the reset is cut out of the gradient",
    ),
    key(
        "network.encoding",
        Word(&["direct", "poisson", "frames"]),
        "",
        "what the network sees at its T steps: the image as it is, random spikes, or for recordings of events one of T frames each",
    ),
    key(
        "network.pool",
        Said("text"),
        "",
        "only stated by other programs' files; pools are 2×2 averages",
    ),
    key("train.recipe", Word(&RECIPE_NAMES), "", RECIPE_DESCRIPTIONS),
    key(
        "train.epochs",
        Whole(1.0, 100_000.0),
        "epochs",
        "passes over the training images",
    ),
    key("train.batch", Whole(1.0, 8192.0), "images", "images per step"),
    key(
        "train.optimizer",
        Word(&["sgd", "adamw"]),
        "",
        "SGD with momentum, or Adam with decoupled weight decay",
    ),
    key(
        "train.lr",
        Number(0.0, 100.0),
        "",
        "learning rate at the start of the schedule",
    ),
    key("train.momentum", Number(0.0, 0.9999), "", "of SGD"),
    key("train.weight_decay", Number(0.0, 10.0), "", "weight decay"),
    key(
        "train.decay_norms_and_biases",
        Flag,
        "",
        "whether weight decay also acts on batch norms, biases and the coefficients of residual sums, as in the reference",
    ),
    key(
        "train.schedule",
        Word(&["cosine", "step", "constant"]),
        "",
        "to 0 along a half cosine; a tenth at 1/2 and at 3/4; unchanged",
    ),
    key(
        "train.warmup",
        Said("integer, 0 to `train.epochs`"),
        "epochs",
        "over which the learning rate rises linearly first",
    ),
    key("train.label_smoothing", Number(0.0, 0.9), "", "of the cross-entropy"),
    key(
        "train.surrogate",
        Said(SURROGATES),
        "",
        "what replaces a spike's derivative in training",
    ),
    key(
        "train.patience",
        Whole(0.0, 100_000.0),
        "epochs",
        "without a better validation accuracy after which the run ends early; 0 is never",
    ),
    key(
        "train.on_divergence",
        Word(&["stop", "rollback"]),
        "",
        "when a number becomes NaN or infinite: fail, or roll back to the last good checkpoint at half the learning rate",
    ),
    key(
        "train.checkpointing",
        Flag,
        "",
        "remember only what enters each layer and compute the rest again: less memory, more time",
    ),
    key(
        "train.precision",
        Word(&["f32", "tf32", "bf16"]),
        "",
        "how factors are rounded in a training step (`tch`: `bf16`; `tch:cuda:N`: `tf32`, `bf16`)",
    ),
    key(
        "train.seed",
        Said("integer, 0 or more"),
        "",
        "from which weights, orders, crops and noises are drawn",
    ),
    key(
        "train.device",
        Said("`cpu`, `flex`, `tch`, `tch:cuda:N` or `cuda:N`"),
        "",
        "where it trains; `cpu` is the best compiled in",
    ),
    key(
        "objective.variant",
        Word(&["pairwise-squared", "softmax-l1"]),
        "",
        "f and R of the sparsity term: as the reference's code, or as the paper's text",
    ),
    key(
        "objective.lambda",
        Number(0.0, 1000.0),
        "",
        "λ, weight of the sparsity term; 0 unless `train.recipe` is `sr` or `sr-at`",
    ),
    key("objective.h", Number(1e-5, 1.0), "pixel", "finite-difference width"),
    key(
        "objective.second_pass_at_zero",
        Flag,
        "",
        "whether `sr` and `sr-at` take the second pass at λ = 0 too, as the reference does: batch norms then take in the \
         statistics of both passes, and R is recorded",
    ),
    key(
        "adversary.attack",
        Said("`\"fgsm\"`, `\"bim:K\"` or `\"pgd:K\"`"),
        "",
        "the attack that adversarial training trains against",
    ),
    key("adversary.eps", Said(RADIUS), "pixel", "its radius ε"),
    key(
        "adversary.alpha",
        Said(RADIUS),
        "pixel",
        "its step α; 0 means (2.55/8)·ε",
    ),
    key(
        "probe.every",
        Whole(0.0, 1e9),
        "steps",
        "between measurements of the input gradient; 0 means twenty times per epoch",
    ),
    key(
        "probe.samples",
        Whole(1.0, 4096.0),
        "images",
        "in the probe batch, at most",
    ),
    key(
        "probe.eps",
        Said(RADIUS),
        "pixel",
        "within which the vulnerability ratio is measured",
    ),
    key(
        "probe.attack",
        Said(ATTACK),
        "",
        "tried on every checkpoint when it is saved; none unless given",
    ),
    key("probe.attack_eps", Said(RADIUS), "pixel", "its ℓ∞ radius"),
    key(
        "probe.attack_samples",
        Whole(1.0, 10_000.0),
        "images",
        "of the validation split that it is tried on",
    ),
    key(
        "checkpoint.every",
        Whole(0.0, 1e9),
        "steps",
        "between checkpoints; 0 means once per epoch",
    ),
    key(
        "checkpoint.keep",
        Whole(1.0, 10_000.0),
        "checkpoints",
        "how many of the newest are kept, beside the best and pinned ones",
    ),
    key(
        "checkpoint.before_change",
        Flag,
        "",
        "whether one is saved before a command changes a hyper-parameter",
    ),
    key(
        "attack.attacks",
        Said(ATTACK_LIST),
        "",
        "the default grid of `spikedeck attack`",
    ),
    key("attack.eps", Said("list of radii, at least one"), "pixel", "its radii"),
    key(
        "attack.backward",
        Said("list of backward modes, at least one, such as `[\"bptt:triangle:1\", \"rate\"]`"),
        "",
        "its backward modes",
    ),
    key(
        "attack.samples",
        Whole(1.0, 1_000_000.0),
        "images",
        "how many images are attacked",
    ),
];

const ATTACK_LIST: &str = "list of attacks by name, at least one, such as `[\"fgsm\", \"pgd:10\"]` (docs/attacks.md)";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Experiment;
    use std::collections::BTreeSet;

    const TABLES: [&str; 8] = [
        "data",
        "network",
        "train",
        "objective",
        "adversary",
        "probe",
        "checkpoint",
        "attack",
    ];

    fn base(more: &str) -> String {
        let family = match more.split('=').next() {
            Some("network.depth" | "network.width") => "family = \"wide_resnet\"\ndepth = 16\nwidth = 4",
            Some("network.preset") => "preset = \"small\"",
            _ => "family = \"vgg\"\nblocks = [[8, \"pool\"]]",
        };
        format!(
            "[data]\nname = \"glyphs\"\n[network]\n{family}\nclasses = 10\nimage = [1, 32, 32]\nmean = [0.2]\nstd = [0.3]\n[train]\nrecipe = \"sr\"\n"
        )
    }

    fn said(set: &str) -> Result<Experiment, String> {
        Experiment::parse(&base(set), "f", "n", &[set.to_string()]).map_err(|e| e.to_string())
    }

    /// What stands between backquotes behind "expected", the words that the reader itself knows.
    fn expected(complaint: &str) -> BTreeSet<String> {
        let after = complaint.split("expected").nth(1).unwrap_or_default();
        after.split('`').skip(1).step_by(2).map(String::from).collect()
    }

    #[test]
    fn the_keys_are_those_that_the_reader_knows() {
        let mut known: BTreeSet<String> = BTreeSet::new();
        for table in TABLES {
            let text = base("").replacen(&format!("[{table}]\n"), &format!("[{table}]\nzzz = 1\n"), 1);
            let text = match text.contains("zzz") {
                true => text,
                false => format!("{text}[{table}]\nzzz = 1\n"),
            };
            let complaint = Experiment::parse(&text, "f", "n", &Vec::new()).unwrap_err().to_string();
            known.extend(expected(&complaint).into_iter().map(|key| format!("{table}.{key}")));
        }
        let top = Experiment::parse(&format!("zzz = 1\n{}", base("")), "f", "n", &Vec::new());
        let top = expected(&top.unwrap_err().to_string());
        known.extend(top.into_iter().filter(|k| !TABLES.contains(&k.as_str())));
        // Other names of keys.
        known.retain(|k| k != "network.T" && k != "network.tau");
        let listed: BTreeSet<String> = KEYS.iter().map(|k| k.key.to_string()).collect();
        assert_eq!(listed, known);
        assert_eq!(listed.len(), KEYS.len(), "each once");
    }

    #[test]
    fn bounds_are_those_that_are_checked() {
        for key in KEYS {
            let (low, high, step) = match key.takes {
                Takes::Number(low, high) => (low, high, 1e-6),
                Takes::Whole(low, high) => (low, high, 1.0),
                _ => continue,
            };
            let complains = |value: f64| {
                let set = format!("{}={value}", key.key);
                said(&set)
                    .err()
                    .filter(|e| e.contains(key.key) && e.contains("must be between"))
            };
            // Two keys are of single precision.
            let single = ["network.leak", "network.threshold"].contains(&key.key);
            let step = if single { 1e-3 } else { step };
            for inside in [low, high] {
                assert_eq!(complains(inside), None, "{} = {inside}", key.key);
            }
            for outside in [low - step, high + step] {
                let refused = said(&format!("{}={outside}", key.key));
                assert!(refused.is_err(), "{} = {outside}", key.key);
            }
            let words = complains(high + step).unwrap_or_default();
            assert!(
                words.contains(&format!("between {low} and {high}")),
                "{}: {words}",
                key.key
            );
        }
    }

    #[test]
    fn words_are_those_that_are_read() {
        for key in KEYS {
            let Takes::Word(words) = key.takes else { continue };
            let refused = said(&format!("{}=zzz", key.key)).unwrap_err();
            let known = expected(&refused);
            if !known.is_empty() {
                assert_eq!(known, words.iter().map(|w| w.to_string()).collect(), "{}", key.key);
            }
            for word in words {
                let refused = said(&format!("{}={word}", key.key)).err().unwrap_or_default();
                assert!(
                    !refused.contains("unknown variant") && !refused.contains("must be one of"),
                    "{refused}"
                );
                assert!(
                    known.contains(*word) || said(&format!("{}=zzz", key.key)).unwrap_err().contains(word),
                    "{word}"
                );
            }
        }
    }
}
