//! Backward modes: how gradients pass through a layer of spiking neurons. A value that a trainer chooses once and an
//! attacker chooses again for every attack (method: section 1).

use super::as_text::as_text;
use super::surrogate::{SURROGATES, Surrogate};
use std::{fmt, str::FromStr};

/// Names that stand for several modes in a list of them, for error messages.
const PRESETS: &str = "reference, wide, adaptive and full";

/// How a whole T-step layer is differentiated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum BackwardMode {
    /// Back-propagation through time with a surrogate at each step.
    Bptt(Surrogate),
    /// The rate-based backward ("bptr" in the reference, RGA in the literature), κ = 0.2; fires on u − θ > 0.
    Rate,
    /// The gradient passes to every step of a neuron that fired at any (BPTR of SNN-RAT).
    Active,
    /// Triangle surrogate of this width, the recursion through the membrane cut, and the gradient of a layer's input
    /// replaced by its mean over time (HART).
    Hart(f32),
    /// A surrogate as wide as membrane potentials are spread so far (PDSG). It sees the whole batch.
    Pdsg(Spread),
    /// An arctan surrogate whose sharpness follows each neuron's potentials over the attack's steps (ASSG); the number
    /// a in (0, ½) sets the sharpness that it aims at.
    Assg(f32),
}

/// Over what PDSG takes the deviation of potentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Spread {
    /// Each channel, and in linear layers each neuron, by itself: both public codes.
    #[default]
    Channel,
    /// Each channel, but a linear layer as a whole.
    Layer,
}

impl BackwardMode {
    /// Whether its forward pass fires exactly where a counted one does: the rate mode fires on > instead of ≥.
    pub fn fires_as_counted(self) -> bool {
        self != BackwardMode::Rate
    }

    /// Whether an image's gradient depends on the images beside it.
    pub fn sees_whole_batch(self) -> bool {
        matches!(self, BackwardMode::Pdsg(_))
    }
}

impl fmt::Display for BackwardMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BackwardMode::Bptt(s) => write!(f, "bptt:{s}"),
            BackwardMode::Rate => f.write_str("rate"),
            BackwardMode::Active => f.write_str("active"),
            BackwardMode::Hart(w) => write!(f, "hart:{w}"),
            BackwardMode::Pdsg(Spread::Channel) => f.write_str("pdsg"),
            BackwardMode::Pdsg(Spread::Layer) => f.write_str("pdsg:layer"),
            BackwardMode::Assg(a) => write!(f, "assg:{a}"),
        }
    }
}

impl FromStr for BackwardMode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (name, rest) = match text.split_once(':') {
            Some((name, rest)) => (name, Some(rest)),
            None => (text, None),
        };
        let number = |default: f32, most: f32| match rest {
            None => Ok(default),
            Some(n) => n
                .parse::<f32>()
                .ok()
                .filter(|n| *n > 0.0 && *n <= most)
                .ok_or_else(|| unknown(text)),
        };
        match (name, rest) {
            ("bptt", Some(surrogate)) => surrogate.parse().map(BackwardMode::Bptt),
            ("rate", None) => Ok(BackwardMode::Rate),
            ("active", None) => Ok(BackwardMode::Active),
            ("pdsg", None | Some("channel")) => Ok(BackwardMode::Pdsg(Spread::Channel)),
            ("pdsg", Some("layer")) => Ok(BackwardMode::Pdsg(Spread::Layer)),
            ("hart", _) => number(1.0, 100.0).map(BackwardMode::Hart),
            ("assg", _) => number(0.425, 0.499).map(BackwardMode::Assg),
            _ => Err(unknown(text)),
        }
    }
}

fn unknown(text: &str) -> String {
    format!(
        "{text:?} is not a backward mode: allowed are bptt:SURROGATE with {SURROGATES}; rate; active; hart:WIDTH, above \
         0 and at most 100; pdsg or pdsg:layer; assg:A, above 0 and at most 0.499; and the presets {PRESETS}"
    )
}

as_text!(BackwardMode);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_print_as_they_are_written() {
        for text in [
            "bptt:triangle:1",
            "bptt:sigmoid:4",
            "bptt:arctan:2",
            "bptt:rectangle:0.5",
            "bptt:straight-through",
            "rate",
            "active",
            "hart:0.7",
            "pdsg",
            "pdsg:layer",
            "assg:0.425",
        ] {
            assert_eq!(text.parse::<BackwardMode>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn numbers_left_out_are_the_published_ones() {
        assert_eq!("hart".parse(), Ok(BackwardMode::Hart(1.0)));
        assert_eq!("assg".parse(), Ok(BackwardMode::Assg(0.425)));
    }

    #[test]
    fn a_wrong_mode_lists_the_right_ones() {
        for wrong in [
            "bptt:triangel:1",
            "bptt:triangle:-1",
            "assg:0.5",
            "hart:0",
            "pdsg:1",
            "rate:2",
            "",
        ] {
            let why = wrong.parse::<BackwardMode>().unwrap_err();
            assert!(why.contains("triangle:1"), "{wrong}: {why}");
        }
    }
}
