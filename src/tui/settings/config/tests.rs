//! What a configuration says, in which order, and how it is refused.

use super::*;
use std::fs;

/// The configuration of a file and an environment.
fn load(text: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(FILE), text).unwrap();
    let env = |name: &str| {
        let found = environment.iter().find(|(k, _)| *k == name);
        found
            .map(|(_, v)| v.to_string())
            .or_else(|| (name == "HOME").then(|| "/home/ada".into()))
    };
    Config::load(Some(folder.path()), env)
}

#[test]
fn every_setting_is_taken_from_the_file() {
    let text = "theme = \"light\"\nlayout = \"nightly\"\nplain = true\nascii = true\ndots = \"block\"\nmouse = false\nmax_kbps = 8\nread_only = true\n\
                data = \"~/sets\"\nroots = [\"/runs\", \"~/more\"]\nalerts = \"osc9\"\n\
                [charts]\nsmoothing = 0.98\nx = \"epoch\"\ny = \"symlog\"\nlog_x = true\n[keys]\npause = [\"f5\"]\n";
    let config = load(text, &[]).unwrap();
    assert_eq!(config.values.len(), SETTINGS.len());
    assert_eq!(
        (config.text(Key::Theme), config.dots(), config.limit()),
        (Some("light"), Dots::Block, Some(8000))
    );
    assert!(config.flag(Key::Ascii) && !config.flag(Key::Mouse) && config.flag(Key::ReadOnly));
    assert_eq!(config.folders(Key::Data), [PathBuf::from("/home/ada/sets")]);
    assert_eq!(
        config.folders(Key::Roots),
        [PathBuf::from("/runs"), "/home/ada/more".into()]
    );
    assert_eq!(config.alerts(), Alerts::Osc9);
    assert_eq!(config.text(Key::Layout), Some("nightly"));
    let charts = config.charts();
    assert_eq!(
        (charts.weight(), charts.x, charts.y, charts.log_x),
        (0.98, XKind::Epoch, Scale::SymLog, true)
    );
    assert!(config.keys["pause"].is_array());
    assert_eq!(config.values[&Key::Y].1, Origin::File(15));
}

#[test]
fn the_environment_wins_over_the_file_and_an_empty_variable_says_nothing() {
    let text = "theme = \"light\"\ndots = \"block\"\n";
    let config = load(text, &[("SPIKEDECK_THEME", "monochrome"), ("SPIKEDECK_DOTS", "")]).unwrap();
    assert_eq!(
        (config.text(Key::Theme), config.dots()),
        (Some("monochrome"), Dots::Block)
    );
    assert_eq!(config.values[&Key::Theme].1, Origin::Environment("SPIKEDECK_THEME"));
}

#[test]
fn without_a_file_everything_is_as_it_always_was() {
    let config = Config::load(Some(Path::new("/no/such/folder")), |_| None).unwrap();
    assert!(config.values.is_empty() && config.flag(Key::Mouse) && !config.flag(Key::Ascii));
    assert_eq!(config.charts(), ChartsView::default());
}

#[test]
fn what_is_wrong_is_said_by_file_line_key_and_what_is_allowed() {
    for (text, said) in [
        (
            "\nthem = \"x\"",
            &["config.toml, line 2", "\"them\"", "did you mean \"theme\"?", "max_kbps"][..],
        ),
        (
            "dots = \"brail\"",
            &["line 1", "dots", "\"octant\"", "did you mean \"braille\"?"],
        ),
        ("[charts]\nsmoothing = 0.5", &["line 2", "charts.smoothing", "0.98"]),
        ("[charts]\nz = 1", &["line 2", "charts.z"]),
        ("max_kbps = 0", &["line 1", "from 1 to 100000"]),
        ("mouse = \"yes\"", &["true or false"]),
        ("data = \"sets\"", &["data", "~/"]),
        ("charts = 3", &["[charts]"]),
        ("keys = 3", &["[keys]"]),
        ("theme = ", &["config.toml, line 1"]),
        ("\"\\u001b[2J\" = 1", &["not a setting"]),
    ] {
        let why = load(text, &[]).unwrap_err();
        assert!(said.iter().all(|s| why.contains(s)), "{text}: {why}");
        assert!(!why.chars().any(char::is_control), "{why:?}");
    }
    let why = load("", &[("SPIKEDECK_ALERTS", "bel")]).unwrap_err();
    assert!(
        why.contains("SPIKEDECK_ALERTS") && why.contains("did you mean \"bell\"?"),
        "{why}"
    );
}

#[test]
fn the_commented_file_changes_nothing_and_all_that_it_shows_is_allowed() {
    let text = commented();
    assert!(load(&text, &[]).unwrap().values.is_empty());
    let shown: String = text
        .lines()
        .map(
            |l| match l.strip_prefix("# ").filter(|l| l.contains(" = ") && !l.contains(';')) {
                Some(line) if !line.starts_with("Keys") => format!("{line}\n"),
                _ => format!("{l}\n"),
            },
        )
        .collect();
    assert_eq!(load(&shown, &[]).unwrap().values.len(), SETTINGS.len(), "{shown}");
}

#[test]
fn the_folder_follows_xdg() {
    let with = |pairs: &'static [(&str, &str)]| {
        folder(move |n| pairs.iter().find(|(k, _)| *k == n).map(|(_, v)| v.to_string()))
    };
    assert_eq!(
        with(&[("XDG_CONFIG_HOME", "/c"), ("HOME", "/h")]),
        Some("/c/spikedeck".into())
    );
    assert_eq!(
        with(&[("XDG_CONFIG_HOME", "rel"), ("HOME", "/h")]),
        Some("/h/.config/spikedeck".into())
    );
    assert_eq!(with(&[]), None);
}
