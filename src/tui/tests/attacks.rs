//! The views of an attack: a state, keys, and the state and what is drawn after.

use super::fixture::{self, press};
use crate::{
    run::{
        attack_job::Verdict,
        provenance::{Data, ImagesRecord, Provenance},
    },
    tui::{
        documents::snapshot::draw,
        model::{AttackRow, SampleSeen, Seen},
        picture::text,
        state::{
            app::{App, Effect, Launch, Layer, Message, attack_subjects::wanted_sample},
            attack_view::{AttackView, Panel},
        },
        update::update,
    },
};

fn app() -> App {
    let mut app = fixture::app(120, 40, false);
    press(&mut app, "r");
    app
}

fn view(app: &App) -> AttackView {
    app.attack_view().cloned().unwrap()
}

fn drawn(app: &App) -> String {
    text(&draw(app))
}

fn tell(app: &mut App, attacks: Vec<AttackRow>) {
    let seen = Seen {
        attacks: Some(attacks),
        ..Seen::default()
    };
    fixture::tell(app, seen);
}

/// The same attack on an earlier checkpoint.
fn earlier() -> AttackRow {
    AttackRow {
        dir: fixture::dir().join("attacks/01KAS0000"),
        id: "01KAS0000".into(),
        checkpoints: vec!["step-000000400".into()],
        ..fixture::attack()
    }
}

/// Looking at the newer of two jobs.
fn two_jobs() -> App {
    let mut app = fixture::app(120, 40, false);
    tell(&mut app, vec![fixture::attack(), earlier()]);
    press(&mut app, "r");
    app
}

#[test]
fn a_number_or_tab_opens_a_view_and_another_job_keeps_it() {
    let mut app = two_jobs();
    press(&mut app, "4");
    assert_eq!(view(&app).panel, Panel::Classes);
    press(&mut app, "tab");
    assert_eq!(view(&app).panel, Panel::Samples);
    press(&mut app, "] right down");
    let wanted = AttackView {
        job: 1,
        panel: Panel::Samples,
        ..AttackView::default()
    };
    assert_eq!(view(&app), wanted);
    press(&mut app, "tab");
    assert_eq!(view(&app).panel, Panel::Curves);
}

#[test]
fn the_job_looked_at_stays_when_another_is_deleted_or_started() {
    let mut app = two_jobs();
    press(&mut app, "down 3");
    assert_eq!(view(&app).job, 1);
    let newest = AttackRow {
        dir: fixture::dir().join("attacks/01KZZ0000"),
        ..fixture::attack()
    };
    tell(&mut app, vec![newest, fixture::attack(), earlier()]);
    assert_eq!((view(&app).job, view(&app).panel), (2, Panel::Theory));
    tell(&mut app, vec![earlier()]);
    assert_eq!((view(&app).job, view(&app).panel), (0, Panel::Theory));
    tell(&mut app, vec![fixture::attack()]);
    assert_eq!(view(&app).job, 0, "its own is gone: the nearest");
}

#[test]
fn a_radius_is_read_out_of_all_curves_at_once_and_left_alone_by_esc() {
    let mut app = app();
    press(&mut app, "right right");
    assert_eq!(view(&app).radius, Some(1));
    let screen = drawn(&app);
    assert!(screen.contains("▸2/255"), "{screen}");
    press(&mut app, "left left left");
    assert_eq!(view(&app).radius, Some(0));
}

#[test]
fn curves_are_shown_with_the_outcome_of_the_checks() {
    let mut app = app();
    assert!(
        drawn(&app).contains("sanity  ✓ 3  ! 1  ✗ 1  – 1 (2: details)"),
        "{}",
        drawn(&app)
    );
    app.glyphs = crate::tui::theme::glyphs::ASCII;
    assert!(
        drawn(&app).contains("sanity  + 3  ! 1  x 1  - 1 (2: details)"),
        "{}",
        drawn(&app)
    );
}

