//! That words can be read in every theme and at every depth, and what a theme file may say.

use super::{collection::SHIPPED, heat::Ramp, *};
use std::{fs, path::Path};

const DEPTHS: [Depth; 4] = [Depth::True, Depth::Indexed, Depth::Sixteen, Depth::Mono];

fn shipped(name: &str) -> Theme {
    Theme::named(name, Depth::True).unwrap()
}

/// A collection with one user file beside the built-in ones.
fn with(files: &[(&str, &str)]) -> Arc<ThemeCollection> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    Arc::new(ThemeCollection::new(Some(folder.path())))
}

fn wrong(text: &str) -> String {
    with(&[("own.toml", text)]).theme("own", Depth::True).unwrap_err()
}

#[test]
fn every_shipped_theme_names_every_meaning_and_its_words_can_be_read() {
    for (name, _) in SHIPPED {
        let theme = shipped(name);
        assert_eq!(theme.name(), *name);
        assert!(theme.palette.series.len() >= 8, "{name}: eight series");
        assert_eq!(theme.weak(), Vec::<String>::new(), "{name}");
    }
}

/// Least distance of two series in OKLab. What is just noticed on areas side by side is about 0.02; a curve is one dot
/// wide and its neighbour is elsewhere, so six times that. Two blues of which a reader complained were 0.063 apart,
/// and two reds that nobody confused 0.14.
const SERIES_APART: f64 = 0.12;
/// As that on 256 colours, of which the nearest is taken.
const INDEXED_APART: f64 = 0.1;
/// Greys alone have no more room than this for eight of them; there the signs of curves tell more.
const GREYS_APART: f64 = 0.05;

#[test]
fn no_two_series_of_a_theme_look_alike() {
    for (name, _) in SHIPPED {
        let series = &shipped(name).palette.series;
        let is_grey = series.iter().all(|rgb| rgb.hue().is_none());
        for (at, one) in series.iter().enumerate() {
            for (before, other) in series[..at].iter().enumerate() {
                let least = if is_grey { GREYS_APART } else { SERIES_APART };
                let apart = one.apart(*other);
                assert!(
                    apart >= least,
                    "{name}: series {} and {}: {apart:.3}",
                    before + 1,
                    at + 1
                );
                let [one, other] = [*one, *other].map(|rgb| cube(rgb.indexed()));
                let (apart, least) = (one.apart(other), if is_grey { GREYS_APART } else { INDEXED_APART });
                assert!(
                    apart >= least,
                    "{name} in 256: series {} and {}: {apart:.3}",
                    before + 1,
                    at + 1
                );
            }
        }
    }
    let [black, white] = [Rgb(0, 0, 0), Rgb(255, 255, 255)];
    assert!((black.apart(white) - 1.0).abs() < 1e-3 && black.apart(black) == 0.0);
}

/// A colour of the 256 that xterm has, above the first sixteen.
fn cube(index: u8) -> Rgb {
    let value = |l: u8| if l == 0 { 0 } else { 55 + 40 * l };
    match index {
        232.. => Rgb(8 + 10 * (index - 232), 8 + 10 * (index - 232), 8 + 10 * (index - 232)),
        _ => Rgb(
            value((index - 16) / 36),
            value((index - 16) / 6 % 6),
            value((index - 16) % 6),
        ),
    }
}

#[test]
fn on_a_ground_that_nobody_knows_sixteen_colours_can_be_read_on_both() {
    for (name, _) in SHIPPED {
        let theme = Theme::named(name, Depth::Sixteen).unwrap().on_any_ground();
        let inks = [
            Ink::Text,
            Ink::Strong,
            Ink::Muted,
            Ink::Accent,
            Ink::Good,
            Ink::Warn,
            Ink::Bad,
            Ink::Pending,
        ];
        let words = inks.map(|i| theme.ink(i)).into_iter();
        let states = RunState::ALL.map(|s| theme.state(s));
        for style in words.chain(states).chain((0..8).map(|n| theme.series(n))) {
            let rgb = match style.fg {
                None | Some(Color::Reset) => continue,
                Some(Color::Red) => Rgb(205, 0, 0),
                Some(Color::Magenta) => Rgb(205, 0, 205),
                Some(other) => panic!("{name}: {other:?} is not read on both"),
            };
            for ground in [Rgb(0, 0, 0), Rgb(255, 255, 255)] {
                assert!(rgb.contrast(ground) >= 3.0, "{name}: {:?}", style.fg);
            }
        }
    }
}

