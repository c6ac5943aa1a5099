//! The grid, its fold, its JSON and its directory.

use super::*;
use crate::run::{
    SCHEMA,
    attack::{AttackLine, AttackLoss, Norm, Order, Split},
    clock::now,
    journal::{Appender, Budget},
    status::RunState,
};

fn eps(n: f64) -> Epsilon {
    Epsilon::new(n / 255.0).unwrap()
}

pub(crate) fn manifest(attacks: &str, backward: &str) -> AttackManifest {
    AttackManifest {
        schema: SCHEMA,
        id: "01".into(),
        created: "2026-11-23T10:00:00.000Z".into(),
        argv: vec![],
        checkpoints: vec!["/c/step-000000001".into()],
        data: "/d".into(),
        attacks: AttackKind::list(attacks).unwrap(),
        norm: Norm::Linf,
        eps: vec![eps(2.0), eps(8.0)],
        backward: crate::spec::backward_list(backward).unwrap(),
        samples: 4,
        split: Split::Test,
        order: Order::File,
        seed: 0,
        batch: 2,
        alpha: None,
        loss: AttackLoss::Ce,
        target: None,
        transfer_from: None,
        twin: None,
        steps: None,
        eot: 1,
        keep: false,
        max_seconds: None,
        device: "cpu".into(),
        worst_case: false,
        precision: None,
        replay: None,
    }
}

pub fn line(attack: &str, backward: &str, radius: f64, first: usize, robust: &str) -> AttackLine {
    AttackLine {
        checkpoint: 0,
        attack: attack.parse().unwrap(),
        backward: backward.parse().unwrap(),
        eps: eps(radius),
        first,
        robust: robust.into(),
        seconds: 0.5,
        ended: None,
    }
}

/// A job of PGD-10 and FGSM at 8/255 on so many images, with these lines: attack and one character per image.
pub(crate) fn job(samples: usize, worst_case: bool, lines: &[(&str, &str)]) -> Cells {
    let mode = "bptt:triangle:1";
    let manifest = AttackManifest {
        worst_case,
        eps: vec![eps(8.0)],
        samples,
        ..manifest("pgd:10,fgsm", mode)
    };
    let mut cells = Cells::of(&manifest);
    for (attack, robust) in lines {
        cells.apply(&line(attack, mode, 8.0, 0, robust));
    }
    cells
}

/// The first images of a cell, with their marks.
pub(crate) fn line_of(key: &CellKey, robust: &str) -> AttackLine {
    AttackLine {
        checkpoint: key.checkpoint,
        attack: key.attack,
        backward: key.backward,
        eps: key.eps,
        first: 0,
        robust: robust.into(),
        seconds: 1.0,
        ended: None,
    }
}

#[test]
fn a_ratio_of_logits_needs_a_third_class() {
    let of = |attacks: &[&str], loss: AttackLoss, target: Option<crate::spec::Aim>| AttackManifest {
        attacks: AttackKind::list(&attacks.join(",")).unwrap(),
        loss,
        target,
        ..manifest("none", "bptt:triangle:1")
    };
    let plain = |attack: &str| of(&[attack], AttackLoss::Ce, None);
    assert!(plain("apgd-dlr:10").check_classes(2).unwrap_err().contains("apgd-ce"));
    assert!(plain("apgd-dlr:10").check_classes(3).is_ok());
    assert!(plain("apgd-t:10").check_classes(3).is_err() && plain("apgd-t:10").check_classes(4).is_ok());
    assert!(plain("apgd-ce:10").check_classes(2).is_ok());
    assert!(of(&["pgd:3"], AttackLoss::Dlr, None).check_classes(2).is_err());
    assert!(
        of(&["pgd:3"], AttackLoss::Dlr, Some(crate::spec::Aim::Next))
            .check_classes(3)
            .is_err()
    );
    assert!(of(&["noise"], AttackLoss::Dlr, None).check_classes(2).is_ok());
}

#[test]
fn the_grid_has_one_clean_cell_and_modes_only_where_there_is_a_gradient() {
    let m = manifest("none,noise,fgsm", "bptt:triangle:1,rate");
    let plan = plan(&m);
    assert_eq!(plan.len(), 1 + 2 + 4);
    assert_eq!(
        (plan[0].attack, plan[0].eps.to_string().as_str()),
        (AttackKind::None, "0/255")
    );
    assert_eq!(passes(&m), (4 * (1 + 2 + 4 * 2), 4 * 4));
}

