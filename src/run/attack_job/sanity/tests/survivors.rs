//! Cells that tried only what earlier cells left.

use super::*;

/// A job on 100 images in which each cell tries the survivors of those before it.
fn worst_case(attacks: &str) -> AttackManifest {
    AttackManifest {
        worst_case: true,
        ..job(attacks, MODE, &[]).0
    }
}

#[test]
fn cells_of_survivors_are_judged_by_what_they_add() {
    let manifest = worst_case("noise,pgd:10,square:1000");
    let look = |square: usize| {
        let mut cells = Cells::of(&manifest);
        for (attack, left) in [("none", 90), ("noise", 80), ("pgd:10", 40), ("square:1000", square)] {
            let seen = cells
                .all()
                .iter()
                .filter(|c| c.done() > 0)
                .map(|c| c.tally().robust)
                .min();
            let mark = |i: usize| match (i < left, i < seen.unwrap_or(100)) {
                (_, false) => '-',
                (true, _) => '1',
                (false, _) => '0',
            };
            cells.apply(&line(attack, MODE, 2.0, mark));
        }
        assert_eq!(cells.strange(), 0);
        panel(&manifest, &cells, &[honest()])
    };
    let (fine, masked) = (look(40), look(30));
    assert_eq!(state(&fine, "gradient-beats-square"), Verdict::Pass);
    assert_eq!(state(&masked, "gradient-beats-square"), Verdict::Fail);
    let square = masked.iter().find(|c| c.check == "gradient-beats-square").unwrap();
    assert!(square.why.contains("breaks 10.0 % of the images"), "{}", square.why);
    for name in [
        "gradient-beats-noise",
        "more-iterations-change-little",
        "surrogates-agree",
    ] {
        let check = fine.iter().find(|c| c.check == name).unwrap();
        assert!(
            check.state == Verdict::Skipped && check.why.contains("not comparable"),
            "{check:?}"
        );
    }
    assert_eq!(state(&fine, "unbounded-attack-reaches-chance"), Verdict::Pass);
}

#[test]
fn the_worst_case_at_a_larger_radius_is_no_better() {
    let manifest = worst_case("fgsm");
    let look = |small: usize, large: usize| {
        let mut cells = Cells::of(&manifest);
        for (attack, eps, left) in [("none", 0.0, 100), ("fgsm", 2.0, small), ("fgsm", 8.0, large)] {
            cells.apply(&line(attack, MODE, eps, |i| if i < left { '1' } else { '0' }));
        }
        state(&panel(&manifest, &cells, &[]), "larger-radius-is-stronger")
    };
    assert_eq!((look(60, 40), look(40, 60)), (Verdict::Pass, Verdict::Fail));
}

#[test]
fn a_larger_radius_that_has_only_started_is_compared_up_to_the_same_attack() {
    let manifest = worst_case("fgsm,pgd:10");
    let mut cells = Cells::of(&manifest);
    // FGSM leaves 50 at 8/255 and 60 at 2/255, where PGD has continued to 10: the larger radius is not the weaker one.
    for (attack, eps, left) in [
        ("none", 0.0, 100),
        ("fgsm", 2.0, 60),
        ("pgd:10", 2.0, 10),
        ("fgsm", 8.0, 50),
    ] {
        let tried = if attack == "pgd:10" { 60 } else { 100 };
        let mark = |i: usize| match (i < left, i < tried) {
            (_, false) => '-',
            (true, _) => '1',
            (false, _) => '0',
        };
        cells.apply(&line(attack, MODE, eps, mark));
    }
    assert_eq!(cells.strange(), 0);
    let checks = panel(&manifest, &cells, &[]);
    assert_eq!(state(&checks, "larger-radius-is-stronger"), Verdict::Pass);
}
