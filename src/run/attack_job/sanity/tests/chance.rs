//! A network that recognises nothing.

use super::*;

/// A job whose clean cell has so many of 100 images right.
fn clean(right: usize, classes: usize) -> Vec<Check> {
    let left = [("fgsm", MODE, 2.0, right / 2), ("pgd:10", MODE, 2.0, right / 2)];
    let (manifest, mut cells) = job("fgsm,pgd:10", MODE, &left);
    cells.apply(&line("none", MODE, 0.0, |i| if i < right { '1' } else { '0' }));
    panel(&manifest, &cells, &[Measured { classes, ..honest() }])
}

#[test]
fn accuracy_at_chance_fails_first_and_makes_the_other_checks_mean_little() {
    let checks = clean(12, 10);
    let first = &checks[0];
    assert_eq!(
        (first.check, first.state),
        ("clean-accuracy-above-chance", Verdict::Fail)
    );
    assert_eq!((first.figure, first.n), (Some(0.12), Some(100)));
    assert!((first.p.unwrap() - 0.296_972).abs() < 1e-3, "{first:?}");
    for word in [
        "normalisation",
        "mean",
        "std",
        "T, tau",
        "reset",
        "threshold",
        "classes",
        "order",
        "data set",
    ] {
        assert!(first.why.contains(word), "{word}: {}", first.why);
    }
    for check in checks.iter().skip(1).filter(|c| c.state != Verdict::Skipped) {
        assert!(
            check.why.starts_with("means little, clean accuracy is at chance"),
            "{check:?}"
        );
    }
    assert!(checks.iter().skip(1).any(|c| c.state == Verdict::Pass));
}

#[test]
fn accuracy_above_chance_passes_and_nothing_else_is_said() {
    for (right, classes, wanted) in [
        (16, 10, Verdict::Pass),
        (15, 10, Verdict::Fail),
        (59, 2, Verdict::Pass),
        (58, 2, Verdict::Fail),
        (0, 2, Verdict::Fail),
    ] {
        let checks = clean(right, classes);
        assert_eq!(checks[0].state, wanted, "{:?}", checks[0]);
        let warned = checks.iter().any(|c| c.why.starts_with("means little"));
        assert_eq!(warned, wanted == Verdict::Fail);
    }
}

#[test]
fn too_few_images_and_an_unfinished_cell_say_nothing() {
    let manifest = AttackManifest {
        samples: 4,
        ..manifest("fgsm", MODE)
    };
    let mut cells = Cells::of(&manifest);
    let two = Measured { classes: 2, ..honest() };
    let found = panel(&manifest, &cells, std::slice::from_ref(&two)).swap_remove(0);
    assert_eq!(found.state, Verdict::Skipped);
    let all = AttackLine {
        robust: "1111".into(),
        ..line("none", MODE, 0.0, |_| '1')
    };
    cells.apply(&all);
    let found = panel(&manifest, &cells, &[two]).swap_remove(0);
    assert!(
        found.state == Verdict::Skipped && found.why.contains("too few") && found.why.contains("--samples"),
        "{found:?}"
    );
}

#[test]
fn of_several_checkpoints_those_at_chance_are_counted() {
    let (one, _) = job("fgsm", MODE, &[]);
    let manifest = AttackManifest {
        checkpoints: vec!["/a".into(), "/b".into()],
        ..one
    };
    let mut cells = Cells::of(&manifest);
    for (checkpoint, right) in [(0, 90), (1, 9)] {
        cells.apply(&AttackLine {
            checkpoint,
            ..line("none", MODE, 0.0, |i| if i < right { '1' } else { '0' })
        });
    }
    let second = Measured {
        checkpoint: 1,
        ..honest()
    };
    let checks = panel(&manifest, &cells, &[honest(), second]);
    assert!(checks[0].why.starts_with("checkpoint 2: 9.0 %"), "{}", checks[0].why);
    let other = named(&checks, "logits-are-deterministic");
    assert!(
        other.why.starts_with("means little for 1 of 2 checkpoints"),
        "{}",
        other.why
    );
}