#[test]
fn high_contrast_means_seven_to_one() {
    for name in ["high-contrast", "high-contrast-light"] {
        let p = shipped(name).palette;
        for word in [
            Meaning::Text,
            Meaning::Strong,
            Meaning::Muted,
            Meaning::Accent,
            Meaning::Good,
            Meaning::Warn,
            Meaning::Bad,
            Meaning::Pending,
        ] {
            for ground in [Meaning::Background, Meaning::Raised, Meaning::Selected] {
                let ratio = p.of(word).contrast(p.of(ground));
                assert!(ratio >= 7.0, "{name}: {word:?} on {ground:?}: {ratio:.2}");
            }
        }
    }
}

/// As an eye without red or without green cones sees it (Viénot, Brettel and Mollon 1999), in linear light.
fn dichromat(rgb: Rgb, red: bool) -> [f64; 3] {
    let [r, g, b] = [rgb.0, rgb.1, rgb.2].map(|v| (f64::from(v) / 255.0).powf(2.2));
    match red {
        true => [0.112 * r + 0.888 * g, 0.112 * r + 0.888 * g, 0.004 * r - 0.004 * g + b],
        false => [0.293 * r + 0.707 * g, 0.293 * r + 0.707 * g, -0.021 * r + 0.021 * g + b],
    }
}

#[test]
fn in_the_colour_blind_safe_theme_good_and_bad_differ_to_every_eye() {
    let p = shipped("colour-blind-safe").palette;
    for (one, other) in [
        (Meaning::Good, Meaning::Bad),
        (Meaning::Run, Meaning::Fail),
        (Meaning::Done, Meaning::Fail),
        (Meaning::Run, Meaning::Pause),
        (Meaning::Good, Meaning::Warn),
    ] {
        for red in [true, false] {
            let (a, b) = (dichromat(p.of(one), red), dichromat(p.of(other), red));
            let apart: f64 = (0..3).map(|i| (a[i] - b[i]).powi(2)).sum::<f64>().sqrt();
            assert!(apart > 0.3, "{one:?} and {other:?}: {apart:.2}");
        }
    }
}

#[test]
fn the_monochrome_theme_has_no_hue() {
    let p = shipped("monochrome").palette;
    for (meaning, word) in Meaning::NAMED {
        assert_eq!(p.of(meaning).hue(), None, "{word}");
    }
}

#[test]
fn letters_can_be_read_on_every_heat() {
    for ramp in Ramp::ALL {
        for n in 0..=100 {
            let (ground, letters) = ramp.at(f64::from(n) / 100.0);
            let ratio = letters.contrast(ground);
            assert!(ratio >= 4.5, "{} at {n} %: {ratio:.2}:1", ramp.name());
        }
    }
    assert!(Theme::named("dark", Depth::Mono).unwrap().heat(0.5).is_none());
}

