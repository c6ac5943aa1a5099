//! A search without gradients that finds more than the attacks that follow one.

use super::*;

fn look(attacks: &str, left: &[(&str, &str, f64, usize)]) -> Check {
    let (manifest, cells) = job(attacks, MODE, left);
    named(&panel(&manifest, &cells, &[]), "gradient-beats-square").clone()
}

#[test]
fn a_single_step_is_called_weak_and_the_way_on_is_said() {
    for one in ["fgsm", "pgd:1", "rfgsm", "pgd:1x3"] {
        let left = [(one, MODE, 8.0, 70), ("square:1500", MODE, 8.0, 52)];
        let found = look(&format!("{one},square:1500"), &left);
        assert_eq!(found.state, Verdict::Fail, "{found:?}");
        assert_eq!(found.n, Some(100));
        for words in [
            "18.0 points less",
            &format!("{one} is a single step"),
            "does not mean that the gradients are masked",
            "Masking or a weak attack?",
            "pgd:20,apgd-ce:50",
            "--backward reference,wide,adaptive",
            "Does Square still fall?",
            "square:3000",
        ] {
            assert!(found.why.contains(words), "{words}: {}", found.why);
        }
    }
}

#[test]
fn beside_an_iterated_attack_a_single_step_is_not_the_reason() {
    let left = [
        ("fgsm", MODE, 8.0, 80),
        ("pgd:40", MODE, 8.0, 70),
        ("square:1500", MODE, 8.0, 52),
    ];
    let found = look("fgsm,pgd:40,square:1500", &left);
    assert!(!found.why.contains("single step"), "{}", found.why);
    assert!(found.why.contains("masked gradients or a weak attack?") && found.why.contains("pgd:80,apgd-ce:80"));
}

#[test]
fn where_the_job_has_fewer_queries_too_it_says_by_how_much_square_fell() {
    let left = [
        ("pgd:10", MODE, 8.0, 70),
        ("square:500", MODE, 8.0, 60),
        ("square:1500", MODE, 8.0, 52),
    ];
    let found = look("pgd:10,square:500,square:1500", &left);
    let fell = "From 500 to 1500 queries Square fell from 60.0 % to 52.0 %, by 8.0 points.";
    assert!(found.why.contains(fell), "{}", found.why);
}

#[test]
fn gradients_that_are_ahead_pass_without_advice() {
    let found = look(
        "pgd:10,square:100",
        &[("pgd:10", MODE, 8.0, 30), ("square:100", MODE, 8.0, 50)],
    );
    assert!(
        found.state == Verdict::Pass && !found.why.contains("masked") && found.why.contains("p = 1.00"),
        "{found:?}"
    );
}