#[test]
fn what_failed_is_read_before_what_passed() {
    let mut app = app();
    press(&mut app, "2");
    let drawn = drawn(&app);
    let at = |word: &str| drawn.find(word).unwrap();
    assert!(at("✗ fail") < at("! warn") && at("! warn") < at("✓ pass") && at("✓ pass") < at("– skipped"));
}

#[test]
fn the_page_of_the_checks_says_what_each_asks_and_what_was_not_looked_for() {
    let mut app = app();
    press(&mut app, "2");
    let screen = drawn(&app);
    for words in [
        "Sanity checks",
        "Note: masked gradients were not looked for",
        "--backward reference",
        "square:1000",
        "Does an attack of many steps fool at least as many images",
    ] {
        assert!(screen.contains(words), "{words}: {screen}");
    }
    let looked = AttackRow {
        unlooked: None,
        ..fixture::attack()
    };
    tell(&mut app, vec![looked]);
    assert!(!drawn(&app).contains("not looked for"), "{}", drawn(&app));
}

#[test]
fn the_worst_over_cells_that_ended_unequally_says_on_how_many_images() {
    let app = app();
    assert!(drawn(&app).contains("n of worst: 200, 200, 120"), "{}", drawn(&app));
}

#[test]
fn every_reason_can_be_reached_by_scrolling() {
    let mut app = fixture::app(80, 24, false);
    let mut attack = fixture::attack();
    let long = attack.checks.clone();
    attack.checks.extend(long);
    attack.checks.last_mut().unwrap().state = Verdict::Skipped;
    attack.checks.last_mut().unwrap().why = "the very last reason".into();
    tell(&mut app, vec![attack]);
    press(&mut app, "r 2");
    assert!(!drawn(&app).contains("the very last reason") && drawn(&app).contains("pagedown"));
    for _ in 0..12 {
        press(&mut app, "pagedown");
    }
    assert!(drawn(&app).contains("the very last reason"), "{}", drawn(&app));
}

#[test]
fn keys_of_the_samples_do_nothing_elsewhere() {
    let mut app = app();
    press(&mut app, "2 right");
    assert!(app.notice.as_ref().unwrap().text.contains("press 1 or 5"));
    press(&mut app, "n");
    assert!(app.notice.as_ref().unwrap().text.contains("press 5"));
    press(&mut app, "]");
    assert!(app.notice.as_ref().unwrap().text.contains("press 4 or 5"));
    press(&mut app, "1");
    assert_eq!(view(&app), AttackView::default());
}

#[test]
fn a_marked_job_lies_beside_the_next_one_in_curves_and_theory() {
    let mut app = two_jobs();
    press(&mut app, "space down");
    let curves = drawn(&app);
    assert_eq!(
        curves.matches("✗ 1").count(),
        3,
        "its checks are told as well: {curves}"
    );
    assert!(
        curves.contains("step 400: pgd:10") && curves.contains("step 1200: pgd:10"),
        "{curves}"
    );
    press(&mut app, "3");
    let theory = drawn(&app);
    assert!(
        theory.contains("step 400: 12 images") && theory.contains("step 1200: 12 images"),
        "{theory}"
    );
    press(&mut app, "up space");
    assert!(app.marked.is_none());
    press(&mut app, "1 down");
    assert!(!drawn(&app).contains("step 1200: pgd:10"));
}

#[test]
fn a_marked_job_of_other_images_is_said_to_be_so_and_one_without_a_record_is_not() {
    let of = |sha256: &str| {
        vec![Provenance {
            data: Some(Data::Images(ImagesRecord {
                of_test: true,
                images: 200,
                sha256: sha256.into(),
            })),
            ..Provenance::default()
        }]
    };
    let beside = |marked: &str, shown: &[Provenance]| {
        let mut app = fixture::app(140, 40, false);
        let job = |job: AttackRow, provenance: &[Provenance]| AttackRow {
            provenance: provenance.to_vec(),
            ..job
        };
        tell(
            &mut app,
            vec![job(fixture::attack(), &of(marked)), job(earlier(), shown)],
        );
        press(&mut app, "r space down");
        drawn(&app)
    };
    let words = "as many images (200), but other ones";
    assert!(beside("a", &of("b")).contains(words), "{}", beside("a", &of("b")));
    assert!(!beside("a", &of("a")).contains(words));
    assert!(!beside("a", &[]).contains(words) && !beside("a", &[Provenance::default()]).contains(words));
}