#[test]
fn the_worst_is_counted_per_image_over_modes_and_attacks() {
    let m = manifest("none,fgsm", "bptt:triangle:1,rate");
    let mut cells = Cells::of(&m);
    for l in [
        line("none", "rate", 0.0, 0, "1110"),
        line("fgsm", "bptt:triangle:1", 8.0, 0, "10"),
        line("fgsm", "bptt:triangle:1", 8.0, 2, "10"),
        line("fgsm", "rate", 8.0, 0, "01"),
        line("fgsm", "rate", 8.0, 2, "1"),
    ] {
        cells.apply(&l);
    }
    let rows: Vec<String> = cells
        .summaries()
        .iter()
        .map(|s| {
            let name = |t: Option<String>| t.unwrap_or("*".into());
            format!(
                "{} {} {} {}/{}",
                name(s.attack.map(|a| a.to_string())),
                name(s.backward.map(|b| b.to_string())),
                s.eps,
                s.tally.robust,
                s.tally.n
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            "none * 0/255 3/4",
            "fgsm bptt:triangle:1 8/255 2/4",
            "fgsm rate 8/255 2/3",
            "fgsm * 8/255 1/3",
            "* * 8/255 1/3"
        ]
    );
    assert_eq!(cells.finished(), 2);
    let rate = cells.get(&plan(&m)[4]).unwrap();
    assert_eq!((rate.done(), rate.image(3)), (3, None));
}

#[test]
fn lines_that_belong_nowhere_are_counted_and_change_nothing() {
    let m = manifest("fgsm", "rate");
    let mut cells = Cells::of(&m);
    let before = cells.clone();
    for l in [
        line("fgsm", "rate", 3.0, 0, "11"),
        line("pgd:10", "rate", 2.0, 0, "11"),
        line("fgsm", "bptt:triangle:1", 2.0, 0, "11"),
        line("fgsm", "rate", 2.0, 3, "11"),
        line("fgsm", "rate", 2.0, usize::MAX, "11"),
        line("fgsm", "rate", 2.0, 0, "1x"),
        AttackLine {
            checkpoint: 7,
            ..line("fgsm", "rate", 2.0, 0, "11")
        },
    ] {
        cells.apply(&l);
    }
    assert_eq!(cells.strange(), 7);
    assert_eq!(cells.all(), before.all());
}

#[test]
fn a_repeated_batch_counts_once() {
    let mut cells = Cells::of(&manifest("fgsm", "rate"));
    for _ in 0..3 {
        cells.apply(&line("fgsm", "rate", 2.0, 0, "10"));
    }
    let tally = cells.all()[1].tally();
    assert_eq!((tally.n, tally.robust), (2, 1));
}

#[test]
fn the_result_has_the_form_that_scripts_rely_on() {
    let folder = tempfile::tempdir().unwrap();
    let dir = AttackDir::create(&folder.path().join("a"), &manifest("none,pgd:10", "bptt:triangle:1")).unwrap();
    let mut results = Appender::open(&dir.results()).unwrap();
    results
        .append(&line("none", "bptt:triangle:1", 0.0, 0, "1111"))
        .unwrap();
    results
        .append(&line("pgd:10", "bptt:triangle:1", 8.0, 0, "1010"))
        .unwrap();
    let mut reader = AttackReader::open(dir.path()).unwrap();
    assert!(reader.poll(Budget::ALL));
    assert_eq!(reader.state(now()), RunState::Queued);
    let json = result_json(&reader, "glyphs");
    assert_eq!(
        (json["samples"].as_u64(), json["split"].as_str()),
        (Some(4), Some("test"))
    );
    let cells = json["cells"].as_array().unwrap();
    let names: Vec<(&str, &str, &str)> = cells
        .iter()
        .map(|c| {
            (
                c["attack"].as_str().unwrap(),
                c["backward"].as_str().unwrap(),
                c["eps"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        names,
        [
            ("none", "none", "0/255"),
            ("pgd:10", "bptt:triangle:1", "8/255"),
            ("pgd:10", "worst", "8/255"),
            ("worst", "worst", "8/255")
        ]
    );
    assert_eq!(
        (cells[1]["accuracy"].as_f64(), cells[1]["n"].as_u64()),
        (Some(0.5), Some(4))
    );
    assert!(cells[1]["low"].as_f64().unwrap() < 0.5 && cells[1]["seconds"].as_f64() == Some(0.5));
    assert_eq!(cells[1]["checkpoint"], "/c/step-000000001");
    let sanity = json["sanity"].as_array().unwrap();
    let texts = ["check", "state", "asks", "why"];
    assert!(sanity.len() == 13 && sanity.iter().all(|c| texts.iter().all(|key| c[key].is_string())));
    assert!(sanity.iter().any(|c| c["state"] == "skipped" && c["figure"].is_null()));
    assert_eq!(json["masking"]["looked_for"], false);
    assert!(json["masking"]["why"].as_str().unwrap().contains("square:1000"));
}

#[test]
fn a_folder_with_something_in_it_is_not_taken() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("precious"), "x").unwrap();
    let said = AttackDir::create(folder.path(), &manifest("fgsm", "rate"))
        .unwrap_err()
        .to_string();
    assert!(said.contains("not empty") && said.contains("--out"), "{said}");
}

#[test]
fn a_split_smaller_than_the_samples_asked_for_can_be_finished() {
    let mut cells = Cells::of(&manifest("fgsm", "rate"));
    cells.apply(&line("none", "rate", 0.0, 0, "111"));
    assert_eq!(cells.finished(), 0);
    cells.limit(0, 3);
    assert_eq!(cells.finished(), 1);
    cells.apply(&line("fgsm", "rate", 2.0, 0, "1111"));
    assert_eq!(cells.strange(), 0, "lines are judged by what was asked for");
}

#[test]
fn each_checkpoint_has_as_many_images_as_its_own_split() {
    let two = AttackManifest {
        checkpoints: vec!["/c/step-000000001".into(), "/d/step-000000001".into()],
        ..manifest("fgsm", "rate")
    };
    let mut cells = Cells::of(&two);
    cells.limit(1, 3);
    assert_eq!((cells.images(0), cells.images(1)), (4, 3));
    for (checkpoint, robust) in [(0, "1111"), (1, "111")] {
        cells.apply(&AttackLine {
            checkpoint,
            ..line("none", "rate", 0.0, 0, robust)
        });
    }
    assert_eq!(cells.finished(), 2);
    assert_eq!((cells.images(0), cells.images(1)), (4, 3));
}

#[test]
fn a_radius_that_no_sample_has_is_refused() {
    use crate::input::Range;
    let of = |eps: f64, norm: Norm| AttackManifest {
        eps: vec![Epsilon::new(eps).unwrap()],
        norm,
        ..manifest("fgsm", "rate")
    };
    let said = |eps, norm, range| of(eps, norm).check_radii(range).unwrap_err();
    assert!(said(1.5, Norm::Linf, Range::UNIT).contains("pixels lie in"));
    assert!(of(1.5, Norm::L2).check_radii(Range::UNIT).is_ok());
    assert!(said(0.5, Norm::Linf, Range::COUNTS).contains("whole number of events"));
    assert!(said(3.0, Norm::L2, Range::COUNTS).contains("norm linf"));
    assert!(of(2.0, Norm::Linf).check_radii(Range::COUNTS).is_ok());
}

#[test]
fn what_does_not_go_together_is_refused_with_what_does() {
    let wrong = AttackManifest {
        norm: Norm::L2,
        ..manifest("fgsm,sapgd:10", "rate")
    };
    let said = wrong.check().unwrap_err();
    assert!(said.contains("sapgd:10") && said.contains("square:Q"), "{said}");
    let fine = AttackManifest {
        norm: Norm::L2,
        ..manifest("fgsm,pgd:10,apgd-ce:5,square:9", "rate")
    };
    assert_eq!(fine.check(), Ok(()));
    assert!(AttackManifest { eot: 0, ..fine.clone() }.check().is_err());
    assert!(
        AttackManifest {
            steps: Some(257),
            ..fine
        }
        .check()
        .is_err()
    );
}

#[test]
fn a_grid_of_more_cells_than_can_be_worked_off_is_refused_also_when_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let huge = AttackManifest {
        eps: vec![eps(1.0); 200],
        backward: vec![crate::spec::BackwardMode::Rate; 100],
        ..manifest("fgsm", "rate")
    };
    let said = huge.check().unwrap_err();
    assert!(said.contains("20001 cells") && said.contains("at most 10000"), "{said}");
    let dir = AttackDir::create(&folder.path().join("a"), &huge).unwrap();
    assert!(dir.read_manifest().unwrap_err().to_string().contains("20001 cells"));
}

#[test]
fn precision_is_bounded_and_does_not_go_with_the_worst_case() {
    let of = |precision: f64, worst_case: bool| AttackManifest {
        precision: Some(precision),
        worst_case,
        ..manifest("fgsm", "rate")
    };
    assert_eq!(of(0.02, false).check(), Ok(()));
    for wrong in [0.0, 0.0009, 0.3, f64::NAN] {
        let said = of(wrong, false).check().unwrap_err();
        assert!(said.contains("between 0.001 and 0.25"), "{said}");
    }
    assert!(of(0.02, true).check().unwrap_err().contains("choose one"));
}

#[test]
fn a_worst_case_job_works_off_cheap_attacks_first_at_every_radius() {
    let of = |worst_case: bool| {
        let manifest = AttackManifest {
            worst_case,
            ..manifest("square:1000,pgd:10,fgsm", "rate")
        };
        let attacks: Vec<String> = plan(&manifest).iter().map(|c| c.attack.to_string()).collect();
        attacks.join(" ")
    };
    assert_eq!(of(true), "none fgsm pgd:10 square:1000 fgsm pgd:10 square:1000");
    assert_eq!(of(false), "none square:1000 pgd:10 fgsm square:1000 pgd:10 fgsm");
}

#[test]
fn a_manifest_of_an_earlier_version_is_read() {
    let text = toml::to_string(&manifest("fgsm", "rate")).unwrap();
    let old: String = text
        .lines()
        .filter(|l| !["norm", "eot", "keep", "worst_case"].iter().any(|k| l.starts_with(k)))
        .map(|l| format!("{l}\n"))
        .collect();
    assert_eq!(
        toml::from_str::<AttackManifest>(&old).unwrap(),
        manifest("fgsm", "rate")
    );
}

#[test]
fn the_time_left_is_by_all_that_was_measured_of_the_same_attack_and_by_passes_where_nothing_was() {
    let mut cells = Cells::of(&manifest("none,fgsm,pgd:10", "rate"));
    assert_eq!(cells.seconds_left(), 0.0, "nothing was measured");
    let mut take = |attack: &str, radius: f64, first: usize, robust: &str, seconds: f64| {
        cells.apply(&AttackLine {
            seconds,
            ..line(attack, "rate", radius, first, robust)
        });
        cells.seconds_left()
    };
    // A clean image is one pass, of FGSM 2 + 2·1, of PGD 11 + 2·10: at two radii, four images each.
    let left = take("none", 0.0, 0, "1111", 4.0);
    assert!((left - 8.0 * (4.0 + passes_of("pgd:10"))).abs() < 1e-9, "{left}");
    take("fgsm", 2.0, 0, "1111", 8.0);
    take("pgd:10", 2.0, 0, "11", 20.0);
    // FGSM: 4 at 2 s. PGD: 6 at 10 s, and after one batch that was ten times slower at the mean of both.
    let left = take("pgd:10", 2.0, 2, "1", 100.0);
    assert!((left - (8.0 + 5.0 * 40.0)).abs() < 1e-9, "{left}");
    let left = take("pgd:10", 2.0, 3, "1", 10.0);
    assert!((left - (8.0 + 4.0 * 32.5)).abs() < 1e-9, "{left}");
}

fn passes_of(attack: &str) -> f64 {
    let (forward, backward) = attack.parse::<AttackKind>().unwrap().passes();
    forward as f64 + 2.0 * backward as f64
}

#[test]
fn jobs_are_not_listed_through_links() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    let foreign = folder.path().join("foreign");
    for at in [foreign.join("1"), run.join("attacks/2")] {
        std::fs::create_dir_all(&at).unwrap();
        std::fs::write(at.join("attack.toml"), "").unwrap();
    }
    std::fs::write(run.join("run.toml"), "").unwrap();
    let attacks = run.join("attacks");
    std::os::unix::fs::symlink(foreign.join("1"), attacks.join("1")).unwrap();
    assert_eq!(AttackDir::list(&attacks), [attacks.join("2")], "a job that is a link");
    std::fs::remove_dir_all(&attacks).unwrap();
    std::os::unix::fs::symlink(&foreign, &attacks).unwrap();
    assert!(AttackDir::list(&attacks).is_empty(), "a folder of jobs that is a link");
    assert_eq!(AttackDir::list(&foreign).len(), 1);
}