#[test]
fn sixteen_colours_are_readable_on_the_ground_that_they_are_meant_for() {
    // The colours of xterm and of VGA, which terminals of sixteen colours start from.
    let seen = |colour: Color| -> Vec<Rgb> {
        match colour {
            Color::Red => vec![Rgb(205, 0, 0), Rgb(170, 0, 0)],
            Color::Blue => vec![Rgb(0, 0, 238), Rgb(0, 0, 170)],
            Color::Magenta => vec![Rgb(205, 0, 205), Rgb(170, 0, 170)],
            Color::LightRed => vec![Rgb(255, 0, 0), Rgb(255, 85, 85)],
            Color::LightGreen => vec![Rgb(0, 255, 0), Rgb(85, 255, 85)],
            Color::LightYellow => vec![Rgb(255, 255, 0), Rgb(255, 255, 85)],
            Color::LightCyan => vec![Rgb(0, 255, 255), Rgb(85, 255, 255)],
            Color::LightMagenta => vec![Rgb(255, 0, 255), Rgb(255, 85, 255)],
            other => panic!("{other:?} is not among the readable ones"),
        }
    };
    for (name, _) in SHIPPED {
        let theme = Theme::named(name, Depth::Sixteen).unwrap();
        let ground = if theme.is_dark() {
            Rgb(0, 0, 0)
        } else {
            Rgb(255, 255, 255)
        };
        let inks = [
            Ink::Text,
            Ink::Strong,
            Ink::Muted,
            Ink::Accent,
            Ink::Good,
            Ink::Warn,
            Ink::Bad,
            Ink::Pending,
        ];
        let words = inks.map(|i| theme.ink(i)).into_iter();
        for style in words
            .chain(RunState::ALL.map(|s| theme.state(s)))
            .chain((0..8).map(|n| theme.series(n)))
        {
            assert!(
                matches!(style.bg, None | Some(Color::Reset)),
                "{name}: the ground is the terminal's"
            );
            let Some(colour) = style.fg.filter(|c| *c != Color::Reset) else {
                continue;
            };
            for rgb in seen(colour) {
                assert!(rgb.contrast(ground) >= 4.5, "{name}: {colour:?}");
            }
        }
        if *name != "monochrome" {
            assert_ne!(theme.ink(Ink::Good).fg, theme.ink(Ink::Bad).fg, "{name}");
        }
    }
}

#[test]
fn every_theme_follows_the_last_one_and_the_first_follows_it() {
    let mut theme = shipped("dark");
    let mut seen = Vec::new();
    for _ in 0..SHIPPED.len() {
        theme = theme.next();
        seen.push(theme.name().to_string());
    }
    let names: Vec<&str> = SHIPPED.iter().map(|(n, _)| *n).collect();
    assert_eq!(seen, [&names[1..], &names[..1]].concat());
}

#[test]
fn a_theme_of_the_user_is_found_inherits_and_is_gone_through() {
    let mine = "inherits = \"dusk\"\nheat = \"viridis\"\n[palette]\nsky = \"#80c0ff\"\n";
    let dusk = "inherits = \"dark\"\naccent = \"sky\"\nseries = [\"sky\"]\n[palette]\nsky = \"#112233\"\n";
    let shelf = with(&[
        ("mine.toml", mine),
        ("dusk.toml", dusk),
        ("notes.txt", "x"),
        ("bad.toml", "name = 3"),
    ]);
    let theme = shelf.theme("mine", Depth::True).unwrap();
    assert_eq!(
        theme.palette.of(Meaning::Accent),
        Rgb(0x80, 0xc0, 0xff),
        "a child's name changes what is called by it"
    );
    assert_eq!(
        theme.palette.of(Meaning::Text),
        shipped("dark").palette.of(Meaning::Text)
    );
    assert_eq!((theme.palette.series.len(), theme.palette.heat), (1, Ramp::Viridis));
    let mut now = shipped("dark");
    now.shelf = shelf;
    let gone_through: Vec<String> = (0..8)
        .map(|_| {
            now = now.next();
            now.name().to_string()
        })
        .collect();
    assert_eq!(
        gone_through[5..],
        ["dusk", "mine", "dark"],
        "what is wrong is passed over"
    );
    assert!(now.other("nine").unwrap_err().contains("did you mean \"mine\"?"));
}

#[test]
fn a_user_may_change_a_shipped_theme_under_its_own_name() {
    let shelf = with(&[("dark.toml", "inherits = \"dark\"\ntext = \"#ffffff\"\n")]);
    let theme = shelf.theme("dark", Depth::True).unwrap();
    assert_eq!(theme.palette.of(Meaning::Text), Rgb(255, 255, 255));
    assert_eq!(theme.palette.of(Meaning::Bad), shipped("dark").palette.of(Meaning::Bad));
}