#[test]
fn more_curves_than_there_are_signs_leave_the_worst_cases() {
    let mut app = two_jobs();
    let mut attacks = vec![fixture::attack(), earlier()];
    for attack in &mut attacks {
        let more: Vec<_> = attack.cells.iter().filter(|c| c.moves()).cloned().collect();
        attack
            .cells
            .extend(more.into_iter().map(|c| crate::tui::model::CellRow {
                attack: format!("mi{}", c.attack),
                ..c
            }));
    }
    tell(&mut app, attacks);
    press(&mut app, "space down");
    let drawn = drawn(&app);
    assert!(
        drawn.contains("Robust accuracy, worst case  ● step 400: worst"),
        "{drawn}"
    );
    assert!(
        drawn.contains("  step 400: mifgsm") && drawn.contains("■ step 1200: worst"),
        "{drawn}"
    );
}

#[test]
fn the_numbers_of_the_second_checkpoint_are_reached_on_a_small_screen() {
    let mut app = two_jobs();
    update(&mut app, Message::Resize(80, 24));
    app.size = (80, 24);
    press(&mut app, "space down 3");
    assert!(!drawn(&app).contains("step 1200: 12 images"));
    press(&mut app, "pagedown");
    assert!(drawn(&app).contains("step 1200: 12 images"), "{}", drawn(&app));
}

#[test]
fn a_job_just_launched_is_shown_as_soon_as_it_is_found() {
    let mut app = two_jobs();
    press(&mut app, "down 2");
    update(
        &mut app,
        Message::Started(Launch::Attack, Vec::new(), Ok("/runs/x/attacks/01NEW".into())),
    );
    assert_eq!(view(&app).job, 1);
    let new = AttackRow {
        dir: "/runs/x/attacks/01NEW".into(),
        id: "01NEW".into(),
        ..fixture::attack()
    };
    tell(&mut app, vec![new, fixture::attack(), earlier()]);
    assert_eq!((view(&app).job, view(&app).panel), (0, Panel::Sanity));
}

#[test]
fn a_marked_job_is_updated_while_it_is_shown() {
    let mut app = app();
    press(&mut app, "space");
    let later = AttackRow {
        cells_done: (7, 7),
        ..fixture::attack()
    };
    tell(&mut app, vec![later]);
    assert_eq!(app.marked.unwrap().cells_done, (7, 7));
}

#[test]
fn an_image_is_asked_for_only_where_it_is_looked_at() {
    let mut app = app();
    assert_eq!(wanted_sample(&app), None);
    press(&mut app, "5 ] right right");
    let key = wanted_sample(&app).unwrap();
    assert_eq!((key.cell, key.image), (3, 2));
    assert!(
        drawn(&app).contains("reading"),
        "the image before is not shown for this one"
    );
    let seen = Seen {
        dir: fixture::dir(),
        sample: Some(SampleSeen {
            key,
            ..fixture::sample()
        }),
        ..Seen::default()
    };
    update(&mut app, Message::Seen(Box::new(seen)));
    assert!(
        drawn(&app).contains("fooled: true class 3; predicted 3 clean, 8 attacked"),
        "{}",
        drawn(&app)
    );
    press(&mut app, "?");
    assert!(wanted_sample(&app).is_some(), "help lies over it");
}

#[test]
fn n_goes_from_one_fooled_image_to_the_next() {
    let mut app = app();
    press(&mut app, "5 n");
    assert_eq!(view(&app).image, 151);
    press(&mut app, "n n N");
    assert_eq!(view(&app).image, 152);
    press(&mut app, "N N");
    assert_eq!(view(&app).image, 151);
    assert!(app.notice.unwrap().text.contains("no more fooled images"));
}

