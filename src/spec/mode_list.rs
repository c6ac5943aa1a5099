//! Lists of backward modes, and the presets that stand for several.

use super::mode::{BackwardMode, Spread};
use super::surrogate::Surrogate::{Arctan, Gaussian, Rectangle, Sigmoid, StraightThrough, Triangle};
use BackwardMode::{Active, Assg, Bptt, Hart, Pdsg, Rate};

/// The ensemble of the paper's own evaluation.
const REFERENCE: [BackwardMode; 4] = [Bptt(Triangle(1.0)), Bptt(Sigmoid(4.0)), Bptt(Arctan(2.0)), Rate];

/// One surrogate from a quarter of the reference's width to four times it: a network may be flat for one width only.
const WIDE: [BackwardMode; 5] = [
    Bptt(Triangle(0.25)),
    Bptt(Triangle(0.5)),
    Bptt(Triangle(1.0)),
    Bptt(Triangle(2.0)),
    Bptt(Triangle(4.0)),
];

/// Sharpness searched over the published range.
const ADAPTIVE: [BackwardMode; 5] = [Assg(0.35), Assg(0.39), Assg(0.425), Assg(0.46), Assg(0.49)];

/// What `full` adds to the other three.
const OTHERS: [BackwardMode; 9] = [
    Bptt(Rectangle(1.0)),
    Bptt(Gaussian(0.5)),
    Bptt(StraightThrough),
    Active,
    Hart(0.5),
    Hart(1.0),
    Hart(1.5),
    Hart(2.45),
    Pdsg(Spread::Channel),
];

fn preset(name: &str) -> Option<Vec<BackwardMode>> {
    match name {
        "reference" => Some(REFERENCE.to_vec()),
        "wide" => Some(WIDE.to_vec()),
        "adaptive" => Some(ADAPTIVE.to_vec()),
        "full" => Some([&REFERENCE[..], &WIDE, &OTHERS, &ADAPTIVE].concat()),
        _ => None,
    }
}

/// Parses a comma-separated list of backward modes and presets; each mode is kept once.
///
/// # Errors
/// When an entry is unknown or the list is empty.
pub fn backward_list(text: &str) -> Result<Vec<BackwardMode>, String> {
    let mut modes = Vec::new();
    for part in text.split(',').map(str::trim).filter(|p| !p.is_empty()) {
        let add = match preset(part) {
            Some(several) => several,
            None => vec![part.parse()?],
        };
        for mode in add {
            if !modes.contains(&mode) {
                modes.push(mode);
            }
        }
    }
    match modes.is_empty() {
        true => Err("the list of backward modes is empty: write for example bptt:triangle:1".into()),
        false => Ok(modes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &str) -> Vec<String> {
        let modes = backward_list(list).unwrap();
        modes.iter().map(BackwardMode::to_string).collect()
    }

    #[test]
    fn the_reference_preset_is_the_papers_ensemble() {
        let reference = ["bptt:triangle:1", "bptt:sigmoid:4", "bptt:arctan:2", "rate"];
        assert_eq!(names("reference,rate"), reference);
    }

    #[test]
    fn full_is_everything_once() {
        let full = names("full");
        for preset in ["reference", "wide", "adaptive", "active,hart,pdsg"] {
            assert!(names(preset).iter().all(|m| full.contains(m)), "{preset}");
        }
        let mut once = full.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), full.len());
        assert_eq!(names("full,reference,wide,adaptive"), full);
    }

    #[test]
    fn an_empty_list_is_refused() {
        assert!(backward_list(" , ").is_err());
    }
}
