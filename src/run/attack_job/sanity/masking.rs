//! Whether a job looked for masked gradients at all. One that follows the gradient in one backward mode only, and tries
//! nothing that needs no gradient of the network, cannot tell a robust network from one that hides its gradient.

use crate::run::attack::AttackManifest;
use crate::spec::AttackKind;
use serde::Serialize;

/// Whether, and by what, masked gradients were looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Masking {
    /// Whether anything in the job would have shown them.
    pub looked_for: bool,
    /// What: `backward modes`, `square`, `transfer`.
    pub by: Vec<&'static str>,
    /// In words; where nothing was done, what to do.
    pub why: String,
}

/// How a job looked for masked gradients; `None` where it follows no gradient, or counts another job's images again.
pub fn masking(manifest: &AttackManifest) -> Option<Masking> {
    if manifest.replay.is_some() || !manifest.attacks.iter().any(|a| a.uses_gradient()) {
        return None;
    }
    let square = |a: &AttackKind| matches!(a, AttackKind::Square { .. });
    let ways = [
        ("backward modes", manifest.backward.len() > 1),
        ("square", manifest.attacks.iter().any(square)),
        ("transfer", manifest.transfer_from.is_some() || manifest.twin.is_some()),
    ];
    let by: Vec<&'static str> = ways.iter().filter(|(_, done)| *done).map(|(way, _)| *way).collect();
    let why = match by.is_empty() {
        true => {
            "masked gradients were not looked for: the attacks follow one backward mode, and none does without the \
                 network's gradient. So these figures may be an attack's failure. Look with --backward reference (or \
                 wide, adaptive) and with square:1000 among the attacks"
                .into()
        }
        false => format!("masked gradients were looked for by {}", by.join(", ")),
    };
    Some(Masking {
        looked_for: !by.is_empty(),
        by,
        why,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{attack::Twin, attack_job::tests::manifest};

    #[test]
    fn a_job_of_one_mode_without_square_or_transfer_says_that_it_did_not_look() {
        let found = masking(&manifest("none,fgsm,pgd:10", "rate")).unwrap();
        assert!(!found.looked_for && found.by.is_empty());
        for key in ["--backward reference", "wide", "adaptive", "square:1000"] {
            assert!(found.why.contains(key), "{}", found.why);
        }
    }

    #[test]
    fn another_mode_square_or_a_transfer_looks_for_it() {
        let transferred = AttackManifest {
            twin: Some(Twin::Ann),
            ..manifest("pgd:10", "rate")
        };
        for (manifest, by) in [
            (manifest("pgd:10", "rate,active"), "backward modes"),
            (manifest("pgd:10,square:100", "rate"), "square"),
            (transferred, "transfer"),
        ] {
            let found = masking(&manifest).unwrap();
            assert!(found.looked_for && found.by == [by], "{found:?}");
        }
    }

    #[test]
    fn a_job_that_follows_no_gradient_has_nothing_to_look_for() {
        assert_eq!(masking(&manifest("noise,square:10", "rate")), None);
    }
}