#[test]
fn what_is_wrong_with_a_theme_file_is_said_by_file_line_and_key() {
    for (text, said) in [
        (
            "inherits = \"dark\"\nmutd = \"#ffffff\"",
            &["own.toml, line 2", "\"mutd\"", "did you mean \"muted\"?"][..],
        ),
        (
            "inherits = \"dark\"\ntext = \"#ff\"",
            &["own.toml, line 2", "text", "#rrggbb", "[palette]"],
        ),
        (
            "inherits = \"dark\"\ntext = \"sly\"\n[palette]\nsky = \"#112233\"",
            &["line 2", "did you mean \"sky\"?"],
        ),
        (
            "inherits = \"dark\"\n[palette]\nsky = \"blue\"",
            &["line 3", "sky", "#rrggbb"],
        ),
        ("inherits = \"drak\"", &["own", "did you mean \"dark\"?"]),
        (
            "text = \"#ffffff\"",
            &["own.toml", "background has no colour", "inherits"],
        ),
        ("inherits = \"dark\"\nseries = []", &["line 2", "series", "1 to 64"]),
        ("inherits = \"dark\"\nheat = \"jet\"", &["line 2", "cividis, viridis"]),
        ("inherits = \"dark\"\ntext = 7", &["line 2", "text in quotes"]),
        ("inherits = \"own\"", &["own", "no such theme"]),
        ("text = ", &["own.toml, line 1"]),
    ] {
        let why = wrong(text);
        assert!(said.iter().all(|s| why.contains(s)), "{text}: {why}");
    }
}

#[test]
fn hostile_theme_files_are_refused_within_bounds() {
    let deep = format!("inherits = \"dark\"\ntext = {}", "[".repeat(20_000));
    let escape = "inherits = \"dark\"\ntext = \"\\u001b]0;owned\\u0007\"";
    for text in [deep.as_str(), escape, &"#".repeat(100_000), "\u{1b}[2J = 1"] {
        let why = wrong(text);
        assert!(!why.chars().any(char::is_control) && why.len() < 600, "{why:?}");
    }
    let circle = with(&[("a.toml", "inherits = \"b\""), ("b.toml", "inherits = \"a\"")]);
    assert!(
        circle
            .theme("a", Depth::True)
            .unwrap_err()
            .contains("do two inherit each other")
    );
    let many: Vec<String> = (0..300).map(|n| format!("t{n}.toml")).collect();
    let files: Vec<(&str, &str)> = many.iter().map(|n| (n.as_str(), "inherits = \"dark\"")).collect();
    assert!(with(&files).books.len() <= 206);
    assert_eq!(
        ThemeCollection::new(Some(Path::new("/no/such/folder"))).books.len(),
        SHIPPED.len()
    );
}

#[test]
fn a_theme_that_there_is_not_is_answered_with_all_that_there_are() {
    let why = Theme::named("solarized", Depth::True).unwrap_err();
    for (name, _) in SHIPPED {
        assert!(why.contains(name), "{why}");
    }
}

#[test]
fn without_colour_no_style_has_one() {
    let theme = Theme::named("dark", Depth::Mono).unwrap();
    for style in [
        theme.base(),
        theme.ink(Ink::Bad),
        theme.selected(),
        theme.series(3),
        theme.ghost(1),
        theme.state(RunState::Failed),
    ] {
        assert!(matches!(style.fg, None | Some(Color::Reset)), "{style:?}");
        assert!(matches!(style.bg, None | Some(Color::Reset)), "{style:?}");
    }
}

#[test]
fn what_went_wrong_stands_out_at_every_depth() {
    for depth in DEPTHS {
        let theme = Theme::named("dark", depth).unwrap();
        assert_ne!(theme.ink(Ink::Bad), theme.ink(Ink::Text), "{depth:?}");
        assert_ne!(theme.selected(), theme.base(), "{depth:?}");
    }
}

#[test]
fn depth_follows_the_environment() {
    let with = |pairs: &'static [(&str, &str)]| {
        Depth::detect(move |n| pairs.iter().find(|(k, _)| *k == n).map(|(_, v)| v.to_string()))
    };
    assert_eq!(with(&[("NO_COLOR", "1"), ("COLORTERM", "truecolor")]), Depth::Mono);
    assert_eq!(with(&[("COLORTERM", "truecolor")]), Depth::True);
    assert_eq!(with(&[("TERM", "xterm-256color"), ("NO_COLOR", "")]), Depth::Indexed);
    assert_eq!(with(&[("TERM", "xterm-kitty")]), Depth::Indexed);
    for term in [
        &[("TERM", "linux")][..],
        &[("TERM", "xterm")],
        &[("TERM", "screen")],
        &[],
    ] {
        assert_eq!(with(term), Depth::Sixteen, "{term:?}");
    }
}
