//! Screens as pictures in letters, at the sizes people have; and no panic at any size, whatever was measured.

use crate::{
    run::{
        event::{Event, EventKind},
        metric::Metric,
        provenance::DataRecord,
    },
    tui::{
        documents::snapshot::{SCREENS, draw},
        model::Seen,
        picture::{picture, text},
        state::app::{App, Message},
        tests::fixture,
        update::update,
    },
};
use proptest::prelude::*;

/// Every screen by name, opened from the fixture.
fn screens(width: u16, height: u16, ascii: bool) -> Vec<(&'static str, App)> {
    let open = |(name, keys, _): &(&'static str, &str, &str)| {
        let mut app = fixture::app(width, height, ascii);
        fixture::press(&mut app, keys);
        fixture::answer(&mut app);
        (*name, app)
    };
    SCREENS.iter().map(open).collect()
}

fn check(width: u16, height: u16, ascii: bool) {
    // The views of an attack share its frame: the smallest size and the usual one say enough.
    let is_view = |name: &str| name.starts_with("attack-") && name != "attack-form";
    let seldom = ascii || width > 120;
    for (name, app) in screens(width, height, ascii) {
        if seldom && is_view(name) {
            continue;
        }
        let kind = if ascii { "ascii" } else { "braille" };
        insta::assert_snapshot!(format!("{name}_{width}x{height}_{kind}"), text(&draw(&app)));
    }
}

#[test]
fn every_screen_at_80x24() {
    check(80, 24, false);
}

#[test]
fn every_screen_at_120x40() {
    check(120, 40, false);
}

#[test]
fn every_screen_at_160x45() {
    check(160, 45, false);
}

#[test]
fn every_screen_in_ascii() {
    check(120, 40, true);
}

#[test]
fn ascii_screens_are_ascii() {
    for (name, app) in screens(100, 30, true) {
        let drawn = text(&draw(&app));
        assert!(drawn.is_ascii(), "{name}: {:?}", drawn.chars().find(|c| !c.is_ascii()));
    }
}

#[test]
fn an_empty_place_says_what_to_press() {
    let mut app = fixture::empty(80, 24, false);
    assert!(text(&draw(&app)).contains("Looking for runs"));
    update(&mut app, Message::Runs(Vec::new()));
    let drawn = text(&draw(&app));
    for said in [
        "Spikedeck trains spiking neural networks",
        "No runs found in",
        "D        start the demo",
        "n        start a run",
    ] {
        assert!(drawn.contains(said), "{said}: {drawn}");
    }
    app.can_train = false;
    assert!(text(&draw(&app)).contains("(not available: this is a viewer-only build"));
    app.read_only = true;
    assert!(text(&draw(&app)).contains("(not available: read-only"));
}

#[test]
fn a_small_terminal_gets_a_notice_that_says_how_large_it_must_be() {
    for size in [(59, 40), (100, 14), (20, 5)] {
        let mut app = fixture::app(size.0, size.1, false);
        app.size = size;
        let drawn = text(&draw(&app)).replace('\n', " ");
        assert!(drawn.contains("terminal"), "{drawn}");
    }
}

#[test]
fn a_remark_hides_nothing_and_moves_no_chart_to_another_page() {
    for (width, height) in [(60, 15), (80, 24), (120, 40), (160, 45)] {
        let mut app = fixture::app(width, height, false);
        fixture::press(&mut app, "tab");
        let before = text(&draw(&app));
        app.say("something was said");
        let after = text(&draw(&app));
        let axes = |drawn: &str| drawn.matches("┴").count() + drawn.matches("└").count();
        assert_eq!(axes(&before), axes(&after), "{width}x{height}:\n{after}");
        let lines: Vec<&str> = after.lines().collect();
        assert!(lines[lines.len() - 2].contains("something was said"), "{after}");
        app.say("word ".repeat(200));
        assert!(text(&draw(&app)).contains('…'), "a longer one is cut with a sign");
    }
}

#[test]
fn every_screen_has_room_for_a_remark_at_the_smallest_size() {
    for (name, mut app) in screens(60, 15, false) {
        app.say("word ".repeat(200));
        let drawn = text(&draw(&app));
        assert!(drawn.contains("word word"), "{name}");
    }
}

#[test]
fn what_is_cut_at_the_smallest_size_says_how_much_more_there_is() {
    let drawn = |name: &str, keys: &str| {
        let mut app = screens(60, 15, false).into_iter().find(|(n, _)| *n == name).unwrap().1;
        fixture::press(&mut app, keys);
        text(&draw(&app))
    };
    let classes = drawn("attack-classes", "pagedown");
    assert!(classes.contains("↑") && classes.contains("more"), "{classes}");
    let classes = drawn("attack-classes", "");
    assert!(classes.contains("↓") && classes.contains("more"), "{classes}");
    let mut app = screens(60, 15, false)
        .into_iter()
        .find(|(n, _)| *n == "start")
        .unwrap()
        .1;
    fixture::press(&mut app, "j");
    for spec in app.specs.iter_mut().flatten() {
        if let Ok(summary) = &mut spec.summary {
            summary.extend(summary.clone());
        }
    }
    let start = text(&draw(&app));
    assert!(start.contains("more lines: e shows all of it"), "{start}");
    assert!(
        start.contains("command") && start.contains("ctrl-t measures"),
        "{start}"
    );
}