#[test]
fn without_kept_images_labels_or_ratios_the_views_say_what_to_do() {
    let mut app = app();
    let bare = AttackRow {
        keeps: false,
        groups: Vec::new(),
        vulnerability: Vec::new(),
        state: crate::run::status::RunState::Finished,
        ..fixture::attack()
    };
    tell(&mut app, vec![bare]);
    app.sample = None;
    for (key, word) in [("3", "Press A"), ("4", "Press a"), ("5", "--keep")] {
        press(&mut app, key);
        assert!(drawn(&app).contains(word), "{}", drawn(&app));
    }
}

#[test]
fn the_quick_probe_shows_its_whole_cost_on_the_smallest_usual_screen() {
    let mut app = fixture::app(80, 24, false);
    press(&mut app, "A");
    let drawn = drawn(&app);
    for word in ["PGD-10 on 200 images", "15 thousand passes", "very roughly", "y yes"] {
        assert!(drawn.contains(word), "{drawn}");
    }
    assert_eq!(press(&mut app, "n"), []);
    assert!(app.layers.is_empty());
}

#[test]
fn the_quick_probe_is_fgsm_and_pgd_on_200_images() {
    let mut app = fixture::app(120, 40, false);
    press(&mut app, "C j A");
    let Some(Layer::Confirm(question)) = app.layers.last() else {
        panic!("no question")
    };
    assert!(
        question.question.contains("step 800 of 20261123-094512-glyphs-sr-7f3a")
            && question.consequence.contains("15 thousand passes")
            && question.consequence.contains("MB of disk for the images"),
        "{question:?}"
    );
    let effects = press(&mut app, "y");
    let [Effect::Launch(Launch::Attack, arguments)] = &effects[..] else {
        panic!("{effects:?}")
    };
    let line = arguments.join(" ");
    assert!(
        line.contains("step-000000800 --attack none,fgsm,pgd:10") && line.contains("--samples 200 --keep"),
        "{line}"
    );
}

#[test]
fn intervals_are_shown_at_160_columns_and_the_band_has_a_name() {
    for (width, height) in [(80, 24), (160, 45)] {
        let mut app = fixture::app(width, height, false);
        press(&mut app, "r");
        let drawn = drawn(&app);
        for said in ["75.5 69–81", "dotted: 95 % interval"] {
            assert!(drawn.contains(said), "{width}x{height}: {drawn}");
        }
    }
}

#[test]
fn every_row_of_an_attacks_tables_is_reached_at_small_sizes() {
    for size in [(60, 15), (80, 24)] {
        let mut app = fixture::app(size.0, size.1, false);
        press(&mut app, "r");
        let mut seen = String::new();
        for _ in 0..6 {
            seen += &drawn(&app);
            press(&mut app, "pagedown");
        }
        for row in ["● none  ", "■ fgsm  ", "▲ pgd:10  ", "○ worst  "] {
            assert!(seen.contains(row), "{row}: {seen}");
        }
        press(&mut app, "pageup pageup pageup pageup pageup pageup 4");
        let mut seen = String::new();
        for _ in 0..8 {
            seen += &drawn(&app);
            press(&mut app, "pagedown");
        }
        for class in 0..10 {
            let row = format!("\n      {class}  ");
            assert!(seen.contains(&row), "{row}: {seen}");
        }
    }
}

#[test]
fn an_images_answers_are_reached_at_the_smallest_size_and_are_never_cut_without_a_sign() {
    let open = |width, height| {
        let mut app = fixture::app(width, height, false);
        press(&mut app, "r 5");
        fixture::answer(&mut app);
        app
    };
    let mut app = open(60, 15);
    assert!(drawn(&app).contains("pagedown: the logits of"), "{}", drawn(&app));
    press(&mut app, "pagedown");
    let answers = drawn(&app);
    assert!(
        answers.contains("logit, clean") && answers.contains("true"),
        "{answers}"
    );
    let many = drawn(&open(80, 24));
    assert!(many.contains("logit, clean") && many.contains("more"), "{many}");
}
