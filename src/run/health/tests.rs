//! What is said of a run, and when it is over.

use super::*;
use crate::run::testing;

fn event(step: u64, what: EventKind) -> Event {
    Event {
        time: String::new(),
        step,
        wall: step as f64,
        what,
    }
}

fn alert(step: u64, kind: &str) -> Event {
    let why = format!("{kind} seen");
    event(step, EventKind::Alert { kind: kind.into(), why })
}

fn saved(step: u64, accuracy: f64, best: bool) -> Event {
    let metrics = [("val.accuracy".to_string(), accuracy)].into();
    let checkpoint = String::new();
    event(
        step,
        EventKind::Saved {
            checkpoint,
            metrics,
            best,
        },
    )
}

/// Ten classes, ten epochs of ten steps; 200 validation images of the glyphs.
fn health() -> Health {
    let mut manifest = testing::manifest("a");
    manifest.spec.train.epochs = 10;
    let mut health = Health::new(Some(Chance::of(&manifest)));
    health.event(&event(
        0,
        EventKind::Started {
            incarnation: 1,
            device: "cpu".into(),
            total_steps: 100,
            steps_per_epoch: 10,
            data: None,
            images: None,
            provenance: None,
        },
    ));
    health
}

fn kinds(health: &Health) -> Vec<(Kind, u64)> {
    health.problems().iter().map(|p| (p.kind, p.since_step)).collect()
}

#[test]
fn an_accuracy_at_chance_after_three_epochs_is_a_collapse_and_a_good_run_says_nothing() {
    let mut run = health();
    // 0.1 + 3·√(0.09/200) = 0.1636.
    for (step, accuracy) in [(10, 0.1), (20, 0.16), (30, 0.1)] {
        assert_eq!(kinds(&run), [], "a slow start is none");
        run.event(&saved(step, accuracy, false));
    }
    assert_eq!(kinds(&run), [(Kind::AtChance, 10)]);
    let why = &run.problems()[0].why;
    assert!(
        why.contains("0.1000") && why.contains("0.1636") && why.contains("n = 200"),
        "{why}"
    );
    run.event(&saved(40, 0.17, true));
    assert_eq!(kinds(&run), []);
    run.event(&saved(50, 0.1, false));
    run.event(&saved(60, 0.1, false));
    assert_eq!(kinds(&run), []);
    run.event(&saved(70, 0.1, false));
    assert_eq!(kinds(&run), [(Kind::AtChance, 50)], "it fell back");
}

#[test]
fn a_run_of_one_epoch_that_ends_at_chance_is_said_too() {
    let mut manifest = testing::manifest("a");
    manifest.spec.train.epochs = 1;
    let mut run = Health::new(Some(Chance::of(&manifest)));
    run.event(&saved(10, 0.1, true));
    assert_eq!(kinds(&run), [(Kind::AtChance, 10)]);
    let mut unknown = Health::new(None);
    unknown.event(&saved(10, 0.1, true));
    assert_eq!(kinds(&unknown), []);
}

#[test]
fn alerts_stand_until_they_are_over() {
    let mut run = health();
    run.event(&alert(12, "plateau"));
    run.event(&alert(11, "divergence"));
    run.event(&alert(13, "disk_full"));
    run.event(&saved(14, 0.5, false));
    assert_eq!(kinds(&run), [(Kind::Divergence, 11), (Kind::Plateau, 12)]);
    run.event(&saved(15, 0.9, true));
    assert_eq!(kinds(&run), []);
}

#[test]
fn what_a_rollback_undid_does_not_count() {
    let mut run = health();
    run.event(&alert(25, "nan"));
    run.values(25, [("train.loss", f64::NAN)].into_iter());
    assert_eq!(kinds(&run), [(Kind::Nan, 25)]);
    run.event(&event(
        20,
        EventKind::Resumed {
            checkpoint: String::new(),
        },
    ));
    assert_eq!(kinds(&run), []);
}

#[test]
fn values_say_what_no_alert_does() {
    let mut run = health();
    let rates = |a: f64, b: f64| [("layer.0.firing_rate", a), ("layer.1.firing_rate", b)].into_iter();
    run.values(1, [("train.gradient_norm", 0.0), ("train.ce", 2.3)].into_iter());
    run.values(
        2,
        [("train.gradient_norm", 0.0), ("gradient.zero_share", 1.0)].into_iter(),
    );
    run.values(3, rates(0.1, 0.0));
    assert_eq!(kinds(&run), [(Kind::ZeroGradients, 1), (Kind::DeadLayer, 3)]);
    assert!(run.problems()[1].why.contains("layer 1 fires"));
    run.values(4, [("train.gradient_norm", 0.5)].into_iter().chain(rates(0.1, 0.2)));
    assert_eq!(kinds(&run), [(Kind::ZeroGradients, 2)], "of the inputs, still");
    run.values(
        5,
        [("gradient.zero_share", 0.2), ("train.loss", f64::INFINITY)].into_iter(),
    );
    assert_eq!(kinds(&run), [(Kind::Nan, 5)]);
    run.values(6, [("train.loss", 1.0)].into_iter());
    assert_eq!(kinds(&run), []);
}

#[test]
fn kinds_never_change_their_names() {
    let all = [
        Kind::Nan,
        Kind::Divergence,
        Kind::ZeroGradients,
        Kind::AtChance,
        Kind::DeadLayer,
        Kind::Plateau,
    ];
    assert_eq!(
        serde_json::to_string(&all).unwrap(),
        r#"["nan","divergence","zero_gradients","at_chance","dead_layer","plateau"]"#
    );
    assert!(all.iter().all(|k| k.label().is_ascii() && k.sign().is_ascii()));
}