#[test]
fn control_characters_never_reach_the_terminal() {
    let mut app = fixture::app(120, 40, false);
    app.runs[0].name = "evil\x1b[2J\u{202e}name".into();
    app.warn("bell\x07");
    let drawn = text(&draw(&app));
    assert!(!drawn.contains(['\x1b', '\x07', '\u{202e}']));
}

#[test]
fn accuracies_say_of_how_many_images_they_are() {
    let mut app = fixture::app(160, 45, false);
    let images = DataRecord {
        train: 11_520,
        validation: 1_280,
        test: 3_200,
        train_sha256: String::new(),
        test_sha256: String::new(),
    };
    let what = EventKind::Started {
        incarnation: 2,
        device: "cpu".into(),
        total_steps: 2000,
        steps_per_epoch: 400,
        data: None,
        images: Some(images),
        provenance: None,
    };
    let event = Event {
        time: String::new(),
        step: 0,
        wall: 0.0,
        what,
    };
    let seen = Seen {
        dir: fixture::dir(),
        events: vec![event],
        ..Seen::default()
    };
    update(&mut app, Message::Seen(Box::new(seen)));
    let drawn = text(&draw(&app));
    assert!(drawn.contains("n 1280 val, 3200 test"), "{drawn}");
    fixture::press(&mut app, "C");
    let drawn = text(&draw(&app));
    assert!(drawn.contains("newest first, val n 1280"), "{drawn}");
}

#[test]
fn a_spike_of_one_step_is_seen_in_every_size_of_chart() {
    for (width, height) in [(80, 24), (120, 40), (160, 45)] {
        let mut app = fixture::app(width, height, false);
        fixture::press(&mut app, "tab e");
        let drawn = text(&draw(&app));
        assert!(drawn.contains("max 3.4"), "{drawn}");
    }
}

#[test]
fn every_screen_becomes_a_picture_without_control_characters() {
    for (width, height, ascii) in [(80, 24, false), (120, 40, true), (160, 45, false)] {
        for (name, app) in screens(width, height, ascii) {
            let svg = picture(&draw(&app), &app.theme);
            assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"), "{name}");
            assert!(!svg.chars().any(|c| c.is_control() && c != '\n'), "{name}");
        }
    }
}

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -10.0..10.0f64,
        1 => any::<f64>(),
        1 => Just(f64::NAN),
        1 => Just(f64::INFINITY),
        1 => Just(0.0),
    ]
}

fn metrics() -> impl Strategy<Value = Vec<Metric>> {
    let line = (1u64..2000, value(), value(), prop::collection::vec(value(), 4));
    let metric = |(step, epoch, wall, v): (u64, f64, f64, Vec<f64>)| Metric {
        step,
        epoch,
        wall,
        values: [
            ("train.ce", v[0]),
            ("train.r", v[1]),
            ("val.accuracy", v[2]),
            ("gradient.l1", v[3]),
        ]
        .into_iter()
        .map(|(k, v)| (k.to_string(), v))
        .collect(),
    };
    prop::collection::vec(line.prop_map(metric), 0..40)
}

#[test]
fn every_screen_is_drawn_at_every_size_near_a_change_of_layout() {
    for width in [60, 61, 80, 101, 102, 112, 142, 143] {
        for height in [15, 16, 17, 18, 19, 20, 22, 24, 28, 29, 30, 31, 40] {
            for (name, keys, _) in SCREENS {
                let mut app = fixture::small(width, height);
                fixture::press(&mut app, keys);
                assert!(text(&draw(&app)).len() > 100, "{name} at {width}x{height}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn nothing_panics_at_any_size_with_any_history(
        width in 0u16..=300, height in 0u16..=100, ascii in any::<bool>(), metrics in metrics(), old in value(),
        keys in prop::collection::vec(prop::sample::select(vec![
            "tab", "e", "t", "C", "r", "a", "n", "l", "?", "/", "x", "m", "L", "f", "left", "right", "esc", "down", "G",
            "s", "enter", "+", "=", "5", "backspace", "A", "q", "1", "2", "3", "4", "[", "]", "space", "pagedown", "#", "R", "d", "c", "p", ">", "<", "x", "}", "Y",
        ]), 0..14),
    ) {
        let mut app = fixture::app(width, height, ascii);
        let tweak = EventKind::Applied { command: "x".into(), key: "train.lr".into(), old, new: -old };
        let event = Event { time: String::new(), step: 7, wall: old, what: tweak };
        let seen = Seen { dir: fixture::dir(), reset: true, metrics: metrics.into_iter().collect(), events: vec![event], ..Seen::default() };
        update(&mut app, Message::Seen(Box::new(seen)));
        let _ = draw(&app);
        fixture::press(&mut app, &keys.join(" "));
        let _ = draw(&app);
    }
}
